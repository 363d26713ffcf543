// SPDX-License-Identifier: Apache-2.0
// What became of a call that is over, as the key of its words.
import type { PastCallInfo } from '../protocol/messages.ts';

export interface PastWords {
    readonly key: string;
    /** A second thing to say: how a call that had been connected was cut. */
    readonly cut?: string;
}

/** Ends that a connected call does not have by somebody's wish. */
const CUTS = new Set(['media-lost', 'signalling-lost', 'too-long', 'stopped', 'server-shutdown',
    'connector-disabled']);
const UNANSWERED = new Set(['no-answer', 'declined', 'busy', 'unreachable', 'cancelled',
    'permission-denied', 'no-device']);

export function pastWords(call: PastCallInfo): PastWords {
    const { missed, silent, answered, seconds, reason, role, byMe } = call;
    if (missed) {
        return { key: silent ? 'past-missed-silent' : 'past-missed' };
    }
    if (answered && seconds > 0) {
        return CUTS.has(reason) ? { key: 'past-answered', cut: `past-cut-${reason}` }
            : { key: 'past-answered' };
    }
    if (role === 'callee' && reason === 'declined') {
        return { key: 'past-declined-by-me' };
    }
    if (!answered && UNANSWERED.has(reason)) {
        return { key: byMe ? 'past-by-me' : `past-${reason}` };
    }
    return { key: 'past-failed' };
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
