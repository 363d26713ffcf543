// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MediaWatch } from './media-watch.ts';

let said: string[];
let watch: MediaWatch;

beforeEach(() => {
    vi.useFakeTimers();
    said = [];
    watch = new MediaWatch({
        onTrouble: (trouble) => said.push(trouble),
        restart: () => said.push('restart'),
        lost: () => said.push('lost'),
    });
});
afterEach(() => {
    watch.stop();
    vi.useRealTimers();
});

test('nothing for 2 s, then pill and restart, at 10 s the banner, at 30 s the end', () => {
    watch.gone(0);
    vi.advanceTimersByTime(1999);
    expect(said).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(said).toEqual(['pill', 'restart']);
    vi.advanceTimersByTime(7999);
    expect(said).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(said.slice(2)).toEqual(['banner', 'restart']);
    vi.advanceTimersByTime(19_999);
    expect(said).toHaveLength(4);
    vi.advanceTimersByTime(1);
    expect(said.at(-1)).toBe('lost');
});

test('a short break leaves no trace, a longer one takes its signs away', () => {
    watch.gone(0);
    vi.advanceTimersByTime(1500);
    watch.back();
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual([]);
    watch.gone(0);
    vi.advanceTimersByTime(3000);
    watch.back();
    expect(said).toEqual(['pill', 'restart', 'none']);
});

test('it counts from the first sign, and from when the media really stopped', () => {
    watch.gone(1500);
    vi.advanceTimersByTime(400);
    watch.gone(0);
    vi.advanceTimersByTime(100);
    expect(said).toEqual(['pill', 'restart']);
});
