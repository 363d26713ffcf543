// SPDX-License-Identifier: Apache-2.0
// A push service on this machine (RFC 8030) with browsers that can read what is meant for them
// (RFC 8291) and that check who sends it (RFC 8292).
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify }
    from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';

const fromText = (text) => Buffer.from(text, 'base64url');

/** The keys of a subscription; `endpoint` is what the server is told. */
export class Browser {
    constructor(endpoint) {
        this.endpoint = endpoint;
        this.keys = createECDH('prime256v1');
        this.keys.generateKeys();
        this.auth = randomBytes(16);
    }

    get subscription() {
        return { endpoint: this.endpoint, p256dh: this.keys.getPublicKey('base64url'),
            auth: this.auth.toString('base64url') };
    }

    /** The text of an aes128gcm body of one record. */
    read(body) {
        const salt = body.subarray(0, 16);
        const point = body.subarray(21, 21 + body[20]);
        const sealed = body.subarray(21 + body[20]);
        const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.keys.getPublicKey(),
            point]);
        const shared = this.keys.computeSecret(point);
        const secret = Buffer.from(hkdfSync('sha256', shared, this.auth, info, 32));
        const part = (label, size) => Buffer.from(hkdfSync('sha256', secret, salt,
            `Content-Encoding: ${label}\0`, size));
        const cipher = createDecipheriv('aes-128-gcm', part('aes128gcm', 16), part('nonce', 12));
        cipher.setAuthTag(sealed.subarray(-16));
        const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
        return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8');
    }
}

/** Whether the header is signed by the key it names, for this origin, and not for too long. */
export function checkSender(authorization, origin) {
    const [, token, key] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization);
    const [header, claims, signature] = token.split('.');
    const point = fromText(key);
    const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'),
        y: point.subarray(33).toString('base64url') };
    const right = verify('sha256', Buffer.from(`${header}.${claims}`),
        { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
        fromText(signature));
    const { aud, exp, sub } = JSON.parse(fromText(claims));
    const left = exp - Date.now() / 1000;
    return right && aud === origin && left > 0 && left <= 24 * 3600 && /^mailto:|^https:/.test(sub)
        ? key : undefined;
}

export class PushService {
    messages = [];
    status = 201;

    static async start() {
        const service = new PushService();
        service.server = http.createServer((request, response) => {
            const chunks = [];
            request.on('data', (chunk) => chunks.push(chunk));
            request.on('end', () => {
                service.messages.push({ path: request.url, headers: request.headers,
                    method: request.method, body: Buffer.concat(chunks) });
                response.writeHead(service.status).end();
            });
        });
        service.server.listen(0, '127.0.0.1');
        await once(service.server, 'listening');
        service.origin = `http://127.0.0.1:${service.server.address().port}`;
        return service;
    }

    browser(name) {
        return new Browser(`${this.origin}/push/${name}`);
    }

    async stop() {
        this.server.closeAllConnections();
        this.server.close();
        await once(this.server, 'close');
    }
}
