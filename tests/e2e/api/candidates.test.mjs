// SPDX-License-Identifier: Apache-2.0
// Which network candidates reach the other side, by the protocol alone.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { Server } from './server.mjs';
import { Tab, newId } from './tab.mjs';

let server;
let metrics;
let open = [];
const cookies = {};
const on = { microphone: true, camera: true };
const settings = { servers: [], relayOnly: false, poolSize: 0, collectLog: false };

async function tab(name) {
    const one = await Tab.open(server, cookies[name]);
    open.push(one);
    return one;
}

/** A call of anna and bert that is answered. */
async function talk() {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = newId();
    await anna.ask('call.start', { call, callee: 'bert', ...on });
    await bert.call(call, 'ringing');
    await bert.ask('call.accept', { call, ...on });
    await anna.call(call, 'connecting');
    return { anna, bert, call };
}

const line = (address, port, type, rest = '') =>
    `candidate:1 1 udp 2122260223 ${address} ${port} typ ${type}${rest}`;
const trickle = (from, call, candidate) =>
    from.ask('call.trickle', { call, candidate, mid: '0', line: 0, ufrag: '' });

/** The candidates that arrive at `to` when `from` sends these; the last one ends them. */
async function passing(from, to, call, candidates) {
    const before = to.events.length;
    for (const candidate of [...candidates, '']) {
        assert.equal((await trickle(from, call, candidate)).type, 'ok', candidate);
    }
    const end = await to.event((e) => e.type === 'call.candidate' && e.candidate === '' &&
        to.events.indexOf(e) >= before);
    return to.events.slice(before, to.events.indexOf(end)).map((e) => e.candidate);
}

async function refused(reason) {
    const text = await (await fetch(`${metrics}/metrics`)).text();
    const name = `visavis_candidates_refused_total{reason="${reason}"}`;
    return Number(text.split('\n').find((each) => each.startsWith(name)).split(' ')[1]);
}

before(async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    probe.close();
    await once(probe, 'close');
    // With an origin it may be reached from elsewhere: candidates of this machine lead nowhere.
    server = await Server.start({ options: { 'listen.port': port,
        origin: `http://localhost:${port}`, 'metrics.address': '127.0.0.1', 'metrics.port': 0,
        'signalling.burst': 1000, 'portal.leave_grace_ms': 100 } });
    metrics = `http://127.0.0.1:${/metrics can be read.*port=(\d+)/.exec(server.log)[1]}`;
    cookies.anna = await server.createAdministrator('anna');
    cookies.bert = await server.createPerson(cookies.anna, 'bert');
});

afterEach(async () => {
    open.forEach((one) => one.leave());
    await Promise.all(open.map((one) => one.ended()));
    open = [];
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('N8: what leads nowhere is dropped and counted, the call goes on', async () => {
    const { anna, bert, call } = await talk();
    const good = [line('192.168.1.7', 50000, 'host'), line('2001:db8::1', 50000, 'host'),
        line('9b36eaac-bb2e-49bb-bb78-21c41c499900.local', 50000, 'host'),
        line('203.0.113.7', 50000, 'srflx', ' raddr 192.168.1.7 rport 50000'),
        line('203.0.113.9', 50000, 'relay', ' raddr 203.0.113.7 rport 50000')];
    const bad = { here: [line('127.0.0.1', 50000, 'host'), line('169.254.1.1', 50000, 'host'),
        line('224.0.0.1', 50000, 'host'), line('fe80::1', 50000, 'host')],
    port: [line('192.168.1.7', 22, 'host')], name: [line('intranet.example', 5000, 'host')],
    unreadable: ['junk', 'candidate:1 1 udp 1 192.168.1.7 5000 typ wormhole'] };
    const counts = {};
    for (const reason of Object.keys(bad)) {
        counts[reason] = await refused(reason);
    }
    assert.deepEqual(await passing(anna, bert, call, [...Object.values(bad).flat(), ...good]),
        good);
    for (const [reason, all] of Object.entries(bad)) {
        assert.equal(await refused(reason), counts[reason] + all.length, reason);
    }
    const sdp = `v=0\r\na=${line('127.0.0.1', 50000, 'host')}\r\n`;
    assert.equal((await anna.ask('call.describe', { call, kind: 'offer', sdp })).error,
        'forbidden');
    assert.equal((await anna.ask('call.describe', { call, kind: 'offer', sdp: 'v=0' })).type, 'ok');
    assert.equal((await bert.event((e) => e.type === 'call.description')).sdp, 'v=0');
    await anna.ask('call.end', { call, reason: 'hung-up' });
});

test('the callee cannot be made to look through a network: 64 candidates, 8 of one address',
    async () => {
        const { anna, bert, call } = await talk();
        const same = Array.from({ length: 9 }, (_, i) => line('10.0.0.1', 2000 + i, 'host'));
        const others = Array.from({ length: 70 }, (_, i) => line(`10.0.1.${i}`, 5000, 'host'));
        const passed = [];
        for (const part of [same, others.slice(0, 40), others.slice(40)]) {
            passed.push(...await passing(anna, bert, call, part));
        }
        assert.deepEqual(passed, [...same.slice(0, 8), ...others.slice(0, 56)]);
        await anna.ask('call.end', { call, reason: 'hung-up' });
    });

test('relay only: nothing of either side that shows an address reaches the other', async () => {
    const save = (relayOnly) => server.request('PUT', '/api/admin/webrtc',
        { cookie: cookies.anna, body: { ...settings, relayOnly } });
    assert.equal((await save(true)).status, 204);
    const { anna, bert, call } = await talk();
    const relayed = line('203.0.113.9', 50000, 'relay', ' raddr 0.0.0.0 rport 0');
    const all = [line('192.168.1.7', 50000, 'host'), line('a.local', 50000, 'host'),
        line('203.0.113.7', 50000, 'srflx', ' raddr 0.0.0.0 rport 0'),
        line('203.0.113.7', 50000, 'prflx'),
        line('203.0.113.9', 50000, 'relay', ' raddr 203.0.113.7 rport 50000'), relayed];
    assert.deepEqual(await passing(anna, bert, call, all), [relayed]);
    assert.deepEqual(await passing(bert, anna, call, all), [relayed]);
    for (const sdp of ['c=IN IP4 192.168.1.7', 'm=audio 5000 UDP/TLS/RTP/SAVPF 111',
        'a=rtcp:5000 IN IP4 0.0.0.0', `a=${all[0]}`]) {
        assert.equal((await anna.ask('call.describe', { call, kind: 'offer', sdp })).error,
            'forbidden', sdp);
    }
    const clean = `v=0\r\nm=audio 9 X 111\r\nc=IN IP4 0.0.0.0\r\na=${relayed}\r\n`;
    assert.equal((await anna.ask('call.describe', { call, kind: 'offer', sdp: clean })).type, 'ok');
    await anna.ask('call.end', { call, reason: 'hung-up' });
    assert.equal((await save(false)).status, 204);
});
