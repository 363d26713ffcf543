// SPDX-License-Identifier: Apache-2.0
// What the pages need of calls that are over.
import type { AnswerCalls, AnswerTimeline } from '../protocol/messages.ts';

export interface CallsWanted {
    /** A user name: only calls with this person; empty: all. */
    readonly with: string;
    readonly missed: boolean;
    /** `next` of the page before; empty: from the newest. */
    readonly before: string;
}

export interface CallsApi {
    /** Refuses with an ApiProblem. */
    calls(wanted: CallsWanted): Promise<AnswerCalls>;
    missedCalls(): Promise<number>;
    timeline(call: string): Promise<AnswerTimeline>;
}

export interface Calls {
    readonly missed: number;
    /** Refuses with an ApiProblem. */
    page(wanted: CallsWanted): Promise<AnswerCalls>;
    /** Refuses with an ApiProblem: not-found when it is not kept any more. */
    timeline(call: string): Promise<AnswerTimeline>;
    /** All missed ones that ended until then are before somebody's eyes. */
    seen(untilMs: number): void;
    /** A call is in the history that was not before, or another number is missed. */
    onChange(listener: () => void): () => void;
    start(): void;
    stop(): void;
}
