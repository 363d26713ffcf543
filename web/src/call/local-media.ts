// SPDX-License-Identifier: Apache-2.0
// What this side sends: microphone, camera, screen. Off means: the camera's device is closed, the
// microphone sends silence. A device that goes away is replaced by the browser's choice.
import {
    DeviceError,
    type DeviceProblem,
    type Devices,
    type ScreenTracks,
} from '../platform/devices.ts';
import type { Mix, MixTracks, WatchLevel } from '../platform/sound.ts';

export type LocalKind = 'microphone' | 'camera';

/** Something to tell in passing: a device went away, and what stands in for it. */
export interface DeviceNotice {
    readonly what: 'fallback' | 'lost' | 'problem';
    readonly device: LocalKind;
    /** fallback: the name of what is used now; problem: why. */
    readonly detail: string;
}

export interface LocalMediaDoors {
    readonly devices: Devices;
    readonly watchLevel: WatchLevel;
    readonly mixTracks: MixTracks;
}

export interface LocalMediaEvents {
    /** What goes to the other side now. */
    onTrack(kind: 'audio' | 'video', track: MediaStreamTrack | null): void;
    onChange(): void;
    onNotice(notice: DeviceNotice): void;
    /** Of the microphone, also while it is muted. */
    onLevel(level: number): void;
}

export class LocalMedia {
    /** For the own picture; a new object at each change of the camera. */
    stream: MediaStream | null = null;
    readonly problems = new Map<LocalKind, DeviceProblem>();
    private readonly tracks: Record<LocalKind, MediaStreamTrack | null> = {
        microphone: null,
        camera: null,
    };
    private shared: ScreenTracks | undefined;
    private mix: Mix | undefined;
    private stopWatch: (() => void) | undefined;
    private closed = false;
    /** What is opened again when the call is taken up; undefined: it is not held. */
    private held: { microphone: boolean | undefined; camera: boolean } | undefined;
    /** Two presses of a button are handled one after the other. */
    private turn: Promise<unknown> = Promise.resolve();

    constructor(
        private readonly doors: LocalMediaDoors,
        private readonly events: LocalMediaEvents,
        private readonly chosen: Record<LocalKind, string> = { microphone: '', camera: '' },
    ) {}

    get microphone(): boolean {
        return this.tracks.microphone?.enabled ?? false;
    }

    get camera(): boolean {
        return this.tracks.camera !== null;
    }

    get screen(): boolean {
        return this.shared !== undefined;
    }

    /** The id of the device in use, or of the one that is chosen for the next time. */
    deviceOf(kind: LocalKind): string {
        return this.tracks[kind]?.getSettings().deviceId ?? this.chosen[kind];
    }

    /** What is sent now, for a connection that begins. */
    outgoing(kind: 'audio' | 'video'): MediaStreamTrack | null {
        return kind === 'audio'
            ? (this.mix?.track ?? this.tracks.microphone)
            : (this.shared?.video ?? this.tracks.camera);
    }

    /** On opens the device when it is not open; muted it stays open. The problem, if it cannot. */
    setMicrophone(on: boolean): Promise<DeviceProblem | undefined> {
        return this.next(async () => {
            if (this.held) {
                this.held.microphone = on;
                return undefined;
            }
            if (this.tracks.microphone === null) {
                const problem = await this.open('microphone');
                if (problem !== undefined) {
                    return problem;
                }
            }
            if (this.tracks.microphone) {
                this.tracks.microphone.enabled = on;
            }
            this.watch();
            this.events.onChange();
            return undefined;
        });
    }

    setCamera(on: boolean): Promise<DeviceProblem | undefined> {
        return this.next(async () => {
            if (this.held) {
                this.held.camera = on;
                return undefined;
            }
            if (on === this.camera) {
                return undefined;
            }
            if (on) {
                return this.open('camera');
            }
            this.take('camera', null);
            return undefined;
        });
    }

    /** Another device, at once when the present one is open, otherwise from the next opening on. */
    choose(kind: LocalKind, id: string): Promise<DeviceProblem | undefined> {
        return this.next(async () => {
            this.chosen[kind] = id;
            const before = this.tracks[kind];
            if (before === null) {
                return undefined;
            }
            const on = before.enabled;
            // Some cameras can be open once only.
            this.take(kind, null);
            const problem = await this.open(kind);
            if (kind === 'microphone' && this.tracks.microphone) {
                this.tracks.microphone.enabled = on;
                this.watch();
            }
            this.events.onChange();
            return problem;
        });
    }

