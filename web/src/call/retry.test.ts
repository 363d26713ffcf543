// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Retry } from './retry.ts';

let isFailed: boolean;
let tries: number[];
let retry: Retry;

beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    isFailed = true;
    tries = [];
    retry = new Retry(
        () => isFailed,
        () => tries.push(Date.now()),
    );
});
afterEach(() => {
    retry.stop();
    vi.useRealTimers();
});

test('a failure that is taken back within a second is none', () => {
    retry.failed();
    isFailed = false;
    vi.advanceTimersByTime(60_000);
    expect(tries).toEqual([]);
});

test('it tries after 1, 2, 4 and then every 8 s, however often it is told', () => {
    retry.failed();
    for (let ms = 0; ms < 32_000; ms += 50) {
        vi.advanceTimersByTime(50);
        retry.failed();
    }
    expect(tries).toEqual([1000, 3000, 7000, 15_000, 23_000, 31_000]);
});

test('a connection between two failures makes the next a first one', () => {
    retry.failed();
    vi.advanceTimersByTime(1000);
    retry.stop();
    vi.advanceTimersByTime(60_000);
    expect(tries).toHaveLength(1);
    retry.failed();
    vi.advanceTimersByTime(1000);
    expect(tries).toHaveLength(2);
});
