// SPDX-License-Identifier: Apache-2.0
// A connection that is made while a call rings (docs/decisions/0017-connected-while-it-rings.md):
// relayed, without a track and without a device. Answer needs only the tracks; the connection of
// the call itself is made after that and takes its place.
import type { CreatePeer, PeerConnection } from '../platform/peer.ts';
import { withoutAddresses, withoutRelated } from './description.ts';

type Kind = 'audio' | 'video';
/** What opens the devices that a page may lend. */
export type Lendable = Readonly<Record<Kind, (() => Promise<MediaStreamTrack>) | undefined>>;
type Sender = Pick<RTCRtpSender, 'replaceTrack'>
    & Partial<Pick<RTCRtpSender, 'getParameters' | 'setParameters'>>;
/**
 * The first picture is so much smaller: nobody knows yet how much the path takes, and browsers send
 * a large first frame slowly, or leave some out before it. The connection of the call itself, which
 * follows within a moment, has the full size.
 */
const FIRST_SMALLER = 4;
/** One for datagrams, one for networks that let only TCP pass: each costs a relay address. */
const URLS_MAX = 2;

export interface EarlySignaller {
    describe(kind: 'offer' | 'answer', sdp: string): void;
    trickle(candidate: RTCIceCandidate | null): void;
}

/** What a call window is given by the page in which its call has rung. */
export interface Early {
    readonly stream: MediaStream;
    readonly connected: boolean;
    setTrack(kind: Kind, track: MediaStreamTrack | null): void;
    onGone(listener: () => void): void;
    close(): void;
}

/** The relays among the servers, as few as do; none: nothing can be connected early. */
export function relaysOf(servers: readonly RTCIceServer[]): RTCIceServer[] {
    const all = servers.flatMap((server) =>
        [server.urls]
            .flat()
            .filter((url) => /^turns?:/i.test(url))
            .map((url) => ({ ...server, urls: [url] })),
    );
    const isTcp = ({ urls }: { urls: string[] }): boolean =>
        /^turns:|transport=tcp/i.test(urls[0] ?? '');
    const udp = all.find((server) => !isTcp(server));
    const tcp = all.findLast(isTcp);
    return [udp, tcp].filter((server) => server !== undefined).slice(0, URLS_MAX);
}

export class EarlyPeer implements Early {
    readonly stream = new MediaStream();
    private readonly peer: PeerConnection;
    private readonly senders = new Map<Kind, Sender>();
    private readonly goneListeners = new Set<() => void>();
    private said = false;
    private held: (RTCIceCandidate | null)[] = [];
    private queue: Promise<void> = Promise.resolve();
    private closed = false;
    /** Devices of the page that has answered, until the call window gives its own. */
    private readonly lent = new Map<Kind, MediaStreamTrack>();
    private readonly given = new Set<Kind>();

    constructor(
        create: CreatePeer,
        relays: RTCIceServer[],
        private readonly signaller: EarlySignaller,
    ) {
        const peer = create(relays, { relayOnly: true, poolSize: 0 });
        this.peer = peer;
        peer.addEventListener('icecandidate', (event) => {
            const { candidate } = event as RTCPeerConnectionIceEvent;
            if (this.said) {
                this.signaller.trickle(candidate);
            } else {
                this.held.push(candidate);
            }
        });
        peer.addEventListener('track', (event) =>
            this.stream.addTrack((event as RTCTrackEvent).track),
        );
        peer.addEventListener('connectionstatechange', () => {
            if (peer.connectionState === 'failed' || peer.connectionState === 'disconnected') {
                this.gone();
            }
        });
    }

    get connected(): boolean {
        return !this.closed && this.peer.connectionState === 'connected';
    }

    /** On the side of the callee. */
    offer(): Promise<void> {
        return this.enqueue(async () => {
            for (const kind of ['audio', 'video'] as const) {
                const { sender } = this.peer.addTransceiver(kind, { direction: 'sendrecv' });
                this.senders.set(kind, sender);
            }
            await this.peer.setLocalDescription();
            this.say();
        });
    }

