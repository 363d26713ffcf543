// SPDX-License-Identifier: Apache-2.0
// In a portal page: the call that rings is connected while it does, by the tab of the browser that
// rings. When it is answered here, the caller is heard at once; the call window takes over from
// there.
import type { CreatePeer } from '../platform/peer.ts';
import type { Playing } from '../platform/sound.ts';
import type {
    CallInfo,
    CallRingingHow,
    Command,
    ReplyOf,
    ServerEvent,
} from '../protocol/messages.ts';
import { EarlyPeer, earlySignaller, relaysOf, type Early, type Lendable } from './early.ts';

/** So long the page keeps what its call window has not taken; once that is in the call. */
const KEEP_MS = 30_000;
const TAKE_MS = 3000;
const LOOK_MS = 1000;

export interface EarlyRingDoors {
    readonly createPeer: CreatePeer;
    request<C extends Command>(command: C): Promise<ReplyOf[C['type']]>;
    /** While it rings: what may be opened here in the click on Answer. */
    devices(): Promise<Lendable>;
    /** Plays until it is stopped; not heard before it is let. */
    play(stream: MediaStream): Playing;
}

interface Made {
    readonly call: string;
    readonly peer: EarlyPeer;
}

export class EarlyRing {
    /** The call that this tab would connect, if it is the one that rings. */
    private wanted = '';
    /** The calls that ring in this tab, and may be connected. */
    private readonly heard = new Set<string>();
    private made: Made | undefined;
    private answered = '';
    private playing: Playing | undefined;
    private lendable: Lendable | undefined;
    private timer: ReturnType<typeof setInterval> | undefined;

    constructor(private readonly doors: EarlyRingDoors) {}

    /** The calls are so now. */
    follow(calls: ReadonlyMap<string, CallInfo>): void {
        const rings = [...calls.values()].find(
            ({ state, role, silent, waiting, ignored }) =>
                state === 'ringing' && role === 'callee' && !silent && !waiting && !ignored,
        );
        const call = rings?.id ?? '';
        if (call === this.wanted) {
            return;
        }
        this.wanted = call;
        if (this.made && this.made.call !== call && this.made.call !== this.answered) {
            this.drop();
        }
        this.consider();
    }

    /**
     * This tab rings, and in this way. Where the browser allows no sound before a click nothing is
     * connected: what seems to ring to a caller who is not heard does not connect either.
     */
    onRings(call: string, how: CallRingingHow): void {
        if (how !== 'by-autoplay') {
            this.heard.add(call);
            this.consider();
        }
    }

    onEvent(event: ServerEvent): void {
        const { made } = this;
        if (made === undefined) {
            return;
        }
        if (event.type === 'call.description' && event.call === made.call && event.early > 0) {
            void made.peer.onAnswer(event.sdp).then(() => this.play(made));
        } else if (event.type === 'call.candidate' && event.call === made.call && event.early > 0) {
            const { candidate, mid, line, ufrag } = event;
            void made.peer.onCandidate({
                candidate,
                sdpMid: mid === '' ? null : mid,
                sdpMLineIndex: line,
                usernameFragment: ufrag === '' ? null : ufrag,
            });
        } else if (event.type === 'call.changed' && event.call.id === made.call) {
            const { state, moved } = event.call;
            // Moved: the call window has taken this page's place.
            if (state === 'ended' && !moved) {
                this.drop();
            } else if (state === 'ended') {
                clearInterval(this.timer);
                this.timer = setTimeout(() => this.drop(), TAKE_MS);
            }
        }
    }

    /** Whether Answer can be given here at once. */
    isReady(call: string): boolean {
        return this.made?.call === call && this.made.peer.connected;
    }

