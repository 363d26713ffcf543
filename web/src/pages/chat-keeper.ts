// SPDX-License-Identifier: Apache-2.0
// Keeps the rooms and their talk up to date for all parts of the portal: what was read once follows
// the events, and what an interruption has hidden is read again.
import { randomId, timedId } from '../base/id.ts';
import {
    dropOutgoing,
    emptyConversation,
    lastSeq,
    leavesGap,
    putEarlier,
    putMessages,
    putOutgoing,
    putReader,
    putTyping,
    TYPING_MS,
    type Conversation,
} from '../model/conversation.ts';
import {
    applyRoomEvent,
    inOrder,
    putMessage,
    putRead,
    putRoom,
    roomsOf,
    unreadRooms,
    type Rooms,
} from '../model/rooms.ts';
import type { PersonInfo, RoomInfo, ServerEvent } from '../protocol/messages.ts';
import type { Link } from './services.ts';
import { asProblem } from './shared.ts';
import type { Chat, TalkApi } from './talk.ts';

/** More pages than these behind: the talk is read anew instead. */
const CATCH_UP_PAGES = 4;
const TYPING_PAUSE_MS = 3000;

export class ChatKeeper implements Chat {
    private known: Rooms | undefined;
    private readonly talks = new Map<string, Conversation>();
    private readonly members = new Map<string, readonly PersonInfo[]>();
    private readonly listeners = new Set<() => void>();
    private readonly typedAt = new Map<string, number>();
    private self = '';
    /** Somebody's words are gone: with the next fresh start all is read anew. */
    private erased = false;

    constructor(
        private readonly api: TalkApi,
        private readonly link: Link,
    ) {
        link.onEvent((event) => this.apply(event));
        link.onFresh(() => void this.refresh());
    }

    start(self: string): void {
        this.self = self;
    }

    stop(): void {
        this.known = undefined;
        this.talks.clear();
        this.members.clear();
        this.tell();
    }

    get rooms(): readonly RoomInfo[] | undefined {
        return this.known && inOrder(this.known);
    }

    get unread(): number {
        return this.known ? unreadRooms(this.known) : 0;
    }

    room(id: string): RoomInfo | undefined {
        return this.known?.get(id);
    }

    people(id: string): readonly PersonInfo[] {
        return this.members.get(id) ?? [];
    }

    talk(id: string): Conversation {
        return this.talks.get(id) ?? emptyConversation;
    }

    async open(id: string): Promise<void> {
        const { room, people } = await this.api.room(id);
        this.learn(room, people);
        if (!this.talk(id).loaded) {
            await this.readLatest(id);
        }
    }

    async earlier(id: string): Promise<void> {
        const first = this.talk(id).messages[0]?.seq;
        if (first === undefined) {
            return;
        }
        const { messages, more } = await this.api.history(id, { before: first });
        this.become(id, (talk) => putEarlier(talk, messages, more));
    }

    send(id: string, text: string): void {
        this.typedAt.delete(id);
        void this.transmit(id, timedId(), text);
    }

    retry(id: string, message: string): void {
        const out = this.talk(id).outgoing.find((known) => known.id === message);
        if (out) {
            void this.transmit(id, message, out.text);
        }
    }

    discard(id: string, message: string): void {
        this.become(id, (talk) => dropOutgoing(talk, message));
    }

    typing(id: string): void {
        const now = Date.now();
        if (now - (this.typedAt.get(id) ?? 0) >= TYPING_PAUSE_MS) {
            this.typedAt.set(id, now);
            void this.link.request({ type: 'chat.typing', room: id }).catch(() => undefined);
        }
    }

    async meet(id: string, connector: string, picked: boolean): Promise<string> {
        const by = { connector, picked };
        const command = { type: 'chat.meet', room: id, message: timedId(), ...by } as const;
        const { message } = await this.link.request(command);
        this.apply({ type: 'chat.message', message });
        return message.text;
    }

    seen(id: string): void {
        const upTo = lastSeq(this.talk(id));
        const room = this.room(id);
        if (!room || upTo <= room.read || !this.known) {
            return;
        }
        this.known = putRead(this.known, id, upTo);
        this.tell();
        void this.link.request({ type: 'chat.read', room: id, seq: upTo }).catch(() => undefined);
    }

