// SPDX-License-Identifier: Apache-2.0
// What relays may together, against the whole program with two threads.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Server, until } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { startCall, startRelay, uclient } from './relay.mjs';
import { Pair, StunClient, bindingRequest, credentialOf } from './stun.mjs';

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

/** One allocation of somebody, from a port of its own: the code of the answer. */
async function allocateAs(server, user) {
    const name = `${Math.floor(Date.now() / 1000) + 300}:${user}:limits`;
    const client = new StunClient({ address: '127.0.0.1', port: server.port },
        credentialOf(server.folder, undefined, name));
    endings.add('a client', () => client.close());
    return client.allocate();
}

test('allocations of all threads together are as many as are configured', LIMIT, async () => {
    const server = await start({ 'turn.allocations_max': 20, 'turn.user_allocations_max': 1000,
        'turn.call_allocations_max': 1000 });
    const codes = [];
    for (let i = 0; i < 40; i++) {
        codes.push(await allocateAs(server, 'anna'));
    }
    // The last tenth is for people who have none.
    assert.deepEqual(codes, [...Array(18).fill(0), ...Array(22).fill(508)]);
    for (const [user, code] of [['bert', 0], ['carl', 0], ['dora', 508], ['emil', 508]]) {
        assert.equal(await allocateAs(server, user), code, user);
    }
});

test('quotas of a person and of a person in a call have counters of their own', LIMIT, async () => {
    const server = await start({ 'turn.user_allocations_max': 3, 'turn.call_allocations_max': 2 });
    const counts = async () => [await server.counted('turn_quota_call'),
        await server.counted('turn_quota_user')];
    const client = async (call) => {
        const one = new StunClient({ address: '127.0.0.1', port: server.port },
            credentialOf(server.folder, call));
        endings.add('a client', () => one.close());
        return one.allocate();
    };
    const become = (wanted) => until(async () => String(await counts()) === String(wanted), 20_000,
        `the counters ${wanted}`);
    assert.deepEqual([await client('one'), await client('one'), await client('one')], [0, 0, 486]);
    await become([1, 0]);
    assert.deepEqual([await client('two'), await client('three')], [0, 486]);
    await become([1, 1]);
});

for (const [what, option, most] of [['all addresses', 'turn.connections_max', 6],
    // The one is always at the other thread, where it gives way.
    ['everybody', 'turn.connections_max', 1],
    ['one address', 'turn.connections_per_address_max', 6]]) {
    test(`connections of ${what} are as many as are configured, over all threads`, LIMIT,
        async () => {
            const server = await start({ [option]: most });
            let open = 0;
            let ended = 0;
            for (let i = 0; i < 2 * most; i++) {
                const socket = connect(server.port, '127.0.0.1').on('error', () => {});
                endings.add('a connection', () => socket.destroy());
                const closed = once(socket, 'close').then(() => ended++);
                socket.write(bindingRequest());
                open++;
                // Answered, it is one of the relay; closed, it was too many.
                await Promise.race([once(socket, 'data'), closed]);
            }
            await until(() => open - ended === most, 20_000, 'the end of those above the limit');
            await until(async () => await server.counted(option === 'turn.connections_max'
                ? 'stunconn_displaced' : 'stunconn_refused') === most, 20_000, 'the counter');
        });
}

test('strangers of one network get as many answers from all threads as are configured', LIMIT,
    async () => {
        const perSecond = 2;
        const server = await start({ 'turn.answers_per_s': perSecond });
        const began = Date.now();
        let answers = 0;
        const sockets = [];
        for (let i = 0; i < 40; i++) { // The kernel deals their ports to the threads.
            const socket = createSocket('udp4').on('message', () => answers++);
            endings.add('a stranger', () => socket.close());
            socket.bind(0, '127.0.0.1');
            sockets.push(socket);
        }
        await Promise.all(sockets.map((socket) => once(socket, 'listening')));
        const ask = () => sockets.forEach((socket) => socket.send(bindingRequest(), server.port,
            '127.0.0.1'));
        ask();
        await until(async () => await server.counted('turn_withheld') >= 30 - 2 * perSecond, 20_000,
            'the refusals');
        const most = 5 * perSecond + perSecond * (Date.now() - began) / 1000 + 1;
        await until(() => answers >= 5 * perSecond, 20_000, 'the answers');
        assert.ok(answers <= most, `${answers} answers of at most ${most}`);
    });
