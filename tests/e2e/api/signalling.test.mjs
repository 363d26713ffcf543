// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, cookieOf, until } from './server.mjs';
import { Tab, newId, upgrade } from './tab.mjs';

let server;
let root;
let mary;

before(async () => {
    server = await Server.start({
        options: { 'signalling.resume_s': 2, 'signalling.ring_events': 16,
            'portal.sessions_per_user_max': 3 },
    });
    root = await server.createAdministrator('root');
    mary = await server.createPerson(root, 'mary');
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('01 the handshake needs a sign-in and the own Origin', async () => {
    assert.equal((await upgrade(server, undefined)).status, 401);
    assert.equal((await upgrade(server, root, { headers: { Origin: 'https://evil.example' } }))
        .status, 403);
    assert.equal((await server.request('GET', '/ws',
        { cookie: root, headers: { Origin: server.origin } })).status, 426);
});

test('02 hello opens a session, and ping answers', async () => {
    const tab = await Tab.open(server, root);
    assert.equal(tab.welcome.type, 'welcome');
    assert.equal(tab.welcome.resumed, false);
    assert.equal(tab.welcome.user, 'root');
    assert.match(tab.welcome.token, /^[\w-]{43}$/);
    assert.equal((await tab.ask('ping')).type, 'ok');
    assert.equal((await tab.ask('hello', { version: 1 })).error, 'state');
    tab.leave();
    await tab.ended();
});

test('03 the first message must be hello of a known version', async () => {
    const early = await Tab.connect(server, root);
    assert.equal((await early.ask('ping')).error, 'hello-first');
    assert.equal((await early.ended()).code, 1008);
    const old = await Tab.connect(server, root);
    assert.equal((await old.ask('hello', { version: 999 })).error, 'bad-version');
    assert.equal((await old.ended()).code, 1008);
});

test('04 a tab that lost its connection gets what it missed, in order', async () => {
    const tab = await Tab.open(server, root);
    const other = await Tab.open(server, mary);
    tab.cut();
    const ids = [newId(), newId()];
    for (const call of ids) {
        await other.ask('call.start', { call, callee: 'root', microphone: true, camera: true });
        await other.ask('call.end', { call, reason: 'hung-up' });
    }
    const back = await Tab.open(server, root, { token: tab.welcome.token, last: tab.last });
    assert.equal(back.welcome.resumed, true);
    assert.equal(back.welcome.seq, tab.last);
    assert.notEqual(back.welcome.token, tab.welcome.token);
    await back.ask('ping');
    const seqs = back.events.map((event) => event.seq);
    assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b));
    assert.ok(seqs[0] > back.welcome.seq);
    // That they rang was true when they did.
    const calls = back.events.filter(({ type }) => type === 'call.changed');
    assert.deepEqual(calls.map(({ call }) => [call.id, call.state]),
        ids.map((id) => [id, 'ended']));
    back.leave();
    other.leave();
});

test('05 a token works once and only for its own sign-in', async () => {
    const tab = await Tab.open(server, root);
    tab.cut();
    const thief = await Tab.open(server, mary, { token: tab.welcome.token, last: tab.last });
    assert.equal(thief.welcome.resumed, false);
    assert.equal(thief.welcome.user, 'mary');
    const back = await Tab.open(server, root, { token: tab.welcome.token, last: tab.last });
    assert.equal(back.welcome.resumed, true);
    const again = await Tab.open(server, root, { token: tab.welcome.token, last: tab.last });
    assert.equal(again.welcome.resumed, false);
    for (const one of [thief, back, again]) {
        one.leave();
    }
});

test('06 a tab that comes back before its old connection is dead takes over', async () => {
    const tab = await Tab.open(server, root);
    const back = await Tab.open(server, root, { token: tab.welcome.token, last: tab.last });
    assert.equal(back.welcome.resumed, true);
    await tab.ended();
    assert.equal((await back.ask('ping')).type, 'ok');
    back.leave();
});

test('07 when the ring has forgotten, a snapshot follows', async () => {
    const tab = await Tab.open(server, root);
    const other = await Tab.open(server, mary);
    tab.cut();
    for (let i = 0; i < 12; i++) {
        const call = newId();
        await other.ask('call.start', { call, callee: 'root', microphone: true, camera: true });
        await other.ask('call.end', { call, reason: 'hung-up' });
    }
    const ringing = newId();
    await other.ask('call.start',
        { call: ringing, callee: 'root', microphone: true, camera: true });
    const back = await Tab.open(server, root, { token: tab.welcome.token, last: tab.last });
    assert.equal(back.welcome.resumed, false);
    const call = await back.call(ringing, 'ringing');
    assert.equal(call.role, 'callee');
    assert.ok(back.events[0].seq > back.welcome.seq);
    await other.ask('call.end', { call: ringing, reason: 'hung-up' });
    back.leave();
    other.leave();
});

