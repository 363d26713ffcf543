// SPDX-License-Identifier: Apache-2.0
// Debian's pebble: an ACME server (RFC 8555) for tests, of the makers of Let's Encrypt. It refuses
// some good nonces, takes its time, and really connects to whom it validates.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { freePorts } from './freeport.mjs';
import { makeCertificate, until, within } from './server.mjs';

/** A GET or POST to a host of its own certificate; gives the text. */
export function ask(url, ca, { method = 'GET', body } = {}) {
    return new Promise((done, failed) => {
        const request = (url.startsWith('https') ? https : http)
            .request(url, { ca, method, agent: false }, (response) => {
                let text = '';
                response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
                response.on('end', () => done(text));
            });
        request.setTimeout(20_000, () => request.destroy(new Error('no answer')));
        request.on('error', failed);
        request.end(body);
    });
}

export class Pebble {
    #children = [];
    log = '';

    /** Every name is at 127.0.0.1, where it looks at `port`. */
    static async start(folder, { port, lifetime = 7_776_000, nonces = 25 }) {
        const pebble = new Pebble();
        const { cert, key } = makeCertificate(folder, 'pebble');
        const [own, manage, names, dns] = await freePorts(4);
        const config = join(folder, 'pebble.json');
        writeFileSync(config, JSON.stringify({ pebble: { listenAddress: `127.0.0.1:${own}`,
            managementListenAddress: `127.0.0.1:${manage}`, certificate: cert, privateKey: key,
            httpPort: 1, tlsPort: port, ocspResponderURL: '', retryAfter: { authz: 1, order: 1 },
            certificateValidityPeriod: lifetime } }));
        pebble.ca = cert;
        pebble.trust = readFileSync(cert);
        pebble.directory = `https://localhost:${own}/dir`;
        pebble.manage = `https://localhost:${manage}`;
        pebble.names = `http://127.0.0.1:${names}`;
        pebble.#spawn('pebble-challtestsrv', ['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '',
            '-dns01', `127.0.0.1:${dns}`, '-http01', '', '-https01', '', '-tlsalpn01', '',
            '-management', `127.0.0.1:${names}`]);
        pebble.#spawn('pebble', ['-strict', '-config', config, '-dnsserver', `127.0.0.1:${dns}`],
            { PEBBLE_WFE_NONCEREJECT: String(nonces), PEBBLE_VA_NOSLEEP: '1' });
        await until(() => ask(pebble.directory, pebble.trust).catch(() => undefined), 20_000,
            'pebble');
        return pebble;
    }

    #spawn(program, args, env = {}) {
        const child = spawn(program, args,
            { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
        for (const stream of [child.stdout, child.stderr]) {
            stream.setEncoding('utf8').on('data', (text) => (this.log += text));
            stream.unref();
        }
        child.unref();
        process.on('exit', () => child.kill('SIGKILL'));
        this.#children.push(child);
    }

    /** The certificate at the top, which signs all. */
    root() {
        return ask(`${this.manage}/roots/0`, this.trust);
    }

    async stop() {
        for (const child of this.#children.filter((each) => each.exitCode === null)) {
            const gone = once(child, 'exit');
            child.kill('SIGKILL');
            await within(20_000, gone, 'the end of pebble');
        }
    }
}
