// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { middleSquare } from './picture.ts';

test('the square lies in the middle of a wide and of a high picture', () => {
    expect(middleSquare(640, 480)).toEqual({ x: 80, y: 0, side: 480 });
    expect(middleSquare(100, 301)).toEqual({ x: 0, y: 100, side: 100 });
    expect(middleSquare(7, 7)).toEqual({ x: 0, y: 0, side: 7 });
});