test('08 after the window the session is gone', async () => {
    const tab = await Tab.open(server, root);
    tab.cut();
    await new Promise((next) => setTimeout(next, 2500));
    const back = await Tab.open(server, root, { token: tab.welcome.token, last: tab.last });
    assert.equal(back.welcome.resumed, false);
    back.leave();
});

test('09 three bad messages end the connection, a good one does not forgive', async () => {
    const tab = await Tab.open(server, root);
    tab.raw('no json');
    tab.raw('{"type":"call.fly","id":5}');
    assert.equal((await tab.ask('ping')).type, 'ok');
    tab.raw('{"type":"ping","id":7,"more":1}');
    assert.equal((await tab.ended()).code, 1008);
    assert.deepEqual(tab.messages.filter((m) => m.type === 'error').map((m) => m.error),
        ['bad-message', 'unknown-type', 'bad-message']);
});

test('10 a flood ends the connection', async () => {
    const tab = await Tab.open(server, root);
    for (let i = 1; i < 80; i++) {
        tab.raw(JSON.stringify({ type: 'ping', id: i + 1000 }));
    }
    assert.equal((await tab.ended()).code, 1008);
    const answered = tab.messages.filter((m) => m.type === 'ok').length;
    assert.ok(answered >= 55 && answered <= 65, String(answered));
});

test('11 the oldest tab of a person ends at the limit', async () => {
    const cookie = cookieOf(await server.login('mary'));
    const tabs = [];
    for (let i = 0; i < 4; i++) {
        tabs.push(await Tab.open(server, cookie));
    }
    const bye = await tabs[0].event((e) => e.type === 'bye');
    assert.equal(bye.reason, 'limit');
    await tabs[0].ended();
    assert.equal((await tabs[3].ask('ping')).type, 'ok');
    for (const tab of tabs) {
        tab.leave();
    }
});

test('12 those who watch a person see it come and go, others do not', async () => {
    const tab = await Tab.open(server, root);
    const stranger = await Tab.open(server, root);
    const watch = await tab.ask('people.watch', { names: ['mary', 'nobody', 'root', 'mary'] });
    assert.equal(watch.type, 'people.are');
    assert.deepEqual(watch.people.map(({ name, status }) => [name, status]).sort(),
        [['mary', 'offline'], ['root', 'available']]);
    const other = await Tab.open(server, mary);
    const is = (status) => (e) =>
        e.type === 'person.changed' && e.person.name === 'mary' && e.person.status === status;
    await tab.event(is('available'), 'available');
    other.leave();
    await tab.event(is('offline'), 'offline');
    assert.ok(!stranger.events.some((e) => e.type === 'person.changed'));
    assert.deepEqual((await tab.ask('people.watch', { names: [] })).people, []);
    const many = Array.from({ length: 101 }, (_, i) => `u${i}`);
    assert.equal((await tab.ask('people.watch', { names: many })).error, 'bad-message');
    tab.leave();
    stranger.leave();
});

test('13 a server that ends says so', async () => {
    const tab = await Tab.open(server, root);
    assert.equal(await server.stop('SIGTERM', true), 0);
    assert.equal((await tab.ended()).code, 1001);
    assert.equal(tab.events.at(-1).reason, 'shutdown');
    await server.run();
});

test('20 a tab ends with its sign-in, and using it keeps it', { timeout: 60000 }, async () => {
    const short = await Server.start({
        options: { 'portal.login_idle_s': 3, 'portal.login_absolute_s': 9 } });
    try {
        const cookie = await short.createAdministrator('root');
        const idle = await Tab.open(short, cookieOf(await short.login('root')));
        const active = await Tab.open(short, cookie);
        const started = Date.now();
        const use = setInterval(() => {
            idle.ask('ping').catch(() => {}); // pages do that by themselves
            active.ask('call.join', { call: newId() }).catch(() => {});
        }, 500);
        try {
            assert.equal((await idle.event((e) => e.type === 'bye')).reason, 'logged-out');
            await idle.ended();
            assert.equal(active.closed, null, 'in use');
            await until(() => active.events.some((e) => e.type === 'bye'), 20000, 'the last end');
            assert.ok(Date.now() - started > 6000, 'used for longer than the idle time');
        } finally {
            clearInterval(use);
        }
        assert.equal((await short.request('GET', '/api/me', { cookie })).status, 401);
    } finally {
        await short.stop();
    }
});
