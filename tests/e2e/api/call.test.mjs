// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server, until } from './server.mjs';
import { Tab, newId } from './tab.mjs';

let server;
const cookies = {};
let open = [];

async function tab(name) {
    const one = await Tab.open(server, cookies[name]);
    open.push(one);
    return one;
}

const on = { microphone: true, camera: true };
const start = (from, call, callee) => from.ask('call.start', { call, callee, ...on });

before(async () => {
    server = await Server.start({
        options: { 'portal.ring_ms': 20000, 'portal.leave_grace_ms': 300,
            'ice.server': 'stun:stun.example.org:3478' },
    });
    cookies.root = await server.createAdministrator('root');
    for (const name of ['anna', 'bert', 'cleo']) {
        cookies[name] = await server.createPerson(cookies.root, name);
    }
});

afterEach(async () => {
    for (const one of open) {
        one.leave();
    }
    await Promise.all(open.map((one) => one.ended()));
    open = [];
    await new Promise((next) => setTimeout(next, 600)); // the grace of a call window that left
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('01 a call from the ring to the end', async () => {
    const [anna, bert, watcher] = [await tab('anna'), await tab('bert'), await tab('cleo')];
    await watcher.ask('people.watch', { names: ['anna'] });
    const call = newId();
    const dialled = await start(anna, call, 'bert');
    assert.equal(dialled.type, 'call.is');
    assert.equal(dialled.call.state, 'ringing');
    assert.equal(dialled.call.role, 'caller');
    assert.equal(dialled.call.peer.name, 'bert');
    const [own, ...others] = dialled.iceServers;
    assert.ok(own.urls.includes(`turn:127.0.0.1:${server.port}?transport=udp`));
    assert.ok(own.username.endsWith(`:${call}`) && own.credential.length > 20);
    assert.deepEqual(others,
        [{ urls: ['stun:stun.example.org:3478'], username: '', credential: '' }]);

    const ring = await bert.call(call, 'ringing');
    assert.equal(ring.peer.name, 'anna');
    assert.ok(ring.ringLeftMs > 15000 && ring.ringLeftMs <= 20000, String(ring.ringLeftMs));

    const early = await anna.ask('call.describe', { call, kind: 'offer', sdp: 'v=0' });
    assert.equal(early.error, 'state');

    const answered = await bert.ask('call.accept', { call, microphone: true, camera: false });
    assert.equal(answered.call.state, 'connecting');
    assert.equal(answered.call.here, true);
    assert.equal((await anna.call(call, 'connecting')).peerCamera, false);

    assert.equal((await anna.ask('call.describe', { call, kind: 'offer', offer: 4294967295,
        sdp: 'v=0 "é\n' })).type, 'ok');
    const description = await bert.event((e) => e.type === 'call.description');
    assert.equal(description.sdp, 'v=0 "é\n');
    assert.equal(description.kind, 'offer');
    assert.equal(description.offer, 4294967295);
    const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.1 5005 typ host', mid: '0', line: 0,
        ufrag: 'abcd' };
    assert.equal((await bert.ask('call.trickle', { call, ...candidate })).type, 'ok');
    const forwarded = await anna.event((e) => e.type === 'call.candidate');
    assert.deepEqual({ ...forwarded, type: '', seq: 0 },
        { type: '', seq: 0, call, early: 0, ...candidate });

    await anna.ask('call.connected', { call });
    await bert.ask('call.connected', { call });
    await anna.call(call, 'active');
    await bert.call(call, 'active');
    await watcher.event((e) => e.type === 'person.changed' && e.person.name === 'anna' &&
        e.person.status === 'in-call', 'anna in a call');

    await bert.ask('call.media', { call, microphone: false, camera: true });
    await anna.event((e) => e.type === 'call.changed' && e.call.peerMicrophone === false &&
        e.call.peerCamera === true, 'the mute sign');
    await bert.ask('call.media', { call, microphone: false, camera: true, screen: true,
        trouble: true, pressed: 'nothing' });
    await anna.event((e) => e.type === 'call.changed' && e.call.peerScreen &&
        e.call.peerTrouble, 'the signs of screen and trouble');

    assert.equal((await bert.ask('call.end', { call, reason: 'hung-up' })).type, 'ok');
    const end = await anna.call(call, 'ended');
    assert.equal(end.reason, 'hung-up');
    assert.equal(end.byMe, false);
    assert.equal((await bert.call(call, 'ended')).byMe, true);
    assert.equal((await anna.ask('call.end', { call, reason: 'hung-up' })).type, 'ok');
});

test('02 all tabs ring, one answer stops the others', async () => {
    const [anna, first, second] = [await tab('anna'), await tab('bert'), await tab('bert')];
    const call = newId();
    await start(anna, call, 'bert');
    await first.call(call, 'ringing');
    await second.call(call, 'ringing');
    await second.ask('call.accept', { call, ...on });
    assert.equal((await first.call(call, 'ended')).reason, 'answered-elsewhere');
    assert.equal((await first.ask('call.accept', { call, ...on })).error, 'state');
    await anna.ask('call.end', { call, reason: 'hung-up' });
    assert.equal((await second.call(call, 'ended')).reason, 'hung-up');
});

test('03 declining refuses on all devices', async () => {
    const [anna, first, second] = [await tab('anna'), await tab('bert'), await tab('bert')];
    const call = newId();
    await start(anna, call, 'bert');
    await first.call(call, 'ringing');
    await first.ask('call.decline', { call });
    assert.equal((await anna.call(call, 'ended')).reason, 'declined');
    assert.match((await second.call(call, 'ended')).reason, /^declined/);
});

test('04 the caller cancels', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = newId();
    await start(anna, call, 'bert');
    await bert.call(call, 'ringing');
    await anna.ask('call.end', { call, reason: 'hung-up' });
    assert.equal((await bert.call(call, 'ended')).reason, 'cancelled');
    assert.equal((await bert.ask('call.accept', { call, ...on })).type, 'error');
});

