// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { MiniWindows, parseMinis } from './mini-windows.ts';

function fakeStorage() {
    const kept = new Map<string, string>();
    return {
        read: (key: string) => kept.get(key) ?? null,
        write: (key: string, value: string) => void kept.set(key, value),
        remove: (key: string) => void kept.delete(key),
    };
}
const rooms = (minis: MiniWindows) => minis.open.map(({ room }) => room);

test('windows are remembered for each person apart', () => {
    const storage = fakeStorage();
    const minis = new MiniWindows(storage);
    minis.start('mary');
    minis.show('a');
    minis.resize('a', true);
    const again = new MiniWindows(storage);
    again.start('mary');
    expect(again.open).toEqual([{ room: 'a', small: true }]);
    again.start('john');
    expect(again.open).toEqual([]);
});

test('a further window closes the oldest, a known one is shown where it is', () => {
    const minis = new MiniWindows(fakeStorage());
    minis.start('mary');
    ['a', 'b', 'c', 'd'].forEach((room) => minis.show(room));
    expect(rooms(minis)).toEqual(['b', 'c', 'd']);
    minis.resize('c', true);
    minis.show('c');
    expect(minis.open[1]).toEqual({ room: 'c', small: false });
    minis.close('b');
    expect(rooms(minis)).toEqual(['c', 'd']);
});

test('who opens a window writes in it, and only then', () => {
    const storage = fakeStorage();
    const minis = new MiniWindows(storage);
    minis.start('mary');
    minis.show('a');
    expect(minis.takeFresh()).toBe('a');
    expect(minis.takeFresh()).toBe('');
    minis.resize('a', true);
    expect(minis.takeFresh()).toBe('');
    minis.resize('a', false);
    expect(minis.takeFresh()).toBe('a');
    const again = new MiniWindows(storage);
    again.start('mary');
    expect(again.takeFresh()).toBe('');
});

test('what else was written is not taken', () => {
    for (const text of [null, '', '{', '1', 'null', '[1, null, {"room": 1}]']) {
        expect(parseMinis(text), String(text)).toEqual([]);
    }
});
