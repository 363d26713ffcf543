// SPDX-License-Identifier: Apache-2.0
// Offer and answer with the other side (RFC 9429, perfect negotiation): whoever comes fresh offers,
// candidates leave at once, and a description with another DTLS fingerprint means that the other
// side has begun anew. Each offer has a number that its answer repeats: a late answer to an older
// offer, or to one of the page before a reload, is no answer.
import { withServers } from '../platform/ice-servers.ts';
import type { CreatePeer, PeerConnection } from '../platform/peer.ts';
import { withoutAddresses } from './description.ts';

export interface Signaller {
    /** `refused`: the other side will not have it. */
    describe(kind: 'offer' | 'answer', offer: number, sdp: string, refused: () => void): void;
    trickle(candidate: RTCIceCandidate | null): void;
}

export interface NegotiationEvents {
    onRemoteTrack(track: MediaStreamTrack): void;
    onFresh(): void;
    onState(state: RTCPeerConnectionState): void;
}

type Kind = 'audio' | 'video';

const OFFER_MAX = 0xffffffff;
const AGAIN_MS = 1000;
/** So long an answer may take: a busy machine, and a way that loses. */
const ANSWER_MS = 10_000;
type Sender = Pick<RTCRtpSender, 'replaceTrack'>;

const fingerprintOf = (sdp: string): string =>
    /^a=fingerprint:(.*)$/m.exec(sdp)?.[1]?.trim() ?? '';

export class Negotiation {
    private peer: PeerConnection | undefined;
    private senders = new Map<Kind, Sender>();
    private readonly tracks = new Map<Kind, MediaStreamTrack | null>();
    private fingerprint = '';
    private offering = false;
    /** Candidates of a description that the other side does not have yet; none: it has it. */
    private early: (RTCIceCandidate | null)[] | undefined;
    /** Nothing goes either way: the call is held by this side. */
    private held = false;
    /** Of our latest offer. */
    private offerNumber: number;
    /** What comes is handled one by one. */
    private queue: Promise<void> = Promise.resolve();

    constructor(
        private readonly create: CreatePeer,
        private iceServers: RTCIceServer[],
        private readonly polite: boolean,
        private readonly signaller: Signaller,
        private readonly events: NegotiationEvents,
        /** Where this page begins to count its offers: not where the page before it began. */
        firstOffer = Math.floor(Math.random() * OFFER_MAX),
    ) {
        this.offerNumber = firstOffer;
    }

    /** Begins with an offer: the caller when answered, and whoever comes again after a reload. */
    begin(): void {
        const peer = this.fresh();
        for (const kind of ['audio', 'video'] as const) {
            const { sender } = peer.addTransceiver(kind, { direction: this.direction });
            this.senders.set(kind, sender);
            void sender.replaceTrack(this.tracks.get(kind) ?? null);
        }
    }

    setTrack(kind: Kind, track: MediaStreamTrack | null): void {
        this.tracks.set(kind, track);
        void this.senders.get(kind)?.replaceTrack(track);
    }

    /** By the directions of the transceivers: the other side sees it, and answers in kind. */
    hold(held: boolean): void {
        this.held = held;
        for (const transceiver of this.peer?.getTransceivers() ?? []) {
            transceiver.direction = this.direction;
        }
    }

    private get direction(): RTCRtpTransceiverDirection {
        return this.held ? 'inactive' : 'sendrecv';
    }

    restart(): void {
        this.peer?.restartIce();
    }

    /** For what is gathered from now on: credentials are good for an hour. */
    setServers(iceServers: RTCIceServer[]): void {
        this.iceServers = iceServers;
        withServers(iceServers, (accepted) =>
            this.peer?.setConfiguration({
                ...this.peer.getConfiguration(),
                iceServers: accepted,
            }),
        );
    }

    stats(): Promise<Iterable<[string, unknown]> | undefined> {
        return this.peer?.getStats().catch(() => undefined) ?? Promise.resolve(undefined);
    }

    close(): void {
        this.peer?.close();
        this.peer = undefined;
    }

    onDescription(kind: 'offer' | 'answer', offer: number, sdp: string): Promise<void> {
        return this.enqueue(() =>
            kind === 'offer' ? this.takeOffer(offer, sdp) : this.takeAnswer(offer, sdp),
        );
    }

    onCandidate(candidate: RTCIceCandidateInit): Promise<void> {
        return this.enqueue(async () => {
            try {
                await this.peer?.addIceCandidate(candidate);
            } catch {
                // One bad candidate does not end a call (N8).
            }
        });
    }

