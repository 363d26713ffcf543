// SPDX-License-Identifier: Apache-2.0
// A certificate by ACME (RFC 8555, TLS-ALPN-01) from Debian's pebble, in the running program.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync,
    writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { connect } from 'node:tls';
import { freePort } from './freeport.mjs';
import { Pebble } from './pebble.mjs';
import { Server, until } from './server.mjs';

const DOMAIN = 'calls.visavis.test';
const WAIT = 40_000;
let folder;
let port;
let pebble;
let server;

before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-acme-'));
    port = await freePort();
    pebble = await Pebble.start(folder, { port });
});
afterEach(async () => {
    const running = server;
    server = undefined;
    if (running !== undefined) {
        assert.equal(await running.stop(), 0);
        assert.doesNotMatch(running.log, /Sanitizer|runtime error|ASSERT/);
    }
});
after(async () => {
    await pebble?.stop();
    rmSync(folder, { recursive: true, force: true });
});

async function start(options = {}, data) {
    server = await Server.start({ data, options: { 'listen.port': port,
        origin: `https://${DOMAIN}:${port}`, 'acme.directory': pebble.directory,
        'acme.ca': pebble.ca, 'acme.email': 'root@visavis.test', 'acme.retry_s': 1,
        'turn.drain_s': 0, ...options } });
    server.tls = true;
    return server;
}

/** A handshake; gives the certificate and whether `ca` vouches for it. */
async function look({ ca, alpn, name = DOMAIN } = {}) {
    const socket = connect({ port, host: '127.0.0.1', servername: name, ca,
        rejectUnauthorized: false, ALPNProtocols: alpn });
    socket.setTimeout(20_000, () => socket.destroy(new Error('no handshake')));
    await once(socket, 'secureConnect');
    const found = { trusted: socket.authorized, protocol: socket.alpnProtocol,
        certificate: new X509Certificate(socket.getPeerCertificate().raw) };
    socket.destroy();
    return found;
}

/** Waits for words in the log, which is shown when they do not come. */
function said(pattern, count = 1) {
    return until(() => (server.log.match(new RegExp(pattern, 'g')) ?? []).length >= count, WAIT,
        String(pattern)).catch((error) => assert.fail(`${error}\n${server.log.slice(-3000)}`));
}
const issued = (count) => said('a new certificate is in use', count);

test('a new server is trusted a moment after its start, and again at once after a restart',
    async () => {
        await start();
        await issued();
        const ca = await pebble.root();
        const { trusted, certificate } = await look({ ca });
        assert.ok(trusted, server.log);
        assert.equal(certificate.subjectAltName, `DNS:${DOMAIN}`);
        const acme = join(server.folder, 'acme');
        assert.deepEqual(readdirSync(acme).sort(), ['account.key', 'certificate.pem']);
        for (const name of readdirSync(acme)) {
            assert.equal(statSync(join(acme, name)).mode & 0o777, 0o600, name);
        }
        assert.equal(statSync(acme).mode & 0o777, 0o700);
        assert.equal(await server.stop('SIGTERM', true), 0);
        const before = certificate.serialNumber;
        await server.run();
        assert.equal((await look({ ca })).certificate.serialNumber, before);
        assert.doesNotMatch(server.log.slice(server.log.lastIndexOf('ending in good order')),
            /a certificate is asked for/);
        // A browser that knows the authority gets pages over it.
        assert.equal((await server.request('GET', '/healthz')).text, 'ok');
    });

test('who asks by acme-tls/1 when nothing is validated gets no certificate', async () => {
    await start();
    await issued();
    const refused = /no application protocol|ECONNRESET|alert/;
    await assert.rejects(look({ alpn: ['acme-tls/1'] }), refused);
    assert.equal((await look({ alpn: ['http/1.1'] })).protocol, 'http/1.1');
});

test('it is renewed when a third of its life is left, without a restart', async () => {
    const short = await Pebble.start(mkdtempSync(join(folder, 'short-')), { port, lifetime: 12 });
    try {
        await start({ 'acme.directory': short.directory, 'acme.ca': short.ca });
        await issued();
        const first = (await look()).certificate;
        const asked = server.request('GET', '/healthz'); // this connection outlives the change
        await issued(2);
        const second = (await look()).certificate;
        assert.notEqual(second.serialNumber, first.serialNumber);
        assert.equal((await asked).text, 'ok');
    } finally {
        await short.stop();
    }
});

test('an authority that cannot be reached is asked again later; people are served meanwhile',
    async () => {
        const gone = await freePort();
        await start({ 'acme.directory': `https://localhost:${gone}/dir` });
        await said('no certificate from the authority', 2);
        const waits = [...server.log.matchAll(/step=directory.*again_s=(\d+)/g)]
            .map((found) => Number(found[1]));
        assert.ok(waits.every((wait) => wait <= 6), waits.join());
        assert.equal((await server.request('GET', '/readyz')).text, 'ready');
        const { certificate } = await look();
        assert.equal(certificate.issuer, 'CN=visavis'); // our own, until there is a better one
    });

test('an authority with an unknown certificate is not spoken to', async () => {
    await start({ 'acme.ca': '' });
    await said('the authority does not answer.*err=ERR_IO');
});

test('a host that cannot be checked is told with the words of the authority', async () => {
    const elsewhere = await Pebble.start(mkdtempSync(join(folder, 'else-')),
        { port: await freePort() });
    try {
        await start({ 'acme.directory': elsewhere.directory, 'acme.ca': elsewhere.ca });
        await said('the host could not be checked.*type=\\w+ detail="Failed to connect');
    } finally {
        await elsewhere.stop();
    }
});

test('a damaged certificate is asked for anew, a damaged account key is not written over',
    async () => {
        const data = mkdtempSync(join(folder, 'data-'));
        await start({}, data);
        await issued();
        assert.equal(await server.stop('SIGTERM', true), 0);
        writeFileSync(join(data, 'acme', 'certificate.pem'), 'nothing');
        server.log = '';
        await server.run();
        await issued();
        assert.equal(await server.stop('SIGTERM', true), 0);
        const account = join(data, 'acme', 'account.key');
        writeFileSync(account, 'nothing');
        server.log = '';
        await assert.rejects(server.run(), /no key of an ACME account/);
        assert.equal(readFileSync(account, 'utf8'), 'nothing');
        server = undefined;
    });

test('a folder that cannot be made ends the start with its name', async () => {
    const data = mkdtempSync(join(folder, 'data-'));
    writeFileSync(join(data, 'acme'), 'a file in its place');
    await assert.rejects(start({}, data), /acme\/.*errno=20/);
    server = undefined;
});

test('options that do not belong together are named', async () => {
    for (const [options, why] of [[{ 'acme.directory': 'http://localhost/dir' }, /https:\/\//],
        [{ origin: 'https://127.0.0.1' }, /origin must be https/], [{ origin: '' }, /origin must/],
        [{ 'tls.cert': '/x', 'tls.key': '/y' }, /instead of tls\.cert/],
        [{ 'acme.email': 'a"b@example.org' }, /plain address/]]) {
        await assert.rejects(start(options), why);
        server = undefined;
    }
});
