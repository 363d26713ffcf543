// SPDX-License-Identifier: Apache-2.0
// A run of messages somewhere in the past of a talk, read around one of them: until it reaches the
// run that ends with the latest one it is shown in its place.
import type { AnswerHistory, ChatmsgInfo } from '../protocol/messages.ts';
import { putEarlier, type Conversation } from './conversation.ts';

export interface Excerpt {
    readonly messages: readonly ChatmsgInfo[];
    /** There are messages before the first one here. */
    readonly earlier: boolean;
}

/** Reads a page of a room's history. */
export type ReadHistory = (part: { before: number } | { after: number }) => Promise<AnswerHistory>;

export async function readAround(read: ReadHistory, seq: number): Promise<Excerpt> {
    const [until, from] = await Promise.all([read({ before: seq + 1 }), read({ after: seq })]);
    return { messages: [...until.messages, ...from.messages], earlier: until.more };
}

export async function readBefore(read: ReadHistory, past: Excerpt): Promise<Excerpt> {
    const { messages, more } = await read({ before: past.messages[0]?.seq ?? 0 });
    return { messages: [...messages, ...past.messages], earlier: more };
}

export async function readAfter(read: ReadHistory, past: Excerpt): Promise<Excerpt> {
    const { messages } = await read({ after: past.messages.at(-1)?.seq ?? 0 });
    return { ...past, messages: [...past.messages, ...messages] };
}

/** With a run of the past that reaches what is known; undefined: messages are missing between. */
export function joinPast(talk: Conversation, past: Excerpt): Conversation | undefined {
    const [first] = talk.messages;
    const last = past.messages.at(-1);
    return !first || !last || last.seq + 1 < first.seq
        ? undefined
        : putEarlier(talk, past.messages,
            (past.messages[0]?.seq ?? 0) < first.seq ? past.earlier : talk.earlier);
}
