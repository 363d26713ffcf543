// SPDX-License-Identifier: Apache-2.0
// What the elements need to know of a person; the protocol's `person` fits.
export type StatusView = 'available' | 'away' | 'do-not-disturb' | 'in-call' | 'offline';

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
export type StageState =
    | 'preparing'
    | 'dialling'
    | 'ringing'
    | 'connecting'
    | 'active'
    | 'reconnecting';
export type Theme = 'auto' | 'light' | 'dark';