test('05 offline is unreachable, in another call it waits', async () => {
    const [anna, bert, cleo] = [await tab('anna'), await tab('bert'), await tab('cleo')];
    const gone = await start(anna, newId(), 'root');
    assert.equal(gone.call.state, 'ended');
    assert.equal(gone.call.reason, 'unreachable');
    const call = newId();
    await start(anna, call, 'bert');
    await bert.ask('call.accept', { call, ...on });
    const second = newId();
    const waits = await start(cleo, second, 'bert');
    assert.equal(waits.call.state, 'ringing');
    assert.equal(waits.call.waiting, true);
    assert.equal((await bert.call(second, 'ringing')).waiting, true);
    assert.equal((await start(bert, newId(), 'cleo')).error, 'call-busy');
    assert.equal((await bert.ask('call.accept', { call: second, ...on })).error, 'call-busy');
    const answer = await bert.ask('call.accept', { call: second, ...on, hold: true });
    assert.equal(answer.call.state, 'connecting');
    const isHeld = (e) => e.type === 'call.changed' && e.call.id === call && e.call.heldByPeer;
    await anna.event(isHeld, 'the first call is held');
    await bert.event((e) => e.type === 'call.changed' && e.call.id === call && e.call.heldByMe,
        'its own side knows');
    assert.equal((await bert.ask('call.hold', { call, held: false })).type, 'ok');
    await cleo.event((e) => e.type === 'call.changed' && e.call.id === second &&
        e.call.heldByPeer, 'switching holds the other one');
    await anna.ask('call.end', { call, reason: 'hung-up' });
    await cleo.ask('call.end', { call: second, reason: 'hung-up' });
});

test('05a a page that is loaded again while it rings is told of the ring; one that stays away ends '
    + 'it', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = newId();
    await start(anna, call, 'bert');
    await bert.call(call, 'ringing');
    bert.leave();
    await bert.ended();
    const again = await tab('bert');
    assert.equal((await again.call(call, 'ringing')).peer.name, 'anna');
    again.leave();
    assert.equal((await anna.call(call, 'ended')).reason, 'unreachable');
});

