// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CallInfo, Command, ServerEvent } from '../protocol/messages.ts';
import type { Lendable } from './early.ts';
import { FakeTrack } from './fakes.ts';
import { Placing } from './placing.ts';

let said: Command[];
let answer: () => Partial<CallInfo>;
let lendable: Lendable;
let voice: FakeTrack;
let open: boolean;
let told: string[];
let placing: Placing;

beforeEach(() => {
    vi.useFakeTimers();
    said = [];
    told = [];
    open = true;
    voice = new FakeTrack('audio', 'of the page');
    answer = () => ({ id: 'c', here: true });
    lendable = {
        audio: () => {
            said.push({ type: 'ping' }); // Its place among the commands.
            return Promise.resolve(voice.real);
        },
        video: () => Promise.reject(new Error('it is for the window to open')),
    };
    placing = new Placing({
        devices: () => Promise.resolve(lendable),
        request: async (command) => {
            said.push(command);
            return Promise.resolve().then(() => ({ call: answer() }) as never);
        },
        onPlaced: ({ call }) => told.push(call.id),
    });
});
afterEach(() => vi.useRealTimers());

const types = (): string[] => said.map(({ type }) => type);
const place = (): Promise<string | undefined> | undefined => {
    placing.place('c', 'bert', () => open);
    return placing.find('c')?.call;
};
const offer = (call: string): ServerEvent =>
    ({ type: 'call.description', call, kind: 'offer', early: 1, sdp: 'v=0' }) as ServerEvent;
const ended = (reason: string, moved = false): ServerEvent =>
    ({ type: 'call.changed', call: { id: 'c', state: 'ended', reason, moved } }) as ServerEvent;

test('N17: the microphone of the page is open before the server hears of the call', async () => {
    expect(await place()).toBe('c');
    expect(types()).toEqual(['ping', 'call.start']);
    expect(said[1]).toMatchObject({ callee: 'bert', microphone: true, camera: true });
    expect(told).toEqual(['c']);
});

test('what was looked up before the click is opened in it, before the window', () => {
    const request = (): Promise<never> => Promise.reject(new Error('not asked here'));
    placing = new Placing({ devices: () => lendable, request, onPlaced: () => undefined });
    void place();
    expect(types()).toEqual(['ping']);
});

test('a microphone that opens too late places no call, then or ever', async () => {
    let open = (_: MediaStreamTrack): void => undefined;
    lendable = { ...lendable, audio: () => new Promise((done) => (open = done)) };
    const call = place();
    await vi.advanceTimersByTimeAsync(400);
    expect(await call).toBeUndefined();
    open(voice.real); // Its page is in front again, long after the call.
    await vi.advanceTimersByTimeAsync(31_000);
    expect(said).toEqual([]);
    expect(voice.stopped).toBe(true);
});

test('what is looked up too late places no call either', async () => {
    const devices = vi.fn(() => new Promise<Lendable>((done) =>
        setTimeout(() => done(lendable), 2100)));
    placing = new Placing({ devices, request: () => Promise.reject(new Error('asked')),
        onPlaced: ({ call }) => told.push(call.id) });
    const call = place();
    await vi.advanceTimersByTimeAsync(3000);
    expect(await call).toBeUndefined();
    expect(types()).toEqual(['ping']); // The microphone, which is closed again.
    expect(voice.stopped).toBe(true);
});

test('what comes for the call waits for its window, later it is passed on', async () => {
    answer = () => ({ id: 'd', here: true }); // Both have pressed Call.
    expect(await place()).toBe('d');
    placing.onEvent(offer('d'));
    placing.onEvent(offer('another'));
    placing.onEvent(ended('replaced', true));
    const came: ServerEvent[] = [];
    placing.find('c')?.take((event) => came.push(event));
    expect(came).toEqual([offer('d')]);
    placing.onEvent(offer('d'));
    expect(came).toHaveLength(2);
    expect(voice.stopped).toBe(false);
    await vi.advanceTimersByTimeAsync(3000);
    expect(voice.stopped).toBe(true); // The window has its own.
    open = false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(types()).not.toContain('call.end');
});

test('a window that is closed before it takes the call, or never comes, ends it', async () => {
    await place();
    await vi.advanceTimersByTimeAsync(1000);
    expect(types()).not.toContain('call.end');
    open = false;
    await vi.advanceTimersByTimeAsync(250);
    expect(said.at(-1)).toEqual({ type: 'call.end', call: 'c', reason: 'hung-up' });
    expect(voice.stopped).toBe(true);
    open = true;
    said = [];
    await place();
    await vi.advanceTimersByTimeAsync(31_000);
    expect(said.at(-1)?.type).toBe('call.end');
    said = [];
    await vi.advanceTimersByTimeAsync(31_000);
    expect(said).toEqual([]);
});

test('a window that has joined without asking this page is left alone', async () => {
    await place(); // It was loaded again, and knows its call by its address.
    placing.onEvent(ended('replaced', true));
    await vi.advanceTimersByTimeAsync(31_000);
    expect(types()).not.toContain('call.end');
    expect(voice.stopped).toBe(true);
});

test('a call that ends while the window loads is not ended again', async () => {
    await place();
    placing.onEvent(ended('declined'));
    expect(voice.stopped).toBe(true);
    said = [];
    open = false;
    await vi.advanceTimersByTimeAsync(31_000);
    expect(said).toEqual([]);
});

test('the window does it where the page may not, was refused, or is later', async () => {
    answer = () => {
        throw new Error('call-busy');
    };
    expect(await place()).toBeUndefined();
    expect(voice.stopped).toBe(true);
    answer = () => ({ id: 'c', here: false });
    expect(await place()).toBeUndefined();
    open = false; // The browser has blocked it, or it is closed again.
    said = [];
    expect(await place()).toBeUndefined();
    lendable = { audio: undefined, video: undefined };
    expect(await place()).toBeUndefined();
    expect(types()).toEqual(['ping']);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(types()).toEqual(['ping']);
    expect(told).toEqual([]);
});
