// SPDX-License-Identifier: Apache-2.0
// The server by which a call is relayed is restarted: the call goes on by its relay of afterwards,
// or by that of another server which takes over.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePorts } from '../api/freeport.mjs';
import { Server, cookieOf, within } from '../api/server.mjs';
import { connected, johnAndMary, killProcesses, mediaFlow, openBrowser, pathOf, until }
    from '../browser/browser.mjs';
import { Endings, LIMIT } from './endings.mjs';

const endings = new Endings();
const browsers = {};
let server;

/** A server whose calls are all relayed. */
async function startRelaying(options, data) {
    const started = await Server.start({ demo: true, options, data });
    endings.addServer(started);
    const cookie = cookieOf(await started.login('anna', 'visavis-demo'));
    const body = { servers: [], relayOnly: true, poolSize: 0, collectLog: false };
    assert.equal((await started.request('PUT', '/api/admin/webrtc', { cookie, body })).status, 204);
    return started;
}

before(async () => {
    server = await startRelaying({ 'turn.drain_s': 0 });
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

// Chromium follows no redirection to a loopback address.
const address = Object.values(networkInterfaces()).flat()
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
const OTHERS = [40400, 40499]; // relay ports of the server that takes over

test('a relayed call of Chromium and Firefox goes on by the server that takes over',
    { ...LIMIT, skip: address === undefined ? 'no address but the loopback one' : false },
    async () => {
        const common = { 'turn.listen_address': address, 'turn.host': address };
        const ports = await freePorts(2);
        const other = await startRelaying({ ...common, 'turn.drain_s': 0, 'turn.ports': ports[0],
            'turn.relay_port_min': OTHERS[0], 'turn.relay_port_max': OTHERS[1] });
        const data = mkdtempSync(join(tmpdir(), 'visavis-moving-'));
        copyFileSync(join(other.folder, 'turn.secret'), join(data, 'turn.secret'));
        const ending = await startRelaying({ ...common, 'turn.drain_s': 120, 'turn.ports': ports[1],
            'turn.relay_port_min': OTHERS[1] + 1, 'turn.relay_port_max': OTHERS[1] + 100,
            'turn.alternate': `${address}:${ports[0]}` }, data);
        const people = await johnAndMary(ending, [browsers.chromium, browsers.firefox]);
        const windows = Object.values(await connected(people)).slice(0, 2);
        const port = async (page) => (await pathOf(page))?.local.port;
        const first = await Promise.all(windows.map((page) => until('a path is in use',
            () => port(page))));
        assert.ok(first.every((each) => each > OTHERS[1]), `${first}`);
        ending.child.kill('SIGTERM');
        for (const page of windows) {
            await until('the path is one of the other server', async () => {
                const now = await port(page);
                return now >= OTHERS[0] && now <= OTHERS[1];
            });
        }
        await Promise.all(windows.map((page) => mediaFlow(page)));
        await people.close();
        assert.equal((await within(60_000, ending.exited, 'the end of the first'))[0], 0);
    });
