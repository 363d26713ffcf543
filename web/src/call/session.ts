// SPDX-License-Identifier: Apache-2.0
// The call window's side of one call: media first, then the server, then the other side. The server
// alone says what state the call is in; this only shows it and asks.
import { Signal } from '../base/signal.ts';
import { DeviceError, type Devices } from '../platform/devices.ts';
import type { CreatePeer } from '../platform/peer.ts';
import type { Tones } from '../platform/tones.ts';
import { Refused, type Connection } from '../protocol/connection.ts';
import type {
    CallEndReason,
    CallInfo,
    CallIs,
    PersonInfo,
    ServerEvent,
} from '../protocol/messages.ts';
import type { Intent } from './intent.ts';
import { LocalMedia } from './local-media.ts';
import { Negotiation } from './negotiation.ts';

const RESTART_AFTER_MS = 2000;
const LOST_AFTER_MS = 30_000;

export type Phase = 'preparing' | 'dialling' | 'ringing' | 'connecting' | 'active' | 'reconnecting';

export interface Over {
    /** An end reason of the protocol, or a problem of this browser. */
    readonly what: string;
    readonly byMe: boolean;
    readonly reference: string;
}

export interface SessionView {
    readonly peer: PersonInfo | undefined;
    readonly incoming: boolean;
    readonly phase: Phase;
    readonly call: CallInfo | undefined;
    readonly connectedAtMs: number | undefined;
    readonly remoteStream: MediaStream | null;
    readonly over: Over | undefined;
}

export interface SessionDoors {
    readonly connection: Connection;
    readonly devices: Devices;
    readonly createPeer: CreatePeer;
    readonly tones: Tones;
    /** The call goes on under another id: both had pressed Call. */
    readonly onRenamed: (id: string) => void;
}

export class CallSession {
    readonly view: Signal<SessionView>;
    readonly media: LocalMedia;
    private negotiation: Negotiation | undefined;
    private remote: MediaStream | null = null;
    private restartTimer: ReturnType<typeof setTimeout> | undefined;
    private lostTimer: ReturnType<typeof setTimeout> | undefined;

    constructor(
        private id: string,
        private readonly doors: SessionDoors,
        private readonly remembered: { microphone: boolean; camera: boolean },
    ) {
        this.media = new LocalMedia(doors.devices, (kind, track) => {
            this.negotiation?.setTrack(kind, track);
            this.patch({});
        });
        this.view = new Signal<SessionView>({
            peer: undefined,
            incoming: false,
            phase: 'preparing',
            call: undefined,
            connectedAtMs: undefined,
            remoteStream: null,
            over: undefined,
        });
    }

    /** The caller's microphone is asked for before anybody's telephone rings. */
    async start(intent: Intent): Promise<void> {
        this.patch({ peer: intent.peer, incoming: false });
        if (!(await this.open(this.remembered.camera)) || this.view.value.over) {
            return;
        }
        this.patch({ phase: 'dialling' });
        const { microphone, camera } = this.media;
        const callee = intent.peer.name;
        await this.ask(() =>
            this.doors.connection.request({
                type: 'call.start',
                call: this.id,
                callee,
                microphone,
                camera,
            }),
        );
    }

    /** Answers at once, so that the other devices stop, and then opens the devices. */
    async answer(intent: Intent): Promise<void> {
        this.patch({ peer: intent.peer, incoming: true, phase: 'connecting' });
        const camera = intent.camera && this.remembered.camera;
        const { microphone } = this.remembered;
        const opened = this.open(camera);
        await this.ask(() =>
            this.doors.connection.request({
                type: 'call.accept',
                call: this.id,
                microphone,
                camera,
            }),
        );
        if (await opened) {
            this.tellMedia();
        }
    }

