// SPDX-License-Identifier: Apache-2.0
// Who is blocked reads, message by message, what all read whom nobody answers: what his socket is
// told, what each of his commands is answered, and what he can ask for afterwards. Only what both
// sides of such a pair differ in anyhow (names, ids, times) is left out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { PushService } from './push-service.mjs';
import { Server, cookieOf, until } from './server.mjs';
import { newId, Tabs } from './tab.mjs';

const LONG = 30_000;
/** The slowest ring that is pretended comes before. */
const NO_MORE_MS = 2200;
const on = { microphone: true, camera: true };
let server;
let service;
let root;
let watcher;
let number = 0;
const opened = new Tabs();

before(async () => {
    service = await PushService.start();
    server = await Server.start({ options: { 'push.local': 1, 'portal.ring_ms': 20000,
        'portal.calls_per_minute': 60, 'portal.stranger_calls_per_hour': 100,
        'signalling.burst': 10000, 'signalling.resume_s': 1 } });
    root = await server.createAdministrator('root');
    watcher = await tab(root);
});

after(async () => {
    opened.leave();
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
    await service.stop();
});

const tab = (cookie) => opened.open(server, cookie);

/** Somebody new; `kind` stands in the name, so that a mix-up is seen. */
async function person(kind) {
    const name = `${kind}${++number}`;
    return { name, cookie: await server.createPerson(root, name) };
}

/** A tab that rings in this way, as the portal's page does. */
async function ringing(cookie, how) {
    const one = await tab(cookie);
    void until(() => one.events.some((event) => {
        if (event.type === 'call.changed' && event.call.state === 'ringing' && !event.rung) {
            event.rung = true;
            if (event.call.role === 'callee') {
                void one.ask('call.ringing', { call: event.call.id, how }).catch(() => {});
            }
        }
        return one.closed;
    }), 10 * LONG).catch(() => {});
    return one;
}

const DROPPED = new Set(['seq', 'ringLeftMs', 'iceServers', 'peer', 'author', 'at', 'atMs',
    'startedAtMs', 'endedAtMs', 'afterMs', 'next', 'name', 'fullName', 'title']);
/** Without names, ids and times; the ids of commands count in both alike. */
const plain = (value, call) => JSON.parse(JSON.stringify(value, (key, part) =>
    DROPPED.has(key) ? undefined : part)
    .replaceAll(call, 'CALL').replaceAll(/"[\w-]{22}"/g, '"ID"'));

/** Commands that a caller has no use for while it rings: what they are answered tells nothing. */
const probes = (call) => [
    ['call.prepare', { call }],
    ['call.describe', { call, kind: 'offer', offer: 1, sdp: 'v=0\r\n' }],
    ['call.describe', { call, kind: 'answer', offer: 1, sdp: 'v=0\r\n', early: 1 }],
    ['call.describe', { call, kind: 'offer', offer: 1, sdp: 'v=0\r\n', early: 2 }],
    ...[undefined, 1].map((early) => ['call.trickle', { call, candidate: '', mid: '0', line: 0,
        ufrag: '', ...early && { early } }]),
    ['call.ringing', { call, how: 'audible' }],
    ['call.ignore', { call }],
    ['call.accept', { call, ...on }],
    ['call.decline', { call }],
    ['call.connected', { call }],
    ['call.hold', { call, on: true }],
    ['call.media', { call, ...on, screen: false, trouble: false, pressed: 'nothing' }],
    ['call.join', { call }],
];

async function later(cookie, callee, call) {
    const get = async (path) => (await server.request('GET', path, { cookie })).json;
    const rooms = await until(async () => {
        const found = await get('/api/rooms');
        return found.rooms[0]?.last && found;
    }, LONG, 'the line in the chat');
    const room = rooms.rooms[0].id;
    return [rooms, await get(`/api/rooms/${room}`), await get(`/api/rooms/${room}/messages`),
        await get(`/api/calls?with=${callee}`), await get(`/api/calls/${call}/timeline`)];
}