    private enqueue(work: () => Promise<void>): Promise<void> {
        this.queue = this.queue.then(work, work);
        return this.queue;
    }

    private fresh(): PeerConnection {
        this.peer?.close();
        this.senders = new Map();
        this.fingerprint = '';
        this.early = [];
        const peer = this.create(this.iceServers);
        this.peer = peer;
        const listen = (type: string, act: (event: Event) => void): void =>
            peer.addEventListener(type, (event) => this.peer === peer && act(event));
        listen('negotiationneeded', () => void this.offer(peer));
        listen('icecandidate', (event) =>
            this.trickle((event as RTCPeerConnectionIceEvent).candidate),
        );
        listen('track', (event) => this.events.onRemoteTrack((event as RTCTrackEvent).track));
        listen('connectionstatechange', () => this.events.onState(peer.connectionState));
        this.events.onFresh();
        return peer;
    }

    private trickle(candidate: RTCIceCandidate | null): void {
        if (this.early) {
            this.early.push(candidate);
        } else {
            this.signaller.trickle(candidate);
        }
    }

    /** The other side has the description: now it can use what belongs to it. */
    private letGo(): void {
        const early = this.early ?? [];
        this.early = undefined;
        early.forEach((candidate) => this.signaller.trickle(candidate));
    }

    private async offer(peer: PeerConnection): Promise<void> {
        this.offering = true;
        this.early ??= [];
        try {
            await peer.setLocalDescription();
            this.offerNumber = (this.offerNumber + 1) % OFFER_MAX;
            this.sendLocal(peer, this.offerNumber);
        } catch {
            // The connection was closed meanwhile.
        } finally {
            this.offering = false;
            if (this.peer === peer && peer.signalingState === 'stable') {
                this.letGo(); // Those of before, when nothing came of the offer.
            }
        }
    }

    private sendLocal(peer: PeerConnection, offer: number): void {
        const local = peer.localDescription;
        if (this.peer === peer && local && (local.type === 'offer' || local.type === 'answer')) {
            this.signaller.describe(local.type, offer, withoutAddresses(local.sdp), () =>
                this.takeBack(peer, offer, AGAIN_MS),
            );
            if (local.type === 'offer') {
                this.takeBack(peer, offer, ANSWER_MS);
            }
            this.letGo();
        }
    }

    /**
     * The other side was not there, as after a restart of the server, or its answer was lost. An
     * offer that waits for one would keep back every later offer, so it is taken back and made
     * anew, unless it is answered by then.
     */
    private takeBack(peer: PeerConnection, offer: number, afterMs: number): void {
        const again = async (): Promise<void> => {
            const waits = this.peer === peer && peer.signalingState === 'have-local-offer';
            if (waits && offer === this.offerNumber) {
                await peer.setLocalDescription({ type: 'rollback' });
                peer.restartIce();
            }
        };
        setTimeout(() => void this.enqueue(again).catch(() => undefined), afterMs);
    }

    private async takeAnswer(offer: number, sdp: string): Promise<void> {
        const peer = this.peer;
        if (peer?.signalingState === 'have-local-offer' && offer === this.offerNumber) {
            await peer.setRemoteDescription({ type: 'answer', sdp });
            this.fingerprint = fingerprintOf(sdp);
        }
    }

    private async takeOffer(offer: number, sdp: string): Promise<void> {
        let peer = this.peer;
        const collision =
            peer !== undefined && (this.offering || peer.signalingState !== 'stable');
        // Before the first answer a polite side that also offers keeps nothing and begins anew.
        const anew = this.fingerprint !== fingerprintOf(sdp);
        const known = this.fingerprint !== '';
        if (collision && !this.polite && !(known && anew)) {
            return;
        }
        if (peer === undefined || (anew && (known || collision))) {
            peer = this.fresh();
        }
        await peer.setRemoteDescription({ type: 'offer', sdp });
        this.fingerprint = fingerprintOf(sdp);
        await this.attach(peer);
        this.early ??= [];
        await peer.setLocalDescription();
        this.sendLocal(peer, offer);
    }

    /** As the answering side: our tracks go into what the offer has opened. */
    private async attach(peer: PeerConnection): Promise<void> {
        if (this.senders.size > 0) {
            return;
        }
        for (const transceiver of peer.getTransceivers()) {
            const kind = transceiver.receiver.track.kind === 'audio' ? 'audio' : 'video';
            if (!this.senders.has(kind)) {
                transceiver.direction = this.direction;
                this.senders.set(kind, transceiver.sender);
                await transceiver.sender.replaceTrack(this.tracks.get(kind) ?? null);
            }
        }
    }
}