    /** The window comes again, by reload or by its address. */
    async join(): Promise<void> {
        await this.ask(() => this.doors.connection.request({ type: 'call.join', call: this.id }));
        const { call } = this.view.value;
        if (call?.here && (call.state === 'connecting' || call.state === 'active')) {
            if (await this.open(this.remembered.camera)) {
                this.tellMedia();
                this.negotiation?.begin();
            }
        } else if (call?.here && call.state === 'ringing') {
            await this.open(this.remembered.camera);
        } else if (call && call.state !== 'ended') {
            this.over('in-another-window', false, '');
        }
    }

    end(reason: CallEndReason = 'hung-up'): void {
        void this.doors.connection
            .request({ type: 'call.end', call: this.id, reason })
            .catch(() => undefined);
        if (reason === 'hung-up') {
            this.over(this.view.value.call?.state === 'ringing' ? 'cancelled' : reason, true, '');
        }
    }

    leave(): void {
        if (this.view.value.over === undefined && this.view.value.call !== undefined) {
            const { connection } = this.doors;
            void connection.request({ type: 'call.leave', call: this.id }).catch(() => undefined);
        }
    }

    toggleMicrophone(): void {
        this.media.setMicrophone(!this.media.microphone);
        this.tellMedia();
    }

    async toggleCamera(): Promise<void> {
        await this.media.setCamera(!this.media.camera);
        this.tellMedia();
    }

    onEvent(event: ServerEvent): void {
        if (event.type === 'call.changed' && event.call.id === this.id) {
            this.apply(event.call);
        } else if (event.type === 'call.description' && event.call === this.id) {
            const { kind, offer, sdp } = event;
            void this.negotiation?.onDescription(kind, offer, sdp).catch(() => undefined);
        } else if (event.type === 'call.candidate' && event.call === this.id) {
            const { candidate, mid, line, ufrag } = event;
            void this.negotiation?.onCandidate({
                candidate,
                sdpMid: mid === '' ? null : mid,
                sdpMLineIndex: line,
                usernameFragment: ufrag === '' ? null : ufrag,
            });
        }
    }

    /** After a break the server may not know this call any more. */
    async onFreshSession(): Promise<void> {
        if (this.view.value.call && !this.view.value.over) {
            await this.ask(() =>
                this.doors.connection.request({ type: 'call.join', call: this.id }),
            );
        }
    }

    private async open(camera: boolean): Promise<boolean> {
        try {
            await this.media.open(this.remembered.microphone, camera);
            return true;
        } catch (thrown) {
            const problem = thrown instanceof DeviceError ? thrown.problem : 'internal';
            if (this.view.value.incoming || this.view.value.call) {
                this.end(problem === 'absent' ? 'no-device' : 'permission-denied');
            }
            this.over(problem, true, '');
            return false;
        }
    }

    private async ask(request: () => Promise<CallIs>): Promise<void> {
        try {
            const { call, iceServers } = await request();
            if (call.id !== this.id) {
                this.id = call.id;
                this.doors.onRenamed(call.id);
            }
            this.negotiation ??= this.negotiate(call, iceServers);
            this.apply(call);
        } catch (thrown) {
            const refused = thrown instanceof Refused ? thrown : new Refused('internal', '');
            const texts: Record<string, string> = {
                'call-busy': 'already-in-call',
                'not-found': 'gone',
                state: 'gone',
            };
            this.over(texts[refused.error] ?? 'internal', false, refused.reference);
        }
    }

    private negotiate(call: CallInfo, iceServers: CallIs['iceServers']): Negotiation {
        const { connection, createPeer } = this.doors;
        const send = (request: Promise<unknown>): void => void request.catch(() => undefined);
        const negotiation = new Negotiation(
            createPeer,
            iceServers.map(({ urls, username, credential }) =>
                username === '' ? { urls: [...urls] } : { urls: [...urls], username, credential },
            ),
            call.role === 'callee',
            {
                describe: (kind, offer, sdp) => {
                    const call = this.id;
                    send(connection.request({ type: 'call.describe', call, kind, offer, sdp }));
                },
                trickle: (candidate) =>
                    send(
                        connection.request({
                            type: 'call.trickle',
                            call: this.id,
                            candidate: candidate?.candidate ?? '',
                            mid: candidate?.sdpMid ?? '',
                            line: candidate?.sdpMLineIndex ?? 0,
                            ufrag: candidate?.usernameFragment ?? '',
                        }),
                    ),
            },
            {
                onFresh: () => (this.remote = null),
                onRemoteTrack: (track) => this.addRemote(track),
                onState: (state) => this.onMediaState(state),
            },
        );
        negotiation.setTrack('audio', this.media.audioTrack);
        negotiation.setTrack('video', this.media.videoTrack);
        return negotiation;
    }

