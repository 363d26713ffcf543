// SPDX-License-Identifier: Apache-2.0
// The rooms of this person, with what is unread: pure functions of answers and events.
import type { ChatmsgInfo, RoomInfo, ServerEvent } from '../protocol/messages.ts';

export type Rooms = ReadonlyMap<string, RoomInfo>;

export function roomsOf(list: readonly RoomInfo[]): Rooms {
    return new Map(list.map((room) => [room.id, room]));
}

/** Events tell a room without its latest message: that stays as it was. */
export function putRoom(rooms: Rooms, room: RoomInfo): Rooms {
    const known = rooms.get(room.id);
    const last = room.last ?? known?.last;
    return new Map(rooms).set(room.id, last ? { ...room, last } : room);
}

function without(rooms: Rooms, id: string): Rooms {
    const left = new Map(rooms);
    left.delete(id);
    return left;
}

/** A message of a room that is known; one's own is read with it. */
export function putMessage(rooms: Rooms, message: ChatmsgInfo, self: string): Rooms {
    const room = rooms.get(message.room);
    if (!room || message.seq <= room.seq) {
        return rooms;
    }
    const own = message.author.name === self && message.kind !== 'call';
    const read = own ? message.seq : room.read;
    const unread = own ? 0 : room.unread + 1;
    return new Map(rooms).set(room.id, { ...room, last: message, seq: message.seq, read, unread });
}

/** The own read mark goes forward, never back. */
export function putRead(rooms: Rooms, id: string, upTo: number): Rooms {
    const room = rooms.get(id);
    if (!room || upTo <= room.read) {
        return rooms;
    }
    const unread = Math.max(0, Math.min(room.unread, room.seq - upTo));
    return new Map(rooms).set(id, { ...room, read: upTo, unread });
}

export function applyRoomEvent(rooms: Rooms, event: ServerEvent, self: string): Rooms {
    switch (event.type) {
        case 'chat.message':
            return putMessage(rooms, event.message, self);
        case 'chat.hasRead':
            return event.name === self ? putRead(rooms, event.room, event.upTo) : rooms;
        case 'room.changed':
            return putRoom(rooms, event.room);
        case 'room.removed':
            return without(rooms, event.room);
        default:
            return rooms;
    }
}

/** The one with the latest message first. */
export function inOrder(rooms: Rooms): RoomInfo[] {
    const when = (room: RoomInfo): number => room.last?.at ?? 0;
    return [...rooms.values()].sort((a, b) => when(b) - when(a));
}

/** In how many rooms there is something to read. */
export function unreadRooms(rooms: Rooms): number {
    return [...rooms.values()].filter((room) => room.unread > 0).length;
}
