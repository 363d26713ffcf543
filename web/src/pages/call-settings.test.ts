// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { readCallSettings, writeCallSettings } from './call-settings.ts';

function fakeStorage() {
    const kept = new Map<string, string>();
    return {
        read: (key: string) => kept.get(key) ?? null,
        write: (key: string, value: string) => void kept.set(key, value),
        remove: (key: string) => void kept.delete(key),
    };
}

test('M42: two people of one browser have separate memories', () => {
    const storage = fakeStorage();
    const devices = { microphone: 'headset', camera: '', speaker: 'desk' };
    writeCallSettings(storage, 'mary', { devices, singleKeys: false });
    expect(readCallSettings(storage, 'mary')).toEqual({ devices, singleKeys: false });
    expect(readCallSettings(storage, 'john').devices.microphone).toBe('');
    expect(readCallSettings(storage, 'john').singleKeys).toBe(true);
});

test('a damaged memory is none', () => {
    const storage = fakeStorage();
    for (const text of ['', '{', 'null', '[]', '{"devices":{"camera":7}}']) {
        storage.write('visavis.calls.mary', text);
        expect(readCallSettings(storage, 'mary').devices.camera).toBe('');
    }
});
