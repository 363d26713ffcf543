// SPDX-License-Identifier: Apache-2.0
// What is live on a portal page: who is here, who rings, with whom this person is in a call.
import type { CallInfo, PersonInfo, ServerEvent } from '../protocol/messages.ts';

const PEOPLE_MAX = 2000;

export interface LiveState {
    readonly people: ReadonlyMap<string, PersonInfo>;
    readonly calls: ReadonlyMap<string, CallInfo>;
}

export const nothingLive: LiveState = { people: new Map(), calls: new Map() };

/** A fresh session: the calls of before are forgotten, events tell those that are. */
export function afterBreak(state: LiveState): LiveState {
    return { people: state.people, calls: new Map() };
}

/** The people are so now: as told, or as the answer to people.watch says. */
export function applyPeople(state: LiveState, told: readonly PersonInfo[]): LiveState {
    const people = new Map(state.people);
    for (const person of told) {
        if (people.size >= PEOPLE_MAX) {
            people.delete(people.keys().next().value ?? '');
        }
        people.set(person.name, person);
    }
    return { ...state, people };
}

const ORDER: readonly CallInfo['state'][] = ['ringing', 'connecting', 'active', 'ended'];

/** Late: the call was so before what is known of it. */
export function goesBack(known: CallInfo | undefined, told: CallInfo): boolean {
    return known?.id === told.id && ORDER.indexOf(told.state) < ORDER.indexOf(known.state);
}

export function applyEvent(state: LiveState, event: ServerEvent): LiveState {
    if (event.type === 'person.changed') {
        return applyPeople(state, [event.person]);
    }
    if (event.type === 'person.gone') {
        const known = state.people.get(event.name);
        return known
            ? applyPeople(state, [{ ...known, status: 'offline', devices: 0, push: false }])
            : state;
    }
    if (event.type === 'call.changed') {
        const calls = new Map(state.calls);
        const known = calls.get(event.call.id);
        if (goesBack(known, event.call)) {
            return state;
        }
        if (event.call.moved && known) {
            calls.set(known.id, { ...known, here: false }); // It goes on in another window.
        } else if (event.call.state === 'ended') {
            calls.delete(event.call.id);
        } else {
            calls.set(event.call.id, event.call);
        }
        return { ...state, calls };
    }
    return state;
}

/** The calls that ring this person on this device, the first first. */
export function ringing(state: LiveState): CallInfo[] {
    return [...state.calls.values()].filter(
        (call) => call.state === 'ringing' && call.role === 'callee' && !call.ignored,
    );
}

/** The call that this person is placing, before an answer. */
export function dialling(state: LiveState): CallInfo | undefined {
    return [...state.calls.values()].find(
        (call) => call.state === 'ringing' && call.role === 'caller',
    );
}

export type Sound = 'ring' | 'waiting';

/**
 * What sounds while cards are shown: a ring, two soft beeps for who is in a call, or nothing when
 * all callers were told that it is silent.
 */
export function soundOf(state: LiveState): Sound | undefined {
    const loud = ringing(state).filter(({ silent }) => !silent);
    if (loud.length === 0) {
        return undefined;
    }
    const speaking = [...state.calls.values()].some(
        (call) => call.state === 'active' && !call.heldByMe,
    );
    return speaking || loud.every(({ waiting }) => waiting) ? 'waiting' : 'ring';
}

/** The own call with a person that is not one ringing here. */
export function callWith(state: LiveState, name: string): CallInfo | undefined {
    return [...state.calls.values()].find(
        (call) => call.peer.name === name && (call.state !== 'ringing' || call.role === 'caller'),
    );
}
