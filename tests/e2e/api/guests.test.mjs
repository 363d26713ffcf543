// SPDX-License-Identifier: Apache-2.0
// Guests by links (docs/decisions/0030-*): for one call, for a time, until withdrawn, and for
// nothing else. By HTTP and by the protocol alone.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { readTable } from '../../../tools/deftable.mjs';
import { cookieOf, Server, until } from './server.mjs';
import { newId, Tabs } from './tab.mjs';

const top = resolve(import.meta.dirname, '../../..');
const on = { microphone: true, camera: true };
const HOUR = '3600';
/** What a guest may say; everything else that the protocol has is refused. */
const ALLOWED = ['ping', 'call.start', 'call.join', 'call.end', 'call.connected', 'call.leave',
    'call.media', 'call.describe', 'call.trickle', 'call.report'];
/** What a guest may ask of what needs a sign-in. */
const ROUTES = ['GET /api/me', 'POST /api/clientlog', 'POST /api/problems',
    'GET /ws'];
let server;
const opened = new Tabs();
const cookies = {};

before(async () => {
    server = await Server.start({ options: { 'portal.guest_links_per_user_max': 5,
        'portal.guests_waiting_per_user_max': 1, 'portal.leave_grace_ms': 100,
        'portal.login_attempts_per_prefix': 1000, 'signalling.burst': 10000 } });
    cookies.root = await server.createAdministrator('root');
    for (const name of ['anna', 'bert', 'cleo', 'dora', 'emil']) {
        cookies[name] = await server.createPerson(cookies.root, name);
    }
});
afterEach(() => opened.leave());
after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

const tab = (cookie) => opened.open(server, cookie);

const ask = (method, path, body, cookie) => server.request(method, path, { body, cookie });
const linksOf = async (name) =>
    (await ask('GET', '/api/guests', undefined, cookies[name])).json.links;

/** A link of `host`: its token. */
async function invite(host, label = '') {
    const made = await ask('POST', '/api/guests', { label, seconds: HOUR }, cookies[host]);
    assert.equal(made.status, 201, made.text);
    return /\/guest\/([\w-]+)$/.exec(made.json.url)[1];
}
const look = (token, cookie) => ask('GET', `/api/guest/${token}`, undefined, cookie);
async function enter(token, name = 'Bob of Acme') {
    const entered = await ask('POST', `/api/guest/${token}`, { name });
    assert.equal(entered.status, 201, entered.text);
    return cookieOf(entered);
}

/** A guest of `host` in the lobby, and the host's page that shows it. */
async function lobby(host, name) {
    const token = await invite(host);
    const one = await tab(cookies[host]);
    const cookie = await enter(token, name);
    const guest = await tab(cookie);
    const call = newId();
    const reply = await guest.ask('call.start', { call, callee: host, ...on });
    const shown = await one.call(call, 'ringing');
    return { token, cookie, guest, host: one, call, reply, shown };
}
const state = async (host) => (await linksOf(host))[0].state;

test('N22: a link is 128 random bits at least, and the store keeps only its hash', async () => {
    const tokens = [await invite('anna'), await invite('anna')];
    assert.notEqual(tokens[0], tokens[1]);
    for (const token of tokens) {
        assert.ok(Buffer.from(token, 'base64url').length >= 16);
        const seen = await look(token);
        assert.equal(seen.status, 200);
        assert.deepEqual(Object.keys(seen.json.host).sort(), ['avatar', 'fullName', 'name']);
    }
    assert.doesNotMatch(JSON.stringify(await linksOf('anna')), new RegExp(tokens[0]));
    assert.doesNotMatch(server.log, new RegExp(tokens[0]));
});

test('N22: a guest waits in the lobby, is let in, and the link dies with the call', async () => {
    const { token, cookie, guest, host, call, reply, shown } = await lobby('bert', 'Anna');
    assert.equal(reply.call.state, 'ringing');
    assert.equal(reply.relayOnly, true, 'guests use the relay only');
    assert.equal(shown.silent, true, 'nothing rings');
    // The name is what was typed, also that of a user: it is marked, and the handle is another's.
    assert.equal(shown.peer.guest, true);
    assert.equal(shown.peer.fullName, 'Anna');
    assert.match(shown.peer.name, /^guest-[0-9a-f]{12}$/);
    assert.equal(reply.call.peer.guest, undefined);
    assert.equal(await state('bert'), 'waiting');
    await host.ask('call.accept', { call, ...on });
    await guest.call(call, 'connecting');
    assert.equal(await state('bert'), 'talking');
    assert.equal((await look(token)).status, 404, 'it is used up');
    // A reload of the guest's tab: it says good-bye and comes back into its call.
    await guest.ask('call.leave', { call });
    const again = await tab(cookie);
    assert.equal((await again.ask('call.join', { call })).type, 'call.is');
    await again.ask('call.end', { call, reason: 'hung-up' });
    await host.call(call, 'ended');
    await again.event((event) => event.type === 'bye');
    assert.equal((await ask('GET', '/api/me', undefined, cookie)).status, 401);
    assert.equal((await ask('POST', `/api/guest/${token}`, { name: 'Bob' })).status, 404);
    assert.equal(await state('bert'), 'used');
    const past = (await ask('GET', '/api/calls', undefined, cookies.bert)).json.calls[0];
    assert.equal(past.peer.fullName, 'Anna');
    assert.equal(past.peer.guest, true);
    assert.match(server.command(['call', 'explain', call]),
        new RegExp(`${shown.peer.name} \\(guest "Anna"\\) called bert`));
    // No chat came of it.
    assert.deepEqual((await ask('GET', '/api/rooms', undefined, cookies.bert)).json.rooms, []);
});