test('05b the caller reads on which devices it rings, one of them ignores', async () => {
    const anna = await tab('anna');
    const bert = await Tab.open(server, cookies.bert, { device: 'Chromium on Linux' });
    open.push(bert);
    const call = newId();
    await start(anna, call, 'bert');
    await bert.call(call, 'ringing');
    await bert.ask('call.ringing', { call, how: 'by-autoplay' });
    await bert.ask('call.ringing', { call, how: 'audible' });
    const told = await anna.event((e) => e.type === 'call.changed' && e.call.id === call &&
        e.call.rings[0]?.how === 'audible', 'how it rings');
    assert.deepEqual(told.call.rings, [{ device: 'Chromium on Linux', how: 'audible' }]);
    await bert.ask('call.ignore', { call });
    await bert.event((e) => e.type === 'call.changed' && e.call.id === call && e.call.ignored,
        'silenced here');
    await bert.ask('call.decline', { call });
    await anna.call(call, 'ended');
});

test('06 nobody calls himself, a stranger or with a used id', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    for (const callee of ['anna', 'nobody', '']) {
        assert.equal((await start(anna, newId(), callee)).type, 'error', callee);
    }
    const call = newId();
    await start(anna, call, 'bert');
    await bert.call(call, 'ringing');
    assert.equal((await start(anna, call, 'bert')).call.state, 'ringing');
    await anna.ask('call.end', { call, reason: 'hung-up' });
});

test('07 N11: a call is nothing to a stranger: not read, joined, signalled, stopped or logged',
    async () => {
        const [anna, bert, cleo] = [await tab('anna'), await tab('bert'), await tab('cleo')];
        const call = newId();
        await start(anna, call, 'bert');
        await bert.ask('call.accept', { call, ...on });
        const commands = {
            'call.accept': on, 'call.decline': {}, 'call.end': { reason: 'hung-up' },
            'call.connected': {}, 'call.join': {}, 'call.leave': {}, 'call.media': on,
            'call.ringing': { how: 'audible' }, 'call.ignore': {}, 'call.prepare': {},
            'call.hold': { held: true }, 'call.describe': { kind: 'offer', sdp: 'x' },
            'call.trickle': { candidate: 'x', mid: '', line: 0, ufrag: '' },
            'call.report': { path: 'direct', transport: 'udp', lossPermille: 0, rttMs: 1,
                jitterMs: 1 },
        };
        for (const [type, fields] of Object.entries(commands)) {
            const foreign = await cleo.ask(type, { call, ...fields });
            const unknown = await cleo.ask(type, { call: newId(), ...fields });
            assert.equal(foreign.error, 'not-found', type);
            assert.deepEqual({ ...foreign, id: 0 }, { ...unknown, id: 0 }, type);
        }
        // Who one is comes from the sign-in: a name in the message is nothing.
        const forged = await cleo.ask('call.end', { call, reason: 'hung-up', user: 'anna',
            from: 'anna' });
        assert.equal(forged.type, 'error');
        await anna.ask('call.end', { call, reason: 'hung-up' });
        const { reason, byMe } = await bert.call(call, 'ended');
        assert.deepEqual([reason, byMe], ['hung-up', false]);
        assert.ok(!cleo.events.some((event) => JSON.stringify(event).includes(call)));
        const read = await server.request('GET', `/api/calls/${call}/timeline`,
            { cookie: cookies.cleo });
        const none = await server.request('GET', `/api/calls/${newId()}/timeline`,
            { cookie: cookies.cleo });
        assert.deepEqual([read.status, none.status], [404, 404]);
    });

test('08 both press Call at once: one call, answered', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const ids = [newId(), newId()];
    const [one, two] = await Promise.all([
        start(anna, ids[0], 'bert'), start(bert, ids[1], 'anna')]);
    assert.equal(one.type, 'call.is', JSON.stringify(one));
    assert.equal(two.type, 'call.is', JSON.stringify(two));
    const call = two.call.id === one.call.id ? one.call.id : null;
    assert.ok(call, 'one call');
    await anna.call(call, 'connecting');
    await anna.ask('call.end', { call, reason: 'hung-up' });
    await bert.call(call, 'ended');
});

