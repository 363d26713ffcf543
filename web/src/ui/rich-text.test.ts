// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { segmentsOf } from './rich-text.ts';

const people = new Set(['mary', 'j.doe']);
const links = (text: string) =>
    segmentsOf(text, people).flatMap((one) => (one.kind === 'link' ? [one.href] : []));
const mentions = (text: string) =>
    segmentsOf(text, people).flatMap((one) => (one.kind === 'mention' ? [one.name] : []));
const whole = (text: string) => segmentsOf(text, people).map((one) => one.text).join('');

test('links of three schemes are recognised without the end of the sentence', () => {
    expect(links('See https://example.org/a?b=c. Then http://x.test!')).toEqual([
        'https://example.org/a?b=c', 'http://x.test/']);
    expect(links('(https://example.org/wiki/A_(b))')).toEqual(['https://example.org/wiki/A_(b)']);
    expect(links('mailto:mary@example.org')).toEqual(['mailto:mary@example.org']);
});

test('no other scheme becomes a link', () => {
    for (const text of ['javascript:alert(1)', 'data:text/html,x', 'ftp://example.org',
        'https://', 'xhttps://example.org', 'file:///etc/passwd']) {
        expect(links(text), text).toEqual([]);
    }
});

test('known people are mentioned, unknown ones and addresses are text', () => {
    expect(mentions('@mary and @j.doe. @nobody, me@mary')).toEqual(['mary', 'j.doe']);
    expect(mentions('Hello @Mary!')).toEqual(['mary']);
});

test('the segments are the text, nothing added and nothing lost', () => {
    for (const text of ['', 'plain', '@mary', 'a https://b.test, @mary.\nnew line', '@@mary',
        '<b>https://x.test</b>']) {
        expect(whole(text)).toBe(text);
    }
});
