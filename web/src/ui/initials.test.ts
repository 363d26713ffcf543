// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { COLOURS, colourOf, initials } from './initials.ts';

test('initials are the first letters of the first and the last word', () => {
    expect(initials('Mary Ann Stone')).toBe('MS');
    expect(initials('  zoë ')).toBe('Z');
    expect(initials('𝒜da 𝓛ove')).toBe('𝒜𝓛');
    expect(initials('')).toBe('?');
});

test('a name has always the same colour and names are spread over the colours', () => {
    const names = ['mary', 'john', 'ada', 'grace', 'linus', 'ken', 'barbara', 'alan'];
    const colours = names.map(colourOf);
    expect(colours).toEqual(names.map(colourOf));
    expect(colours.every((colour) => colour >= 0 && colour < COLOURS)).toBe(true);
    expect(new Set(colours).size).toBeGreaterThan(3);
});
