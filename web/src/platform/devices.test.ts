// SPDX-License-Identifier: Apache-2.0
// What the browsers say when they refuse, word for word.
import { expect, test } from 'vitest';
import { problemOf } from './devices.ts';

const refusal = (message: string) => ({ name: 'NotAllowedError', message });
const firefox =
    'The request is not allowed by the user agent or the platform in the current context.';

test('what Chromium says is enough', () => {
    expect(problemOf(refusal('Permission denied'), 'prompt')).toBe('denied');
    expect(problemOf(refusal('Permission denied'), 'denied')).toBe('denied');
    expect(problemOf(refusal('Permission dismissed'), 'prompt')).toBe('dismissed');
    expect(problemOf(refusal('Permission denied by system'), 'granted')).toBe('system');
});

test('where the message says nothing, the memory of the browser tells', () => {
    expect(problemOf(refusal(firefox), 'denied')).toBe('denied');
    expect(problemOf(refusal(firefox), 'prompt')).toBe('dismissed');
    expect(problemOf(refusal(firefox), 'granted')).toBe('system');
    expect(problemOf(refusal(firefox), undefined)).toBe('denied');
});

test('a missing device and one in use are no refusals', () => {
    expect(problemOf({ name: 'NotFoundError', message: '' }, 'granted')).toBe('absent');
    expect(problemOf({ name: 'NotReadableError', message: '' }, 'granted')).toBe('in-use');
});
