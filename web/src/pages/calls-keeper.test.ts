// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test, vi } from 'vitest';
import type { Command, ServerEvent } from '../protocol/messages.ts';
import { createCallsApi } from './calls-api.ts';
import { CallsKeeper } from './calls-keeper.ts';
import type { Link } from './services.ts';

let event: (event: ServerEvent) => void;
let fresh: () => void;
let asked: string[];
let sent: Command[];
let badges: number[];
let refuse: boolean;
let keeper: CallsKeeper;

beforeEach(() => {
    asked = [];
    sent = [];
    badges = [];
    refuse = false;
    const link = {
        request: async (command: Command) => {
            sent.push(command);
            if (refuse) {
                throw { error: 'closed' };
            }
            return { type: 'ok' };
        },
        onEvent: (listener: typeof event) => ((event = listener), () => undefined),
        onFresh: (listener: typeof fresh) => ((fresh = listener), () => undefined),
    } as unknown as Link;
    const api = createCallsApi(async (_method, path) => {
        asked.push(path);
        return { calls: [], next: '', missed: 3 };
    });
    keeper = new CallsKeeper(api, link, (count) => badges.push(count));
    keeper.start();
});

test('a fresh session asks how many are missed, events keep the number', async () => {
    fresh();
    await vi.waitFor(() => expect(keeper.missed).toBe(3));
    expect(asked).toEqual(['/api/calls?limit=0']);
    event({ type: 'calls.missed', missed: 0 });
    expect([keeper.missed, badges]).toEqual([0, [3, 0]]);
});

test('seen is said once, only of what is missed, and again after a refusal', async () => {
    keeper.seen(5);
    expect(sent).toEqual([]);
    event({ type: 'calls.missed', missed: 1 });
    refuse = true;
    keeper.seen(5);
    await Promise.resolve();
    refuse = false;
    await vi.waitFor(() => {
        keeper.seen(5);
        expect(sent).toHaveLength(2);
    });
    keeper.seen(5);
    keeper.seen(4);
    expect(sent).toEqual([5, 5].map((untilMs) => ({ type: 'calls.seen', untilMs })));
});

test('a page is asked for by person, kind and mark', async () => {
    await keeper.page({ with: 'mary', missed: true, before: '77' });
    expect(asked).toEqual(['/api/calls?limit=30&with=mary&missed=1&before=77']);
});

test('listeners hear of an ended call by the line that it leaves in the chat', () => {
    const heard = vi.fn();
    const stop = keeper.onChange(heard);
    event({ type: 'chat.message', message: { kind: 'text' } } as ServerEvent);
    expect(heard).not.toHaveBeenCalled();
    event({ type: 'chat.message', message: { kind: 'call' } } as ServerEvent);
    expect(heard).toHaveBeenCalledOnce();
    stop();
    keeper.stop();
    expect(heard).toHaveBeenCalledOnce();
});

test('an answer that is none is refused', async () => {
    const api = createCallsApi(async () => ({ calls: 'many' }));
    await expect(api.missedCalls()).rejects.toEqual({ error: 'internal' });
});
