// SPDX-License-Identifier: Apache-2.0

/** Where sounds can be heard beside the usual device; none where pages may not choose. */
export async function speakers(): Promise<{ id: string; label: string }[]> {
    if (!('mediaDevices' in navigator) || !('setSinkId' in HTMLMediaElement.prototype)) {
        return [];
    }
    const found = await navigator.mediaDevices.enumerateDevices();
    // Without an id it is the usual device, and Chromium repeats that one as "default".
    return found
        .filter(({ kind, deviceId }) => kind === 'audiooutput' && deviceId !== '')
        .filter(({ deviceId }) => deviceId !== 'default' && deviceId !== 'communications')
        .map(({ deviceId, label }) => ({ id: deviceId, label }));
}