test('N22: who is refused has a link that works no more', async () => {
    const { token, cookie, guest, host, call } = await lobby('cleo');
    await host.ask('call.decline', { call });
    await guest.call(call, 'ended');
    assert.equal((await look(token)).status, 404);
    await until(async () => (await ask('GET', '/api/me', undefined, cookie)).status === 401);
    const { entries } = (await ask('GET', '/api/admin/audit', undefined, cookies.root)).json;
    assert.ok(entries.some(({ act, by }) => act === 'guest-invited' && by === 'cleo'));
});

test('N22: unknown, expired, withdrawn and used links look the same', async () => {
    const withdrawn = await invite('dora', 'to be withdrawn');
    const [{ id, label }] = await linksOf('dora');
    assert.equal(label, 'to be withdrawn');
    assert.equal((await ask('DELETE', `/api/guests/${id}`, undefined, cookies.bert)).status, 404);
    assert.equal((await ask('DELETE', `/api/guests/${id}`, undefined, cookies.dora)).status, 204);
    const { token: used, guest, host, call } = await lobby('dora');
    await host.ask('call.accept', { call, ...on });
    await guest.ask('call.end', { call, reason: 'hung-up' });
    const expired = await invite('dora');
    server.sql('UPDATE guest_links SET expires_s = created_s WHERE used_s = 0 AND host ='
        + " (SELECT id FROM users WHERE name = 'dora')");
    server.command(['group', 'add', 'read-again']); // tells the server that something was written
    await until(async () => (await look(expired)).status === 404);
    const states = (await linksOf('dora')).map((link) => link.state).sort();
    assert.deepEqual(states, ['expired', 'used']);
    const answers = [];
    for (const token of [newId() + newId().slice(0, 21), 'x', withdrawn, used, expired]) {
        for (const answer of [await look(token),
            await ask('POST', `/api/guest/${token}`, { name: 'Eve' })]) {
            answers.push(`${answer.status} ${answer.text}`);
        }
    }
    assert.equal(new Set(answers).size, 1, answers.join('\n'));
    assert.match(answers[0], /^404 .*not-found/);
});

test('N22: an administrator sees all links and withdraws one; its guest is out', async () => {
    const { cookie, guest, host, call } = await lobby('emil');
    const all = await ask('GET', '/api/admin/guests', undefined, cookies.root);
    const link = all.json.links.find((each) => each.state === 'waiting');
    assert.equal((await ask('GET', '/api/admin/guests', undefined, cookies.emil)).status, 404);
    const path = `/api/admin/guests/${link.id}`;
    assert.equal((await ask('DELETE', path, undefined, cookies.root)).status, 204);
    await host.call(call, 'ended');
    await guest.event((event) => event.type === 'bye');
    assert.equal((await ask('GET', '/api/me', undefined, cookie)).status, 401);
    const { entries } = (await ask('GET', '/api/admin/audit', undefined, cookies.root)).json;
    assert.ok(entries.some(({ act, by }) => act === 'guest-link-withdrawn' && by === 'root'));
});

test('N22: links and waiting guests have limits', async () => {
    const tokens = [];
    for (let i = 0; i < 5; i++) {
        tokens.push(await invite('emil'));
    }
    const sixth = await ask('POST', '/api/guests', { label: '', seconds: HOUR }, cookies.emil);
    assert.equal(sixth.status, 429);
    for (const seconds of ['59', '604801', 'x', '']) {
        const wrong = await ask('POST', '/api/guests', { label: '', seconds }, cookies.bert);
        assert.equal(wrong.status, 400, seconds);
    }
    await tab(cookies.emil);
    const guests = [];
    for (const token of tokens.slice(0, 2)) {
        guests.push(await tab(await enter(token)));
    }
    const start = (guest) => guest.ask('call.start', { call: newId(), callee: 'emil', ...on });
    assert.equal((await start(guests[0])).call.state, 'ringing');
    assert.equal((await start(guests[1])).error, 'limit');
    const member = await ask('POST', `/api/guest/${tokens[2]}`, { name: 'Me' }, cookies.bert);
    assert.equal(member.status, 409, 'who is signed in here is no guest');
    assert.equal((await look(tokens[2], cookies.bert)).json.signedIn, 'Full bert');
});

