// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { CallInfo } from '../protocol/messages.ts';
import { afterBreak, applyEvent, applyPeople, callWith, nothingLive, ringing } from './live.ts';

const mary = {
    name: 'mary',
    fullName: 'Mary',
    position: '',
    avatar: '',
    status: 'available',
    accounts: '',
    devices: 0,
    push: false,
} as const;
const call: CallInfo = {
    id: 'AAAAAAAAAAAAAAAAAAAAAA',
    state: 'ringing',
    role: 'callee',
    peer: mary,
    ringLeftMs: 45_000,
    ageMs: 0,
    here: false,
    peerMicrophone: true,
    peerCamera: true,
    peerAway: false,
    silent: false,
    peerScreen: false,
    peerTrouble: false,
    waiting: false,
    ignored: false,
    rings: [],
    elsewhere: '',
    heldByMe: false,
    heldByPeer: false,
    early: 0,
    reason: 'none',
    byMe: false,
    connector: 'webrtc',
    link: '',
};
const changed = (part: Partial<CallInfo>) =>
    ({ type: 'call.changed', call: { ...call, ...part } }) as const;

test('what comes late brings no call back to what it was', () => {
    const active = applyEvent(nothingLive, changed({ state: 'active', here: true }));
    const late = applyEvent(active, changed({ state: 'ringing' }));
    expect(late).toBe(active);
    const back = applyEvent(afterBreak(active), changed({ state: 'ringing' }));
    expect([...back.calls.values()]).toMatchObject([{ state: 'ringing' }]); // A fresh session.
});

test('a call rings until it is answered or over, and then is the call with that person', () => {
    let state = applyEvent(nothingLive, changed({}));
    expect(ringing(state)).toHaveLength(1);
    expect(callWith(state, 'mary')).toBeUndefined();
    state = applyEvent(state, changed({ state: 'active' }));
    expect(ringing(state)).toHaveLength(0);
    expect(callWith(state, 'mary')?.id).toBe(call.id);
    state = applyEvent(state, changed({ state: 'ended', reason: 'hung-up' }));
    expect(callWith(state, 'mary')).toBeUndefined();
});

test('after a break nothing rings that the server does not tell again', () => {
    const state = afterBreak(applyEvent(nothingLive, changed({})));
    expect(ringing(state)).toHaveLength(0);
});

test('a person is as last told', () => {
    const person = { ...mary, status: 'in-call' } as const;
    const state = applyEvent(nothingLive, { type: 'person.changed', person });
    expect(state.people.get('mary')?.status).toBe('in-call');
});

test('the answer to a watch replaces what was told before', () => {
    const gone = { ...mary, status: 'offline' } as const;
    const john = { ...mary, name: 'john' };
    const state = applyPeople(
        applyEvent(nothingLive, { type: 'person.changed', person: mary }),
        [gone, john],
    );
    expect([...state.people.values()]).toEqual([gone, john]);
});

test('a call that another window has taken over goes on', () => {
    const running = applyEvent(nothingLive, changed({ state: 'active', here: true }));
    const state = applyEvent(running, changed({ state: 'ended', reason: 'replaced',
        moved: true }));
    expect(callWith(state, 'mary')).toMatchObject({ state: 'active', here: false });
    // Without that the call itself has given way to a new one.
    expect(callWith(applyEvent(state, changed({ state: 'ended', reason: 'replaced' })), 'mary'))
        .toBeUndefined();
});

test('who is gone is shown as offline, and an unknown one changes nothing', () => {
    const here = applyPeople(nothingLive, [{ ...mary, devices: 2, push: true }]);
    const gone = { type: 'person.gone', name: 'mary', erased: false } as const;
    expect(applyEvent(here, gone).people.get('mary'))
        .toEqual({ ...mary, status: 'offline', devices: 0, push: false });
    expect(applyEvent(here, { ...gone, name: 'luc' })).toBe(here);
});
