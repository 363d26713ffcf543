// SPDX-License-Identifier: Apache-2.0
// Further ports by configuration: each is a whole door, by UDP, TCP and TLS, beside the first.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { after, before, test } from 'node:test';
import { freePort, freePorts } from '../api/freeport.mjs';
import { within } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { binding, run, startCall, startRelay, uclient } from './relay.mjs';
import { StunClient, bindingRequest, credentialOf } from './stun.mjs';

const ADDRESSES = 70; // more than a thread keeps apart

const endings = new Endings();
let ports;
let server;
let call;

before(async () => {
    ports = await freePorts(3);
    server = await startRelay({ tls: true, endings, options: { 'turn.ports': ports.join(' '),
        'turn.drain_s': 0, 'turn.call_allocations_max': 200,
        'turn.user_allocations_max': 200 } });
    call = await startCall(server);
    endings.add('the call', () => call.end());
}, LIMIT);
after(() => endings.run(), LIMIT);

test('browsers are told the first of them, and TLS where the pages are', () => {
    assert.deepEqual(call.entry.urls, [`stun:127.0.0.1:${ports[0]}`,
        `turn:127.0.0.1:${ports[0]}?transport=udp`, `turn:127.0.0.1:${ports[0]}?transport=tcp`,
        `turns:127.0.0.1:${server.port}?transport=tcp`]);
});

test('beside a proxy the relay has an address of its own', async () => {
    const port = await freePort();
    const behind = await startRelay({ endings, options: { 'turn.listen_address': '127.0.0.2',
        'turn.ports': port, 'turn.host': '127.0.0.2', 'turn.drain_s': 0 } });
    const other = await startCall(behind);
    assert.deepEqual(other.entry.urls, [`stun:127.0.0.2:${port}`,
        `turn:127.0.0.2:${port}?transport=udp`, `turn:127.0.0.2:${port}?transport=tcp`]);
    for (const transport of [['-s'], ['-t', '-s']]) {
        const { sent, received, output } =
            await uclient({ port }, other, transport, { address: '127.0.0.2' });
        assert.equal(sent, 40, output);
        assert.equal(received, 40, output);
    }
    await assert.rejects(binding(port)); // nobody is at the proxy's address
    await other.end();
    assert.equal(await behind.stop(), 0);
});

test('each of three further ports and the first answer by UDP, TCP and TLS', async () => {
    for (const at of [...ports, server.port]) {
        const { output } = await run('turnutils_stunclient', ['-p', String(at), '127.0.0.1']);
        assert.match(output, /UDP reflexive addr: 127\.0\.0\.1:\d+/, `${at}`);
        for (const tls of [false, true]) {
            const { address, port, own } = await binding(at, { tls });
            assert.equal(address, '127.0.0.1', `${at}, tls: ${tls}`);
            assert.equal(port, own);
        }
    }
});

// One way for each: the sockets of all ports go to the same workers. As to TLS see clients.test.
for (const [index, transport, args, spare] of [[0, 'UDP', ['-s'], 0], [1, 'TCP', ['-t', '-s'], 0],
    [2, 'TLS', ['-t', '-S', '-s', '-z', '60'], 10]]) {
    test(`relays by ${transport} at a further port`, async () => {
        const { sent, received, lost, output } =
            await uclient({ port: ports[index] }, call, args);
        assert.equal(sent, 40, output);
        assert.ok(received >= 40 - spare && lost <= spare, output.slice(-800));
    });
}

test('with few relay ports there are fewer threads, and it relays', async () => {
    const small = await startRelay({ endings, options: { 'turn.relay_port_min': 40300,
        'turn.relay_port_max': 40309, 'turn.workers': 8, 'turn.drain_s': 0 } });
    const other = await startCall(small);
    const { sent, received, output } = await uclient(small, other, ['-s', '-m', '1']);
    assert.equal(sent, 40, output);
    assert.equal(received, 40, output);
    await other.end();
    assert.equal(await small.stop(), 0);
});

test('a server whose addresses change answers at the newest, and keeps who is there', async () => {
    const all = await startRelay({ endings, options: { 'listen.address': '0.0.0.0',
        'turn.host': '127.0.0.1', 'turn.workers': 1, 'turn.drain_s': 0 } });
    const other = new StunClient({ address: '127.0.0.1', port: all.port },
        credentialOf(all.folder, 'moving'));
    endings.add('a client', () => other.close());
    assert.equal(await other.allocate(), 0);
    const socket = createSocket('udp4');
    endings.add('a socket', () => socket.close());
    for (let i = 1; i <= ADDRESSES; i++) {
        const heard = new Promise((done) => socket.on('message', (bytes, from) =>
            from.address === `127.0.1.${i}` && done()));
        const asking = setInterval(() =>
            socket.send(bindingRequest(), all.port, `127.0.1.${i}`), 20);
        await within(20_000, heard, `an answer at 127.0.1.${i}`);
        clearInterval(asking);
        socket.removeAllListeners('message');
        assert.equal(await other.refresh(), 0);
    }
    assert.equal(await all.stop(), 0);
});

test('the first port still speaks https', async () => {
    assert.equal((await server.request('GET', '/healthz')).text, 'ok');
});
