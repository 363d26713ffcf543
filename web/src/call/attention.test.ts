// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { Attention } from './attention.ts';

/** Ten looks a second for `seconds`. */
function hear(
    attention: Attention,
    level: number,
    on: boolean,
    from: number,
    seconds: number,
): void {
    for (let i = 1; i <= seconds * 10; i++) {
        attention.onLevel(level, on, from + i * 100);
    }
}

test('who speaks while muted is told so, for some seconds', () => {
    const attention = new Attention();
    hear(attention, 0.8, false, 0, 1);
    expect(attention.hint).toBe('muted-speaking');
    hear(attention, 0, false, 1000, 2);
    expect(attention.hint).toBe('muted-speaking');
    hear(attention, 0, false, 3000, 4);
    expect(attention.hint).toBe('none');
});

test('a knock is no speech, and speech with the microphone on is no news', () => {
    const attention = new Attention();
    attention.onLevel(0.9, false, 0);
    hear(attention, 0, false, 0, 1);
    expect(attention.hint).toBe('none');
    hear(attention, 0.9, true, 1000, 5);
    expect(attention.hint).toBe('none');
});

test('a microphone that is on and silent for ten seconds is told, until it sounds', () => {
    const attention = new Attention();
    hear(attention, 0, true, 0, 9);
    expect(attention.hint).toBe('none');
    hear(attention, 0, true, 9000, 2);
    expect(attention.hint).toBe('silent');
    attention.onLevel(0.01, true, 12_000);
    expect(attention.hint).toBe('none');
});

test('a muted microphone is silent as it should be, and a change begins anew', () => {
    const attention = new Attention();
    hear(attention, 0, false, 0, 20);
    expect(attention.hint).toBe('none');
    hear(attention, 0, true, 20_000, 9);
    attention.reset();
    hear(attention, 0, true, 29_000, 9);
    expect(attention.hint).toBe('none');
});
