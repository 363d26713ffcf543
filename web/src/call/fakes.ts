// SPDX-License-Identifier: Apache-2.0
// The platform without a browser, for the tests of this folder.
import { DeviceError, type DeviceProblem, type Devices } from '../platform/devices.ts';
import type { PeerConnection } from '../platform/peer.ts';
import type { Mix, WatchLevel } from '../platform/sound.ts';
import type { CallInfo } from '../protocol/messages.ts';
import type { LocalMediaDoors } from './local-media.ts';

export class FakeTrack extends EventTarget {
    enabled = true;
    stopped = false;
    constructor(
        readonly kind: 'audio' | 'video',
        readonly label: string,
    ) {
        super();
    }
    stop(): void {
        this.stopped = true;
    }
    clone(): FakeTrack {
        return new FakeTrack(this.kind, `twin of ${this.label}`);
    }
    getSettings(): { deviceId: string } {
        return { deviceId: this.label };
    }
    /** The device is pulled out. */
    unplug(): void {
        this.dispatchEvent(new Event('ended'));
    }
    /** As what it stands for. */
    get real(): MediaStreamTrack {
        return this as unknown as MediaStreamTrack;
    }
}

export class FakeStream {
    constructor(private readonly tracks: readonly unknown[]) {}
    getTracks(): readonly unknown[] {
        return this.tracks;
    }
}

/** Opens a track labelled as the id that was asked for, or refuses with a problem. */
export class FakeDevices implements Devices {
    opened: FakeTrack[] = [];
    refuses = new Map<'microphone' | 'camera', DeviceProblem>();
    screenSound = false;

    microphone(id: string): Promise<MediaStreamTrack> {
        return this.open('microphone', id);
    }
    camera(id: string): Promise<MediaStreamTrack> {
        return this.open('camera', id);
    }
    screen() {
        const video = this.add(new FakeTrack('video', 'screen')).real;
        const audio = this.screenSound
            ? this.add(new FakeTrack('audio', 'screen sound')).real
            : undefined;
        return Promise.resolve({ video, audio });
    }
    list() {
        return Promise.resolve([]);
    }
    onChange(): () => void {
        return () => undefined;
    }
    last(label: string): FakeTrack {
        const found = this.opened.findLast((track) => track.label === label);
        if (!found) {
            throw new Error(`${label} was not opened`);
        }
        return found;
    }
    private open(kind: 'microphone' | 'camera', id: string): Promise<MediaStreamTrack> {
        const problem = this.refuses.get(kind);
        if (problem !== undefined) {
            return Promise.reject(new DeviceError(problem));
        }
        const track = new FakeTrack(kind === 'microphone' ? 'audio' : 'video', id || kind);
        return Promise.resolve(this.add(track).real);
    }
    private add(track: FakeTrack): FakeTrack {
        this.opened.push(track);
        return track;
    }
}

/** Levels are said by the test; a mix is a track that names what is in it. */
export class FakeSound {
    watched: FakeTrack[] = [];
    hear: (level: number) => void = () => undefined;

    readonly watchLevel: WatchLevel = (track, onLevel) => {
        this.watched.push(track as unknown as FakeTrack);
        this.hear = onLevel;
        return () => (this.hear = () => undefined);
    };
    readonly mixTracks = (tracks: readonly MediaStreamTrack[]): Mix => {
        const label = tracks.map((track) => track.label).join(' + ');
        return { track: new FakeTrack('audio', label).real, close: () => undefined };
    };
}

export function fakeDoors(): LocalMediaDoors & { devices: FakeDevices; sound: FakeSound } {
    const sound = new FakeSound();
    const { watchLevel, mixTracks } = sound;
    return { devices: new FakeDevices(), watchLevel, mixTracks, sound };
}

let made = 0;

export class FakePeer extends EventTarget implements PeerConnection {
    signalingState: RTCSignalingState = 'stable';
    connectionState: RTCPeerConnectionState = 'new';
    localDescription: RTCSessionDescription | null = null;
    closed = false;
    restarts = 0;
    configuration: RTCConfiguration = { iceTransportPolicy: 'relay' };
    bytes = 0;
    remote: RTCSessionDescriptionInit[] = [];
    /** The local candidate in use; undefined: none is. */
    pair: object | undefined;
    private readonly transceivers: RTCRtpTransceiver[] = [];
    readonly sdp = `v=0\r\na=fingerprint:sha-256 ${++made}\r\n`;

    addTransceiver(
        kind: unknown,
        init?: RTCRtpTransceiverInit,
    ): { sender: Pick<RTCRtpSender, 'replaceTrack'> } {
        const sender = { replaceTrack: () => Promise.resolve() };
        const direction = init?.direction ?? 'sendrecv';
        const made = { sender, direction, receiver: { track: { kind } } };
        this.transceivers.push(made as unknown as RTCRtpTransceiver);
        return { sender };
    }
    getTransceivers(): RTCRtpTransceiver[] {
        return this.transceivers;
    }
    get directions(): RTCRtpTransceiverDirection[] {
        return this.transceivers.map(({ direction }) => direction);
    }
    setLocalDescription(description?: { type: 'rollback' }): Promise<void> {
        if (description) {
            this.signalingState = 'stable';
            return Promise.resolve();
        }
        const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
        this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
        this.localDescription = { type, sdp: this.sdp, toJSON: () => ({ type }) };
        return Promise.resolve();
    }
    setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
        this.remote.push(description);
        this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
        return Promise.resolve();
    }
    addIceCandidate(): Promise<void> {
        return Promise.reject(new Error('bad candidate'));
    }
    restartIce(): void {
        this.restarts++;
        this.dispatchEvent(new Event('negotiationneeded'));
    }
    getConfiguration(): RTCConfiguration {
        return this.configuration;
    }
    setConfiguration(configuration: RTCConfiguration): void {
        this.configuration = configuration;
    }
    getStats(): Promise<Iterable<[string, unknown]>> {
        const media: [string, unknown][] = [
            ['in', { type: 'inbound-rtp', bytesReceived: this.bytes }],
        ];
        const pair: [string, unknown][] = [
            ['pair', { type: 'candidate-pair', selected: true, localCandidateId: 'local',
                currentRoundTripTime: 0.05 }],
            ['local', { type: 'local-candidate', ...this.pair }],
        ];
        return Promise.resolve(this.pair ? [...media, ...pair] : media);
    }
    close(): void {
        this.closed = true;
    }
    /** ICE and DTLS say so. */
    become(state: RTCPeerConnectionState): void {
        this.connectionState = state;
        this.dispatchEvent(new Event('connectionstatechange'));
    }
}

/** A call that rings, as its caller sees it. */
export const fakeCall: CallInfo = {
    id: 'c',
    state: 'ringing',
    role: 'caller',
    peer: {
        name: 'mary', fullName: 'Mary', position: '', avatar: '', status: 'available',
        accounts: '', devices: 1, push: false,
    },
    ringLeftMs: 45_000,
    ageMs: 0,
    here: true,
    peerMicrophone: true,
    peerCamera: true,
    peerAway: false,
    peerScreen: false,
    peerTrouble: false,
    silent: false,
    waiting: false,
    ignored: false,
    rings: [],
    elsewhere: '',
    heldByMe: false,
    heldByPeer: false,
    early: 0,
    reason: 'none',
    byMe: false,
    connector: 'webrtc',
    link: '',
};
