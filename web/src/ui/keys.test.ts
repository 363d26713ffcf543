// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { keyCommand, type KeyPress } from './keys.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
    key,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    repeat: false,
    ...more,
});

test('M and Ctrl+D switch the microphone, V and Ctrl+E the camera', () => {
    expect(keyCommand(press('m'))).toBe('microphone');
    expect(keyCommand(press('M'))).toBe('microphone');
    expect(keyCommand(press('d', { ctrlKey: true }))).toBe('microphone');
    expect(keyCommand(press('v'))).toBe('camera');
    expect(keyCommand(press('e', { ctrlKey: true }))).toBe('camera');
});

test('Escape, a held key and the keys of the browser do nothing', () => {
    expect(keyCommand(press('Escape'))).toBeUndefined();
    expect(keyCommand(press('m', { repeat: true }))).toBeUndefined();
    expect(keyCommand(press('v', { ctrlKey: true }))).toBeUndefined();
    expect(keyCommand(press('m', { metaKey: true }))).toBeUndefined();
    expect(keyCommand(press('d'))).toBeUndefined();
});

test('single keys can be switched off, those with Ctrl stay', () => {
    for (const key of ['m', 'v', ' ', 'c', 's', 'f', '?']) {
        expect(keyCommand(press(key))).toBeDefined();
        expect(keyCommand(press(key), false)).toBeUndefined();
    }
    expect(keyCommand(press('d', { ctrlKey: true }), false)).toBe('microphone');
});
