// SPDX-License-Identifier: Apache-2.0
// What the sheet "Set up calls" tries out, fetched when it is used.
import type { DeviceProblem } from '../platform/devices.ts';

export interface Checks {
    /** To be called in a click: the browser may ask. The problem, if it cannot be opened. */
    open(kind: 'microphone' | 'camera'): Promise<MediaStreamTrack | DeviceProblem>;
    /** Tells the loudness until the function given back is called. */
    level(track: MediaStreamTrack, onLevel: (level: number) => void): Promise<() => void>;
}

export const checks: Checks = {
    open: async (kind) => {
        const { DeviceError, devices } = await import('../platform/devices.ts');
        try {
            return await devices[kind]('');
        } catch (thrown) {
            return thrown instanceof DeviceError ? thrown.problem : 'in-use';
        }
    },
    level: async (track, onLevel) =>
        (await import('../platform/sound.ts')).watchLevel(track, onLevel),
};
