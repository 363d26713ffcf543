// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from 'vitest';
import type { ChatmsgInfo, Command, PersonInfo, RoomInfo, ServerEvent }
    from '../protocol/messages.ts';
import { ChatKeeper } from './chat-keeper.ts';
import type { Link } from './services.ts';
import type { HistoryPart, TalkApi } from './talk.ts';

const person = (name: string) =>
    ({ name, fullName: name, position: '', avatar: '', status: 'available' }) as PersonInfo;

/** One room on a server that keeps its messages. */
function world() {
    const kept: ChatmsgInfo[] = [];
    const sent: Command[] = [];
    let onEvent: (event: ServerEvent) => void = () => undefined;
    let onFresh: () => void = () => undefined;
    const state = { refuse: '' };
    const say = (author: string, text: string, id = `${author}${kept.length}`): ChatmsgInfo => {
        const known = kept.find((one) => one.id === id);
        const message = known ?? { id, room: 'r', seq: kept.length + 1, author: person(author),
            text, at: kept.length, kind: 'text' as const };
        if (!known) {
            kept.push(message);
        }
        return message;
    };
    const room = (): RoomInfo => ({ id: 'r', kind: 'team', title: 'R', space: '', owner: 'mary',
        members: 2, unread: 0, read: 0, seq: kept.length });
    const api = {
        rooms: async () => [room()],
        room: async () => ({ room: room(), people: [person('mary'), person('john')] }),
        history: async (_id: string, part: HistoryPart) => {
            const list = part && 'after' in part
                ? kept.filter(({ seq }) => seq > part.after).slice(0, 2)
                : kept.filter(({ seq }) => !part || seq < part.before).slice(-2);
            const all = part && 'after' in part ? kept.at(-1)?.seq : 1;
            const edge = part && 'after' in part ? list.at(-1)?.seq : list[0]?.seq;
            const messages = list.map((one) => ({ ...one }));
            return { messages, more: edge !== undefined && edge !== all };
        },
    } as unknown as TalkApi;
    const link = {
        request: async (command: Command) => {
            sent.push(command);
            if (state.refuse) {
                throw { error: state.refuse };
            }
            return command.type === 'chat.send'
                ? { type: 'chat.sent', message: say('mary', command.text, command.message) }
                : { type: 'ok' };
        },
        onEvent: (listener: typeof onEvent) => ((onEvent = listener), () => undefined),
        onFresh: (listener: typeof onFresh) => ((onFresh = listener), () => undefined),
    } as unknown as Link;
    const keeper = new ChatKeeper(api, link);
    keeper.start('mary');
    const tell = (message: ChatmsgInfo): void => onEvent({ type: 'chat.message', message });
    const event = (one: ServerEvent): void => onEvent(one);
    return { keeper, say, tell, sent, state, fresh: () => onFresh(), event };
}

const texts = (keeper: ChatKeeper) => keeper.talk('r').messages.map(({ text }) => text);

test('a message is shown at once and stands once when it is durable', async () => {
    const { keeper } = world();
    await keeper.open('r');
    keeper.send('r', 'hello');
    expect(keeper.talk('r').outgoing.map(({ text }) => text)).toEqual(['hello']);
    await vi.waitFor(() => expect(texts(keeper)).toEqual(['hello']));
    expect(keeper.talk('r').outgoing).toEqual([]);
});

test('a refused message keeps its id when it is sent again', async () => {
    const { keeper, state, sent } = world();
    await keeper.open('r');
    state.refuse = 'limit';
    keeper.send('r', 'hello');
    await vi.waitFor(() => expect(keeper.talk('r').outgoing[0]?.problem).toBe('limit'));
    state.refuse = '';
    keeper.retry('r', keeper.talk('r').outgoing[0]?.id ?? '');
    await vi.waitFor(() => expect(texts(keeper)).toEqual(['hello']));
    const ids = sent.flatMap((one) => (one.type === 'chat.send' ? [one.message] : []));
    expect(new Set(ids).size).toBe(1);
});

test('history is read by pages without gaps and repetitions', async () => {
    const { keeper, say } = world();
    ['1', '2', '3', '4', '5'].forEach((text) => say('john', text));
    await keeper.open('r');
    expect(texts(keeper)).toEqual(['4', '5']);
    await keeper.earlier('r');
    await keeper.earlier('r');
    expect(texts(keeper)).toEqual(['1', '2', '3', '4', '5']);
    expect(keeper.talk('r').earlier).toBe(false);
});

test('what an interruption has hidden is read again', async () => {
    const { keeper, say, tell, fresh } = world();
    say('john', '1');
    await keeper.open('r');
    ['2', '3', '4'].forEach((text) => say('john', text));
    fresh();
    await vi.waitFor(() => expect(texts(keeper)).toEqual(['1', '2', '3', '4']));
    say('john', '5');
    tell(say('john', '6'));
    await vi.waitFor(() => expect(texts(keeper)).toEqual(['1', '2', '3', '4', '5', '6']));
});

test('reading is told once for each new message', async () => {
    const { keeper, say, sent } = world();
    say('john', '1');
    await keeper.open('r');
    keeper.seen('r');
    keeper.seen('r');
    expect(sent).toEqual([{ type: 'chat.read', room: 'r', seq: 1 }]);
});

test('typing is told seldom, and again after sending', async () => {
    const { keeper, sent } = world();
    keeper.typing('r');
    keeper.typing('r');
    keeper.send('r', 'x');
    keeper.typing('r');
    const told = sent.filter(({ type }) => type === 'chat.typing');
    expect(told).toHaveLength(2);
});

test('a room that one is not in any more is forgotten', async () => {
    const { keeper, say, event } = world();
    say('john', '1');
    await keeper.open('r');
    event({ type: 'room.removed', room: 'r' });
    expect(keeper.room('r')).toBeUndefined();
    expect(texts(keeper)).toEqual([]);
});

test('after somebody was erased the next fresh start reads old messages anew', async () => {
    const { keeper, say, event, fresh } = world();
    const kept = say('john', 'to be forgotten');
    say('mary', 'mine');
    await keeper.open('r');
    Object.assign(kept, { text: '' });
    fresh();
    await vi.waitFor(() => expect(keeper.rooms).toHaveLength(1));
    expect(texts(keeper)).toEqual(['to be forgotten', 'mine']); // Nothing says that it changed.
    event({ type: 'person.gone', name: 'john', erased: true });
    fresh();
    await vi.waitFor(() => expect(texts(keeper)).toEqual(['', 'mine']));
});