    private addRemote(track: MediaStreamTrack): void {
        this.remote = new MediaStream([...(this.remote?.getTracks() ?? []), track]);
        this.patch({ remoteStream: this.remote });
    }

    private apply(call: CallInfo): void {
        const before = this.view.value.call?.state;
        this.patch({ call, peer: call.peer, incoming: call.role === 'callee' });
        switch (call.state) {
            case 'ringing':
                this.patch({ phase: 'ringing' });
                if (before !== 'ringing' && call.role === 'caller') {
                    void this.doors.tones.play('ringBack').catch(() => undefined);
                }
                break;
            case 'connecting':
                this.doors.tones.stop();
                this.patch({ phase: 'connecting' });
                if (before === 'ringing' && call.here && call.role === 'caller') {
                    this.negotiation?.begin();
                }
                break;
            case 'active':
                this.doors.tones.stop();
                this.patch({
                    phase: this.lostTimer === undefined ? 'active' : 'reconnecting',
                    connectedAtMs: Date.now() - call.ageMs,
                });
                break;
            case 'ended':
                this.over(call.reason, call.byMe, '');
        }
        if (!call.here && (before === 'active' || before === 'connecting')) {
            if (call.state !== 'ended') {
                this.over('in-another-window', false, '');
            }
        }
    }

    private onMediaState(state: RTCPeerConnectionState): void {
        if (state === 'connected') {
            clearTimeout(this.restartTimer);
            clearTimeout(this.lostTimer);
            this.lostTimer = undefined;
            const request = { type: 'call.connected', call: this.id } as const;
            void this.doors.connection.request(request).catch(() => undefined);
            if (this.view.value.call?.state === 'active') {
                this.patch({ phase: 'active' });
            }
        } else if (state === 'disconnected' || state === 'failed') {
            this.onMediaGone(state === 'failed');
        }
    }

    private onMediaGone(failed: boolean): void {
        if (this.view.value.call?.state !== 'active' || this.view.value.over) {
            return; // The server ends a call whose media never connect.
        }
        this.patch({ phase: 'reconnecting' });
        clearTimeout(this.restartTimer);
        const restart = (): void => this.negotiation?.restart();
        this.restartTimer = setTimeout(restart, failed ? 0 : RESTART_AFTER_MS);
        this.lostTimer ??= setTimeout(() => {
            this.end('media-lost');
            this.over('media-lost', false, ''); // Also when the server cannot be reached.
        }, LOST_AFTER_MS);
    }

    private tellMedia(): void {
        const { microphone, camera } = this.media;
        this.patch({});
        void this.doors.connection
            .request({ type: 'call.media', call: this.id, microphone, camera })
            .catch(() => undefined);
    }

    private over(what: string, byMe: boolean, reference: string): void {
        if (this.view.value.over) {
            return;
        }
        clearTimeout(this.restartTimer);
        clearTimeout(this.lostTimer);
        this.negotiation?.close();
        this.media.close();
        const tone = what === 'busy' ? 'busy' : what === 'cancelled' ? 'cancel' : 'end';
        void this.doors.tones.play(tone).catch(() => undefined);
        this.patch({ over: { what, byMe, reference }, remoteStream: null });
    }

    private patch(part: Partial<SessionView>): void {
        this.view.set({ ...this.view.value, ...part });
    }
}