test('09 a call window that leaves may come back, else the call ends', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = newId();
    await start(anna, call, 'bert');
    await bert.ask('call.accept', { call, ...on });
    await anna.ask('call.leave', { call });
    await bert.event((e) => e.type === 'call.changed' && e.call.peerAway, 'the other is away');
    const reloaded = await tab('anna');
    const joined = await reloaded.ask('call.join', { call });
    assert.equal(joined.call.here, true);
    await bert.event((e) => e.type === 'call.changed' && e.seq === bert.last && !e.call.peerAway,
        'the other is back');
    await reloaded.ask('call.leave', { call });
    assert.equal((await bert.call(call, 'ended')).reason, 'hung-up');
});

test('a window that is loaded again has longer than one that is closed', async () => {
    for (const reloads of [true, false]) {
        const [anna, bert] = [await tab('anna'), await tab('bert')];
        const call = newId();
        await start(anna, call, 'bert');
        await bert.ask('call.accept', { call, ...on });
        if (reloads) { // its browser asks for the page, and then the old page says good-bye
            const page = await server.request('GET', `/call/${call}`, { cookie: cookies.anna });
            assert.equal(page.status, 200);
        }
        await anna.ask('call.leave', { call });
        anna.leave();
        if (reloads) {
            await new Promise((next) => setTimeout(next, 900)); // thrice what a closed one has
            const back = await tab('anna');
            assert.equal((await back.ask('call.join', { call })).call.state, 'connecting');
            await back.ask('call.end', { call, reason: 'hung-up' });
        }
        assert.equal((await bert.call(call, 'ended')).reason, 'hung-up');
    }
});

test('09a a status is kept, shown, and decides what rings', async () => {
    const [anna, bert, cleo] = [await tab('anna'), await tab('bert'), await tab('cleo')];
    const seen = async () => (await cleo.ask('people.watch', { names: ['bert'] })).people[0].status;
    const choose = (status) => bert.ask('status.set', { status });
    assert.equal(bert.welcome.status, 'available');
    assert.equal(bert.welcome.idleMs, 300000);
    await choose('do-not-disturb');
    assert.equal(await seen(), 'do-not-disturb');
    const silent = newId();
    assert.equal((await start(anna, silent, 'bert')).call.silent, true);
    assert.equal((await bert.call(silent, 'ringing')).silent, true);
    await anna.ask('call.end', { call: silent, reason: 'hung-up' });

    await choose('invisible');
    assert.equal((await (await tab('bert')).welcome).status, 'invisible');
    assert.equal(await seen(), 'offline');
    const profile = await server.request('GET', '/api/people/bert', { cookie: cookies.anna });
    assert.equal(profile.json.status, 'offline');
    const own = await server.request('GET', '/api/me', { cookie: cookies.bert });
    assert.equal(own.json.settings.status, 'invisible');
    const began = Date.now();
    const hidden = await start(anna, newId(), 'bert');
    assert.ok(Date.now() - began < 1000);
    const gone = await start(anna, newId(), 'root');
    const same = ({ id, peer, ...rest }) => ({ ...rest, status: peer.status });
    assert.deepEqual(same(hidden.call), same(gone.call));
    assert.equal(hidden.call.reason, 'unreachable');
    assert.ok(bert.events.every((e) => e.call?.id !== hidden.call.id || e.call.state === 'ended'));

    await choose('available');
    await cleo.event((e) => e.type === 'person.changed' && e.person.status === 'available');
    for (const one of open.filter((t) => t.welcome.user === 'bert')) {
        await one.ask('status.idle', { idle: true });
    }
    await cleo.event((e) => e.type === 'person.changed' && e.person.status === 'away');
    await bert.ask('status.idle', { idle: false });
    assert.equal(await seen(), 'available');
});

