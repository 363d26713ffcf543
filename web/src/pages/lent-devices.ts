// SPDX-License-Identifier: Apache-2.0
// The devices of the page that is clicked: opened at the click, until the call window, which has to
// be loaded first, has its own. Who answers lends them to the connection made while it rang; who
// calls has the microphone open before the other side rings.
import type { Lendable } from '../call/early.ts';
import { devices, rememberedFor } from '../platform/devices.ts';
import type { Storage } from '../platform/storage.ts';
import { readCallSettings } from './call-settings.ts';
import type { MeView } from './services.ts';

/**
 * Looked up before the click, without any device. What opens each in it; none: the person was muted
 * or without a picture in the last call, or the browser would ask, which is for the window to do.
 */
export async function devicesToLend(me: MeView | undefined, storage: Storage): Promise<Lendable> {
    const isFree = async (kind: 'microphone' | 'camera'): Promise<boolean> =>
        !!me?.settings[kind] && (await rememberedFor(kind)) === 'granted';
    const [voice, picture] = await Promise.all([isFree('microphone'), isFree('camera')]);
    const { microphone, camera } = readCallSettings(storage, me?.user.name ?? '').devices;
    return {
        audio: voice ? () => devices.microphone(microphone) : undefined,
        video: picture ? () => devices.camera(camera) : undefined,
    };
}