    /**
     * Answers by this connection, and lets the caller be heard until the call window takes it.
     * `isWaiting`: the window that is opened is still there. Resolves when the devices are lent, or
     * will not be: what keeps the page busy, as opening a window does, is better done then.
     */
    async answer(call: string, camera: boolean, isWaiting: () => boolean): Promise<void> {
        this.answered = call;
        const answer = { type: 'call.accept', call, early: true, hold: true } as const;
        if (this.made?.call === call) {
            // Before the reply: what comes is heard though this page is busy with the window.
            this.play(this.made);
            this.playing?.aloud();
        }
        const { audio, video } = (this.made?.call === call && this.lendable) || {};
        const opened = [audio?.(), camera ? video?.() : undefined];
        const close = (): void => opened.forEach((one) =>
            void one?.then((track) => track.stop(), () => undefined));
        try {
            await this.doors.request({ ...answer, microphone: false, camera: false });
        } catch {
            close();
            this.answered = '';
            this.drop(); // The window answers by itself.
            return;
        }
        const { made } = this;
        if (made?.call !== call) {
            close();
            return;
        }
        made.peer.onGone(() => this.drop());
        void this.doors.request({ type: 'call.connected', call }).catch(() => undefined);
        const until = Date.now() + KEEP_MS;
        this.timer = setInterval(() => {
            if (!isWaiting() || Date.now() > until) {
                this.giveUp(call);
            }
        }, LOOK_MS);
        await Promise.all(opened.map((one) =>
            one?.then((track) => this.lend(made, track), () => undefined)));
    }

    /** The call window takes the connection: it sounds there from now on. */
    take(call: string): Early | undefined {
        const { made } = this;
        if (made?.call !== call || this.answered !== call) {
            return undefined;
        }
        this.forget();
        return made.peer;
    }

    stop(): void {
        this.wanted = '';
        this.drop();
    }

    private consider(): void {
        if (this.made === undefined && this.heard.delete(this.wanted)) {
            // It may not be, or it rings no more: the call is connected at its answer.
            void this.begin(this.wanted).catch(() => undefined);
        }
    }

    /** Unheard: whatever its caller sends before the answer, nobody hears. */
    private play(made: Made): void {
        if (this.made === made) {
            this.playing ??= this.doors.play(made.peer.stream);
        }
    }

    private async begin(call: string): Promise<void> {
        const { doors } = this;
        const told = await doors.request({ type: 'call.prepare', call });
        const relays = relaysOf(
            told.iceServers.map(({ urls, username, credential }) => ({
                urls: [...urls],
                username,
                credential,
            })),
        );
        if (this.wanted !== call || this.made || relays.length === 0) {
            return;
        }
        const send = (command: Command): void =>
            void doors.request(command).catch(() => undefined);
        const peer = new EarlyPeer(doors.createPeer, relays, earlySignaller(send, () => call, 1));
        this.made = { call, peer };
        this.lendable = undefined;
        await peer.offer();
        const lendable = await doors.devices().catch(() => undefined);
        if (this.made?.peer === peer) {
            this.lendable = lendable;
        }
    }

    /** Who has answered is heard and seen before the window is there; the other side shows it. */
    private lend(made: Made, track: MediaStreamTrack): void {
        const kind = track.kind === 'audio' ? 'audio' : 'video';
        if (made.peer.lend(kind, track)) {
            void this.doors.request({
                type: 'call.media',
                call: made.call,
                microphone: made.peer.lends('audio'),
                camera: made.peer.lends('video'),
                screen: false,
                trouble: false,
                pressed: 'nothing',
            }).catch(() => undefined); // The window is in the call already, and says it.
        }
    }

    /** Nobody comes for it: who answers and closes the window hangs up. */
    private giveUp(call: string): void {
        this.drop();
        const end = { type: 'call.end', call, reason: 'hung-up' } as const;
        void this.doors.request(end).catch(() => undefined);
    }

    private forget(): void {
        clearInterval(this.timer);
        this.playing?.stop();
        this.playing = undefined;
        this.made = undefined;
        this.answered = '';
    }

    private drop(): void {
        this.made?.peer.close();
        this.forget();
    }
}
