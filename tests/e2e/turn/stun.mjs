// SPDX-License-Identifier: Apache-2.0
// A TURN client of one's own by UDP, which asks for what no browser asks for.
import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../api/server.mjs';

const MAGIC = Buffer.from('2112a442', 'hex');
const method = { allocate: 3, refresh: 4, send: 0x16, permit: 8, bind: 9 };
const attribute = { username: 6, integrity: 8, error: 9, channel: 0xc, lifetime: 0xd, peer: 0x12,
    data: 0x13, realm: 0x14, nonce: 0x15, relayed: 0x16, transport: 0x19, alternate: 0x8023 };
const ANSWER_MS = 10_000;

function encode(type, value) {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type);
    head.writeUInt16BE(value.length, 2);
    return Buffer.concat([head, value, Buffer.alloc(-value.length & 3)]);
}

/** The bytes of '10.0.0.1', or of an IPv6 address given as 32 hexadecimal digits. */
const bytesOf = (ip) => ip.includes('.') ? Buffer.from(ip.split('.').map(Number))
    : Buffer.from(ip, 'hex');

function encodePeer(ip, port, transaction) {
    const bytes = bytesOf(ip);
    const mask = Buffer.concat([MAGIC, transaction]);
    const head = Buffer.from([0, bytes.length === 4 ? 1 : 2, 0, 0]);
    head.writeUInt16BE(port ^ 0x2112, 2);
    return Buffer.concat([head, bytes.map((byte, i) => byte ^ mask[i])]);
}

function message(type, transaction, attributes) {
    const body = Buffer.concat(attributes);
    const head = Buffer.alloc(4);
    head.writeUInt16BE(type);
    head.writeUInt16BE(body.length, 2);
    return Buffer.concat([head, MAGIC, transaction, body]);
}

const portOf = (value, mask) =>
    value === undefined ? undefined : value.readUInt16BE(2) ^ mask;

function decode(bytes) {
    const found = new Map();
    for (let at = 20; at + 4 <= bytes.length;) {
        const size = bytes.readUInt16BE(at + 2);
        found.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + size));
        at += 4 + size + (-size & 3);
    }
    return found;
}

/** A Binding request, as something that a server would answer. */
export const bindingRequest = () => message(1, randomBytes(12), []);

/** A credential as the server of the data folder signs them. */
export function credentialOf(data, call = 'call',
    name = `${Math.floor(Date.now() / 1000) + 300}:hostile:${call}`) {
    const text = readFileSync(join(data, 'turn.secret'), 'utf8');
    const secret = Buffer.from(text.slice(0, 64), 'hex');
    return { name, password: createHmac('sha1', secret).update(name).digest('base64') };
}

export class StunClient {
    #socket = createSocket('udp4');
    #waiting = new Map();
    #credential;
    #server;
    #key;
    /** What came that is no answer: data of peers. */
    strays = [];
    /** The port of the relay, and of the server that takes over. */
    relayPort;
    alternatePort;

