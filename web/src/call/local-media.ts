// SPDX-License-Identifier: Apache-2.0
// The own microphone and camera. Off means: the camera's device is closed, the microphone sends
// silence.
import { DeviceError, type Devices } from '../platform/devices.ts';

type Kind = 'audio' | 'video';

export class LocalMedia {
    audioTrack: MediaStreamTrack | null = null;
    videoTrack: MediaStreamTrack | null = null;
    hasCamera = true;
    /** For the own picture; a new object at each change of the camera. */
    stream: MediaStream | null = null;
    private closed = false;
    /** Two presses of the camera button are handled one after the other. */
    private turn: Promise<void> = Promise.resolve();

    constructor(
        private readonly devices: Devices,
        private readonly onTrack: (kind: Kind, track: MediaStreamTrack | null) => void,
    ) {}

    get microphone(): boolean {
        return this.audioTrack?.enabled ?? false;
    }

    get camera(): boolean {
        return this.videoTrack !== null;
    }

    /** Without a microphone there is no call: DeviceError. Without a camera it is one of voices. */
    async open(microphone: boolean, camera: boolean): Promise<void> {
        const audio = await this.devices.microphone();
        if (this.closed) {
            audio.stop();
            return;
        }
        audio.enabled = microphone;
        this.audioTrack = audio;
        this.onTrack('audio', audio);
        if (camera) {
            await this.setCamera(true);
        }
    }

    setMicrophone(on: boolean): void {
        if (this.audioTrack) {
            this.audioTrack.enabled = on;
        }
    }

    setCamera(on: boolean): Promise<void> {
        this.turn = this.turn.then(() => this.switchCamera(on));
        return this.turn;
    }

    private async switchCamera(on: boolean): Promise<void> {
        if (this.closed || on === this.camera) {
            return;
        }
        this.videoTrack?.stop();
        this.videoTrack = null;
        if (on) {
            try {
                this.videoTrack = await this.devices.camera();
            } catch (thrown) {
                this.hasCamera = !(thrown instanceof DeviceError && thrown.problem === 'absent');
            }
        }
        if (this.closed) {
            this.videoTrack?.stop();
            return;
        }
        this.stream = this.videoTrack ? new MediaStream([this.videoTrack]) : null;
        this.onTrack('video', this.videoTrack);
    }

    close(): void {
        this.closed = true;
        this.audioTrack?.stop();
        this.videoTrack?.stop();
        this.audioTrack = null;
        this.videoTrack = null;
        this.stream = null;
    }
}