const fields = { id: newId, string: () => 'x', bool: () => true, list: () => [],
    int: ({ min }) => min, enum: ({ values }) => values[0] };
const example = (message) => Object.fromEntries(message.fields.filter((each) => !each.optional)
    .map((field) => [field.name, fields[field.type](field)]));

test('N22: every message of the protocol but those of a call is refused to a guest', async () => {
    const guest = await tab(await enter(await invite('anna')));
    const commands = readdirSync(resolve(top, 'protocol')).filter((name) => name.endsWith('.json'))
        .flatMap((name) => JSON.parse(readFileSync(resolve(top, 'protocol', name), 'utf8'))
            .messages.filter(({ kind }) => kind === 'command'));
    assert.ok(commands.length > 25);
    for (const command of commands.filter(({ name }) => name !== 'hello')) {
        const reply = await guest.ask(command.name, example(command));
        assert.equal(reply.error === 'forbidden', !ALLOWED.includes(command.name),
            `${command.name}: ${JSON.stringify(reply)}`);
    }
    for (const name of ALLOWED) {
        assert.ok(commands.some((command) => command.name === name), name);
    }
    for (const callee of ['bert', 'root', 'nobody']) {
        const reply = await guest.ask('call.start', { call: newId(), callee, ...on });
        assert.equal(reply.error, 'not-found', `a guest rings nobody but the host: ${callee}`);
    }
});

test('N22: every path that needs a sign-in but a few is refused to a guest', async () => {
    const cookie = await enter(await invite('anna'));
    const routes = readTable(readFileSync(resolve(top, 'src/server/routes.def'), 'utf8'), 'ROUTE',
        ['method', 'flags', 'path', 'handler', 'who', 'body', 'answer']);
    assert.ok(routes.length > 70);
    // Signing out would end this test's own sign-in.
    const signedIn = routes.filter(({ flags, path }) => /SIGNED_IN/.test(flags)
        && path !== '/api/logout');
    for (const { method, flags, path } of signedIn) {
        const name = `${method} ${path}`;
        const allowed = /GUEST/.test(flags);
        assert.equal(allowed, ROUTES.includes(name), name);
        const answer = await ask(method, path.replaceAll(/<\w+>/g, newId()),
            method === 'GET' ? undefined : {}, cookie);
        const refused = path.startsWith('/api/admin/') ? 404 : 403;
        if (!allowed) {
            assert.equal(answer.status, refused, name);
        }
    }
});

test('N22: guests are in no list, and nobody calls or writes to them', async () => {
    const { host, call, shown, guest } = await lobby('anna', 'Zacharias');
    const handle = shown.peer.name;
    const found = await ask('GET', '/api/people?q=zach', undefined, cookies.bert);
    assert.equal(found.json.total, 0);
    const admin = await ask('GET', '/api/admin/people?q=zach', undefined, cookies.root);
    assert.equal(admin.json.total, 0);
    assert.equal((await ask('GET', `/api/people/${handle}`, undefined, cookies.bert)).status, 404);
    const room = { id: newId(), kind: 'direct', name: handle };
    assert.equal((await ask('POST', '/api/rooms', room, cookies.anna)).status, 404);
    const reply = await host.ask('call.start', { call: newId(), callee: handle, ...on });
    assert.equal(reply.error, 'not-found');
    assert.equal((await host.ask('call.decline', { call, text: 'not now' })).error, 'not-found');
    await guest.call(call, 'ended');
    const login = await ask('POST', '/api/login', { name: handle, password: '' });
    assert.equal(login.status, 401);
});

test('N22: who tries many links is slowed down, whatever he tries', async () => {
    const strict = await Server.start({ options: { 'portal.login_attempts_per_prefix': 3 } });
    const root = await strict.createAdministrator('root');
    const made = await strict.request('POST', '/api/guests',
        { cookie: root, body: { label: '', seconds: HOUR } });
    const right = new URL(made.json.url).pathname.replace('/guest/', '/api/guest/');
    const statuses = [];
    for (let i = 0; i < 5; i++) {
        statuses.push((await strict.request('GET', `/api/guest/${newId()}`)).status);
    }
    assert.deepEqual(statuses, [404, 404, 404, 429, 429]);
    assert.equal((await strict.request('GET', right)).status, 429);
    assert.equal(await strict.stop(), 0);
});

test('N22: an administrator switches guests off: no link works, none is made', async () => {
    const off = await Server.start({ options: { 'portal.guests': 0 } });
    const root = await off.createAdministrator('root');
    const made = await off.request('POST', '/api/guests',
        { cookie: root, body: { label: '', seconds: HOUR } });
    assert.equal(made.status, 403);
    const listed = await off.request('GET', '/api/guests', { cookie: root });
    assert.deepEqual([listed.json.on, listed.json.maxSeconds], [false, 0]);
    assert.equal(await off.stop(), 0);
});
