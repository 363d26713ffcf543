// SPDX-License-Identifier: Apache-2.0
// One WebSocket of the load generator: it does little, so that the server is what is measured.
import { upgrade } from '../e2e/api/tab.mjs';

/** A masked text frame with the mask 0: the server must unmask all the same. */
export function textFrame(text) {
    const body = Buffer.from(text);
    const long = body.length >= 126;
    const head = Buffer.alloc(long ? 8 : 6);
    head[0] = 0x81;
    if (long) {
        head[1] = 0x80 | 126;
        head.writeUInt16BE(body.length, 2);
    } else {
        head[1] = 0x80 | body.length;
    }
    return Buffer.concat([head, body]);
}

export class Line {
    replies = 0;
    rest = null;
    onText = () => {};

    static async open(server, cookie, path = '/ws') {
        const { status, socket, head } = await upgrade(server, cookie, { path });
        if (status !== 101) {
            throw new Error(`upgrade answered ${status}`);
        }
        const line = new Line();
        line.socket = socket;
        socket.setNoDelay(true);
        socket.on('data', (data) => line.read(data));
        socket.on('error', () => {});
        socket.on('close', () => { line.closed ??= 1006; });
        line.read(head);
        return line;
    }

    read(data) {
        let buffer = this.rest === null ? data : Buffer.concat([this.rest, data]);
        for (;;) {
            if (buffer.length < 2) break;
            let size = buffer[1] & 127;
            let at = 2;
            if (size === 126) {
                if (buffer.length < 4) break;
                size = buffer.readUInt16BE(2);
                at = 4;
            } else if (size === 127) {
                throw new Error('a frame of more than 64 KiB');
            }
            if (buffer.length < at + size) break;
            const opcode = buffer[0] & 15;
            const payload = buffer.subarray(at, at + size);
            buffer = buffer.subarray(at + size);
            if (opcode === 1) {
                this.onText(payload);
            } else if (opcode === 8) {
                this.closed = size >= 2 ? payload.readUInt16BE(0) : 1005;
            } else if (opcode === 9) {
                const pong = Buffer.from([0x8a, 0x80 | size, 0, 0, 0, 0]);
                this.socket.write(Buffer.concat([pong, payload]));
            }
        }
        this.rest = buffer.length === 0 ? null : buffer;
    }

    send(type, id, fields = {}) {
        this.socket.write(textFrame(JSON.stringify({ type, id, ...fields })));
    }

    /** The next text that `matches`, parsed; every other one is passed over. */
    next(matches, what) {
        return new Promise((done, failed) => {
            const timer = setTimeout(() => failed(new Error(`no ${what}`)), 15000);
            this.onText = (payload) => {
                const message = JSON.parse(payload.toString('utf8'));
                if (message.type === 'error') {
                    clearTimeout(timer);
                    failed(new Error(`${what}: ${JSON.stringify(message)}`));
                } else if (matches(message)) {
                    clearTimeout(timer);
                    this.onText = () => {};
                    done(message);
                }
            };
        });
    }

    cut() {
        this.socket.destroy();
    }
}