test('09b a call outlives a kill of the server, and hanging up works after it', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = newId();
    await start(anna, call, 'bert');
    await bert.ask('call.accept', { call, ...on });
    await anna.ask('call.connected', { call });
    await bert.ask('call.connected', { call });
    await bert.call(call, 'active');
    // Acknowledged means committed, and so is what was written before it.
    await server.request('PUT', '/api/me/profile', { cookie: cookies.cleo,
        body: { fullName: 'Cleo', email: '', position: '', language: '' } });
    await server.stop('SIGKILL', true);
    open = [];
    await server.run();
    const [again, other, cleo] = [await tab('anna'), await tab('bert'), await tab('cleo')];
    assert.equal(again.welcome.resumed, false);
    assert.equal((await again.call(call, 'active')).here, false);
    const joined = await again.ask('call.join', { call });
    assert.equal(joined.call.state, 'active');
    assert.equal(joined.call.here, true);
    const waiting = newId();
    assert.equal((await start(cleo, waiting, 'bert')).call.waiting, true);
    await cleo.ask('call.end', { call: waiting, reason: 'hung-up' });
    await other.ask('call.join', { call });
    await other.ask('call.end', { call, reason: 'hung-up' });
    const ended = await again.call(call, 'ended');
    assert.equal(ended.reason, 'hung-up');
    assert.equal((await start(cleo, newId(), 'bert')).call.state, 'ringing');
});

test('N18: right after a start of the server who is not back yet is waited for, and who had never '
    + 'been there is not', async () => {
    await server.stop('SIGKILL', true);
    open = [];
    await server.run();
    cookies.emil = await server.createPerson(cookies.root, 'emil');
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    assert.equal((await start(anna, newId(), 'emil')).call.reason, 'unreachable');
    await bert.ask('status.set', { status: 'invisible' });
    const [hidden, call] = [newId(), newId()];
    assert.equal((await start(anna, hidden, 'bert')).call.state, 'ringing');
    await anna.ask('call.end', { call: hidden, reason: 'hung-up' });
    await bert.ask('status.set', { status: 'available' });
    assert.ok(bert.events.every(({ call: told }) => told?.id !== hidden));
    assert.equal((await start(anna, call, 'cleo')).call.state, 'ringing');
    const cleo = await tab('cleo');
    assert.equal((await cleo.call(call, 'ringing')).peer.name, 'anna');
    await anna.ask('call.end', { call, reason: 'hung-up' });
});

test('09c a call outlives the end of the server in good order too', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = newId();
    await start(anna, call, 'bert');
    await bert.call(call, 'ringing');
    assert.equal(await server.stop('SIGTERM', true), 0);
    assert.equal((await bert.event((e) => e.type === 'bye')).reason, 'shutdown');
    open = [];
    await server.run();
    const [again, other] = [await tab('anna'), await tab('bert')];
    assert.equal((await other.call(call, 'ringing')).peer.name, 'anna');
    await again.ask('call.join', { call });
    assert.equal((await other.ask('call.accept', { call, ...on })).call.state, 'connecting');
    await again.call(call, 'connecting');
    await again.ask('call.end', { call, reason: 'hung-up' });
});

