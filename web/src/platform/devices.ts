// SPDX-License-Identifier: Apache-2.0
// Microphones, cameras, speakers and the screen. What refuses is told apart, because what helps
// differs.
export type DeviceProblem = 'denied' | 'dismissed' | 'system' | 'in-use' | 'absent' | 'insecure';
export type DeviceKind = 'microphone' | 'camera' | 'speaker';

export interface DeviceInfo {
    readonly kind: DeviceKind;
    readonly id: string;
    /** Empty until the browser has given one device of the kind to this page. */
    readonly label: string;
}

export interface ScreenTracks {
    readonly video: MediaStreamTrack;
    readonly audio: MediaStreamTrack | undefined;
}

export interface Devices {
    /** `id` empty: the browser's choice; a device that is gone is replaced by that choice. */
    microphone(id: string): Promise<MediaStreamTrack>;
    camera(id: string): Promise<MediaStreamTrack>;
    /** To be called in a click. Undefined: the person has chosen nothing. */
    screen(): Promise<ScreenTracks | undefined>;
    list(): Promise<DeviceInfo[]>;
    onChange(listener: () => void): () => void;
}

export class DeviceError extends Error {
    constructor(readonly problem: DeviceProblem) {
        super(problem);
    }
}

/**
 * Chromium says in its message who refused. Where a browser does not, what it remembers for this
 * site tells: allowed here and refused all the same is the system; no memory is a closed question.
 */
export function problemOf(
    { name, message }: { name: string; message: string },
    remembered: PermissionState | undefined,
): DeviceProblem {
    switch (name) {
        case 'NotFoundError':
        case 'OverconstrainedError':
            return 'absent';
        case 'NotReadableError':
        case 'AbortError':
            return 'in-use';
    }
    if (/dismissed/i.test(message)) {
        return 'dismissed';
    }
    if (/by system/i.test(message) || remembered === 'granted') {
        return 'system';
    }
    return remembered === 'prompt' && !/permission denied/i.test(message) ? 'dismissed' : 'denied';
}

/** What the browser remembers for this site; undefined: it does not say. */
export async function rememberedFor(
    kind: 'microphone' | 'camera',
): Promise<PermissionState | undefined> {
    try {
        return (await navigator.permissions.query({ name: kind as PermissionName })).state;
    } catch {
        return undefined; // Older Firefox does not know these names.
    }
}

async function open(
    kind: 'microphone' | 'camera',
    id: string,
    wanted: MediaTrackConstraints,
): Promise<MediaStreamTrack> {
    if (!('mediaDevices' in navigator)) {
        throw new DeviceError('insecure');
    }
    // Chromium prefers its default to an ideal id.
    const constraints = id === '' ? wanted : { ...wanted, deviceId: { exact: id } };
    try {
        const stream = await navigator.mediaDevices.getUserMedia(
            kind === 'microphone' ? { audio: constraints } : { video: constraints },
        );
        const track = stream.getTracks()[0];
        if (track) {
            return track;
        }
    } catch (thrown) {
        const said =
            thrown instanceof Error || thrown instanceof DOMException
                ? thrown
                : { name: '', message: '' };
        if (id !== '' && said.name === 'OverconstrainedError') {
            return open(kind, '', wanted); // That one is gone.
        }
        throw new DeviceError(problemOf(said, await rememberedFor(kind)));
    }
    throw new DeviceError('absent');
}

async function screen(): Promise<ScreenTracks | undefined> {
    try {
        const stream = await navigator.mediaDevices.getDisplayMedia({
            video: { frameRate: { ideal: 15, max: 30 } },
            audio: true,
        });
        const video = stream.getVideoTracks()[0];
        if (video) {
            video.contentHint = 'detail';
            return { video, audio: stream.getAudioTracks()[0] };
        }
    } catch {
        // The person has closed the browser's picker, or the system allows no screen.
    }
    return undefined;
}

const kinds: Partial<Record<MediaDeviceKind, DeviceKind>> = {
    audioinput: 'microphone',
    videoinput: 'camera',
    audiooutput: 'speaker',
};

async function list(): Promise<DeviceInfo[]> {
    if (!('mediaDevices' in navigator)) {
        return [];
    }
    const found = await navigator.mediaDevices.enumerateDevices();
    return found.flatMap(({ kind, deviceId, label }) => {
        const known = kinds[kind];
        // Chromium repeats one device as "default" and "communications".
        const again = deviceId === 'default' || deviceId === 'communications';
        return known && !again ? [{ kind: known, id: deviceId, label }] : [];
    });
}

export function canShareScreen(): boolean {
    return 'mediaDevices' in navigator && 'getDisplayMedia' in navigator.mediaDevices;
}

export const devices: Devices = {
    microphone: (id) => open('microphone', id, { echoCancellation: true, noiseSuppression: true }),
    camera: (id) => open('camera', id, { width: { ideal: 1280 }, height: { ideal: 720 } }),
    screen,
    list,
    onChange: (listener) => {
        if (!('mediaDevices' in navigator)) {
            return () => undefined;
        }
        navigator.mediaDevices.addEventListener('devicechange', listener);
        return () => navigator.mediaDevices.removeEventListener('devicechange', listener);
    },
};
