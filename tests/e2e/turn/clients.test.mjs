// SPDX-License-Identifier: Apache-2.0
// STUN and TURN with clients that are not ours: coturn's tools, over UDP, TCP, TLS and DTLS, IPv4
// and IPv6; OpenSSL's client.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { until } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { binding, run, startCall, startRelay, uclient } from './relay.mjs';

const endings = new Endings();
let server;
let call;
before(async () => {
    server = await startRelay({ tls: true, endings, options: { 'listen.address': '::',
        'turn.relay_address': '127.0.0.1 ::1', 'turn.drain_s': 0, 'turn.workers': 2,
        'turn.allow': '127.0.0.2/32',
        'turn.call_allocations_max': 200, 'turn.user_allocations_max': 200 } });
    call = await startCall(server);
}, LIMIT);
after(() => endings.run(), LIMIT);

for (const [address, wanted] of [['127.0.0.1', /UDP reflexive addr: 127\.0\.0\.1:\d+/],
    ['::1', /UDP reflexive addr: (\[::1\]|::1)/]]) {
    test(`turnutils_stunclient learns its address from ${address}`, async () => {
        const { output } = await run('turnutils_stunclient', ['-p', String(server.port), address]);
        assert.match(output, wanted);
    });
}

for (const [address, wanted] of [['127.0.0.1', /UDP reflexive addr: 127\.0\.0\.1:\d+/],
    ['::1', /UDP reflexive addr: ::1:\d+/]]) {
    test(`turnutils_natdiscovery sees no NAT on the way to ${address}`, async () => {
        const { output } = await run('turnutils_natdiscovery',
            ['-m', '-p', String(server.port), address], { limit: 8000 });
        assert.match(output, wanted);
    });
}

// Over TLS that client takes one record for one message and loses those that come together, with
// every server: it is given time between them.
const ways = [['UDP', ['-s'], 0], ['TCP', ['-t', '-s'], 0],
    ['TLS', ['-t', '-S', '-s', '-z', '60'], 10], ['DTLS', ['-S', '-s'], 0]];
for (const [transport, args, spare] of ways) {
    for (const address of ['127.0.0.1', '::1']) {
        test(`turnutils_uclient relays by ${transport} at ${address}`, async () => {
            const family = address === '::1' ? ['-x'] : [];
            // A client that a busy machine lets wait hears its last answers too late: once more.
            let result;
            for (let tries = 0; tries < 3 && !(result?.lost <= spare); tries++) {
                result = await uclient(server, call, [...args, ...family], { address });
            }
            const { sent, received, lost, output } = result;
            assert.equal(sent, 40, output);
            assert.ok(received >= 40 - spare, output.slice(-800));
            assert.ok(lost <= spare);
            const secured = transport.includes('TLS') ? transport : undefined;
            assert.equal(/DTLS|TLS/.exec(output)?.[0], secured, output);
        });
    }
}

test('turnutils_uclient talks to turnutils_peer through relay sockets', async () => {
    const probe = createSocket('udp4').bind(0, '127.0.0.2');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    const peer = endings.start('turnutils_peer', ['-L', '127.0.0.2', '-p', String(port)]);
    const asks = createSocket('udp4').on('message', () => (asks.heard = true));
    endings.add('who asks for an echo', () => asks.close());
    await until(() => {
        asks.send('echo', port, '127.0.0.2');
        return asks.heard;
    }, 20_000, 'the peer answers');
    for (const way of [['-s'], ['-s', '-t']]) {
        const { code, output } = await run('turnutils_uclient', ['-u', call.name, '-w',
            call.password, '-p', String(server.port), '-e', '127.0.0.2', '-r', String(port), '-c',
            '-n', '20', '-m', '1', '-l', '172', '-z', '5', ...way, '127.0.0.1']);
        assert.equal(code, 0, output.slice(-800));
        assert.ok(!peer.hasEnded(), peer.log);
        assert.match(output, /tot_send_msgs=20, tot_recv_msgs=20\b/, output.slice(-800));
    }
});

test('a port kept by one worker is redeemed at another: pairs for RTP and RTCP', async () => {
    // Without -c each client asks for an even port and brings the token of the next one from
    // another socket. The kernel deals sockets to the two workers: of 8 pairs some are divided.
    const { output, code } = await run('turnutils_uclient', ['-u', call.name, '-w', call.password,
        '-p', String(server.port), '-y', '-n', '5', '-m', '8', '-l', '172', '-z', '5', '-s',
        '127.0.0.1']);
    assert.equal(code, 0, output.slice(-800));
    assert.doesNotMatch(output, /error 508|cannot complete/i);
    assert.match(output, /tot_send_msgs=(\d+), tot_recv_msgs=\1\b/, output.slice(-800));
});

test('turnutils_uclient relays by channels', LIMIT, async () => {
    // It draws channel numbers from 0x4000 to 0x7fff (RFC 5766); since RFC 8656 those above 0x4fff
    // are refused. One of sixteen runs draws two that are right.
    const end = Date.now() + LIMIT.timeout * 0.8;
    let result;
    while (Date.now() < end && result?.sent !== 40) {
        result = await uclient(server, call, ['-t', '-m', '1']);
    }
    assert.equal(result.sent, 40, result.output);
    assert.equal(result.lost, 0, result.output);
});

test('openssl s_client shakes hands by DTLS at the port, and is told our certificate', async () => {
    for (const address of ['127.0.0.1', '[::1]']) {
        const { output } = await run('openssl', ['s_client', '-dtls', '-connect',
            `${address}:${server.port}`, '-alpn', 'stun.turn'], { input: '' });
        assert.match(output, /Protocol *: DTLSv1\.2/, output);
        assert.match(output, /Cipher *: ECDHE-\w+-AES128-GCM-SHA256/);
        assert.match(output, /ALPN protocol: stun\.turn/);
        assert.match(output, /subject=CN = localhost/);
    }
    const { output } = await run('openssl', ['s_client', '-dtls1', '-connect',
        `127.0.0.1:${server.port}`, '-cipher', 'ALL@SECLEVEL=0'], { input: '', limit: 5000 });
    assert.match(output, /alert protocol version/); // nothing below 1.2
});

test('renegotiation is off: no second handshake in TLS and DTLS', async () => {
    for (const way of ['-tls1_2', '-dtls1_2']) {
        const { output } = await run('openssl', ['s_client', way, '-connect',
            `127.0.0.1:${server.port}`, '-alpn', 'stun.turn'], { input: 'R\n' });
        assert.match(output, /RENEGOTIATING[^]*no renegotiation/, output);
    }
});

test('one TCP port has https, STUN, and STUN in TLS', async () => {
    assert.equal((await server.request('GET', '/healthz')).text, 'ok');
    for (const tls of [false, true]) {
        const { address, port, own } = await binding(server.port, { tls });
        assert.equal(address, '127.0.0.1');
        assert.equal(port, own);
    }
    assert.equal((await server.request('GET', '/healthz')).text, 'ok');
});

test('ALPN decides where both would do', async () => {
    await binding(server.port, { tls: true, alpn: ['stun.turn'] });
    const { address } = await binding(server.port, { tls: true, alpn: ['http/1.1'] });
    assert.notEqual(address, '127.0.0.1'); // the bytes are those of a refused request
});

test('the end of the call ends its credential', async () => {
    await call.end();
    await until(async () => {
        const { code, output } = await uclient(server, call, ['-s', '-m', '1']);
        return code !== 0 && /401|Unauth|error/i.test(output);
    }, 10_000, 'the refusal');
});
