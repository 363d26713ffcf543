// SPDX-License-Identifier: Apache-2.0
// Calls that may use the relay only, through each transport, in Chromium and Firefox: pictures are
// decoded and sound is heard on both sides.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { mediaFlow, openBrowser, pressAnswer, pressCall, signIn, until }
    from '../browser/browser.mjs';
import { makeAuthority } from './authority.mjs';
import { run } from './relay.mjs';

let folder;
let server;
let coturn;
const browsers = {};

/** Debian's coturn as a server of somebody else; gives its port. */
async function startCoturn() {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    coturn = spawn('turnserver', ['-n', '--no-cli', '--no-tls', '--no-dtls', '-L', '127.0.0.1',
        '-E', '127.0.0.1', '-p', String(port), '-a', '-u', 'guest:secret', '-r', 'elsewhere',
        '--allow-loopback-peers', '--pidfile', join(folder, 'coturn.pid'), '--userdb',
        join(folder, 'coturn.db'), '-l', 'stdout', '--simple-log'], { stdio: 'ignore' });
    await until('coturn answers', async () => {
        const { output } = await run('turnutils_stunclient', ['-p', String(port), '127.0.0.1'],
            { limit: 1000 });
        return output.includes('reflexive');
    });
    return port;
}

before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-relay-'));
    const { authority, cert, key } = makeAuthority(folder, 'localhost');
    const port = await startCoturn();
    server = await Server.start({ demo: true, options: { 'tls.cert': cert, 'tls.key': key,
        'turn.host': 'localhost', 'turn.drain_s': 0,
        'ice.server': `turn:127.0.0.1:${port}?transport=udp guest secret` } });
    browsers.chromium = await openBrowser('chromium', 'fake', { authority });
    browsers.firefox = await openBrowser('firefox', 'fake', { authority });
});
after(async () => {
    await Promise.all(Object.values(browsers).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
    const ended = once(coturn, 'exit');
    coturn.kill();
    await ended;
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

/** Both ends send through a relay. The other's relay is peer-reflexive (RFC 8445) when its first
 * check was faster than the message with the candidate. */
function assertRelayed(path) {
    assert.equal(path.local, 'relay', JSON.stringify(path));
    assert.match(path.remote, /^(relay|prflx)$/);
}

const transports = { udp: '^turn:localhost.*transport=udp',
    tcp: '^turn:localhost.*transport=tcp', tls: '^turns:localhost.*transport=tcp' };

/** A call of John in `from` and Mary in `to` over what `pattern` leaves; gives the two paths. */
async function relayedCall(from, to, pattern) {
    const trust = { ignoreHTTPSErrors: true };
    const mary = await signIn(browsers[to], server, 'mary', '/people', trust);
    const john = await signIn(browsers[from], server, 'john', '/people/mary', trust);
    await relayOnly(mary.context(), pattern);
    await relayOnly(john.context(), pattern);
    const caller = await pressCall(john);
    const callee = await pressAnswer(mary);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    const paths = [];
    for (const page of [caller, callee]) {
        paths.push(await until('a path is in use', () => pathOf(page)));
    }
    await caller.locator('button.control.end').click();
    await callee.locator('vv-call-message h1').waitFor();
    await john.context().close();
    await mary.context().close();
    return paths;
}

for (const [transport, pattern] of Object.entries(transports)) {
    for (const [from, to] of [['chromium', 'chromium'], ['firefox', 'chromium']]) {
        test(`${from} and ${to} see and hear each other by the relay over ${transport}`,
            async () => {
                for (const path of await relayedCall(from, to, pattern)) {
                    assertRelayed(path);
                    assert.ok(path.relayProtocol === undefined ||
                        path.relayProtocol === transport, JSON.stringify(path));
                }
            });
    }
}

test('an external coturn is in the list behind the built-in server, and relays', async () => {
    for (const path of await relayedCall('chromium', 'chromium', '127.0.0.1')) {
        assertRelayed(path);
    }
});