test('09d the history of calls, and missed ones until they are seen', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const list = async (name, query = '') => {
        const answer = await server.request('GET', `/api/calls${query}`, { cookie: cookies[name] });
        assert.equal(answer.status, 200, answer.text);
        return answer.json;
    };
    const before = (await list('bert', '?limit=0')).missed;
    const missed = newId();
    await start(anna, missed, 'bert');
    await bert.call(missed, 'ringing');
    await anna.ask('call.end', { call: missed, reason: 'hung-up' });
    const event = await bert.event((e) => e.type === 'calls.missed' && e.missed === before + 1);
    assert.ok(event);
    const answered = newId();
    await start(anna, answered, 'bert');
    await bert.ask('call.accept', { call: answered, ...on });
    await anna.ask('call.connected', { call: answered });
    await bert.ask('call.connected', { call: answered });
    await bert.ask('call.end', { call: answered, reason: 'hung-up' });
    await until(async () => (await list('bert')).calls[0]?.id === answered, 20000, 'the commit');

    const all = await list('bert');
    assert.deepEqual(all.calls.slice(0, 2).map((c) => [c.id, c.role, c.reason, c.missed, c.byMe]),
        [[answered, 'callee', 'hung-up', false, true],
            [missed, 'callee', 'cancelled', true, false]]);
    assert.equal(all.calls[0].peer.name, 'anna');
    assert.ok(all.calls[0].startedAtMs <= all.calls[0].endedAtMs);
    assert.ok(Math.abs(all.calls[0].endedAtMs - Date.now()) < 60000);
    const own = (await list('anna')).calls[0];
    assert.deepEqual([own.id, own.role, own.missed, own.byMe], [answered, 'caller', false, false]);

    const page = await list('bert', '?limit=1');
    assert.equal(page.calls.length, 1);
    assert.equal((await list('bert', `?limit=1&before=${page.next}`)).calls[0].id, missed);
    assert.equal((await list('bert', '?missed=1')).calls[0].id, missed);
    assert.equal((await list('bert', '?with=anna')).calls[0].id, answered);
    assert.deepEqual((await list('root', '?with=anna&missed=1')).calls.map((c) => c.peer.name)
        .filter((name) => name !== 'anna'), []);
    for (const query of ['?limit=101', '?missed=2', '?before=x', `?with=${'x'.repeat(40)}`]) {
        assert.equal((await server.request('GET', `/api/calls${query}`,
            { cookie: cookies.bert })).status, 400, query);
    }
    assert.equal((await server.request('GET', '/api/calls?with=nobody',
        { cookie: cookies.bert })).status, 404);

    await bert.ask('calls.seen', { untilMs: all.calls[1].endedAtMs });
    await bert.event((e) => e.type === 'calls.missed' && e.missed === 0);
    await bert.ask('calls.seen', { untilMs: 0 });
    assert.equal((await list('bert', '?limit=0')).missed, 0, 'the mark does not go back');
});

test('09e what happened in a call can be explained', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = `-${newId().slice(1)}`; // Every 64th id looks like an option.
    await start(anna, call, 'bert');
    await bert.call(call, 'ringing');
    await bert.ask('call.ringing', { call, how: 'audible' });
    await bert.ask('call.accept', { call, ...on });
    await anna.ask('call.connected', { call });
    await bert.ask('call.connected', { call });
    await anna.call(call, 'active');
    const report = { call, path: 'relayed', transport: 'tcp', lossPermille: 7, rttMs: 80,
        jitterMs: 5 };
    assert.equal((await anna.ask('call.report', report)).type, 'ok');
    assert.equal((await anna.ask('call.report', { ...report, lossPermille: 1001 })).type, 'error');
    await anna.ask('call.end', { call, reason: 'hung-up' });
    await bert.call(call, 'ended');
    const timeline = async (name) => (await server.request('GET',
        `/api/calls/${call}/timeline`, { cookie: cookies[name] }));
    const own = await until(async () => {
        const answer = await timeline('anna');
        return answer.json?.steps?.at(-1)?.what === 'ended' ? answer.json : undefined;
    });
    assert.deepEqual(own.steps.map((step) => step.what), ['started', 'rings', 'answered',
        'connected', 'connected', 'active', 'path', 'ended']);
    assert.deepEqual([own.steps[1].mine, own.steps[1].how], [false, 'audible']);
    assert.deepEqual([own.steps[6].path, own.steps[6].transport], ['relayed', 'tcp']);
    assert.equal(own.call.id, call);
    assert.deepEqual([own.sides[0].mine, own.sides[0].lossPermille, own.sides[1].reports],
        [true, 7, 0]);
    assert.equal((await timeline('bert')).json.steps[1].mine, true);
    assert.equal((await timeline('cleo')).status, 404);
    assert.match(server.command(['call', 'list']), new RegExp(`^${call}\t.*\tanna\tbert\thung-up`,
        'm'));
    const words = server.command(['call', 'explain', call]);
    assert.match(words, /bert is rung: it sounds/);
    assert.match(words, /anna sends media by the relay over TCP/);
    assert.match(words, /It ended as hung-up by anna; they spoke for 0 s/);
});

