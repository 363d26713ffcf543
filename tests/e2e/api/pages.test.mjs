// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { freePort } from './freeport.mjs';
import { Server } from './server.mjs';

let server;
let root;

before(async () => {
    server = await Server.start();
    root = await server.createAdministrator();
});

after(async () => assert.equal(await server.stop(), 0));

test('01 every page has the strict headers', async () => {
    for (const path of ['/', '/people', '/people/mary', '/chat', '/chat/abc', '/calls',
        '/calls/missed', '/spaces', '/spaces/abc', '/settings', '/login', '/join/abc']) {
        const { status, headers } = await server.request('GET', path);
        assert.equal(status, 200, path);
        assert.equal(headers['content-type'], 'text/html; charset=utf-8');
        assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'self';/);
        assert.match(headers['content-security-policy'], /require-trusted-types-for 'script'/);
        assert.match(headers['content-security-policy'], /frame-ancestors 'none'/);
        assert.equal(headers['x-content-type-options'], 'nosniff');
        assert.equal(headers['referrer-policy'], 'same-origin');
        assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
        assert.match(headers['permissions-policy'], /camera=\(self\), microphone=\(self\)/);
        assert.equal(headers['cache-control'], 'no-cache');
        assert.equal(headers['strict-transport-security'], undefined);
    }
});

test('02 the call page needs a sign-in and says 401 with a page', async () => {
    const stranger = await server.request('GET', '/call/AAAAAAAAAAAAAAAAAAAAAA');
    assert.equal(stranger.status, 401);
    assert.match(stranger.headers['content-type'], /^text\/html/);
    const known = await server.request('GET', '/call/AAAAAAAAAAAAAAAAAAAAAA', { cookie: root });
    assert.equal(known.status, 200);
    assert.notEqual(known.text, stranger.text);
});

/** The answer to the page of a call, by who is signed in, where people see this origin. */
async function callPageAt(host, scheme = 'http') {
    const port = await freePort();
    const origin = scheme === 'http' ? `http://${host}:${port}` : `https://${host}`;
    const other = await Server.start({ options: { origin, 'listen.port': port } });
    try {
        other.port = port; // Behind a proxy it is not the one of the origin.
        const cookie = await other.createAdministrator();
        const index = await other.request('GET', '/');
        assert.equal(index.status, 200);
        const answer = await other.request('GET', '/call/AAAAAAAAAAAAAAAAAAAAAA', { cookie });
        return { ...answer, isIndex: answer.text === index.text };
    } finally {
        await other.stop();
    }
}

test('M51: the page of a call is given over https and on the own machine only', async () => {
    for (const host of ['portal.example.org', '192.0.2.7', 'localhost.example.org']) {
        const refused = await callPageAt(host);
        assert.equal(refused.status, 403, host);
        assert.ok(refused.isIndex, 'a page of the portal says why');
    }
    for (const [host, scheme] of [['portal.example.org', 'https'], ['localhost'], ['127.0.0.1'],
        ['[::1]']]) {
        const given = await callPageAt(host, scheme);
        assert.equal(given.status, 200, host);
        assert.ok(!given.isIndex, host);
    }
});

test('03 assets are immutable, compressed as asked, the same in each coding', async () => {
    const page = await server.request('GET', '/');
    const path = /src="(\/assets\/[^"]+)"/.exec(page.text)[1];
    const get = (coding) => server.request('GET', path, { headers: { 'Accept-Encoding': coding } });
    const [plain, gzip, brotli] = [
        await get(''), await get('gzip'), await get('gzip, deflate, br')];
    assert.equal(plain.headers['content-encoding'], undefined);
    assert.equal(gzip.headers['content-encoding'], 'gzip');
    assert.equal(brotli.headers['content-encoding'], 'br');
    assert.deepEqual(gunzipSync(gzip.bytes), plain.bytes);
    assert.deepEqual(brotliDecompressSync(brotli.bytes), plain.bytes);
    for (const answer of [plain, gzip, brotli]) {
        assert.match(answer.headers['cache-control'], /immutable/);
        assert.equal(answer.headers.vary, 'Accept-Encoding');
        const again = await server.request('GET', path, {
            headers: { 'If-None-Match': answer.headers.etag,
                'Accept-Encoding': answer.headers['content-encoding'] ?? '' },
        });
        assert.equal(again.status, 304);
        assert.equal(again.bytes.length, 0);
    }
});

test('04 HEAD has the head of GET and no body', async () => {
    const get = await server.request('GET', '/');
    const head = await server.request('HEAD', '/', { origin: null });
    assert.equal(head.status, 200);
    assert.equal(head.bytes.length, 0);
    assert.equal(head.headers['content-length'], get.headers['content-length']);
    assert.equal(head.headers.etag, get.headers.etag);
});

test('05 what is not there is not found, what is not taken is refused', async () => {
    for (const path of ['/nothing', '/assets/nothing.js', '/gallery.html', '/index.html',
        '/call.html', '/assets/', '/%2e%2e/etc/passwd', '/api/nothing']) {
        assert.equal((await server.request('GET', path)).status, 404, path);
    }
    assert.equal((await server.request('POST', '/api/me', { body: {} })).status, 405);
    assert.equal((await server.request('GET', '/healthz')).text, 'ok');
});

test('06 the gallery belongs to the demonstration', async () => {
    const demo = await Server.start({ demo: true });
    assert.equal((await demo.request('GET', '/gallery.html')).status, 200);
    assert.equal(demo.firstLink, undefined);
    assert.equal(await demo.stop(), 0);
});

test('07 worker and manifest stand at fixed addresses and are asked for anew', async () => {
    for (const [path, type] of [['/sw.js', 'text/javascript; charset=utf-8'],
        ['/manifest.webmanifest', 'application/manifest+json']]) {
        const { status, headers, text } = await server.request('GET', path);
        assert.equal(status, 200, path);
        assert.equal(headers['content-type'], type);
        assert.equal(headers['cache-control'], 'no-cache');
        assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'self';/);
        assert.doesNotMatch(text, /^import |importScripts/m);
    }
});
