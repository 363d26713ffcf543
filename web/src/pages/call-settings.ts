// SPDX-License-Identifier: Apache-2.0
// What a person has chosen for calls in this browser: devices, and whether single keys act. Two
// people of one browser have separate memories (M42).
import type { Storage } from '../platform/storage.ts';
import type { DeviceKindView } from '../ui/types.ts';

export interface CallSettings {
    devices: Record<DeviceKindView, string>;
    singleKeys: boolean;
}

const keyOf = (user: string): string => `visavis.calls.${user}`;

export function readCallSettings(storage: Storage, user: string): CallSettings {
    const settings: CallSettings = {
        devices: { microphone: '', camera: '', speaker: '' },
        singleKeys: true,
    };
    try {
        const kept = JSON.parse(storage.read(keyOf(user)) ?? '{}') as Partial<CallSettings>;
        settings.singleKeys = kept.singleKeys !== false;
        for (const kind of ['microphone', 'camera', 'speaker'] as const) {
            const id: unknown = kept.devices?.[kind];
            settings.devices[kind] = typeof id === 'string' ? id : '';
        }
    } catch {
        // Damaged: as the first time.
    }
    return settings;
}

export function writeCallSettings(storage: Storage, user: string, settings: CallSettings): void {
    storage.write(keyOf(user), JSON.stringify(settings));
}
