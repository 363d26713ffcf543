// SPDX-License-Identifier: Apache-2.0
// The microphone of who answers: the page that is clicked opens it at the click and lends it to the
// connection made while it rang, until the call window, which has to be loaded first, has its own.
import { devices, rememberedFor } from '../platform/devices.ts';
import type { Storage } from '../platform/storage.ts';
import { readCallSettings } from './call-settings.ts';
import type { MeView } from './services.ts';

/**
 * Looked up while it rings, without any device. What opens it in the click; undefined: the person
 * was muted in the last call, or the browser would ask first, which is for the window to do.
 */
export async function microphoneToLend(
    me: MeView | undefined,
    storage: Storage,
): Promise<(() => Promise<MediaStreamTrack>) | undefined> {
    if (!me?.settings.microphone || (await rememberedFor('microphone')) !== 'granted') {
        return undefined;
    }
    const { microphone } = readCallSettings(storage, me.user.name).devices;
    return () => devices.microphone(microphone);
}
