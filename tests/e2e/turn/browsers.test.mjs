// SPDX-License-Identifier: Apache-2.0
// Calls that may use the relay only, through each transport, in Chromium and Firefox: pictures are
// decoded and sound is heard on both sides.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { mediaFlow, openBrowser, pressAnswer, pressCall, signIn, until }
    from '../browser/browser.mjs';

let folder;
let server;
const browsers = {};

/** An authority of our own and a certificate of it for localhost. */
function makeAuthority() {
    const path = (name) => join(folder, name);
    const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
    const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', '-x509', ...fresh, '-days', '2', '-subj', '/CN=Test authority', '-keyout',
        path('ca.key'), '-out', path('ca.pem'));
    openssl('req', ...fresh, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
        '-keyout', path('server.key'), '-out', path('server.csr'));
    openssl('x509', '-req', '-in', path('server.csr'), '-CA', path('ca.pem'), '-CAkey',
        path('ca.key'), '-CAcreateserial', '-days', '2', '-copy_extensions', 'copy', '-out',
        path('server.pem'));
    return { authority: path('ca.pem'), cert: path('server.pem'), key: path('server.key') };
}

before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-relay-'));
    const { authority, cert, key } = makeAuthority();
    server = await Server.start({ demo: true, options: { 'tls.cert': cert, 'tls.key': key,
        'turn.host': 'localhost', 'turn.drain_s': 0 } });
    browsers.chromium = await openBrowser('chromium', 'fake', { authority });
    browsers.firefox = await openBrowser('firefox', 'fake', { authority });
});
after(async () => {
    await Promise.all(Object.values(browsers).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
    rmSync(folder, { recursive: true, force: true });
});

/** Before the page's scripts: its connections are relayed, and by the URLs that match only. */
function relayOnly(context, pattern) {
    return context.addInitScript((source) => {
        const wanted = new RegExp(source);
        window.peers = [];
        const Real = window.RTCPeerConnection;
        window.RTCPeerConnection = class extends Real {
            constructor(config = {}) {
                const iceServers = (config.iceServers ?? []).map((server) => ({ ...server,
                    urls: [server.urls].flat().filter((url) => wanted.test(url)) }));
                super({ ...config, iceTransportPolicy: 'relay',
                    iceServers: iceServers.filter((server) => server.urls.length > 0) });
                window.peers.push(this);
            }
        };
    }, pattern);
}

/** The candidate pair in use: types, and how the own side reaches its relay. */
function pathOf(page) {
    return page.evaluate(async () => {
        const stats = await window.peers.at(-1).getStats();
        const pair = [...stats.values()].find((report) => report.type === 'candidate-pair' &&
            report.nominated && report.state === 'succeeded');
        const local = pair && stats.get(pair.localCandidateId);
        const remote = pair && stats.get(pair.remoteCandidateId);
        return pair && { local: local.candidateType, remote: remote.candidateType,
            relayProtocol: local.relayProtocol, url: local.url };
    });
}

const transports = { udp: '^turn:.*transport=udp', tcp: '^turn:.*transport=tcp',
    tls: '^turns:.*transport=tcp' };

for (const [transport, pattern] of Object.entries(transports)) {
    for (const [from, to] of [['chromium', 'chromium'], ['firefox', 'chromium']]) {
        test(`${from} and ${to} see and hear each other by the relay over ${transport}`,
            async () => {
                const trust = { ignoreHTTPSErrors: true };
                const mary = await signIn(browsers[to], server, 'mary', '/people', trust);
                const john = await signIn(browsers[from], server, 'john', '/people/mary', trust);
                await relayOnly(mary.context(), pattern);
                await relayOnly(john.context(), pattern);
                const caller = await pressCall(john);
                const callee = await pressAnswer(mary);
                await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
                for (const page of [caller, callee]) {
                    const path = await until('a path is in use', () => pathOf(page));
                    assert.equal(path.local, 'relay');
                    assert.equal(path.remote, 'relay');
                    assert.ok(path.relayProtocol === undefined ||
                        path.relayProtocol === transport, JSON.stringify(path));
                }
                await caller.locator('button.control.end').click();
                await callee.locator('vv-call-message h1').waitFor();
                await john.context().close();
                await mary.context().close();
            });
    }
}
