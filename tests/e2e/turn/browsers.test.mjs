// SPDX-License-Identifier: Apache-2.0
// Calls that may use the relay only, through each transport, in Chromium and Firefox: pictures are
// decoded and sound is heard on both sides.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../api/freeport.mjs';
import { Server } from '../api/server.mjs';
import { closeOthers, hangUp, killProcesses, mediaFlow, openBrowser, pathOf, pressAnswer, pressCall,
    signIn, until } from '../browser/browser.mjs';
import { makeAuthority } from './authority.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { run } from './relay.mjs';

let folder;
let server;
const endings = new Endings();
const browsers = {};
const ports = {};

/** Debian's coturn as a server of somebody else, who lets in whom `how` says; gives its port. */
async function startCoturn(name, how) {
    const port = await freePort();
    const coturn = endings.start('turnserver', ['-n', '--no-cli', '--no-tls', '--no-dtls',
        '-L', '127.0.0.1', '-E', '127.0.0.1', '-p', String(port), '-r', 'elsewhere', ...how,
        '--allow-loopback-peers', '--pidfile', join(folder, `${name}.pid`), '--userdb',
        join(folder, `${name}.db`), '-l', 'stdout', '--simple-log'], { signal: 'SIGKILL' });
    await until('coturn answers', async () => {
        assert.ok(!coturn.hasEnded(), coturn.log);
        const { output } = await run('turnutils_stunclient', ['-p', String(port), '127.0.0.1'],
            { limit: 1000 });
        return output.includes('reflexive');
    });
    return port;
}

before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-relay-'));
    endings.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    const { authority, cert, key } = makeAuthority(folder, 'localhost');
    ports.fixed = await startCoturn('fixed', ['-a', '-u', 'guest:secret']);
    ports.timed = await startCoturn('timed',
        ['--use-auth-secret', '--static-auth-secret', 'north']);
    // What such a service hands out: a name that says until when, and an HMAC of it.
    const name = `${Math.floor(Date.now() / 1000) + 3600}:guest`;
    const password = createHmac('sha1', 'north').update(name).digest('base64');
    server = await Server.start({ demo: true, options: { 'tls.cert': cert, 'tls.key': key,
        'turn.host': 'localhost', 'turn.drain_s': 0,
        'ice.server': [`turn:127.0.0.1:${ports.fixed}?transport=udp guest secret`,
            `turn:127.0.0.1:${ports.timed}?transport=udp ${name} ${password}`]
            .join('\nice.server = ') } });
    endings.addServer(server);
    for (const kind of ['chromium', 'firefox']) {
        browsers[kind] = await openBrowser(kind, 'fake', { authority });
        endings.addBrowser(browsers[kind], killProcesses);
    }
}, LIMIT);
after(() => endings.run(), LIMIT);

/** Before the page's scripts: its connections are relayed, and by the URLs of the pattern only. */
function relayOnly(context) {
    return context.addInitScript(() => {
        window.peers = [];
        const Real = window.RTCPeerConnection;
        window.RTCPeerConnection = class extends Real {
            constructor(config = {}) {
                const wanted = new RegExp(localStorage.getItem('pattern of relays'));
                const iceServers = (config.iceServers ?? []).map((server) => ({ ...server,
                    urls: [server.urls].flat().filter((url) => wanted.test(url)) }));
                super({ ...config, iceTransportPolicy: 'relay',
                    iceServers: iceServers.filter((server) => server.urls.length > 0) });
                window.peers.push(this);
            }
        };
    });
}

const pages = {};

/** The page of somebody in a browser; it stays for the next call. */
async function pageOf(browser, name, path) {
    const key = `${name} in ${browser}`;
    if (pages[key] === undefined) {
        const prepare = relayOnly;
        pages[key] = await signIn(browsers[browser], server, name, path,
            { ignoreHTTPSErrors: true, prepare });
    }
    return pages[key];
}

/** Both ends send through a relay. The other's relay is peer-reflexive (RFC 8445) when its first
 * check was faster than the message with the candidate. */
function assertRelayed({ local, remote }) {
    assert.equal(local.candidateType, 'relay', JSON.stringify(local));
    assert.match(remote.candidateType, /^(relay|prflx)$/);
}

const transports = { udp: '^turn:localhost.*transport=udp',
    tcp: '^turn:localhost.*transport=tcp', tls: '^turns:localhost.*transport=tcp' };

/** A call of John in `from` and Mary in Chromium over what `pattern` leaves; the two paths. */
async function relayedCall(from, pattern) {
    const mary = await pageOf('chromium', 'mary', '/people');
    const john = await pageOf(from, 'john', '/people/mary');
    for (const page of [mary, john]) {
        await page.evaluate((one) => localStorage.setItem('pattern of relays', one), pattern);
    }
    try {
        const caller = await pressCall(john);
        const callee = await pressAnswer(mary);
        await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
        const paths = [];
        for (const page of [caller, callee]) {
            paths.push(await until('a path is in use', () => pathOf(page)));
        }
        await caller.locator('button.control.end').click();
        await callee.locator('vv-call-message h1').waitFor();
        return paths;
    } finally {
        // However it went: the next call is a first one.
        await Promise.all([mary, john].map((page) => hangUp(page.context()).catch(() => {})));
        await closeOthers(mary, john);
    }
}

for (const [transport, pattern] of Object.entries(transports)) {
    for (const from of ['chromium', 'firefox']) {
        test(`${from} and chromium see and hear each other by the relay over ${transport}`, LIMIT,
            async () => {
                for (const path of await relayedCall(from, pattern)) {
                    assertRelayed(path);
                    const { relayProtocol } = path.local;
                    assert.ok(relayProtocol === undefined || relayProtocol === transport,
                        JSON.stringify(path.local));
                }
            });
    }
}

for (const [kind, title] of [['fixed', 'a user and a password that stay'],
    ['timed', 'use-auth-secret: credentials for a time']]) {
    test(`an external coturn is in the list behind the built-in server, and relays; ${title}`,
        LIMIT, async () => {
            for (const path of await relayedCall('chromium',
                `127.0.0.1:${ports[kind]}`)) {
                assertRelayed(path);
                const { url } = path.local;
                assert.ok(url === undefined || url.includes(`:${ports[kind]}`),
                    JSON.stringify(path.local));
            }
        });
}