    async direct(name: string): Promise<string> {
        const known = this.rooms?.find((room) => room.peer?.name === name);
        if (known) {
            return known.id;
        }
        const { room, people } = await this.api.directRoom(randomId(), name);
        this.learn(room, people);
        return room.id;
    }

    learn(room: RoomInfo, people: readonly PersonInfo[]): void {
        this.known = putRoom(this.known ?? new Map(), room);
        this.members.set(room.id, people);
        this.tell();
    }

    onChange(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    /** Shown at once, acknowledged when it is durable; the same id again gives the same message. */
    private async transmit(id: string, message: string, text: string): Promise<void> {
        const at = Date.now() / 1000;
        this.become(id, (talk) => putOutgoing(talk, { id: message, text, at, problem: '' }));
        try {
            const sent = await this.link.request({ type: 'chat.send', room: id, message, text });
            this.apply({ type: 'chat.message', message: sent.message });
        } catch (thrown) {
            const problem = asProblem(thrown).error;
            this.become(id, (talk) => putOutgoing(talk, { id: message, text, at, problem }));
        }
    }

    private async readLatest(id: string): Promise<void> {
        const { messages, more } = await this.api.history(id, undefined);
        this.become(id, (talk) => putEarlier({ ...talk, messages: [] }, messages, more));
    }

    /** A fresh session may have missed anything: all that is shown is compared with the server. */
    private async refresh(): Promise<void> {
        try {
            const rooms = roomsOf(await this.api.rooms());
            this.known = rooms;
            this.tell();
            const open = [...this.talks].filter(([, talk]) => talk.loaded).map(([id]) => id);
            const anew = this.erased;
            this.erased = false;
            for (const id of open) {
                if (!rooms.has(id)) {
                    this.forget(id);
                } else if (anew) {
                    await Promise.all([this.freshen(id), this.readLatest(id)]);
                } else {
                    await this.catchUp(id);
                }
            }
        } catch {
            // The next fresh session reads again; until then the pages show what they know.
        }
    }

    private async catchUp(id: string): Promise<void> {
        for (let page = 0; page < CATCH_UP_PAGES; page++) {
            const { messages, more } = await this.api.history(id, {
                after: lastSeq(this.talk(id)),
            });
            this.become(id, (talk) => putMessages(talk, messages));
            if (!more) {
                return;
            }
        }
        await this.readLatest(id);
    }

    private forget(id: string): void {
        this.talks.delete(id);
        this.members.delete(id);
        this.tell();
    }

    private apply(event: ServerEvent): void {
        const known = this.known && applyRoomEvent(this.known, event, this.self);
        this.known = known;
        switch (event.type) {
            case 'chat.message':
                this.arrived(event.message);
                break;
            case 'chat.isTyping':
                this.become(event.room, (talk) => putTyping(talk, event.name, Date.now()));
                setTimeout(() => this.tell(), TYPING_MS + 50);
                break;
            case 'chat.hasRead':
                this.become(event.room, (talk) => putReader(talk, event.name, event.upTo));
                break;
            case 'room.changed':
                void this.freshen(event.room.id);
                break;
            case 'room.removed':
                this.forget(event.room);
                break;
            case 'person.gone':
                this.erased ||= event.erased;
                break;
        }
    }

    private arrived(message: Parameters<typeof putMessage>[1]): void {
        if (this.known && !this.known.has(message.room)) {
            void this.freshen(message.room, true); // The first message of a new room.
        }
        const gap = leavesGap(this.talk(message.room), message);
        if (gap) {
            void this.catchUp(message.room).catch(() => undefined);
        } else if (this.talk(message.room).loaded) {
            this.become(message.room, (talk) => putMessages(talk, [message]));
        } else {
            this.tell();
        }
    }

    /** Reads who is in a room whose people are shown, or a room that is not known yet. */
    private async freshen(id: string, unknown = false): Promise<void> {
        this.tell();
        if (unknown || this.members.has(id)) {
            try {
                const { room, people } = await this.api.room(id);
                this.learn(room, people);
            } catch {
                // Gone meanwhile, or not reachable: room.removed or the next session tells.
            }
        }
    }

    become(id: string, how: (talk: Conversation) => Conversation): void {
        this.talks.set(id, how(this.talk(id)));
        this.tell();
    }

    private tell(): void {
        for (const listener of [...this.listeners]) {
            listener();
        }
    }
}
