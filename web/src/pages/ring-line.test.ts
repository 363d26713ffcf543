// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { expect, test } from 'vitest';
import type { RingHow } from '../protocol/messages.ts';
import { WINDOW_TEXTS } from '../text/more-texts.ts';
import { addTexts } from '../text/text.ts';
import { ringLine } from './ring-line.ts';

await addTexts(WINDOW_TEXTS);

const line = (rings: [string, RingHow][], more = {}) =>
    ringLine({ rings: rings.map(([device, how]) => ({ device, how })), waiting: false,
        silent: false, ...more }, 'Mary');

test('before a device has said anything it only calls', () => {
    expect(line([])).toBe('Calling Mary…');
});

test('the devices that ring are named, each once', () => {
    expect(line([['laptop', 'audible'], ['phone', 'push'], ['laptop', 'audible']]))
        .toBe('Ringing on laptop and phone…');
});

test('what makes no sound is not said to ring', () => {
    expect(line([['laptop', 'by-autoplay']])).toBe('Shown on laptop, without sound…');
    expect(line([['laptop', 'by-autoplay'], ['phone', 'audible']])).toBe('Ringing on phone…');
    // The ring may only be switched off there: nothing is said of the status.
    expect(line([['laptop', 'by-status']])).toBe('Shown on laptop, without sound…');
    expect(line([], { silent: true })).toMatch('does not want to be disturbed');
});

test('who is in a call sees the other one waiting', () => {
    expect(line([['laptop', 'audible']], { waiting: true })).toMatch('Mary is in another call');
});
