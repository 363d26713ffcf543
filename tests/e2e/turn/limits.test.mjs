// SPDX-License-Identifier: Apache-2.0
// What relays may together, against the whole program with two threads.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Server, until } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { startCall, startRelay, uclient } from './relay.mjs';
import { Pair, bindingRequest, credentialOf } from './stun.mjs';

const endings = new Endings();
after(() => endings.run(), LIMIT);

const LARGE = 1400;

async function start(options) {
    const server = await Server.start({ options: { 'turn.workers': 2, 'turn.drain_s': 0,
        'metrics.address': '127.0.0.1', 'metrics.port': 0, ...options } });
    endings.addServer(server);
    const metrics = /metrics can be read.*port=(\d+)/.exec(server.log)[1];
    server.counted = async (name) => {
        const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
        return Number(new RegExp(`^visavis_${name}_total (\\d+)$`, 'm').exec(text)?.[1]);
    };
    server.pair = (call) => Pair.open({ address: '127.0.0.1', port: server.port },
        credentialOf(server.folder, call), endings);
    return server;
}

test('strangers that hold all connections keep no user out, and cut off none', LIMIT, async () => {
    const most = 12;
    const server = await startRelay({ endings, options: { 'turn.workers': 1, 'turn.drain_s': 0,
        'turn.connections_max': most } });
    const call = await startCall(server);
    let displaced = 0;
    const hold = async () => {
        const socket = connect(server.port, '127.0.0.1').on('error', () => {});
        endings.add('a stranger', () => socket.destroy());
        socket.write(bindingRequest());
        await once(socket, 'data'); // It is a connection of the relay by now.
        socket.on('close', () => displaced++);
    };
    for (let i = 0; i < most; i++) {
        await hold();
    }
    let ended = false;
    const user = uclient(server, call, ['-t', '-s', '-m', '1', '-n', '60'])
        .finally(() => (ended = true));
    while (!ended) { // They come back, but not all within the time in which somebody signs in.
        await hold();
        await pause(200);
    }
    const { sent, lost, output } = await user;
    assert.deepEqual([sent, lost], [120, 0], output.slice(-600));
    assert.ok(displaced > 0);
});

for (const [whose, option, counter] of [
    ['one call', 'turn.call_kbps', 'turn_bandwidth_call'],
    ['the server', 'turn.total_kbps', 'turn_bandwidth_server']]) {
    test(`what is over the bandwidth of ${whose} is dropped and counted by that reason`, LIMIT,
        async () => {
            // 1250 bytes of a second: words pass, a large packet never does.
            const server = await start({ [option]: 10 });
            const pair = await server.pair('one');
            assert.ok(await pair.flows());
            assert.equal(await server.counted(counter), 0);
            pair.say(Buffer.alloc(LARGE));
            await until(async () => await server.counted(counter) > 0, 20_000, 'the counter');
            assert.ok(!pair.heard(LARGE));
            for (const other of ['turn_bandwidth', 'turn_bandwidth_user', 'turn_bandwidth_call',
                'turn_bandwidth_server']) {
                assert.equal(await server.counted(other) > 0, other === counter, other);
            }
        });
}
