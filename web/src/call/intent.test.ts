// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { Storage } from '../platform/storage.ts';
import { leaveIntent, prepareNote, takeIntent, takeNotified, type Intent } from './intent.ts';

function fakeStorage(): Storage {
    const kept = new Map<string, string>();
    return {
        read: (key) => kept.get(key) ?? null,
        write: (key, value) => void kept.set(key, value),
        remove: (key) => void kept.delete(key),
    };
}
const peer = {
    name: 'mary',
    fullName: 'Mary',
    position: '',
    avatar: '',
    status: 'available',
    accounts: '',
    devices: 0,
    push: false,
} as const;
const intent: Intent = { kind: 'start', peer, camera: true };

test('a note is taken once, for its own call only', () => {
    const storage = fakeStorage();
    leaveIntent(storage, 'a', intent, 1000);
    expect(takeIntent(storage, 'b', 1000)).toBeUndefined();
    expect(takeIntent(storage, 'a', 2000)).toMatchObject(intent);
    expect(takeIntent(storage, 'a', 2000)).toBeUndefined();
});

test('a note that is old or from the future starts nothing', () => {
    const storage = fakeStorage();
    leaveIntent(storage, 'a', intent, 1000);
    expect(takeIntent(storage, 'a', 61_001)).toBeUndefined();
    leaveIntent(storage, 'a', intent, 1000);
    expect(takeIntent(storage, 'a', 999)).toBeUndefined();
});

test('a damaged note starts nothing', () => {
    const storage = fakeStorage();
    for (const text of ['', '{', 'null', '{"kind":"start","at":1000}', '{"kind":"x"}']) {
        storage.write('visavis.intent.a', text);
        expect(takeIntent(storage, 'a', 1000)).toBeUndefined();
    }
});

test('what a notification has left counts for a minute, and not when it is damaged', async () => {
    const notes = (text: string) => ({ leave: async () => undefined, take: async () => text });
    const take = (text: string, nowMs: number) => takeNotified(notes(text), '/call/a', nowMs);
    const note = prepareNote(intent, 1000);
    expect(await take(note, 61_000)).toMatchObject(intent);
    expect(await take(note, 61_001)).toBeUndefined();
    expect(await take(note, 999)).toBeUndefined();
    expect(await take('{"kind":"answer"', 1000)).toBeUndefined();
    const refused = { ...notes(''), take: () => Promise.reject(new DOMException('refused')) };
    expect(await takeNotified(refused, '/call/a', 1000)).toBeUndefined();
});
