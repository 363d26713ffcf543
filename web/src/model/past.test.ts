// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PastCallInfo } from '../protocol/messages.ts';
import { joinPages, pastSign, pastWords, seenUntil } from './past.ts';

const person = { name: 'john', fullName: 'John', position: '', avatar: '',
    status: 'available' as const, accounts: '', devices: 1, push: false };
const past = (part: Partial<PastCallInfo>): PastCallInfo => ({
    id: 'a', role: 'caller', peer: person, startedAtMs: 1, endedAtMs: 2, seconds: 0,
    answered: false, missed: false, silent: false, reason: 'no-answer', byMe: false,
    connector: '', ...part,
});

test('a call says what became of it, as its own side sees it', () => {
    const key = (part: Partial<PastCallInfo>) => pastWords(past(part)).key;
    const callee = { role: 'callee' as const };
    expect(key({})).toBe('past-no-answer');
    expect(key({ reason: 'declined' })).toBe('past-declined');
    expect(key({ reason: 'cancelled', byMe: true })).toBe('past-by-me');
    expect(key({ ...callee, missed: true, reason: 'cancelled' })).toBe('past-missed');
    expect(key({ ...callee, missed: true, silent: true })).toBe('past-missed-silent');
    expect(key({ ...callee, reason: 'declined', byMe: true })).toBe('past-declined-by-me');
    expect(key({ answered: true, seconds: 9, reason: 'hung-up' })).toBe('past-answered');
    expect(key({ answered: true, reason: 'media-failed' })).toBe('past-failed');
    expect(key({ answered: true, reason: 'hung-up' })).toBe('past-failed');
    expect(key({ reason: 'replaced' })).toBe('past-failed');
});

test('a connected call that was cut says by what', () => {
    const cut = { answered: true, seconds: 60, reason: 'media-lost' };
    expect(pastWords(past(cut))).toEqual({ key: 'past-answered', cut: 'past-cut-media-lost' });
});

test('whatever the end reason, there are words for it', () => {
    const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
    const texts = read('../text/calls-en.ftl');
    interface Struct { name: string; fields: { name: string; values: string[] }[] }
    const structs: Struct[] = JSON.parse(read('../../../protocol/call.json')).structs;
    const call = structs.find(({ name }) => name === 'call')!;
    const reasons = call.fields.find(({ name }) => name === 'reason')!.values;
    expect(reasons).toContain('no-answer');
    for (const reason of reasons) {
        for (const role of ['caller', 'callee'] as const) {
            for (const answered of [true, false]) {
                for (const seconds of [0, 5]) {
                    const { key, cut = key } =
                        pastWords(past({ reason, role, answered, seconds }));
                    expect(texts).toContain(`\n${key} =`);
                    expect(texts).toContain(`\n${cut} =`);
                }
            }
        }
    }
});

test('the sign is that of the direction, or of a missed call', () => {
    expect(pastSign(past({}))).toBe('out');
    expect(pastSign(past({ role: 'callee' }))).toBe('in');
    expect(pastSign(past({ role: 'callee', missed: true }))).toBe('missed');
});

test('pages are joined without doubles, and the mark is the latest missed end', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id, i) => past({ id, endedAtMs: i, missed: i > 0 }));
    expect(joinPages([c!, b!], [b!, a!]).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(seenUntil([c!, b!, a!])).toBe(2);
    expect(seenUntil([a!])).toBe(0);
});
