// SPDX-License-Identifier: Apache-2.0
// Tabs of back.mjs, in a program of their own: told which ones they are, they connect; asked since
// when, it answers once all of them were there after that.
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { frame } from '../e2e/api/tab.mjs';

const RETRY_FIRST_MS = 200; // as web/src/protocol/connection.ts
const RETRY_LAST_MS = 5000;
const APART_MS = 1; // at first, not to be a flood of strangers

/** The same in all programs of this machine. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** A tab that only wants to be there. */
class Tab {
    back = 0; // when it had its people again
    retryMs = RETRY_FIRST_MS;
    #input = Buffer.alloc(0);

    constructor(server, cookie, names) {
        Object.assign(this, { server, cookie, names });
    }

    connect() {
        const { port, host, origin, secure } = this.server;
        const key = randomBytes(16).toString('base64');
        this.back = 0;
        this.step = undefined;
        this.#input = Buffer.alloc(0);
        this.socket = secure ? tls.connect({ port, host: '127.0.0.1', servername: 'localhost',
            rejectUnauthorized: false, session: this.session }) : net.connect(port, '127.0.0.1');
        this.socket.on('session', (session) => (this.session = session));
        this.socket.on(secure ? 'secureConnect' : 'connect', () => this.socket.write(
            `GET /ws HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\n`
            + 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
            + `Sec-WebSocket-Key: ${key}\r\nCookie: ${this.cookie}\r\n\r\n`));
        this.socket.on('data', (data) => this.#read(data));
        this.socket.on('error', () => {});
        this.socket.on('close', () => {
            if (!this.ends) {
                setTimeout(() => this.connect(), this.retryMs * (0.5 + Math.random() / 2));
                this.retryMs = Math.min(this.retryMs * 2, RETRY_LAST_MS);
            }
        });
    }

    #say(message) {
        this.socket.write(frame(1, JSON.stringify(message)));
    }

    /** What it waits for is told by words that stand in no other message. */
    #read(data) {
        this.#input = Buffer.concat([this.#input, data]);
        const has = (text) => {
            const found = this.#input.includes(text);
            this.#input = found ? Buffer.alloc(0) : this.#input;
            return found;
        };
        if (this.step === undefined && has('\r\n\r\n')) {
            this.step = 'hello';
            this.#say({ type: 'hello', id: 1, version: 1 });
        } else if (this.step === 'hello' && has('"welcome"')) {
            this.step = 'watch';
            this.#say({ type: 'people.watch', id: 2, names: this.names });
        } else if (this.step === 'watch' && has('"people.are"')) {
            this.step = 'there';
            this.retryMs = RETRY_FIRST_MS;
            this.back = nowMs();
            this.server.onBack();
        } else if (this.step === 'there') {
            this.#input = Buffer.alloc(0);
        }
    }

    leave() {
        this.ends = true;
        this.socket.destroy();
    }
}

let tabs = [];
let since;

function answer() {
    if (since !== undefined && tabs.every((tab) => tab.back > since)) {
        since = undefined;
        process.send({ backs: tabs.map((tab) => tab.back) });
    }
}

if (process.send) {
    process.on('disconnect', () => tabs.forEach((tab) => tab.leave()));
    process.on('message', (told) => {
        if (told.tabs) {
            const server = { ...told, onBack: answer };
            tabs = told.tabs.map(({ cookie, names }) => new Tab(server, cookie, names));
            tabs.forEach((tab, i) => setTimeout(() => tab.connect(), i * APART_MS));
        } else {
            since = told.since;
            answer();
        }
    });
}
