// SPDX-License-Identifier: Apache-2.0
// What became of a call that is over, as the key of its words.
import type { PastCallInfo } from '../protocol/messages.ts';

/** A call that is over, as one of its sides knows it. */
export interface EndedCall {
    readonly role: 'caller' | 'callee';
    readonly answered: boolean;
    /** How long media were connected. */
    readonly seconds: number;
    readonly reason: string;
    /** Ended by this side; undefined: that is not known. */
    readonly byMe?: boolean | undefined;
}

export interface PastWords {
    /** What became of it. */
    readonly key: string;
    /** A second thing to say: why it ended. */
    readonly why?: string | undefined;
}

/** Whose doing or state these are follows from the side alone. */
const OF_CALLER = new Set(['cancelled']);
const OF_CALLEE = new Set(['declined', 'no-answer', 'unreachable', 'busy']);
/** Either side does these. */
const OF_EITHER = new Set(['hung-up', 'permission-denied', 'no-device']);
/** Nobody's doing. */
const OF_NOBODY = new Set(['media-failed', 'media-lost', 'signalling-lost', 'replaced',
    'connector-disabled', 'server-shutdown', 'too-long', 'stopped']);

/** Each reason has words of its own; undefined: it is one of a newer server, or none. */
export function whyWords({ role, reason, byMe }: EndedCall): string | undefined {
    const key = `why-${reason}`;
    if (OF_CALLER.has(reason) || OF_CALLEE.has(reason)) {
        return `${key}-${OF_CALLER.has(reason) === (role === 'caller') ? 'mine' : 'theirs'}`;
    }
    if (OF_EITHER.has(reason)) {
        return byMe === undefined ? key : `${key}-${byMe ? 'mine' : 'theirs'}`;
    }
    return OF_NOBODY.has(reason) ? key : undefined;
}

export function pastWords(call: PastCallInfo): PastWords {
    const { missed, silent, answered, seconds } = call;
    const why = whyWords(call);
    if (missed) {
        return { key: silent ? 'past-missed-silent' : 'past-missed', why };
    }
    if (answered) {
        return { key: seconds > 0 ? 'past-answered' : 'past-failed', why };
    }
    return { key: why ?? 'past-failed' };
}

/** The same for its line in the chat of the two. */
export function lineWords(call: EndedCall): PastWords {
    const { role, answered, seconds, reason } = call;
    const why = whyWords(call);
    if (answered) {
        return { key: seconds > 0 ? 'chat-call-answered' : 'chat-call-failed', why };
    }
    if (role === 'caller') {
        return { key: 'chat-call-mine', why };
    }
    return { key: reason === 'declined' ? 'chat-call-theirs' : 'chat-call-missed', why };
}

export type PastSign = 'missed' | 'in' | 'out';

export function pastSign({ missed, role }: PastCallInfo): PastSign {
    return missed ? 'missed' : role === 'callee' ? 'in' : 'out';
}

/** One page after another: what is told twice stands once. */
export function joinPages(
    shown: readonly PastCallInfo[],
    more: readonly PastCallInfo[],
): readonly PastCallInfo[] {
    const known = new Set(shown.map(({ id }) => id));
    return [...shown, ...more.filter(({ id }) => !known.has(id))];
}

/** The latest end of missed calls among these; 0: none. */
export function seenUntil(calls: readonly PastCallInfo[]): number {
    return Math.max(0, ...calls.filter(({ missed }) => missed).map((call) => call.endedAtMs));
}