    constructor(server, credential) {
        this.#server = server;
        this.#credential = credential;
        this.#socket.on('message', (bytes) => {
            const key = bytes.toString('hex', 8, 20);
            const wanted = this.#waiting.get(key);
            this.#waiting.delete(key);
            wanted === undefined ? this.strays.push(bytes) : wanted(bytes);
        });
    }

    close() {
        this.#socket.close();
    }

    async #raw(bytes) {
        this.#socket.send(bytes, this.#server.port, this.#server.address);
    }

    /** One request; 0 or the code of the answer, and its attributes. */
    async #once(type, attributesOf) {
        const transaction = randomBytes(12);
        let attributes = attributesOf(transaction);
        if (this.#key !== undefined) {
            const { name } = this.#credential;
            attributes = [...attributes, encode(attribute.username, Buffer.from(name)),
                encode(attribute.realm, this.#key.realm), encode(attribute.nonce, this.#key.nonce)];
            // The length in the header counts the integrity already.
            const signed = message(type, transaction, [...attributes, Buffer.alloc(24)])
                .subarray(0, -24);
            attributes.push(encode(attribute.integrity,
                createHmac('sha1', this.#key.hash).update(signed).digest()));
        }
        const answer = new Promise((done, failed) => {
            const timer = setTimeout(() => failed(new Error('no answer')), ANSWER_MS);
            this.#waiting.set(transaction.toString('hex'), (bytes) => {
                clearTimeout(timer);
                done(bytes);
            });
        });
        const bytes = message(type, transaction, attributes);
        const again = setInterval(() => this.#raw(bytes), 1000); // UDP may lose it.
        this.#raw(bytes);
        const got = await answer.finally(() => clearInterval(again));
        const found = decode(got);
        const error = found.get(attribute.error);
        return { code: error === undefined ? 0 : error[2] * 100 + error[3], found };
    }

    async #ask(type, attributesOf) {
        let answer = await this.#once(type, attributesOf);
        if (answer.code === 401 && this.#key === undefined || answer.code === 438) {
            const { name, password } = this.#credential;
            const realm = answer.found.get(attribute.realm);
            const hash = createHash('md5').update(`${name}:${realm}:${password}`).digest();
            this.#key = { realm, nonce: answer.found.get(attribute.nonce), hash };
            answer = await this.#once(type, attributesOf);
        }
        return answer;
    }

    async allocate() {
        const { code, found } = await this.#ask(method.allocate,
            () => [encode(attribute.transport, Buffer.from([17, 0, 0, 0]))]);
        this.relayPort = portOf(found.get(attribute.relayed), 0x2112);
        this.alternatePort = portOf(found.get(attribute.alternate), 0);
        return code;
    }

    async refresh(seconds = 600) {
        const lifetime = Buffer.alloc(4);
        lifetime.writeUInt32BE(seconds);
        return (await this.#ask(method.refresh, () => [encode(attribute.lifetime, lifetime)])).code;
    }

    async permit(ip) {
        return (await this.#ask(method.permit,
            (id) => [encode(attribute.peer, encodePeer(ip, 0, id))])).code;
    }

    async bind(channel, ip, port) {
        const number = Buffer.alloc(4);
        number.writeUInt16BE(channel);
        return (await this.#ask(method.bind, (id) => [encode(attribute.channel, number),
            encode(attribute.peer, encodePeer(ip, port, id))])).code;
    }

    /** A Send indication: no answer comes. */
    send(ip, port, data) {
        const id = randomBytes(12);
        this.#raw(message(method.send, id, [encode(attribute.peer, encodePeer(ip, port, id)),
            encode(attribute.data, data)]));
    }

    channelData(channel, data) {
        const head = Buffer.alloc(4);
        head.writeUInt16BE(channel);
        head.writeUInt16BE(data.length, 2);
        this.#raw(Buffer.concat([head, data]));
    }
}

/** Two relays that talk to each other, at 127.0.0.1, until `end`. */
export class Pair {
    #clients;
    #count = 0;

    static async open(server, credential, endings) {
        const pair = new Pair();
        pair.#clients = [1, 2].map(() => new StunClient(server, credential));
        endings.add('a pair of relays', () => pair.#clients.forEach((client) => client.close()));
        for (const client of pair.#clients) {
            const codes = [await client.allocate(), await client.permit('127.0.0.1')];
            assert.deepEqual(codes, [0, 0]);
        }
        return pair;
    }

    ports() {
        return this.#clients.map((client) => client.relayPort);
    }

    /** Whether each hears the other; UDP may lose what is said, so it is said again. */
    async flows() {
        const [one, two] = this.#clients;
        for (const [from, to] of [[one, two], [two, one]]) {
            const words = `word ${++this.#count}`;
            await until(() => {
                from.send('127.0.0.1', to.relayPort, Buffer.from(words));
                return to.strays.some((bytes) => bytes.includes(words));
            }, ANSWER_MS, 'the words of the other relay');
        }
        return true;
    }

    /** One of them sends that, once. */
    say(bytes) {
        const [one, two] = this.#clients;
        one.send('127.0.0.1', two.relayPort, bytes);
    }

    /** Whether the other has heard something of so many bytes. */
    heard(size) {
        return this.#clients[1].strays.some((bytes) => bytes.length >= size);
    }

    /** The answer to who wants to keep the first relay: 0, while it is there. */
    refreshCode() {
        return this.#clients[0].refresh();
    }

    /** How often the other has heard something. */
    count() {
        return this.#clients[1].strays.length;
    }

    /** Deletes both relays. */
    async end() {
        for (const client of this.#clients) {
            assert.equal(await client.refresh(0), 0);
        }
    }
}

/** Something on this machine that must hear nothing. */
export class Victim {
    #socket = createSocket('udp4');
    heard = [];

    async open() {
        this.#socket.on('message', (bytes) => this.heard.push(bytes.toString()));
        this.#socket.bind(0, '127.0.0.1');
        await once(this.#socket, 'listening');
        this.port = this.#socket.address().port;
        return this;
    }

    /** What it has heard before a word of its own has come. */
    async listen() {
        const last = new Promise((done) => this.#socket.on('message', (bytes) =>
            bytes.toString() === 'last' && done()));
        this.#socket.send('last', this.port, '127.0.0.1');
        await last;
        return this.heard.filter((text) => text !== 'last');
    }

    close() {
        this.#socket.close();
    }
}
