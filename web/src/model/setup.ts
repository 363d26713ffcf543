// SPDX-License-Identifier: Apache-2.0
// Whether calls are set up in this browser for this person: remembered when the sheet was gone
// through or refused, so that it is offered once.
import type { Storage } from '../platform/storage.ts';

const keyOf = (user: string): string => `visavis.setup.${user}`;

export type SetUp = 'open' | 'done' | 'refused';

export function readSetUp(storage: Storage, user: string): SetUp {
    const kept = storage.read(keyOf(user));
    return kept === 'done' || kept === 'refused' ? kept : 'open';
}

export function writeSetUp(storage: Storage, user: string, state: 'done' | 'refused'): void {
    storage.write(keyOf(user), state);
}
