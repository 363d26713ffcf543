// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { ChatmsgInfo, PersonInfo, RoomInfo } from '../protocol/messages.ts';
import { applyRoomEvent, inOrder, putRead, roomsOf, unreadRooms } from './rooms.ts';

const person = (name: string): PersonInfo =>
    ({ name, fullName: name, position: '', avatar: '', status: 'available' }) as PersonInfo;
const message = (room: string, seq: number, author = 'mary'): ChatmsgInfo => ({
    id: `m${seq}`, room, seq, author: person(author), text: 'x', at: seq, kind: 'text',
});
const room = (id: string, seq = 0, unread = 0): RoomInfo => ({
    id, kind: 'team', title: id, space: '', owner: 'mary', members: 2, unread, read: seq - unread,
    seq, ...(seq > 0 && { last: message(id, seq) }),
});
const rooms = roomsOf([room('a', 3), room('b', 5, 2)]);
const told = (...list: ChatmsgInfo[]) =>
    list.reduce((state, one) =>
        applyRoomEvent(state, { type: 'chat.message', message: one }, 'john'), rooms);

test('a message of another is unread, one of oneself is read', () => {
    expect(told(message('a', 4)).get('a')).toMatchObject({ seq: 4, unread: 1, read: 3 });
    expect(told(message('a', 4, 'john')).get('a')).toMatchObject({ seq: 4, unread: 0, read: 4 });
});

test('a repeated message and one of an unknown room change nothing', () => {
    expect(told(message('a', 4), message('a', 4)).get('a')?.unread).toBe(1);
    expect(told(message('z', 1))).toBe(rooms);
});

test('the room with the latest message comes first', () => {
    expect(inOrder(rooms).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(inOrder(told(message('a', 9))).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('the read mark goes forward only, also when another tab moves it', () => {
    expect(unreadRooms(rooms)).toBe(1);
    expect(putRead(rooms, 'b', 4).get('b')).toMatchObject({ read: 4, unread: 1 });
    expect(putRead(rooms, 'b', 2).get('b')).toMatchObject({ read: 3, unread: 2 });
    const event = { type: 'chat.hasRead', room: 'b', name: 'john', upTo: 5 } as const;
    expect(unreadRooms(applyRoomEvent(rooms, event, 'john'))).toBe(0);
    expect(unreadRooms(applyRoomEvent(rooms, event, 'mary'))).toBe(1);
});

test('a changed room keeps its latest message, a removed one goes', () => {
    const { last: _, ...changed } = { ...room('b', 5, 2), title: 'new' };
    const after = applyRoomEvent(rooms, { type: 'room.changed', room: changed }, 'john');
    expect(after.get('b')).toMatchObject({ title: 'new', last: { seq: 5 } });
    expect(applyRoomEvent(rooms, { type: 'room.removed', room: 'b' }, 'john').has('b')).toBe(false);
});
