// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PastCallInfo } from '../protocol/messages.ts';
import { format, makeBundle } from '../text/text.ts';
import {
    joinPages,
    lineWords,
    pastSign,
    pastWords,
    seenUntil,
    type EndedCall,
    type PastWords,
} from './past.ts';

const person = { name: 'john', fullName: 'John', position: '', avatar: '',
    status: 'available' as const, accounts: '', devices: 1, push: false };
const past = (part: Partial<PastCallInfo>): PastCallInfo => ({
    id: 'a', role: 'caller', peer: person, startedAtMs: 1, endedAtMs: 2, seconds: 0,
    answered: false, missed: false, silent: false, reason: 'no-answer', byMe: false,
    connector: '', ...part,
});

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
const bundles = { en: makeBundle('en', read('../text/ends-en.ftl')),
    fr: makeBundle('fr', read('../text/ends-fr.ftl')) };
type Tongue = keyof typeof bundles;

function said({ key, why }: PastWords, tongue: Tongue): string {
    const args = { name: 'John', duration: '9 s' };
    return [key, ...why ? [why] : []].map((one) => {
        const text = format(bundles[tongue], one, args);
        expect(text, `${one} in ${tongue}`).toBeTypeOf('string');
        return text;
    }).join(' · ');
}

const entry = (part: Partial<PastCallInfo>): string => said(pastWords(past(part)), 'en');
const line = (part: Partial<EndedCall>): string =>
    said(lineWords({ role: 'caller', answered: false, seconds: 0, reason: '', ...part }), 'en');
const talked = { answered: true, seconds: 9 } as const;
const callee = { role: 'callee' } as const;
const missed = { ...callee, missed: true } as const;

/** Each reason: the entry of the caller, that of the callee, and their lines in the chat. */
const ENDS: Record<string, readonly [string, string, string, string][]> = {
    'hung-up': [
        [entry({ ...talked, reason: 'hung-up', byMe: true }), '9 s · You hung up',
            line({ ...talked, reason: 'hung-up' }), 'Call, 9 s · Hung up'],
        [entry({ ...callee, ...talked, reason: 'hung-up' }), '9 s · The other side hung up',
            line({ ...callee, ...talked, reason: 'hung-up' }), 'Call, 9 s · Hung up'],
        [entry({ answered: true, reason: 'hung-up', byMe: true }),
            'Was not connected · You hung up',
            line({ answered: true, reason: 'hung-up' }), 'Call that was not connected · Hung up'],
    ],
    declined: [
        [entry({ reason: 'declined' }), 'Declined',
            line({ reason: 'declined' }), 'Your call · Declined'],
        [entry({ ...callee, reason: 'declined', byMe: true }), 'You declined',
            line({ ...callee, reason: 'declined' }), 'Call from John · You declined'],
    ],
    cancelled: [
        [entry({ reason: 'cancelled', byMe: true }), 'You gave up before an answer',
            line({ reason: 'cancelled' }), 'Your call · You gave up before an answer'],
        [entry({ ...missed, reason: 'cancelled' }), 'Missed · The caller gave up before an answer',
            line({ ...callee, reason: 'cancelled' }),
            'Missed call from John · The caller gave up before an answer'],
    ],
    'no-answer': [
        [entry({ reason: 'no-answer' }), 'No answer',
            line({ reason: 'no-answer' }), 'Your call · No answer'],
        [entry({ ...missed, reason: 'no-answer' }), 'Missed · You did not answer',
            line({ ...callee, reason: 'no-answer' }),
            'Missed call from John · You did not answer'],
    ],
    unreachable: [
        [entry({ reason: 'unreachable' }), 'Was unavailable',
            line({ reason: 'unreachable' }), 'Your call · Was unavailable'],
        [entry({ ...missed, reason: 'unreachable' }), 'Missed · You were unavailable',
            line({ ...callee, reason: 'unreachable' }),
            'Missed call from John · You were unavailable'],
    ],
    busy: [
        [entry({ reason: 'busy' }), 'Was in another call',
            line({ reason: 'busy' }), 'Your call · Was in another call'],
        [entry({ ...missed, reason: 'busy' }), 'Missed · You were in another call',
            line({ ...callee, reason: 'busy' }),
            'Missed call from John · You were in another call'],
    ],
    'permission-denied': [
        [entry({ answered: true, reason: 'permission-denied', byMe: true }),
            'Was not connected · Your microphone was not allowed',
            line({ answered: true, reason: 'permission-denied' }),
            'Call that was not connected · The microphone was not allowed'],
        [entry({ ...callee, answered: true, reason: 'permission-denied' }),
            'Was not connected · The other side’s microphone was not allowed',
            line({ ...callee, answered: true, reason: 'permission-denied' }),
            'Call that was not connected · The microphone was not allowed'],
    ],
    'no-device': [
        [entry({ answered: true, reason: 'no-device', byMe: true }),
            'Was not connected · You had no microphone',
            line({ answered: true, reason: 'no-device' }),
            'Call that was not connected · There was no microphone'],
        [entry({ ...callee, answered: true, reason: 'no-device' }),
            'Was not connected · The other side had no microphone',
            line({ ...callee, answered: true, reason: 'no-device' }),
            'Call that was not connected · There was no microphone'],
    ],
    'media-failed': alike('media-failed', 'Sound and picture could not be connected', 0),
    'media-lost': alike('media-lost', 'The connection was lost', 9),
    'signalling-lost': alike('signalling-lost', 'The connection to the server was lost', 9),
    replaced: alike('replaced', 'Another call took its place', 9),
    'connector-disabled': alike('connector-disabled', 'Calls were switched off', 9),
    'server-shutdown': alike('server-shutdown', 'The server was restarted', 9),
    'too-long': alike('too-long', 'The longest time was reached', 9),
    stopped: alike('stopped', 'Ended by an administrator', 9),
};