test('09e what only seemed to ring is told to the caller alone, explained as it was', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = newId();
    await bert.ask('person.block', { name: 'anna', on: true });
    await start(anna, call, 'bert');
    await anna.event((e) => e.call?.id === call && e.call.rings.length > 0, 'it seems to ring');
    await anna.ask('call.end', { call, reason: 'hung-up' });
    await bert.ask('person.block', { name: 'anna', on: false });
    const timeline = async (name) => (await server.request('GET',
        `/api/calls/${call}/timeline`, { cookie: cookies[name] })).json?.steps;
    const seen = await until(async () => {
        const steps = await timeline('anna');
        return steps?.at(-1)?.what === 'ended' && steps;
    });
    assert.deepEqual(seen.map(({ what, how }) => [what, how]),
        [['started', 'none'], ['rings', 'by-autoplay'], ['ended', 'none']]);
    assert.ok((await timeline('bert') ?? []).every(({ what }) => what !== 'rings'));
    const words = server.command(['call', 'explain', call]);
    assert.match(words, /bert is not rung, but so it seems to the caller: in silence/);
    assert.doesNotMatch(words, /bert is rung/);
});

test('09f declining with words, blocking, and waiting until somebody is available', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = newId();
    await start(anna, call, 'bert');
    await bert.call(call, 'ringing');
    assert.equal((await bert.ask('call.decline', { call, text: 'In ten minutes' })).type, 'ok');
    assert.equal((await anna.call(call, 'ended')).reason, 'declined');
    await anna.event((e) => e.type === 'chat.message' && e.message.text === 'In ten minutes',
        'the words');

    assert.equal((await bert.ask('person.block', { name: 'anna', on: true })).type, 'ok');
    assert.deepEqual((await bert.ask('people.blocked', {})).people.map((p) => p.name), ['anna']);
    const second = newId();
    assert.equal((await start(anna, second, 'bert')).call.state, 'ringing');
    await anna.ask('call.end', { call: second, reason: 'hung-up' });
    await anna.call(second, 'ended');
    await bert.ask('person.block', { name: 'anna', on: false });
    assert.ok(!bert.events.some((e) => e.type === 'call.changed' && e.call.id === second),
        'nothing was told to who blocks');

    await bert.ask('status.set', { status: 'do-not-disturb' });
    await anna.ask('people.watch', { names: ['bert'] });
    await until(async () => (await anna.ask('people.watch', { names: ['bert'] }))
        .people[0].status === 'do-not-disturb');
    await anna.ask('person.notify', { name: 'bert', on: true });
    assert.equal((await anna.ask('people.notified', {})).people[0].name, 'bert');
    await bert.ask('status.set', { status: 'available' });
    const told = await anna.event((e) => e.type === 'person.available', 'he is available');
    assert.equal(told.person.name, 'bert');
    assert.equal((await anna.ask('people.notified', {})).people.length, 0);

    await bert.ask('call.prefer', { waiting: false, relayOnly: true });
    const wishes = await bert.event((e) => e.type === 'settings.changed' && e.relayOnly);
    assert.equal(wishes.callWaiting, false);
    const third = newId();
    await start(anna, third, 'bert');
    const answer = await bert.ask('call.accept', { call: third, ...on });
    assert.equal(answer.relayOnly, true);
    const cleo = await tab('cleo');
    assert.equal((await start(cleo, newId(), 'bert')).call.reason, 'busy');
    await anna.ask('call.end', { call: third, reason: 'hung-up' });
    await bert.ask('call.prefer', { waiting: true, relayOnly: false });
});

test('10 a ring that nobody hears ends by the one deadline', { timeout: 30000 }, async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const call = newId();
    await start(anna, call, 'bert');
    await bert.call(call, 'ringing');
    await new Promise((next) => setTimeout(next, 20000));
    assert.equal((await anna.call(call, 'ended')).reason, 'no-answer');
    assert.equal((await bert.call(call, 'ended')).reason, 'no-answer');
});
