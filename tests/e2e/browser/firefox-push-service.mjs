// SPDX-License-Identifier: Apache-2.0
// A push service on this machine that Firefox itself connects to: what the server posts to the
// address of a subscription reaches the browser over its own WebSocket, still sealed.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { PushService } from '../api/push-service.mjs';

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'; // RFC 6455 section 1.3
const TEXT = 1;
const CLOSE = 8;

/** A frame of a text that is not masked, as servers send them. */
function frame(text) {
    const body = Buffer.from(text);
    const head = body.length < 126 ? Buffer.from([0x80 | TEXT, body.length])
        : Buffer.from([0x80 | TEXT, 126, body.length >> 8, body.length & 0xff]);
    return Buffer.concat([head, body]);
}

/** The first whole frame of what has come, and what is left; undefined: it is not whole yet. */
function unframe(bytes) {
    if (bytes.length < 2) {
        return undefined;
    }
    const short = bytes[1] & 0x7f;
    const start = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (bytes.length < start + 4) {
        return undefined;
    }
    const size = short === 126 ? bytes.readUInt16BE(2)
        : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    const end = start + 4 + size;
    if (bytes.length < end) {
        return undefined;
    }
    const mask = bytes.subarray(start, start + 4);
    const body = bytes.subarray(start + 4, end).map((byte, i) => byte ^ mask[i % 4]);
    return { opcode: bytes[0] & 0xf, text: Buffer.from(body).toString(),
        rest: bytes.subarray(end) };
}

export class FirefoxPushService {
    /** What the browser has said it could read or not: 100 means that it has reached a worker. */
    acks = [];
    channels = [];

    static async start() {
        const own = new FirefoxPushService();
        own.service = await PushService.start();
        own.service.server.on('upgrade', (request, socket) => own.welcome(request, socket));
        own.service.messages.push = (...posted) => posted.forEach((one) => own.deliver(one));
        own.url = own.service.origin.replace('http:', 'ws:');
        return own;
    }

    welcome(request, socket) {
        const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + MAGIC)
            .digest('base64');
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n'
            + `Connection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`
            + 'Sec-WebSocket-Protocol: push-notification\r\n\r\n');
        let held = Buffer.alloc(0);
        socket.on('error', () => socket.destroy());
        socket.on('data', (bytes) => {
            held = Buffer.concat([held, bytes]);
            for (let one = unframe(held); one !== undefined; one = unframe(held)) {
                held = one.rest;
                if (one.opcode === TEXT) {
                    this.hear(socket, JSON.parse(one.text));
                } else if (one.opcode === CLOSE) {
                    socket.end();
                }
            }
        });
    }

    /** https://mozilla-push-service.readthedocs.io: the messages of the "simple push" protocol. */
    hear(socket, { messageType, channelID, updates = [] }) {
        const say = (message) => socket.write(frame(JSON.stringify(message)));
        if (messageType === 'hello') {
            this.socket = socket;
            say({ messageType, uaid: randomBytes(16).toString('hex'), status: 200,
                use_webpush: true, broadcasts: {} });
        } else if (messageType === 'register') {
            this.channels.push(channelID);
            say({ messageType, channelID, status: 200,
                pushEndpoint: `${this.service.origin}/push/${channelID}` });
        } else if (messageType === 'unregister') {
            say({ messageType, channelID, status: 200 });
        } else if (messageType === 'ack') {
            this.acks.push(...updates.map(({ code }) => code));
        } else if (messageType === undefined) {
            say({}); // A sign of life.
        }
    }

    deliver({ path, body, headers }) {
        this.socket?.write(frame(JSON.stringify({ messageType: 'notification',
            channelID: path.split('/').at(-1), version: randomUUID(),
            data: body.toString('base64url'),
            headers: { encoding: headers['content-encoding'] } })));
    }

    async stop() {
        this.socket?.destroy();
        await this.service.stop();
    }
}