function alike(reason: string, why: string, seconds: number): [string, string, string, string][] {
    return (['caller', 'callee'] as const).map((role) => {
        const call = { role, reason, answered: true, seconds };
        return [entry(call), `${seconds ? '9 s' : 'Was not connected'} · ${why}`, line(call),
            `${seconds ? 'Call, 9 s' : 'Call that was not connected'} · ${why}`];
    });
}

for (const [reason, ends] of Object.entries(ENDS)) {
    test(`the entry and the chat line of a call that ended as ${reason}`, () => {
        for (const [inHistory, history, inChat, chat] of ends) {
            expect(inHistory).toBe(history);
            expect(inChat).toBe(chat);
        }
    });
}

test('a missed call that did not ring says so', () => {
    expect(entry({ ...missed, silent: true })).toBe(
        'Missed: it did not ring, you did not want to be disturbed · You did not answer');
});

/** Only told to one device: no call as a whole ends with these. */
const ONLY_TOLD = ['none', 'declined-elsewhere', 'answered-elsewhere'];

test('every end reason is told apart from every other, in both languages', () => {
    interface Struct { name: string; fields: { name: string; values: string[] }[] }
    const structs: Struct[] = JSON.parse(read('../../../protocol/call.json')).structs;
    const call = structs.find(({ name }) => name === 'call')!;
    const reasons = call.fields.find(({ name }) => name === 'reason')!.values
        .filter((reason) => !ONLY_TOLD.includes(reason));
    expect(Object.keys(ENDS).sort()).toEqual([...reasons].sort());
    for (const tongue of ['en', 'fr'] as const) {
        for (const part of [{}, callee, missed, talked, { ...callee, ...talked },
            { answered: true }, { ...callee, byMe: true }]) {
            const entries = reasons.map((reason) =>
                said(pastWords(past({ ...part, reason })), tongue));
            const lines = reasons.map((reason) =>
                said(lineWords({ ...past({ ...part, reason }), byMe: undefined }), tongue));
            expect(new Set(entries).size).toBe(reasons.length);
            expect(new Set(lines).size).toBe(reasons.length);
        }
    }
});

test('a reason of a newer server, or none, is no text of its own', () => {
    expect(pastWords(past({ reason: 'as-yet-unknown' }))).toEqual({ key: 'past-failed' });
    expect(line({ ...talked, reason: 'as-yet-unknown' })).toBe('Call, 9 s');
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
