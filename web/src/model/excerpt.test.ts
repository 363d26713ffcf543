// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { AnswerHistory, ChatmsgInfo } from '../protocol/messages.ts';
import { emptyConversation, putEarlier } from './conversation.ts';
import { joinPast, readAfter, readAround, readBefore, type ReadHistory } from './excerpt.ts';

const PAGE = 3;
const all = Array.from({ length: 20 }, (_, i): ChatmsgInfo => ({
    id: `m${i + 1}`, room: 'r', seq: i + 1, at: i, kind: 'text', text: `text ${i + 1}`,
    author: { name: 'mary', fullName: 'Mary' } as ChatmsgInfo['author'],
} as ChatmsgInfo));

/** As the server pages. */
const read: ReadHistory = async (part): Promise<AnswerHistory> => {
    const before = 'before' in part;
    const found = all.filter(({ seq }) => (before ? seq < part.before : seq > part.after));
    const messages = before ? found.slice(-PAGE) : found.slice(0, PAGE);
    return { messages, more: found.length > PAGE } as unknown as AnswerHistory;
};
const seqs = (messages: readonly ChatmsgInfo[]): number[] => messages.map(({ seq }) => seq);

test('the messages around one, each once and in order', async () => {
    const past = await readAround(read, 9);
    expect(seqs(past.messages)).toEqual([7, 8, 9, 10, 11, 12]);
    expect(past.earlier).toBe(true);
});

test('pages before and after go on from it', async () => {
    const past = await readAround(read, 5);
    const before = await readBefore(read, past);
    expect(seqs(before.messages)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(before.earlier).toBe(false);
    expect(seqs((await readAfter(read, past)).messages)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('what reaches the known run becomes part of it, what does not stays apart', async () => {
    const known = putEarlier(emptyConversation, all.slice(12), true);
    const far = await readAround(read, 5);
    expect(joinPast(known, far)).toBeUndefined();
    const near = await readAround(read, 10);
    const joined = joinPast(known, near);
    expect(seqs(joined?.messages ?? [])).toEqual(seqs(all.slice(7)));
    expect(joined?.earlier).toBe(true);
    const first = await readAround(read, 14); // Already known.
    expect(joinPast(known, first)?.messages.length).toBe(9);
});
