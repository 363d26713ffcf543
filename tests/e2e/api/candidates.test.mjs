// SPDX-License-Identifier: Apache-2.0
// Which network candidates reach the other side, by the protocol alone.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { freePort } from './freeport.mjs';
import { Server } from './server.mjs';
import { newId, Tabs } from './tab.mjs';

let server;
let metrics;
const opened = new Tabs();
const cookies = {};
const on = { microphone: true, camera: true };
const settings = { servers: [], relayOnly: false, poolSize: 0, collectLog: false };

const tab = (name) => opened.open(server, cookies[name]);

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
    return to.events.slice(before, to.events.indexOf(end))
        .filter((e) => e.type === 'call.candidate').map((e) => e.candidate);
}

async function refused(reason) {
    const text = await (await fetch(`${metrics}/metrics`)).text();
    const name = `visavis_candidates_refused_total{reason="${reason}"}`;
    return Number(text.split('\n').find((each) => each.startsWith(name)).split(' ')[1]);
}

before(async () => {
    const port = await freePort();
    // With an origin it may be reached from elsewhere: candidates of this machine lead nowhere.
    server = await Server.start({ options: { 'listen.port': port,
        origin: `http://localhost:${port}`, 'metrics.address': '127.0.0.1', 'metrics.port': 0,
        'signalling.burst': 1000, 'portal.leave_grace_ms': 100 } });
    metrics = `http://127.0.0.1:${/metrics can be read.*port=(\d+)/.exec(server.log)[1]}`;
    cookies.anna = await server.createAdministrator('anna');
    cookies.bert = await server.createPerson(cookies.anna, 'bert');
    cookies.cleo = await server.createPerson(cookies.anna, 'cleo');
});

