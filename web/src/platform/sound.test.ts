// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { loudnessOf } from './sound.ts';

const steady = (level: number): Float32Array => new Float32Array(64).fill(level);

test('loudness is 0 in silence, 1 at the most, and grows by decibels', () => {
    expect(loudnessOf(steady(0))).toBe(0);
    expect(loudnessOf(steady(1))).toBe(1);
    expect(loudnessOf(steady(0.1))).toBeCloseTo(2 / 3, 5);
    expect(loudnessOf(steady(0.01))).toBeCloseTo(1 / 3, 5);
});
