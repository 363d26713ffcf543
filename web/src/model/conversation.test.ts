// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { ChatmsgInfo, PersonInfo } from '../protocol/messages.ts';
import {
    dropOutgoing,
    emptyConversation,
    leavesGap,
    putEarlier,
    putMessages,
    putOutgoing,
    putReader,
    putTyping,
    readersOf,
    typingNow,
    TYPING_MS,
} from './conversation.ts';

const mary =
    { name: 'mary', fullName: 'Mary', position: '', avatar: '', status: 'away' } as PersonInfo;
const message = (seq: number): ChatmsgInfo => ({
    id: `m${seq}`, room: 'r', seq, author: mary, text: 'x', at: seq, kind: 'text',
});
const seqs = (list: readonly ChatmsgInfo[]) => list.map(({ seq }) => seq);
const talk = putEarlier(emptyConversation, [message(5), message(6)], true);

test('messages stand in order, each once, from whichever side they come', () => {
    const more = putMessages(putEarlier(talk, [message(3), message(4)], false), [message(6)]);
    expect(seqs(more.messages)).toEqual([3, 4, 5, 6]);
    expect(more.earlier).toBe(false);
});

test('what has arrived is not on its way any more', () => {
    const out = { id: 'm7', text: 'x', at: 7, problem: '' };
    const sending = putOutgoing(talk, out);
    expect(putMessages(sending, [message(7)]).outgoing).toEqual([]);
    expect(putOutgoing(sending, { ...out, problem: 'limit' }).outgoing).toHaveLength(1);
    expect(dropOutgoing(sending, 'm7').outgoing).toEqual([]);
});

test('a message after missing ones is noticed, once the latest are known', () => {
    expect(leavesGap(talk, message(7))).toBe(false);
    expect(leavesGap(talk, message(8))).toBe(true);
    expect(leavesGap(emptyConversation, message(8))).toBe(false);
});

test('a sign of typing ends by itself, and with the message', () => {
    const typing = putTyping(talk, 'mary', 1000);
    expect(typingNow(typing, 1000 + TYPING_MS - 1)).toEqual(['mary']);
    expect(typingNow(typing, 1000 + TYPING_MS)).toEqual([]);
    expect(typingNow(putMessages(typing, [message(7)]), 1001)).toEqual([]);
});

test('who has read is known up to a message', () => {
    const read = putReader(putReader(talk, 'mary', 5), 'mary', 3);
    expect(readersOf(read, 5, 'john')).toEqual(['mary']);
    expect(readersOf(read, 6, 'john')).toEqual([]);
    expect(readersOf(read, 5, 'mary')).toEqual([]);
});
