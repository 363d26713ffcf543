// SPDX-License-Identifier: Apache-2.0
// Microphone and camera. What refuses is told apart, because what helps differs.
export type DeviceProblem = 'denied' | 'dismissed' | 'system' | 'in-use' | 'absent' | 'insecure';

export class DeviceError extends Error {
    constructor(readonly problem: DeviceProblem) {
        super(problem);
    }
}

function problemOf(thrown: unknown): DeviceProblem {
    const { name, message } = thrown instanceof DOMException ? thrown : { name: '', message: '' };
    switch (name) {
        case 'NotFoundError':
        case 'OverconstrainedError':
            return 'absent';
        case 'NotReadableError':
        case 'AbortError':
            return 'in-use';
        default:
            if (/dismissed/i.test(message)) {
                return 'dismissed';
            }
            return /system/i.test(message) ? 'system' : 'denied';
    }
}

async function open(constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
    if (!('mediaDevices' in navigator)) {
        throw new DeviceError('insecure');
    }
    try {
        const stream = await navigator.mediaDevices.getUserMedia(constraints);
        const track = stream.getTracks()[0];
        if (track) {
            return track;
        }
    } catch (thrown) {
        throw new DeviceError(problemOf(thrown));
    }
    throw new DeviceError('absent');
}

export interface Devices {
    microphone(): Promise<MediaStreamTrack>;
    camera(): Promise<MediaStreamTrack>;
}

export const devices: Devices = {
    microphone: () => open({ audio: { echoCancellation: true, noiseSuppression: true } }),
    camera: () => open({ video: { width: { ideal: 1280 }, height: { ideal: 720 } } }),
};
