// SPDX-License-Identifier: Apache-2.0
// Sound and picture between the two sides: negotiated, watched, judged once a second and mended
// when they stay away.
import type { CreatePeer } from '../platform/peer.ts';
import { MediaWatch, type Trouble } from './media-watch.ts';
import { Negotiation, type Signaller } from './negotiation.ts';
import { judge, lookAt, type Look, type Quality } from './quality.ts';
import { Reporter, type MediaReport } from './report.ts';
import { Retry } from './retry.ts';

const LOOK_MS = 1000;
const JUDGED_LOOKS = 6;

export interface MediaLinkDoors {
    readonly createPeer: CreatePeer;
    readonly iceServers: RTCIceServer[];
    readonly polite: boolean;
    readonly signaller: Signaller;
}

export interface MediaLinkEvents {
    onRemote(stream: MediaStream | null): void;
    onConnected(): void;
    onTrouble(trouble: Trouble): void;
    onQuality(quality: Quality): void;
    onReport(report: MediaReport): void;
    onLost(): void;
}

export class MediaLink {
    readonly negotiation: Negotiation;
    private remote: MediaStream | null = null;
    private readonly watch: MediaWatch;
    private looks: Look[] = [];
    private readonly reporter = new Reporter();
    private bytesAtMs = 0;
    private state: RTCPeerConnectionState = 'new';
    private readonly retry: Retry;
    private timer: ReturnType<typeof setInterval> | undefined;
    /** The other side sends at least one of voice and picture. */
    private expects = false;

    constructor(
        doors: MediaLinkDoors,
        private readonly events: MediaLinkEvents,
    ) {
        this.negotiation = new Negotiation(
            doors.createPeer,
            doors.iceServers,
            doors.polite,
            doors.signaller,
            {
                onFresh: () => this.onFresh(),
                onRemoteTrack: (track) => this.addRemote(track),
                onState: (state) => this.onState(state),
            },
        );
        this.watch = new MediaWatch({
            onTrouble: (trouble) => events.onTrouble(trouble),
            restart: () => this.negotiation.restart(),
            lost: () => events.onLost(),
        });
        this.retry = new Retry(
            () => this.state === 'failed',
            () => this.negotiation.restart(),
        );
    }

    /** The call is active: from now on what stays away is missed. */
    watchOver(expects: boolean): void {
        this.expects = expects;
        if (this.timer === undefined) {
            this.bytesAtMs = Date.now();
            this.timer = setInterval(() => void this.look(), LOOK_MS);
        }
    }

    /**
     * The network has changed: the old path is dead even if nothing has said so yet. Also before
     * the call is active, or while the connection made when it rang still carries it: the event
     * comes once.
     */
    renew(): void {
        this.negotiation.restart();
    }

    /** The relay is about to end, and another one takes over. */
    leaveRelay(): void {
        if (this.timer !== undefined && this.looks.at(-1)?.path !== 'direct') {
            this.negotiation.restart();
        }
    }

    /** The server is back, and with it the way to mend what has been missing meanwhile. */
    refresh(iceServers: RTCIceServer[]): void {
        this.negotiation.setServers(iceServers);
        if (this.watch.trouble !== 'none') {
            this.negotiation.restart();
        }
    }

    close(): void {
        clearInterval(this.timer);
        this.watch.stop();
        this.retry.stop();
        this.negotiation.close();
    }

    private onFresh(): void {
        this.remote = null;
        this.looks = [];
        this.state = 'new';
        this.retry.stop();
    }

    private addRemote(track: MediaStreamTrack): void {
        this.remote = new MediaStream([...(this.remote?.getTracks() ?? []), track]);
        this.events.onRemote(this.remote);
    }

    private onState(state: RTCPeerConnectionState): void {
        this.state = state;
        if (state === 'connected') {
            this.bytesAtMs = Date.now();
            this.watch.back();
            this.retry.stop();
            this.events.onConnected();
            return;
        }
        if (this.timer !== undefined && (state === 'disconnected' || state === 'failed')) {
            this.watch.gone(0);
        }
        if (state === 'failed') {
            this.retry.failed();
        }
    }

    private async look(): Promise<void> {
        const stats = await this.negotiation.stats();
        if (stats === undefined || this.timer === undefined) {
            return;
        }
        const now = lookAt(stats);
        const report = this.reporter.take(now, Date.now());
        if (report) {
            this.events.onReport(report);
        }
        const before = this.looks.at(-1);
        this.looks = [...this.looks.slice(1 - JUDGED_LOOKS), now];
        this.missed(before === undefined || now.bytes !== before.bytes);
        if (this.looks[0] && this.watch.trouble === 'none') {
            this.events.onQuality(judge(this.looks[0], now));
        }
    }

    /** WebRTC itself needs 5 s and more to notice a dead path. */
    private missed(arrived: boolean): void {
        const nowMs = Date.now();
        if (arrived || !this.expects) {
            this.bytesAtMs = nowMs;
            if (this.state === 'connected') {
                this.watch.back();
            }
        } else if (nowMs - this.bytesAtMs >= LOOK_MS) {
            this.watch.gone(nowMs - this.bytesAtMs);
        }
    }
}
