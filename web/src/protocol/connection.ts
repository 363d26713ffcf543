// SPDX-License-Identifier: Apache-2.0
// The one WebSocket of a tab: hello, replies by id, events in order, and coming back with nothing
// lost.
import { Signal } from '../base/signal.ts';
import type { OpenSocket, Socket } from '../platform/socket.ts';
import { decode, encode, protocolVersion } from './messages.ts';
import type { Command, Reply, ReplyOf, ServerEvent, Welcome } from './messages.ts';

const RETRY_FIRST_MS = 200;
const RETRY_LAST_MS = 5000;
/** So long a socket has to show that it lives, when there is reason to doubt it. */
const PROBE_MS = 2500;
const WAITING_MAX = 64;
const POLICY_CLOSE = 1008;

export type Status = 'connecting' | 'online' | 'offline' | 'ended' | 'signed-out';

export class Refused extends Error {
    constructor(
        readonly error: string,
        readonly reference: string,
    ) {
        super(error);
    }
}

interface Waiting {
    readonly text: string;
    readonly resolve: (reply: Reply) => void;
    readonly reject: (problem: Refused) => void;
}

export class Connection {
    readonly status = new Signal<Status>('offline');
    private socket: Socket | undefined;
    private readonly waiting = new Map<number, Waiting>();
    private nextId = 1;
    private token: string | undefined;
    private last = 0;
    private retryMs = RETRY_FIRST_MS;
    private retryTimer: ReturnType<typeof setTimeout> | undefined;
    private silenceTimer: ReturnType<typeof setTimeout> | undefined;
    private pingMs = 0;
    private welcomed = false;
    private probing = false;

    constructor(
        private readonly openSocket: OpenSocket,
        /** A fresh session: forget all calls; what is so now follows. */
        private readonly onFresh: (welcome: Welcome) => void,
        private readonly onEvent: (event: ServerEvent) => void,
        /** Asked when a connection was refused: a page is not told why. */
        private readonly signedIn: () => Promise<boolean> = () => Promise.resolve(true),
    ) {}

    start(): void {
        if (this.socket === undefined && this.retryTimer === undefined) {
            this.open();
        }
    }

    /** Ends for good, until the next start. */
    stop(): void {
        clearTimeout(this.retryTimer);
        clearTimeout(this.silenceTimer);
        this.probing = false;
        this.retryTimer = undefined;
        const socket = this.socket;
        this.socket = undefined;
        this.token = undefined;
        socket?.close(true);
        this.refuseAll('closed');
        this.status.set('ended');
    }

    /**
     * The network is another one or back, the page is seen, or media are lost: now, when it waits
     * to try again. A socket that is there may be of a network that is gone: nobody closes it.
     */
    hurry(): void {
        if (this.retryTimer !== undefined) {
            clearTimeout(this.retryTimer);
            this.retryTimer = undefined;
            this.open();
        } else if (this.socket !== undefined && !this.probing) {
            this.probe(PROBE_MS);
        }
    }

    /** Sent at once, or as soon as the connection is back. */
    request<C extends Command>(command: C): Promise<ReplyOf[C['type']]> {
        return new Promise((resolve, reject) => {
            if (this.waiting.size >= WAITING_MAX) {
                reject(new Refused('limit', ''));
                return;
            }
            const id = this.nextId++;
            const text = encode(id, command);
            const settle = resolve as (reply: Reply) => void;
            this.waiting.set(id, { text, resolve: settle, reject });
            if (this.welcomed) {
                this.socket?.send(text);
            }
        });
    }

    private open(): void {
        this.welcomed = false;
        this.status.set('connecting');
        const socket: Socket = this.openSocket({
            onOpen: () => this.hello(socket),
            onText: (text) => this.socket === socket && this.take(text),
            onClose: (code) => this.socket === socket && this.closed(code),
        });
        this.socket = socket;
    }

    private hello(socket: Socket): void {
        const resume = this.token === undefined ? {} : { token: this.token, last: this.last };
        socket.send(encode(this.nextId++, { type: 'hello', version: protocolVersion, ...resume }));
    }

    private take(text: string): void {
        this.heard();
        const incoming = decode(text);
        if (incoming === null) {
            return;
        }
        if (incoming.kind === 'event') {
            if (incoming.seq <= this.last) {
                return; // It was here already.
            }
            this.last = incoming.seq;
            if (incoming.message.type === 'bye' && incoming.message.reason !== 'shutdown') {
                this.stop();
            }
            this.onEvent(incoming.message);
        } else if (incoming.message.type === 'welcome') {
            this.welcome(incoming.message);
        } else if (incoming.id !== null) {
            const waiting = this.waiting.get(incoming.id);
            this.waiting.delete(incoming.id);
            const { message } = incoming;
            if (message.type === 'error') {
                waiting?.reject(new Refused(message.error, message.reference));
            } else {
                waiting?.resolve(message);
            }
        }
    }

    private welcome(message: Welcome): void {
        this.token = message.token;
        this.last = message.seq;
        this.pingMs = message.pingMs;
        this.heard();
        this.retryMs = RETRY_FIRST_MS;
        this.welcomed = true;
        if (!message.resumed) {
            this.onFresh(message);
        }
        // Every command may be repeated: the server answers a repeated one as the first.
        for (const { text } of this.waiting.values()) {
            this.socket?.send(text);
        }
        this.status.set('online');
    }

    private closed(code: number): void {
        clearTimeout(this.silenceTimer);
        this.probing = false;
        const refused = !this.welcomed;
        this.socket = undefined;
        this.welcomed = false;
        this.status.set('offline');
        if (code === POLICY_CLOSE) {
            this.token = undefined;
        }
        const wait = this.retryMs * (0.5 + Math.random() / 2);
        this.retryMs = Math.min(this.retryMs * 2, RETRY_LAST_MS);
        this.retryTimer = setTimeout(() => {
            this.retryTimer = undefined;
            this.open();
        }, wait);
        if (refused) {
            void this.checkSignIn();
        }
    }

    /** Who is signed out, perhaps by another device, stops trying. */
    private async checkSignIn(): Promise<void> {
        const signedIn = await this.signedIn().catch(() => true);
        if (!signedIn && !this.welcomed && this.status.value !== 'ended') {
            this.stop();
            this.status.set('signed-out');
        }
    }

    /**
     * A page cannot see ping frames: when it hears nothing it asks, and then gives the socket up.
     */
    private heard(): void {
        clearTimeout(this.silenceTimer);
        this.probing = false;
        if (this.pingMs === 0) {
            return;
        }
        this.silenceTimer = setTimeout(() => this.probe(this.pingMs / 2), this.pingMs);
    }

    private probe(limitMs: number): void {
        clearTimeout(this.silenceTimer);
        this.probing = true;
        if (this.welcomed) {
            void this.request({ type: 'ping' }).catch(() => undefined);
        }
        this.silenceTimer = setTimeout(() => {
            const socket = this.socket;
            socket?.close();
            this.closed(0);
        }, limitMs);
    }

    private refuseAll(error: string): void {
        for (const waiting of this.waiting.values()) {
            waiting.reject(new Refused(error, ''));
        }
        this.waiting.clear();
    }
}
