// SPDX-License-Identifier: Apache-2.0
// What a call session shows, and what it wants from outside.
import type { DeviceProblem } from '../platform/devices.ts';
import type { CreatePeer } from '../platform/peer.ts';
import type { Tones } from '../platform/tones.ts';
import type { Connection } from '../protocol/connection.ts';
import type { CallInfo, PersonInfo } from '../protocol/messages.ts';
import type { Hint } from './attention.ts';
import type { Early } from './early.ts';
import type { DeviceNotice, LocalKind, LocalMediaDoors } from './local-media.ts';
import type { Trouble } from './media-watch.ts';
import type { Placed } from './placing.ts';
import type { Quality } from './quality.ts';

export type Phase = 'preview' | 'preparing' | 'dialling' | 'ringing' | 'connecting' | 'active';

export interface Over {
    /** An end reason of the protocol, or a problem of this browser. */
    readonly what: string;
    readonly byMe: boolean;
    readonly reference: string;
}

/** A device that could not be opened; the person chooses: again, without it, or not at all. */
export interface Problem {
    readonly device: LocalKind;
    readonly problem: DeviceProblem;
}
export interface SessionView {
    readonly peer: PersonInfo | undefined;
    readonly incoming: boolean;
    /** It meets in a service outside: this window opens no device and no connection. */
    readonly meeting: boolean;
    readonly phase: Phase;
    readonly call: CallInfo | undefined;
    readonly connectedAtMs: number | undefined;
    readonly remoteStream: MediaStream | null;
    readonly trouble: Trouble;
    readonly quality: Quality | undefined;
    readonly hint: Hint;
    readonly problem: Problem | undefined;
    readonly over: Over | undefined;
}

export interface SessionDoors extends LocalMediaDoors {
    readonly connection: Connection;
    readonly createPeer: CreatePeer;
    readonly tones: Tones;
    /** The call goes on under another id: both had pressed Call. */
    readonly onRenamed: (id: string) => void;
    /** This window holds the media from now on: a reload of it joins again by itself. */
    readonly onHere: (id: string) => void;
    readonly onNotice: (notice: DeviceNotice) => void;
    /** The connection made while it rang, from the page that has answered; without one: none. */
    readonly takeEarly?: (call: string) => Early | undefined;
    /** What the page that has placed the call has for this window. */
    readonly takePlaced?: (call: string) => Placed | undefined;
    /** What was asked for in passing was refused: the id of the error. */
    readonly onRefused: (error: string) => void;
}

export interface Remembered {
    readonly microphone: boolean;
    readonly camera: boolean;
}
