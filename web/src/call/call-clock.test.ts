// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CallInfo } from '../protocol/messages.ts';
import { CallClock } from './call-clock.ts';

let over: CallInfo[];
let online: boolean;
let clock: CallClock;

beforeEach(() => {
    vi.useFakeTimers();
    over = [];
    online = false;
    clock = new CallClock((call) => over.push(call), () => online);
});
afterEach(() => vi.useRealTimers());

const call = (part: Partial<CallInfo>): CallInfo =>
    ({ id: 'c', state: 'ringing', ringLeftMs: 45_000, reason: 'none', ...part }) as CallInfo;

test('nothing rings past its deadline, whatever the server is', async () => {
    clock.see(call({}));
    await vi.advanceTimersByTimeAsync(45_900);
    expect(over).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(over).toEqual([call({ state: 'ended', reason: 'no-answer', ringLeftMs: 0 })]);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(over).toHaveLength(1);
});

test('what is told late makes no ring longer', async () => {
    clock.see(call({}));
    await vi.advanceTimersByTimeAsync(30_000);
    clock.see(call({}));
    clock.see(call({ id: 'd', ringLeftMs: 5000 }));
    await vi.advanceTimersByTimeAsync(16_100);
    expect(over.map(({ id }) => id)).toEqual(['d', 'c']);
});

test('what has ended here does not ring again, until a fresh session says so', async () => {
    expect(clock.see(call({}))).toBe(true);
    await vi.advanceTimersByTimeAsync(46_100);
    expect(clock.see(call({ ringLeftMs: 300 }))).toBe(false);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(over).toHaveLength(1);
    expect(clock.see(call({ state: 'connecting', ringLeftMs: 0 }))).toBe(true);
    clock.clear();
    expect(clock.see(call({}))).toBe(true);
});

test('what has ended or is connected is left alone', async () => {
    clock.see(call({}));
    clock.see(call({ state: 'ended', reason: 'declined' }));
    clock.see(call({ id: 'd' }));
    clock.see(call({ id: 'd', state: 'active' }));
    clock.see(call({ id: 'e' }));
    clock.clear();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(over).toEqual([]);
});

test('who is answered and does not connect gives up, unless the server is there', async () => {
    clock.see(call({}));
    online = true;
    clock.see(call({ state: 'connecting', ringLeftMs: 0 }));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(over).toEqual([]);
    online = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(over).toMatchObject([{ state: 'ended', reason: 'media-failed' }]);
    const page = new CallClock((one) => over.push(one)); // A page that is not in the call.
    page.see(call({ state: 'connecting', ringLeftMs: 0 }));
    await vi.advanceTimersByTimeAsync(200_000);
    expect(over).toHaveLength(1);
});
