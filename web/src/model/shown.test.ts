// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { Shown, SHOWN_MAX } from './shown.ts';

test('a person is new once, and the latest description counts', () => {
    const shown = new Shown<{ name: string; fullName: string }>();
    expect(shown.show({ name: 'mary', fullName: 'Mary' })).toBe(true);
    expect(shown.show({ name: 'mary', fullName: 'Mary W.' })).toBe(false);
    expect(shown.find('mary')?.fullName).toBe('Mary W.');
    expect(shown.find('john')).toBeUndefined();
});

test('who was not shown for longest makes room', () => {
    const shown = new Shown<{ name: string }>();
    for (let i = 0; i < SHOWN_MAX; i++) {
        shown.show({ name: `u${i}` });
    }
    shown.show({ name: 'u0' });
    expect(shown.show({ name: 'new' })).toBe(true);
    expect(shown.names()).toHaveLength(SHOWN_MAX);
    expect(shown.find('u0')).toBeDefined();
    expect(shown.show({ name: 'u1' })).toBe(true);
});
