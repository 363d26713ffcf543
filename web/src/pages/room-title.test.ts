// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { expect, test } from 'vitest';
import type { ChatmsgInfo } from '../protocol/messages.ts';
import { END_TEXTS } from '../text/more-texts.ts';
import { addTexts } from '../text/text.ts';
import { lineOf } from './room-title.ts';

test('a message in one line says when it was erased', () => {
    const message = { kind: 'text', text: 'a\nb', author: { name: 'luc' } } as ChatmsgInfo;
    expect(lineOf(message, 'john')).toBe('a b');
    expect(lineOf({ ...message, text: '' }, 'john')).toBe('This message was erased.');
});

test('the line of a call says who called, what became of it and why', async () => {
    await addTexts(END_TEXTS);
    const message = (reason: string, answered = false) => ({ kind: 'call', text: '',
        author: { name: 'john', fullName: 'John' },
        call: { call: 'a', answered, reason, seconds: answered ? 5 : 0 } }) as ChatmsgInfo;
    expect(lineOf(message('declined'), 'john')).toBe('Your call · Declined');
    expect(lineOf(message('declined'), 'mary')).toBe('Call from John · You declined');
    expect(lineOf(message('cancelled'), 'mary'))
        .toBe('Missed call from John · The caller gave up before an answer');
    expect(lineOf(message('media-lost', true), 'mary')).toMatch(/^Call, .* · The connection was/);
});
