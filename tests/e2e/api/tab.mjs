// SPDX-License-Identifier: Apache-2.0
// A connected tab by the protocol alone: a small WebSocket client (RFC 6455) and the messages.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { until, within } from './server.mjs';

const ANSWER_MS = 30_000;

export const newId = () => randomBytes(16).toString('base64url');

/** A masked frame. */
export function frame(opcode, payload, { fin = true, masked = true, rsv = 0 } = {}) {
    const body = Buffer.from(payload);
    const head = [(fin ? 0x80 : 0) | rsv | opcode];
    const bit = masked ? 0x80 : 0;
    if (body.length < 126) {
        head.push(bit | body.length);
    } else if (body.length < 65536) {
        head.push(bit | 126, body.length >> 8, body.length & 255);
    } else {
        const length = Buffer.alloc(8);
        length.writeBigUInt64BE(BigInt(body.length));
        head.push(bit | 127, ...length);
    }
    if (!masked) {
        return Buffer.concat([Buffer.from(head), body]);
    }
    const mask = randomBytes(4);
    const mixed = Buffer.from(body.map((byte, i) => byte ^ mask[i % 4]));
    return Buffer.concat([Buffer.from(head), mask, mixed]);
}

/** Asks for the upgrade; gives { status } or { status: 101, socket, head }. */
export function upgrade(server, cookie, { headers = {}, path = '/ws' } = {}) {
    return new Promise((done, failed) => {
        const request = (server.tls ? https : http).request({
            host: '127.0.0.1', port: server.port, path, agent: false, servername: 'localhost',
            rejectUnauthorized: false,
            headers: {
                Host: server.url.host, Origin: server.origin, Connection: 'Upgrade',
                Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
                'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
                ...(cookie === undefined ? {} : { Cookie: cookie }), ...headers,
            },
        });
        request.on('upgrade', (response, socket, head) => done({ status: 101, socket, head }));
        request.on('response', (response) => {
            response.resume();
            done({ status: response.statusCode });
        });
        request.on('error', failed);
        request.end();
    });
}

export class Tab {
    events = [];
    messages = [];
    closed = null; // { code } after the end
    #waiting = new Map();
    #next = 1;
    #buffer = Buffer.alloc(0);

    /** Connects and says hello. `resume`: { token, last }. */
    static async open(server, cookie, resume = {}) {
        const tab = await Tab.connect(server, cookie);
        tab.welcome = await tab.ask('hello', { version: 1, ...resume });
        if (tab.welcome.type === 'welcome') {
            tab.last = tab.welcome.seq;
        }
        return tab;
    }

    static async connect(server, cookie) {
        const { status, socket, head } = await upgrade(server, cookie);
        if (status !== 101) {
            throw new Error(`upgrade answered ${status}`);
        }
        const tab = new Tab();
        tab.socket = socket;
        socket.on('data', (data) => tab.#read(data));
        socket.on('error', () => {});
        socket.on('close', () => tab.#end(1006));
        tab.#read(head);
        return tab;
    }

    #end(code) {
        this.closed ??= { code };
        for (const { failed } of this.#waiting.values()) {
            failed(new Error(`closed with ${this.closed.code}`));
        }
        this.#waiting.clear();
    }

    #read(data) {
        this.#buffer = Buffer.concat([this.#buffer, data]);
        for (;;) {
            const buffer = this.#buffer;
            if (buffer.length < 2) return;
            let size = buffer[1] & 127;
            let at = 2;
            if (size === 126) {
                if (buffer.length < 4) return;
                size = buffer.readUInt16BE(2);
                at = 4;
            } else if (size === 127) {
                if (buffer.length < 10) return;
                size = Number(buffer.readBigUInt64BE(2));
                at = 10;
            }
            if (buffer.length < at + size) return;
            this.#buffer = buffer.subarray(at + size);
            this.#frame(buffer[0] & 15, buffer.subarray(at, at + size));
        }
    }

    #frame(opcode, payload) {
        if (opcode === 1) {
            this.#message(JSON.parse(payload.toString('utf8')));
        } else if (opcode === 8) {
            const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
            this.closed ??= { code, reason: payload.subarray(2).toString() };
            this.socket.write(frame(8, payload.subarray(0, 2)));
            this.#end(code);
        } else if (opcode === 9) {
            this.socket.write(frame(10, payload));
        }
    }

    #message(message) {
        this.messages.push(message);
        if (message.id === undefined && message.seq !== undefined) {
            this.last = message.seq;
            this.events.push(message);
            return;
        }
        const waiting = this.#waiting.get(message.id);
        this.#waiting.delete(message.id);
        waiting?.done(message);
    }

    raw(text) {
        this.socket.write(frame(1, text));
    }

    /** Sends a command and gives its reply (also `error`). */
    ask(type, fields = {}) {
        const id = this.#next++;
        return within(ANSWER_MS, new Promise((done, failed) => {
            this.#waiting.set(id, { done, failed });
            this.raw(JSON.stringify({ type, id, ...fields }));
        }), `the answer to ${type}`);
    }

    /** The first event from now or before that `matches`. */
    event(matches, what = 'an event') {
        return until(() => this.events.find(matches), 5000, what);
    }

    /** The newest call.changed of the call, once it is in `state`. */
    call(id, state) {
        return until(() => {
            const changes = this.events
                .filter((e) => e.type === 'call.changed' && e.call.id === id);
            return changes.at(-1)?.call.state === state && changes.at(-1).call;
        }, 5000, `call ${state}`);
    }

    ended() {
        return until(() => this.closed, 8000, 'the end of the socket');
    }

    /** As when the network fails: no close frame. */
    cut() {
        this.socket.destroy();
    }

    /** As when the tab is closed. */
    leave() {
        this.socket.end(frame(8, Buffer.from([0x03, 0xe9])));
    }
}

/** The tabs of a test, which leave together. */
export class Tabs {
    #open = [];

    async open(server, cookie) {
        const tab = await Tab.open(server, cookie);
        this.#open.push(tab);
        return tab;
    }

    /** Those that have left. */
    leave() {
        const left = this.#open.splice(0);
        left.forEach((tab) => tab.leave());
        return left;
    }
}
