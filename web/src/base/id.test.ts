// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { isId, randomId, timedId } from './id.ts';

const bytesOf = (id: string): Uint8Array =>
    Uint8Array.from(atob(id.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));

test('ids are 128 bits in the form that the server reads, and never the same', () => {
    for (const make of [randomId, timedId]) {
        const ids = Array.from({ length: 200 }, () => make());
        expect(ids.every(isId)).toBe(true);
        expect(new Set(ids).size).toBe(200);
    }
});

test('a timed id begins with its milliseconds, so that later ones are greater', () => {
    const at = 0x0123456789ab;
    const [first, same, later] = [timedId(at), timedId(at), timedId(at + 1)].map(bytesOf);
    expect([...(first ?? []).slice(0, 6)]).toEqual([0x01, 0x23, 0x45, 0x67, 0x89, 0xab]);
    expect((same ?? []).slice(0, 6)).toEqual(first?.slice(0, 6));
    expect(same?.slice(6)).not.toEqual(first?.slice(6));
    expect(later?.[5]).toBe(0xac);
});