/** All that a caller of this person can find out. */
async function transcript(caller, callee, { rings, probed, lasts, onCall }) {
    const from = await tab(caller.cookie);
    const people = { names: [callee.name] };
    const call = newId();
    const heard = [await from.ask('people.watch', people)];
    await from.ask('people.watch', { names: [] }); // what the tabs of the test do is no matter
    from.messages.length = 0;
    await from.ask('call.start', { call, callee: callee.name, ...on });
    await onCall?.(call);
    await until(() => from.messages.at(-1)?.call?.state === 'ended' || from.messages.some((one) =>
        one.call?.rings.length === rings), LONG, `${rings} devices that ring`);
    await wait(NO_MORE_MS);
    for (const [type, body] of probed ? probes(call) : []) {
        await from.ask(type, body).catch(() => {});
    }
    if (!lasts) {
        await from.ask('call.end', { call, reason: 'hung-up' });
    }
    await until(() => from.messages.some((one) => one.type === 'call.changed' &&
        one.call.state === 'ended') || !probed, LONG, 'the end');
    heard.push(await later(caller.cookie, callee.name, call));
    heard.push(...from.messages, await from.ask('people.watch', people));
    return plain(heard, call);
}

/** The same twice: with one who does not answer, and with one who blocks. */
async function compare({ prepare, ...how }) {
    const callees = [await person('silent'), await person('blocks')];
    const callers = [await person('heard'), await person('unheard')];
    const blocking = await tab(callees[1].cookie);
    await blocking.ask('person.block', { name: callers[1].name, on: true });
    blocking.leave();
    await until(async () => (await watcher.ask('people.watch', { names: [callees[1].name] }))
        .people[0].status === 'offline', LONG, 'the tab to be gone');
    const tabs = [await prepare(callees[0], true), await prepare(callees[1], false)];
    const [heard, unheard] = await Promise.all(callers.map((caller, i) => transcript(caller,
        callees[i], { probed: true, lasts: false, ...how,
            onCall: i === 0 ? (call) => how.onCall?.(callees[0], call) : undefined })));
    assert.deepEqual(unheard, heard);
    for (const one of tabs[1]) {
        const said = JSON.stringify(one.messages.filter(({ type }) => type.startsWith('call')));
        assert.ok(!said.includes(callers[1].name), `who blocks is told: ${said}`);
    }
}

const page = async ({ cookie }) => [await ringing(cookie, 'by-autoplay')];

test('a blocked caller cannot tell it from nobody answering: a page that rings', () =>
    compare({ prepare: page, rings: 1 }));

test('a blocked caller cannot tell it: two devices, one by one', () =>
    compare({ rings: 2, prepare: async (callee) => [...await page(callee),
        ...await page({ cookie: cookieOf(await server.login(callee.name)) })] }));

test('a blocked caller cannot tell it: who does not want to be disturbed', () =>
    compare({ rings: 1, prepare: async ({ cookie }) => {
        const one = await ringing(cookie, 'by-status');
        await one.ask('status.set', { status: 'do-not-disturb' });
        return [one];
    } }));

test('a blocked caller cannot tell it: who is in a call', () =>
    compare({ rings: 1, prepare: async (callee) => {
        const other = await person('third');
        await page(other);
        const [one] = await page(callee);
        await one.ask('call.start', { call: newId(), callee: other.name, ...on });
        return [one];
    } }));

const pushed = async ({ name, cookie }) => {
    const { subscription } = service.browser(name);
    assert.equal((await server.request('PUT', '/api/push', { cookie, body: subscription })).status,
        204);
};
const notified = (callee, call) => server.request('GET', `/api/push/calls/${call}`,
    { cookie: callee.cookie });

test('a blocked caller cannot tell it: a browser that is reached by push', () =>
    compare({ rings: 1, onCall: notified, prepare: async (callee) => {
        await pushed(callee);
        return [];
    } }));

test('a blocked caller cannot tell it: invisible, which is as offline', () =>
    compare({ rings: 1, onCall: notified, prepare: async (callee) => {
        await pushed(callee);
        const [one] = await page(callee);
        await one.ask('status.set', { status: 'invisible' });
        return [one];
    } }));

test('a blocked caller cannot tell it: nobody there', () =>
    compare({ prepare: async () => [], rings: 0, probed: false, lasts: true }));

test('a blocked caller cannot tell it: until it has rung for long enough', () =>
    compare({ prepare: page, rings: 1, lasts: true }));