    /** Held: no device is open and nothing is sent; what was on is on again afterwards. */
    hold(held: boolean): Promise<void> {
        return this.next(async () => {
            if (held === (this.held !== undefined)) {
                return;
            }
            if (held) {
                const { microphone, camera } = this.tracks;
                this.held = { microphone: microphone?.enabled, camera: camera !== null };
                if (this.screen) {
                    this.unshare();
                }
                this.take('microphone', null);
                this.take('camera', null);
            } else {
                await this.takeUp();
            }
        });
    }

    /** Shows the screen instead of the camera, with its sound if the person allows that. */
    async share(): Promise<void> {
        const taken = await this.doors.devices.screen();
        if (taken === undefined || this.closed) {
            stop(taken);
            return;
        }
        stop(this.shared);
        this.shared = taken;
        taken.video.addEventListener('ended', () => this.shared === taken && this.unshare());
        this.mixSound();
        this.events.onTrack('video', taken.video);
        this.events.onChange();
    }

    unshare(): void {
        stop(this.shared);
        this.shared = undefined;
        this.mixSound();
        this.events.onTrack('video', this.tracks.camera);
        this.events.onChange();
    }

    close(): void {
        this.closed = true;
        this.stopWatch?.();
        this.stopWatch = undefined;
        this.mix?.close();
        stop(this.shared);
        this.shared = undefined;
        for (const kind of ['microphone', 'camera'] as const) {
            this.tracks[kind]?.stop();
            this.tracks[kind] = null;
        }
        this.stream = null;
    }

    private next<T>(work: () => Promise<T>): Promise<T> {
        const mine = this.turn.then(work);
        this.turn = mine.catch(() => undefined);
        return mine;
    }

    private async takeUp(): Promise<void> {
        const before = this.held;
        this.held = undefined;
        if (before?.microphone !== undefined) {
            await this.open('microphone');
            if (this.tracks.microphone) {
                this.tracks.microphone.enabled = before.microphone;
                this.watch();
            }
        }
        if (before?.camera) {
            await this.open('camera');
        }
        this.events.onChange();
    }

    private async open(kind: LocalKind): Promise<DeviceProblem | undefined> {
        try {
            const track = await this.doors.devices[kind](this.chosen[kind]);
            if (this.closed) {
                track.stop();
                return undefined;
            }
            this.problems.delete(kind);
            track.addEventListener('ended', () => this.onEnded(kind, track));
            this.take(kind, track);
            return undefined;
        } catch (thrown) {
            const problem = thrown instanceof DeviceError ? thrown.problem : 'in-use';
            this.problems.set(kind, problem);
            this.events.onChange();
            return problem;
        }
    }

    /** Makes `track` the one of its kind, and stops the one before. */
    private take(kind: LocalKind, track: MediaStreamTrack | null): void {
        this.tracks[kind]?.stop();
        this.tracks[kind] = track;
        if (kind === 'microphone') {
            this.watch();
            this.mixSound();
        } else {
            this.stream = track ? new MediaStream([track]) : null;
            if (!this.screen) {
                this.events.onTrack('video', track);
            }
        }
        this.events.onChange();
    }

    /** The device was unplugged, or the permission taken back. */
    private onEnded(kind: LocalKind, track: MediaStreamTrack): void {
        if (this.tracks[kind] !== track || this.closed) {
            return;
        }
        const on = track.enabled;
        void this.next(async () => {
            this.chosen[kind] = '';
            this.take(kind, null);
            const problem = await this.open(kind);
            const now = this.tracks[kind];
            if (now) {
                now.enabled = on;
                this.watch();
                this.events.onNotice({ what: 'fallback', device: kind, detail: now.label });
            } else if (!this.closed) {
                this.events.onNotice({ what: 'lost', device: kind, detail: problem ?? '' });
            }
            this.events.onChange();
        });
    }

    /** A muted microphone is heard here only: by a twin that is not sent. */
    private watch(): void {
        this.stopWatch?.();
        this.stopWatch = undefined;
        const track = this.tracks.microphone;
        if (!track || this.closed) {
            return;
        }
        const twin = track.enabled ? undefined : track.clone();
        if (twin) {
            twin.enabled = true;
        }
        const stopLevel = this.doors.watchLevel(twin ?? track, (level) =>
            this.events.onLevel(level),
        );
        this.stopWatch = () => {
            stopLevel();
            twin?.stop();
        };
    }

    private mixSound(): void {
        this.mix?.close();
        this.mix = undefined;
        const voice = this.tracks.microphone;
        const sound = this.shared?.audio;
        if (sound) {
            this.mix = this.doors.mixTracks(voice ? [voice, sound] : [sound]);
        }
        this.events.onTrack('audio', this.mix?.track ?? voice);
    }
}

function stop(screen: ScreenTracks | undefined): void {
    screen?.video.stop();
    screen?.audio?.stop();
}
