// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { readSounds, TONE_NAMES, wavOf, writeSounds, type ToneName } from './tones.ts';

const LOOPS: readonly ToneName[] = ['ring', 'ringBack'];

function storageWith(text: string | null) {
    const kept = { text };
    return {
        read: () => kept.text,
        write: (_key: string, value: string) => void (kept.text = value),
        remove: () => void (kept.text = null),
    };
}

test('every sound is under 0.6 s but the loops, and no two are the same', () => {
    const seen = new Set<string>();
    for (const name of TONE_NAMES) {
        const bytes = new Uint8Array(wavOf(name));
        const seconds = (bytes.length - 44) / 2 / 16000;
        expect(seconds < 0.6 || LOOPS.includes(name), name).toBe(true);
        seen.add(bytes.join(','));
    }
    expect(seen.size).toBe(TONE_NAMES.length);
});

test('the beeps of a waiting call are softer than the others', () => {
    const loudest = (name: ToneName): number =>
        new Int16Array(wavOf(name).slice(44)).reduce((most, one) => Math.max(most, one), 0);
    expect(loudest('waiting')).toBeLessThan(loudest('busy') / 2);
});

test('what is switched off is remembered, and nothing else is believed', () => {
    const storage = storageWith(null);
    expect(readSounds(storage)).toEqual({ off: [], second: '' });
    writeSounds(storage, { off: ['busy'], second: 'device' });
    expect(readSounds(storage)).toEqual({ off: ['busy'], second: 'device' });
    for (const text of ['{', 'null', '[]', '{"off": "ring", "second": 1}', '{"off": ["x"]}']) {
        expect(readSounds(storageWith(text)), text).toEqual({ off: [], second: '' });
    }
});
