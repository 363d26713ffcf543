// SPDX-License-Identifier: Apache-2.0
// Who pesters: what he can do, and that he cannot tell it from nobody answering.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server, until } from './server.mjs';
import { newId, Tab, Tabs } from './tab.mjs';

const on = { microphone: true, camera: true };
const LONG = 20_000;
let server;
const opened = new Tabs();
const cookies = {};

const tab = (name) => opened.open(server, cookies[name]);

/** A person who has come lately: nobody has called, blocked or answered him yet. */
async function newcomer(name) {
    cookies[name] = await server.createPerson(cookies.root, name);
    return tab(name);
}

const start = async (from, callee) => {
    const call = newId();
    return { call, reply: await from.ask('call.start', { call, callee, ...on }) };
};
const cancel = (from, call) => from.ask('call.end', { call, reason: 'hung-up' });
const about = (one, call) => one.events.filter((e) => e.call?.id === call || e.call === call);

before(async () => {
    server = await Server.start({ options: { 'portal.ring_ms': 20000, 'portal.unanswered_max': 3,
        'portal.calls_per_minute': 20, 'portal.stranger_calls_per_hour': 100,
        'signalling.burst': 10000 } });
    cookies.root = await server.createAdministrator('root');
});

afterEach(() => opened.leave());

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('one call rings for a pair, whatever its caller does', async () => {
    const [anna, again] = [await newcomer('anna'), await tab('anna')];
    const bert = await newcomer('bert');
    const { call, reply } = await start(anna, 'bert');
    assert.equal(reply.call.state, 'ringing');
    for (const from of [anna, again]) {
        assert.equal((await start(from, 'bert')).reply.error, 'call-busy');
    }
    await bert.call(call, 'ringing');
    assert.equal(new Set(bert.events.filter((e) => e.type === 'call.changed')
        .map((e) => e.call.id)).size, 1);
    await cancel(anna, call);
});

/** The tab of a browser that rings without a sound, as the portal's page does before a click. */
const rings = (one) => void until(() => one.events.some((event) => {
    if (event.type === 'call.changed' && event.call.state === 'ringing' && !event.rung) {
        event.rung = true;
        void one.ask('call.ringing', { call: event.call.id, how: 'by-autoplay' }).catch(() => {});
    }
    return one.closed;
}), 10 * LONG).catch(() => {});

/** A message without what differs between any two calls. */
const plain = (message, call) => JSON.parse(JSON.stringify(message, (key, value) => (
    ['id', 'seq', 'ringLeftMs', 'peer', 'iceServers'].includes(key) && value !== call
        ? undefined : value)).replaceAll(call, 'CALL'));

/** All that the caller reads of a call that he lets ring for a moment, and how long each took. */
async function unanswered(from, callee) {
    const began = performance.now();
    const { call, reply } = await start(from, callee);
    const times = [performance.now() - began];
    await until(() => about(from, call).some((e) => e.call.rings.length > 0), LONG, 'a ring');
    times.push(performance.now() - began);
    assert.equal((await cancel(from, call)).type, 'ok');
    await from.call(call, 'ended');
    const read = [reply, ...about(from, call)].map((message) => plain(message, call));
    return { read, times };
}

test('a blocked caller reads what all read whom nobody answers, as fast', async () => {
    const carl = await newcomer('carl');
    const [dora, emil] = [await newcomer('dora'), await newcomer('emil')];
    assert.equal((await dora.ask('person.block', { name: 'carl', on: true })).type, 'ok');
    rings(emil);
    const seen = { dora: [], emil: [] };
    for (let i = 0; i < 2; i++) { // fewer than are counted as pestering
        for (const name of ['dora', 'emil']) {
            seen[name].push(await unanswered(carl, name));
        }
    }
    for (let i = 0; i < 2; i++) {
        assert.deepEqual(seen.dora[i].read, seen.emil[i].read);
        const [reply, ringing] = seen.dora[i].times;
        assert.ok(reply < 1000 && ringing - reply > 20 && ringing - reply < 2000,
            `${reply} and ${ringing} ms`);
    }
    assert.ok(!dora.events.some((e) => /^calls?\./.test(e.type)), 'who blocks is told nothing');
    assert.ok(!carl.events.some((e) => e.type === 'chat.hasRead' && e.name !== 'carl'),
        'the line in the chat gives it away');
    const calls = async (name) => (await server.request('GET', '/api/calls?missed=1',
        { cookie: cookies[name] })).json;
    await until(async () => (await calls('emil')).missed === 2, LONG, 'missed calls');
    assert.equal((await calls('dora')).missed, 0);
    const status = (await carl.ask('people.watch', { names: ['dora', 'emil'] })).people
        .map((person) => [person.status, person.devices, person.push]);
    assert.deepEqual(status[0], status[1]);
});

