// SPDX-License-Identifier: Apache-2.0
// SIGTERM while a call is being relayed: by a pair of relays that lasts until the test ends it.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Server, until, within } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { startCall, startRelay, uclient } from './relay.mjs';
import { Pair, StunClient, credentialOf } from './stun.mjs';

const endings = new Endings();
after(() => endings.run(), LIMIT);

const addressOf = ({ port }) => ({ address: '127.0.0.1', port });

/** A server that waits for its relays as long as the test may last, and a live pair of them. */
async function startPair(seconds = 600) {
    const server = await Server.start({ options: { 'turn.drain_s': seconds } });
    endings.addServer(server);
    const pair = await Pair.open(addressOf(server), credentialOf(server.folder), endings);
    assert.ok(await pair.flows());
    return { server, pair };
}

/** The answer to somebody who wants a relay now; repeated until it is `wanted`. */
async function refusal(server, credential, wanted) {
    const client = new StunClient(addressOf(server), credential);
    endings.add('a latecomer', () => client.close());
    await until(async () => {
        const code = await client.allocate();
        if (code === 0) { // The signal is still on its way.
            await client.refresh(0);
        }
        return code === wanted;
    }, 20_000, `the refusal of a new relay by ${wanted}`);
    return client;
}

async function hasEnded(server) {
    assert.equal((await within(20_000, server.exited, 'the end'))[0], 0);
    assert.equal(await server.stop(), 0);
}

test('SIGTERM waits for relayed calls, refuses new ones, and ends when they have', LIMIT,
    async () => {
        const { server, pair } = await startPair();
        server.child.kill('SIGTERM');
        await refusal(server, credentialOf(server.folder), 508);
        assert.ok(await pair.flows());
        assert.equal(server.child.exitCode, null);
        await pair.end();
        await hasEnded(server);
    });

test('where another server takes over, new relays are sent there and live ones stay', LIMIT,
    async () => {
        const other = await startRelay({ endings, options: { 'turn.drain_s': 0,
            'turn.relay_port_min': 40000, 'turn.relay_port_max': 40099 } });
        const data = mkdtempSync(join(tmpdir(), 'visavis-drain-'));
        copyFileSync(join(other.folder, 'turn.secret'), join(data, 'turn.secret'));
        const server = await startRelay({ data, endings, options: { 'turn.drain_s': 600,
            'turn.relay_port_min': 40100, 'turn.relay_port_max': 40199,
            'turn.alternate': `127.0.0.1:${other.port}` } });
        const call = await startCall(server);
        const pair = await Pair.open(addressOf(server), call, endings);
        assert.ok(pair.ports().every((port) => port >= 40100));
        server.child.kill('SIGTERM');
        for (const tab of [call.ann, call.bert]) {
            await tab.event((e) => e.type === 'call.renew', 'word of the other server');
        }
        assert.equal((await refusal(server, call, 300)).alternatePort, other.port);
        for (const moved of await Promise.all([['-t'], []].map((transport) =>
            uclient(server, call, [...transport, '-s', '-v', '-m', '1', '-n', '5'])))) {
            assert.match(moved.output, /error 300/);
            assert.match(moved.output, /relay addr: 127\.0\.0\.1:400\d\d\b/);
            assert.deepEqual([moved.sent, moved.lost], [10, 0], moved.output);
        }
        assert.ok(await pair.flows());
        await pair.end();
        await hasEnded(server);
        assert.equal(await other.stop(), 0);
    });

test('without relayed calls it ends at once, and a second signal does not wait', LIMIT,
    async () => {
        const idle = await Server.start({ options: { 'turn.drain_s': 600 } });
        endings.addServer(idle);
        assert.equal(await idle.stop(), 0);
        const { server, pair } = await startPair();
        server.child.kill('SIGTERM');
        await until(() => /ending in good order/.test(server.log), 20_000, 'the first signal');
        assert.ok(await pair.flows());
        assert.equal(await server.stop('SIGTERM'), 0);
    });

test('a relay that goes on does not hold the server longer than turn.drain_s', LIMIT,
    async () => {
        const { server } = await startPair(1);
        const began = performance.now();
        server.child.kill('SIGTERM');
        await hasEnded(server);
        const took = performance.now() - began;
        assert.ok(took >= 950, `it waited ${took} ms only`);
    });
