// SPDX-License-Identifier: Apache-2.0
// In the window of the caller: a connection to each device that offers one while it rings. The one
// that is answered is kept.
import type { CreatePeer } from '../platform/peer.ts';
import type { CallCandidate, CallDescription } from '../protocol/messages.ts';
import { EarlyPeer, earlySignaller, type Early, type EarlySend } from './early.ts';

export class EarlyCaller {
    private readonly peers = new Map<number, EarlyPeer>();

    constructor(
        private readonly createPeer: CreatePeer,
        private readonly relays: RTCIceServer[],
        private readonly send: EarlySend,
        private readonly call: () => string,
    ) {}

    onDescription({ kind, early, sdp }: CallDescription): void {
        if (kind !== 'offer' || this.relays.length === 0) {
            return;
        }
        this.peers.get(early)?.close();
        const signaller = earlySignaller(this.send, this.call, early);
        const peer = new EarlyPeer(this.createPeer, this.relays, signaller);
        this.peers.set(early, peer);
        void peer.onOffer(sdp);
    }

    onCandidate({ early, candidate, mid, line, ufrag }: CallCandidate): void {
        void this.peers.get(early)?.onCandidate({
            candidate,
            sdpMid: mid === '' ? null : mid,
            sdpMLineIndex: line,
            usernameFragment: ufrag === '' ? null : ufrag,
        });
    }

    /** That of the device that was answered; the others are closed. */
    choose(early: number): Early | undefined {
        const chosen = this.peers.get(early);
        this.peers.delete(early);
        this.close();
        return chosen;
    }

    close(): void {
        this.peers.forEach((peer) => peer.close());
        this.peers.clear();
    }
}
