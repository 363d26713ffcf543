// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { placeOf } from './place.ts';

const view = { width: 320, height: 600 };
const size = { width: 240, height: 150 };
const anchor = (left: number, top: number) => ({ left, right: left + 50, top, bottom: top + 20 });

test('a popover stands under its anchor', () => {
    expect(placeOf(anchor(20, 100), size, view, false)).toEqual({ left: 20, top: 128 });
    expect(placeOf(anchor(250, 100), size, view, true)).toEqual({ left: 60, top: 128 });
});

test('it stays inside at the edges', () => {
    expect(placeOf(anchor(290, 100), size, view, false).left).toBe(72);
    expect(placeOf(anchor(20, 560), size, view, false).top).toBe(402);
});

test('without room above and below it stands below', () => {
    const low = { width: 320, height: 150 };
    expect(placeOf(anchor(20, 60), size, low, false).top).toBe(88);
});