afterEach(async () => {
    await Promise.all(opened.leave().map((one) => one.ended()));
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

const clean = 'v=0\r\nm=audio 9 X 111\r\nc=IN IP4 0.0.0.0\r\n';
const relayed = line('203.0.113.9', 50000, 'relay', ' raddr 0.0.0.0 rport 0');

test('while it rings nothing passes but relays of a connection that a tab offers', async () => {
    const [anna, bert, second, cleo] =
        [await tab('anna'), await tab('bert'), await tab('bert'), await tab('cleo')];
    const call = newId();
    const started = await anna.ask('call.start', { call, callee: 'bert', ...on });
    assert.ok(started.iceServers.length > 0);
    await bert.call(call, 'ringing');
    const passed = (one) => one.events.filter((e) => /description|candidate/.test(e.type));
    /** Every command of a call that could carry something, from everybody, in every form. */
    const commands = [0, 1, 2].flatMap((early) => [
        ['call.describe', { kind: 'offer', sdp: clean, early }],
        ['call.describe', { kind: 'answer', sdp: clean, early }],
        ['call.describe', { kind: 'offer', sdp: 'c=IN IP4 192.168.1.7', early }],
        ['call.describe', { kind: 'offer', sdp: `a=${line('10.0.0.1', 5000, 'host')}`, early }],
        ...['', relayed, line('10.0.0.1', 5000, 'host'), line('10.0.0.1', 5000, 'srflx'),
            line('10.0.0.1', 5000, 'prflx'), line('a.local', 5000, 'host'),
            line('203.0.113.9', 50000, 'relay', ' raddr 10.0.0.1 rport 5000')]
            .map((candidate) => ['call.trickle',
                { candidate, mid: '', line: 0, ufrag: '', early }]),
    ]).concat([['call.connected', {}], ['call.join', {}], ['call.prepare', {}],
        ['call.media', { ...on, pressed: 'nothing' }], ['call.hold', { held: true }]]);
    for (const from of [cleo, anna]) {
        for (const [type, fields] of commands) {
            const answer = await from.ask(type, { call, ...fields });
            assert.ok(from === anna || answer.error === 'not-found', type);
        }
    }
    assert.deepEqual([...passed(anna), ...passed(bert), ...passed(second)], []);
    for (const [type, fields] of commands) {
        await bert.ask(type, { call, ...fields });
    }
    for (const event of passed(anna)) { // what a tab of the callee may send
        assert.equal(event.early, 1);
        assert.ok([clean, relayed, ''].includes(event.sdp ?? event.candidate));
        assert.notEqual(event.kind, 'answer');
    }
    assert.ok(passed(anna).length > 0);
    for (const [type, fields] of commands) {
        await anna.ask(type, { call, ...fields });
    }
    for (const event of passed(bert)) { // and the caller's window
        assert.equal(event.early, 1);
        assert.ok([clean, relayed, ''].includes(event.sdp ?? event.candidate));
        assert.notEqual(event.kind, 'offer');
    }
    assert.ok(passed(bert).length > 0);
    assert.deepEqual([...passed(second), ...passed(cleo)], []);
    assert.equal((await second.ask('call.accept', { call, early: true, ...on })).error, 'state');
    assert.equal((await bert.ask('call.accept', { call, early: true, ...on })).type, 'call.is');
    assert.equal((await anna.call(call, 'connecting')).early, 1);
    await anna.ask('call.end', { call, reason: 'hung-up' });
});

test('nothing is connected early where the caller would learn more than he may', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    for (const status of ['do-not-disturb', 'invisible']) {
        await bert.ask('status.set', { status });
        const call = newId();
        await anna.ask('call.start', { call, callee: 'bert', ...on });
        assert.equal((await bert.ask('call.prepare', { call })).error, 'state');
        assert.equal((await bert.ask('call.describe', { call, kind: 'offer', early: 1,
            sdp: clean })).error, 'state');
        await anna.ask('call.end', { call, reason: 'hung-up' });
    }
    await bert.ask('status.set', { status: 'available' });
    await bert.ask('person.block', { name: 'anna', on: true });
    const call = newId();
    await anna.ask('call.start', { call, callee: 'bert', ...on });
    assert.notEqual((await bert.ask('call.prepare', { call })).type, 'call.is');
    await bert.ask('call.describe', { call, kind: 'offer', early: 1, sdp: clean });
    await anna.ask('call.end', { call, reason: 'hung-up' });
    await bert.ask('person.block', { name: 'anna', on: false });
    assert.ok(!anna.events.some((e) => e.type === 'call.description'));
});

test('guests, and whom an administrator hides, are relay only: they alone', async () => {
    for (const group of ['platform/guests', 'platform/relay-only']) {
        const put = (member) => server.request('PUT', '/api/admin/people/bert',
            { cookie: cookies.anna, body: { group, member } });
        assert.equal((await put(true)).status, 204);
        const [anna, bert] = [await tab('anna'), await tab('bert')];
        const call = newId();
        const started = await anna.ask('call.start', { call, callee: 'bert', ...on });
        assert.equal(started.relayOnly, false);
        const answered = await bert.ask('call.accept', { call, ...on });
        assert.equal(answered.relayOnly, true);
        const all = [line('192.168.1.7', 50000, 'host'), relayed];
        assert.deepEqual(await passing(bert, anna, call, all), [relayed]);
        assert.deepEqual(await passing(anna, bert, call, all), all);
        await anna.ask('call.end', { call, reason: 'hung-up' });
        assert.equal((await put(false)).status, 204);
    }
});

test('who hides his own address is relay only from the next call on, and only he', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const second = await tab('bert');
    const all = [line('192.168.1.7', 50000, 'host'), relayed];
    const callAs = async (mine, arriving) => {
        const call = newId();
        const started = await anna.ask('call.start', { call, callee: 'bert', ...on });
        const answered = await bert.ask('call.accept', { call, ...on });
        assert.deepEqual([started.relayOnly, answered.relayOnly], [false, mine]);
        assert.deepEqual(await passing(bert, anna, call, all), arriving);
        assert.deepEqual(await passing(anna, bert, call, all), all);
        await anna.ask('call.end', { call, reason: 'hung-up' });
    };
    const kept = async () => (await server.request('GET', '/api/me', { cookie: cookies.bert }))
        .json.settings;
    for (const relayOnly of [true, false]) {
        assert.equal((await bert.ask('call.prefer', { relayOnly })).type, 'ok');
        const told = await second.event((e) => e.type === 'settings.changed' &&
            e.relayOnly === relayOnly, 'his other tab is told');
        assert.equal(told.callWaiting, true, 'the other wish is as it was');
        const { relayOnly: now, callWaiting } = await kept();
        assert.deepEqual([now, callWaiting], [relayOnly, true]);
        await callAs(relayOnly, relayOnly ? [relayed] : all);
    }
    assert.equal((await bert.ask('call.prefer', { relayOnly: 1 })).type, 'error');
    assert.equal((await kept()).relayOnly, false);
});
