// SPDX-License-Identifier: Apache-2.0
// After a kill -9: what a third caller is told of somebody in a call whose page is not back yet,
// and how long a guest still waits. By HTTP and by the protocol alone.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { cookieOf, Server, until } from './server.mjs';
import { newId, Tabs } from './tab.mjs';

const on = { microphone: true, camera: true };
let server;
const opened = new Tabs();
const cookies = {};

before(async () => {
    server = await Server.start({ options: { 'signalling.burst': 10000 } });
    cookies.root = await server.createAdministrator('root');
    for (const name of ['anna', 'bert', 'cleo']) {
        cookies[name] = await server.createPerson(cookies.root, name);
    }
});
afterEach(() => opened.leave());
after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

const tab = (cookie) => opened.open(server, cookie);

/** Killed without a word, and there again; not in the second of the last sign-in. */
async function restart() {
    const second = Math.floor(Date.now() / 1000);
    await until(() => Math.floor(Date.now() / 1000) > second);
    await server.stop('SIGKILL', true);
    await server.run();
}

/** anna talks with bert when the server is killed; only anna is back. */
async function annaIsBack() {
    const [anna, bert] = [await tab(cookies.anna), await tab(cookies.bert)];
    const call = newId();
    await anna.ask('call.start', { call, callee: 'bert', ...on });
    await bert.call(call, 'ringing');
    await bert.ask('call.accept', { call, ...on });
    await anna.ask('call.connected', { call });
    await bert.ask('call.connected', { call });
    await restart();
    const again = await tab(cookies.anna);
    assert.equal((await again.ask('call.join', { call })).call.state, 'active');
    return { call, anna: again };
}

const start = async (one, callee) => {
    const call = newId();
    return (await one.ask('call.start', { call, callee, ...on })).call;
};

test('who is not back in a call after a kill is called with call waiting, as before', async () => {
    const { call, anna } = await annaIsBack();
    const cleo = await tab(cookies.cleo);
    const waiting = await start(cleo, 'bert');
    assert.deepEqual([waiting.state, waiting.waiting], ['ringing', true]);
    const bert = await tab(cookies.bert);
    assert.equal((await bert.call(waiting.id, 'ringing')).waiting, true);
    assert.equal((await bert.ask('call.join', { call })).call.state, 'active');
    await bert.ask('call.decline', { call: waiting.id });
    assert.equal((await cleo.call(waiting.id, 'ended')).reason, 'declined');
    await anna.ask('call.end', { call, reason: 'hung-up' });
});

test('who takes no second call is busy, also before the page is back', async () => {
    const wishes = await tab(cookies.bert);
    const wished = await wishes.ask('call.prefer', { waiting: false });
    assert.equal(wished.error, undefined, JSON.stringify(wished));
    wishes.leave();
    const { call, anna } = await annaIsBack();
    const busy = await start(await tab(cookies.cleo), 'bert');
    assert.deepEqual([busy.state, busy.reason], ['ended', 'busy']);
    await anna.ask('call.end', { call, reason: 'hung-up' });
});

test('N22: a guest who waits has what was left of the wait, not the time of a ring', async () => {
    const WAIT_MS = 600_000; // portal.guest_wait_ms
    await tab(cookies.anna);
    const made = await server.request('POST', '/api/guests',
        { cookie: cookies.anna, body: { label: '', seconds: '3600' } });
    const path = new URL(made.json.url).pathname.replace('/guest/', '/api/guest/');
    const cookie = cookieOf(await server.request('POST', path, { body: { name: 'Bob' } }));
    const waiting = await start(await tab(cookie), 'anna');
    assert.equal(waiting.ringLeftMs, WAIT_MS);
    const started = Date.now();
    await restart();
    const [anna, guest] = [await tab(cookies.anna), await tab(cookie)];
    const { ringLeftMs } = (await guest.ask('call.join', { call: waiting.id })).call;
    const gone = WAIT_MS - ringLeftMs;
    assert.ok(gone > 0 && gone <= Date.now() - started + 1000, `${ringLeftMs} ms are left`);
    assert.equal((await anna.call(waiting.id, 'ringing')).peer.guest, true);
    await anna.ask('call.accept', { call: waiting.id, ...on });
    await guest.call(waiting.id, 'connecting');
    await guest.ask('call.end', { call: waiting.id, reason: 'hung-up' });
});
