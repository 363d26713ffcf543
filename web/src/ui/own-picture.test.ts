// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { expect, test } from 'vitest';
import { nearestCorner } from './own-picture.ts';

test('each quarter of the window belongs to its corner', () => {
    expect(nearestCorner(10, 10, 800, 600)).toBe('top-left');
    expect(nearestCorner(790, 10, 800, 600)).toBe('top-right');
    expect(nearestCorner(399, 301, 800, 600)).toBe('bottom-left');
    expect(nearestCorner(400, 300, 800, 600)).toBe('bottom-right');
});
