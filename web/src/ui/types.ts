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
}
export type StageState =
    | 'preparing'
    | 'dialling'
    | 'ringing'
    | 'connecting'
    | 'active'
    | 'reconnecting';
export type Theme = 'auto' | 'light' | 'dark';
