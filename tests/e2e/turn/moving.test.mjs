// SPDX-License-Identifier: Apache-2.0
// The server by which a call is relayed is restarted: the call goes on by its relay of afterwards.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { connected, johnAndMary, killProcesses, mediaFlow, openBrowser, pathOf, until }
    from '../browser/browser.mjs';
import { Endings, LIMIT } from './endings.mjs';

const endings = new Endings();
const browsers = {};
let server;

before(async () => {
    server = await Server.start({ demo: true, options: { 'turn.drain_s': 0 } });
    endings.addServer(server);
    const cookie = cookieOf(await server.login('anna', 'visavis-demo'));
    const body = { servers: [], relayOnly: true, poolSize: 0, collectLog: false };
    assert.equal((await server.request('PUT', '/api/admin/webrtc', { cookie, body })).status, 204);
    for (const kind of ['chromium', 'firefox']) {
        browsers[kind] = await openBrowser(kind);
        endings.addBrowser(browsers[kind], killProcesses);
    }
}, LIMIT);
after(() => endings.run(), LIMIT);

/** How a call window sends. */
const candidateType = async (page) => (await pathOf(page))?.local.candidateType;

test('a relayed call of Chromium and Firefox goes on after a restart of its server', LIMIT,
    async () => {
        server.args.push('--set', `listen.port=${server.port}`);
        const people = await johnAndMary(server, [browsers.chromium, browsers.firefox]);
        const { caller, callee } = await connected(people);
        assert.equal(await until('a path is in use', () => candidateType(caller)), 'relay');
        assert.equal(await server.stop('SIGTERM', true), 0);
        await server.run(true);
        await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
        assert.equal(await until('a path is in use', () => candidateType(caller)), 'relay');
        await people.close();
    });