    /** On the side of the caller. */
    onOffer(sdp: string): Promise<void> {
        return this.enqueue(async () => {
            await this.peer.setRemoteDescription({ type: 'offer', sdp });
            for (const transceiver of this.peer.getTransceivers()) {
                const kind = transceiver.receiver.track.kind === 'audio' ? 'audio' : 'video';
                transceiver.direction = 'sendrecv';
                this.senders.set(kind, transceiver.sender);
            }
            await this.peer.setLocalDescription();
            this.say();
            await this.makeSmall();
        });
    }

    onAnswer(sdp: string): Promise<void> {
        return this.enqueue(async () => {
            await this.peer.setRemoteDescription({ type: 'answer', sdp });
            await this.makeSmall();
        });
    }

    /** Only relays, whatever the server lets pass: this page asks nobody else for an answer. */
    onCandidate(candidate: RTCIceCandidateInit): Promise<void> {
        if (candidate.candidate !== '' && !/ typ relay\b/.test(candidate.candidate ?? '')) {
            return Promise.resolve();
        }
        return this.enqueue(() => this.peer.addIceCandidate(candidate));
    }

    /** Only once the call is answered. */
    setTrack(kind: Kind, track: MediaStreamTrack | null): void {
        const lent = this.lent.get(kind);
        const placed = this.place(kind, track);
        this.given.add(kind);
        this.lent.delete(kind);
        void placed?.then(() => lent?.stop());
    }

    /** Only once the call is answered: this page's own. False: somebody was faster. */
    lend(kind: Kind, track: MediaStreamTrack): boolean {
        if (this.given.has(kind) || this.closed) {
            track.stop();
            return false;
        }
        this.lent.set(kind, track);
        void this.place(kind, track);
        return true;
    }

    lends(kind: Kind): boolean {
        return this.lent.has(kind);
    }

    onGone(listener: () => void): void {
        this.goneListeners.add(listener);
    }

    close(): void {
        this.closed = true;
        this.lent.forEach((track) => track.stop());
        this.goneListeners.clear();
        this.peer.close();
    }

    private async makeSmall(): Promise<void> {
        const sender = this.senders.get('video');
        const parameters = sender?.getParameters?.();
        const [encoding] = parameters?.encodings ?? [];
        if (parameters && encoding) {
            encoding.scaleResolutionDownBy = FIRST_SMALLER;
            await sender?.setParameters?.(parameters);
        }
    }

    private place(kind: Kind, track: MediaStreamTrack | null): Promise<void> | undefined {
        return this.senders.get(kind)?.replaceTrack(track).catch(() => undefined);
    }

    private gone(): void {
        this.goneListeners.forEach((listener) => listener());
    }

    private say(): void {
        const local = this.peer.localDescription;
        if (local && (local.type === 'offer' || local.type === 'answer')) {
            this.signaller.describe(local.type, withoutAddresses(local.sdp));
            this.said = true;
            this.held.forEach((candidate) => this.signaller.trickle(candidate));
            this.held = [];
        }
    }

    /** One by one; what fails leaves a call that is connected at its answer. */
    private enqueue(work: () => Promise<void>): Promise<void> {
        this.queue = this.queue.then(work).catch(() => undefined);
        return this.queue;
    }
}

export type EarlySend = (
    message:
        | {
              type: 'call.describe';
              call: string;
              kind: 'offer' | 'answer';
              early: number;
              sdp: string;
          }
        | {
              type: 'call.trickle';
              call: string;
              candidate: string;
              early: number;
              mid: string;
              line: number;
              ufrag: string;
          },
) => void;

export function earlySignaller(send: EarlySend, call: () => string, early: number): EarlySignaller {
    return {
        describe: (kind, sdp) => send({ type: 'call.describe', call: call(), kind, early, sdp }),
        trickle: (candidate) =>
            send({
                type: 'call.trickle',
                call: call(),
                candidate: withoutRelated(candidate?.candidate ?? ''),
                early,
                mid: candidate?.sdpMid ?? '',
                line: candidate?.sdpMLineIndex ?? 0,
                ufrag: candidate?.usernameFragment ?? '',
            }),
    };
}
