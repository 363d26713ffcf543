// SPDX-License-Identifier: Apache-2.0
// What the elements need to know of a person; the protocol's `person` fits.
export type StatusView = 'available' | 'away' | 'do-not-disturb' | 'in-call' | 'offline';
/** What somebody chooses for oneself. */
export const OWN_STATUSES = ['available', 'away', 'do-not-disturb', 'invisible'] as const;
export type OwnStatus = (typeof OWN_STATUSES)[number];

export interface PersonView {
    name: string;
    fullName: string;
    position: string;
    avatar: string;
    status: StatusView;
    /** Types of the IM accounts by which the person can be called, parted by blanks. */
    accounts: string;
    /** On how many devices a call would ring now. */
    devices: number;
    /** A push would reach a closed browser. */
    push: boolean;
    /** Came by a link, for one call. */
    guest?: boolean;
}

/** A space in its popover; the protocol's `space` fits. */
export interface SpaceView {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    readonly members: number;
    readonly member: boolean;
    readonly room: string;
}

/** An ICE server as it is edited; `kept`: its place when it was read. */
export interface IceServerView {
    urls: string[];
    credentials: boolean;
    username: string;
    password?: string;
    kept?: number;
}
export interface WebrtcView {
    servers: IceServerView[];
    relayOnly: boolean;
    poolSize: number;
    collectLog: boolean;
}

/** The built-in STUN and TURN server. */
export interface RelayView {
    readonly state: 'on' | 'draining' | 'off';
    readonly urls: readonly string[];
    readonly allocations: Readonly<Record<'udp' | 'tcp' | 'tls', number>>;
    readonly connections: number;
    readonly bytes: number;
    readonly packets: number;
}
/** A way to the built-in server, and what a trial of it has shown. */
export interface RelayTrial {
    readonly way: 'udp' | 'tcp' | 'tls';
    /** `absent`: the server does not offer it. */
    readonly result: 'testing' | 'works' | 'nothing' | 'absent';
}

export type CallButtonState = 'idle' | 'in-progress' | 'absent';

/** A way to call, as the pulldown lists it. */
export interface CallConnector {
    readonly name: string;
    readonly title: string;
}

/** What a Call button offers; several connectors make a pulldown, `chosen` is its default. */
export interface CallOffer {
    readonly state: CallButtonState;
    readonly connectors?: readonly CallConnector[];
    readonly chosen?: string;
    /** The person has no account any more: nothing can be offered. */
    readonly gone?: boolean;
}
export type StageState =
    | 'preparing'
    | 'dialling'
    | 'ringing'
    | 'connecting'
    | 'active';
/** How long media have been missing: not at all, some seconds, long. */
export type TroubleView = 'none' | 'pill' | 'banner';
export type HintView = 'none' | 'muted-speaking' | 'silent';
export type Corner = 'bottom-right' | 'bottom-left' | 'top-left' | 'top-right';

export interface QualityView {
    level: 'good' | 'fair' | 'poor' | 'bad';
    lossPercent: number;
    delayMs: number | undefined;
    path: 'direct' | 'relayed' | 'unknown';
    limiter: 'none' | 'computer' | 'incoming' | 'outgoing';
}

export type DeviceKindView = 'microphone' | 'camera' | 'speaker';
export interface DeviceView {
    kind: DeviceKindView;
    id: string;
    label: string;
}
/** Tells a loudness from 0 to 1 until the function given back is called. */
export type LevelSource = (listener: (level: number) => void) => () => void;

/** What the buttons of a call show. */
export interface ControlsView {
    microphone: boolean;
    camera: boolean;
    screen: boolean;
    hasMicrophone: boolean;
    hasCamera: boolean;
    devices: readonly DeviceView[];
    chosen: Record<DeviceKindView, string>;
    canChooseSpeaker: boolean;
    canShare: boolean;
    canChat: boolean;
    canFloat: boolean;
    canHold: boolean;
    singleKeys: boolean;
    level: LevelSource;
}
export type Theme = 'auto' | 'light' | 'dark';
