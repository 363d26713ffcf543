// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { expect, test } from 'vitest';
import type { ChatmsgInfo } from '../protocol/messages.ts';
import { lineOf } from './room-title.ts';

test('a message in one line says when it was erased', () => {
    const message = { kind: 'text', text: 'a\nb', author: { name: 'luc' } } as ChatmsgInfo;
    expect(lineOf(message, 'john')).toBe('a b');
    expect(lineOf({ ...message, text: '' }, 'john')).toBe('This message was erased.');
});
