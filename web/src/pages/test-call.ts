// SPDX-License-Identifier: Apache-2.0
// The call of a ring to oneself, of which no server knows.
import type { CallInfo } from '../protocol/messages.ts';
import type { PersonView } from '../ui/types.ts';

export const TEST_MS = 15_000;

export const testCall = (id: string, peer: PersonView, silent: boolean): CallInfo => ({
    id, state: 'ringing', role: 'callee', peer, ringLeftMs: TEST_MS, ageMs: 0, here: false,
    peerMicrophone: true, peerCamera: true, peerAway: false, peerScreen: false, peerTrouble: false,
    silent, waiting: false, ignored: false, rings: [], elsewhere: '', heldByMe: false,
    heldByPeer: false, early: 0, reason: 'none', byMe: false, connector: '', link: '',
});