test('after three in vain the fourth does not ring, is missed, and looks the same', async () => {
    const [finn, gina] = [await newcomer('finn'), await newcomer('gina')];
    rings(gina);
    const seen = [];
    for (let i = 0; i < 4; i++) {
        seen.push(await unanswered(finn, 'gina'));
    }
    assert.deepEqual(seen[3].read, seen[0].read);
    const rung = new Set(gina.events.filter((e) => e.type === 'call.changed')
        .map((e) => e.call.id));
    assert.equal(rung.size, 3);
    await until(async () => (await server.request('GET', '/api/calls?missed=1',
        { cookie: cookies.gina })).json.missed === 4, LONG, 'four missed calls');
    const { call, reply } = await start(gina, 'finn'); // who calls back may be called
    assert.equal(reply.call.state, 'ringing');
    await cancel(gina, call);
    const { call: fifth } = await start(finn, 'gina');
    await gina.call(fifth, 'ringing');
    await cancel(finn, fifth);
});

test('a caller may start so many calls a minute, and others are not held back', async () => {
    const [hans, ida] = [await newcomer('hans'), await newcomer('ida')];
    let started = 0;
    for (;; started++) {
        const { call, reply } = await start(hans, 'ida');
        if (reply.error !== undefined) {
            assert.equal(reply.error, 'too-many-calls');
            break;
        }
        await cancel(hans, call);
        assert.ok(started < 40, 'no limit');
    }
    assert.ok(started >= 20, `after ${started}`);
    const { call, reply } = await start(ida, 'hans');
    assert.equal(reply.call.state, 'ringing');
    await cancel(ida, call);
});

test('a server that has all the calls it takes says so, not that one calls too often', async () => {
    const full = await Server.start({ options: { 'portal.calls_max': 1 } });
    try {
        const root = await full.createAdministrator('root');
        const names = ['kim', 'lea', 'max', 'noa'];
        const tabs = {};
        for (const name of names) {
            tabs[name] = await Tab.open(full, await full.createPerson(root, name));
        }
        const { call, reply } = await start(tabs.kim, 'lea');
        assert.equal(reply.call.state, 'ringing');
        assert.equal((await start(tabs.max, 'noa')).reply.error, 'limit');
        await cancel(tabs.kim, call);
        assert.equal((await start(tabs.max, 'noa')).reply.call.state, 'ringing');
        names.forEach((name) => tabs[name].leave());
    } finally {
        assert.equal(await full.stop(), 0);
    }
});

test('who is blocked stays a stranger over a restart of the server: the line in the chat, which is '
    + 'read for who blocks, is no look of his', async () => {
    const [nora, olaf] = [await newcomer('nora'), await newcomer('olaf')];
    await olaf.ask('person.block', { name: 'nora', on: true });
    await cancel(nora, (await start(nora, 'olaf')).call);
    const rooms = async () => (await server.request('GET', '/api/rooms',
        { cookie: cookies.olaf })).json.rooms;
    await until(async () => (await rooms())[0]?.last, LONG, 'the line in the chat');
    assert.equal(await server.stop('SIGKILL', true), 'SIGKILL');
    server.args.push('--set', 'portal.stranger_calls_per_hour=1');
    await server.run();
    assert.equal((await rooms())[0].unread, 0);
    const [again] = [await tab('nora'), await tab('olaf')];
    const { call, reply } = await start(again, 'olaf');
    assert.equal(reply.call?.state, 'ringing', JSON.stringify(reply));
    await cancel(again, call);
    assert.equal((await start(again, 'olaf')).reply.error, 'too-many-calls');
});
