// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SocketEvents } from '../platform/socket.ts';
import { Connection, Refused } from './connection.ts';
import type { ServerEvent } from './messages.ts';

class FakeSocket {
    sent: Record<string, unknown>[] = [];
    closed = false;
    constructor(readonly events: SocketEvents) {}
    send(text: string): void {
        this.sent.push(JSON.parse(text) as Record<string, unknown>);
    }
    close(): void {
        this.closed = true;
    }
    say(message: object): void {
        this.events.onText(JSON.stringify(message));
    }
    welcome(resumed: boolean, token = 'token', seq = 0): void {
        const id = this.sent[0]?.['id'];
        this.say({ type: 'welcome', id, token, resumed, seq, pingMs: 20_000, user: 'mary',
            status: 'available', idleMs: 300_000 });
    }
}

let sockets: FakeSocket[];
let events: ServerEvent[];
let fresh: number;
let connection: Connection;
let signedIn: boolean;

function latest(): FakeSocket {
    const socket = sockets.at(-1);
    if (!socket) {
        throw new Error('no socket');
    }
    return socket;
}

beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    events = [];
    fresh = 0;
    signedIn = true;
    connection = new Connection(
        (socketEvents) => {
            const socket = new FakeSocket(socketEvents);
            sockets.push(socket);
            return socket;
        },
        () => fresh++,
        (event) => events.push(event),
        () => Promise.resolve(signedIn),
    );
    connection.start();
    latest().events.onOpen();
});
afterEach(() => {
    connection.stop();
    vi.useRealTimers();
});

test('says hello first, and sends what waited after the welcome', () => {
    void connection.request({ type: 'ping' }).catch(() => undefined);
    expect(latest().sent.map(({ type }) => type)).toEqual(['hello']);
    latest().welcome(false);
    expect(latest().sent.map(({ type }) => type)).toEqual(['hello', 'ping']);
    expect(connection.status.value).toBe('online');
    expect(fresh).toBe(1);
});

test('gives each reply to its own request, a refusal as an error', async () => {
    latest().welcome(false);
    const first = connection.request({ type: 'ping' });
    const second = connection.request({ type: 'call.decline', call: 'AAAAAAAAAAAAAAAAAAAAAA' });
    const [, ping, decline] = latest().sent;
    const error = { type: 'error', error: 'not-found', message: 'no', reference: 'r1' };
    latest().say({ ...error, id: decline?.['id'] });
    latest().say({ type: 'ok', id: ping?.['id'] });
    await expect(first).resolves.toMatchObject({ type: 'ok' });
    await expect(second).rejects.toEqual(new Refused('not-found', 'r1'));
});

test('comes back with its token and the last event it has seen', () => {
    latest().welcome(false, 'first', 7);
    latest().say({ type: 'settings.changed', seq: 8, microphone: true, camera: false,
        status: 'available', callWaiting: true, relayOnly: false });
    expect(events).toHaveLength(1);
    latest().events.onClose(1006);
    expect(connection.status.value).toBe('offline');
    vi.advanceTimersByTime(200);
    latest().events.onOpen();
    expect(sockets).toHaveLength(2);
    expect(latest().sent[0]).toMatchObject({ type: 'hello', token: 'first', last: 8 });
    latest().welcome(true, 'second', 8);
    expect(fresh).toBe(1);
});

test('an event that was here already does nothing', () => {
    latest().welcome(false, 'first', 7);
    const say = (seq: number): void => latest().say({ type: 'settings.changed', seq,
        microphone: true, camera: false, status: 'available', callWaiting: true,
        relayOnly: false });
    [8, 8, 7, 9].forEach(say);
    expect(events).toHaveLength(2);
    latest().events.onClose(1006);
    vi.advanceTimersByTime(200);
    latest().events.onOpen();
    expect(latest().sent[0]).toMatchObject({ type: 'hello', last: 9 });
    latest().welcome(false, 'second', 0); // Another session counts anew.
    say(1);
    expect(events).toHaveLength(3);
});

test('a socket that is doubted shows soon that it lives, or is given up', () => {
    latest().welcome(false);
    connection.hurry();
    connection.hurry(); // once is enough
    expect(latest().sent.map(({ type }) => type)).toEqual(['hello', 'ping']);
    latest().say({ type: 'ok', id: latest().sent[1]?.['id'] });
    vi.advanceTimersByTime(10_000);
    expect(sockets).toHaveLength(1); // it lives
    connection.hurry();
    vi.advanceTimersByTime(2499);
    expect(connection.status.value).toBe('online');
    vi.advanceTimersByTime(1);
    expect(connection.status.value).toBe('offline');
    vi.advanceTimersByTime(200);
    expect(sockets).toHaveLength(2);
    connection.hurry(); // also one that does not come about
    vi.advanceTimersByTime(2500 + 400);
    expect(sockets).toHaveLength(3);
});

test('what was asked while away takes effect once it is back', async () => {
    latest().welcome(false);
    latest().events.onClose(1006);
    const call = 'AAAAAAAAAAAAAAAAAAAAAA';
    const ended = connection.request({ type: 'call.end', call, reason: 'hung-up' });
    vi.advanceTimersByTime(200);
    latest().events.onOpen();
    latest().welcome(true);
    expect(latest().sent[1]).toMatchObject({ type: 'call.end', reason: 'hung-up' });
    latest().say({ type: 'ok', id: latest().sent[1]?.['id'] });
    await expect(ended).resolves.toMatchObject({ type: 'ok' });
});

test('gives up a socket that stays silent after a question', () => {
    latest().welcome(false);
    vi.advanceTimersByTime(20_000);
    expect(latest().sent.at(-1)).toMatchObject({ type: 'ping' });
    vi.advanceTimersByTime(10_000);
    expect(sockets[0]?.closed).toBe(true);
    vi.advanceTimersByTime(200);
    expect(sockets).toHaveLength(2);
});

test('ends for good when the person has signed out elsewhere', () => {
    latest().welcome(false);
    latest().say({ type: 'bye', seq: 1, reason: 'logged-out' });
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(connection.status.value).toBe('ended');
});

test('a refused socket is tried again as long as the person is signed in', async () => {
    latest().events.onClose(1006);
    await vi.advanceTimersByTimeAsync(200);
    expect(sockets).toHaveLength(2);
    latest().events.onClose(1006);
    await vi.advanceTimersByTimeAsync(400);
    expect(sockets).toHaveLength(3);
});

test('a socket that is refused after a sign-out elsewhere is not tried for ever', async () => {
    latest().welcome(false);
    const ended = connection.request({ type: 'ping' });
    latest().events.onClose(1006);
    await vi.advanceTimersByTimeAsync(200);
    signedIn = false;
    latest().events.onClose(1006);
    await expect(ended).rejects.toEqual(new Refused('closed', ''));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(2);
    expect(connection.status.value).toBe('signed-out');
});
