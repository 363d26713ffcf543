// SPDX-License-Identifier: Apache-2.0
// Administration over HTTP: connectors, WebRTC settings, people, calls, the audit, IM accounts,
// shared objects. The rows of the acceptance table that need no screen.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { freePort } from './freeport.mjs';
import { cookieOf, Server, until } from './server.mjs';
import { newId, Tab } from './tab.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const top = resolve(here, '../../..');
let server;
let root;
let mary;
let john;
before(async () => {
    server = await Server.start();
    root = await server.createAdministrator();
    mary = await server.createPerson(root, 'mary');
    john = await server.createPerson(root, 'john');
});
after(async () => assert.equal(await server.stop(), 0));

const ask = (method, path, body, cookie = root) => server.request(method, path, { cookie, body });
const connectors = async () => (await ask('GET', '/api/admin/connectors')).json.connectors;
const settings = { servers: [], relayOnly: false, poolSize: 0, collectLog: false };
const save = (changes) => ask('PUT', '/api/admin/webrtc', { ...settings, ...changes });
const ringing = (id) => (event) => event.type === 'call.changed' && event.call.id === id;

test('M31: WebRTC is present, active and the only active one', async () => {
    const list = await connectors();
    assert.deepEqual(list.filter((c) => c.active).map((c) => c.name), ['webrtc']);
    const tab = await Tab.open(server, mary);
    const event = await tab.event((e) => e.type === 'connectors.changed');
    assert.deepEqual(event.connectors.map((c) => c.name), ['webrtc']);
    tab.leave();
});

test('M26: WebRTC needs no IM account and adds no IM entry', async () => {
    assert.deepEqual((await ask('GET', '/api/me/accounts', undefined, mary)).json,
        { types: [], accounts: [] });
});

test('now and the hours count what happens: tabs, calls, reports of their media', async () => {
    const now = async () => (await ask('GET', '/api/admin/now')).json;
    const before = await now();
    const [caller, callee] = [await Tab.open(server, mary), await Tab.open(server, john)];
    const call = newId();
    const on = { microphone: true, camera: true };
    await caller.ask('call.start', { call, callee: 'john', ...on });
    await callee.ask('call.accept', { call, ...on });
    for (const tab of [caller, callee]) {
        await tab.ask('call.connected', { call });
    }
    await caller.ask('call.report', { call, path: 'direct', transport: 'udp', lossPermille: 30,
        rttMs: 20, jitterMs: 3 });
    const during = await until(async () => {
        const found = await now();
        const total = (name) => found.hours.reduce((sum, hour) => sum + hour[name], 0);
        return total('calls') > before.hours.reduce((sum, hour) => sum + hour.calls, 0)
            && total('reports') > 0 && found.hours.at(-1).sessions >= 2 && found;
    }, 15_000, 'the hour');
    assert.equal(during.calls, before.calls + 1);
    assert.equal(during.sessions, before.sessions + 2);
    assert.equal(during.people, 3);
    const last = during.hours.findLast((hour) => hour.reports > 0);
    assert.equal(last.lossPermille, 30);
    assert.equal(last.at % 3600, 0);
    await caller.ask('call.end', { call, reason: 'hung-up' });
    caller.leave();
    callee.leave();
});

/** All requests of administrators, from the table of routes itself: a new one cannot be missed. */
const adminRoutes = [...readFileSync(join(top, 'src/server/routes.def'), 'utf8')
    .matchAll(/^ROUTE\(([A-Z]+),[^"]*"(\/api\/admin\/[^"]*)"/gm)]
    .map(([, method, pattern]) => ({ method, path: pattern.replaceAll(/<\w+>/g, 'mary') }));

test('M99: nothing of administration exists for others, whatever they try', async () => {
    assert.ok(adminRoutes.length >= 15, 'the table was read');
    const seen = ({ status, text, headers }) => {
        const { date, ...rest } = headers;
        return { status, text, rest };
    };
    const unknown = seen(await ask('GET', '/api/no-such-thing', undefined, mary));
    assert.equal(unknown.status, 404);
    const paths = new Set(['/api/admin/no-such-thing', ...adminRoutes.map(({ path }) => path)]);
    for (const path of paths) {
        for (const method of ['GET', 'PUT', 'POST', 'DELETE']) {
            for (const cookie of [mary, undefined]) {
                for (const origin of [server.origin, 'https://evil.example']) {
                    const answer = await server.request(method, path, { cookie, origin,
                        body: method === 'GET' ? undefined : {} });
                    assert.deepEqual(seen(answer), unknown, `${method} ${path}`);
                }
            }
        }
    }
    for (const { path } of adminRoutes.filter(({ method }) => method === 'GET')) {
        assert.equal((await ask('GET', path)).status, 200, path); // It is there for who may.
    }
});

test('M100: every connector is listed with name, description and state', async () => {
    const list = await connectors();
    assert.deepEqual(list.map((c) => c.name), ['webrtc', 'link', 'sip']);
    assert.ok(list.every((c) => c.title && c.description && typeof c.active === 'boolean'));
});

test('M101: a connector that is switched off is off for everybody at once', async () => {
    const tab = await Tab.open(server, mary);
    assert.equal((await ask('PUT', '/api/admin/connectors/webrtc', { active: false })).status, 204);
    await tab.event((e) => e.type === 'connectors.changed' && e.connectors.length === 0);
    assert.equal((await connectors()).find((c) => c.name === 'webrtc').active, false);
    tab.leave();
});

test('N24: a switched-off connector is refused by the server too', async () => {
    const tab = await Tab.open(server, john);
    const refused = await tab.ask('call.start',
        { call: newId(), callee: 'mary', microphone: true, camera: false });
    assert.equal(refused.error, 'connector-disabled');
    const unknown = await tab.ask('call.start', { call: newId(), callee: 'mary',
        connector: 'no-such', microphone: true, camera: false });
    assert.equal(unknown.error, 'connector-disabled');
    tab.leave();
});

test('M102: switched on again, calls are possible again', async () => {
    const tab = await Tab.open(server, mary);
    assert.equal((await ask('PUT', '/api/admin/connectors/webrtc', { active: true })).status, 204);
    await tab.event((e) => e.type === 'connectors.changed' && e.connectors.length === 1);
    tab.leave();
});

test('what rings by a connector ends when it is switched off, a conversation goes on', async () => {
    const [caller, callee] = [await Tab.open(server, john), await Tab.open(server, mary)];
    const first = newId();
    await caller.ask('call.start',
        { call: first, callee: 'mary', microphone: true, camera: false });
    await callee.event(ringing(first));
    await ask('PUT', '/api/admin/connectors/webrtc', { active: false });
    assert.equal((await caller.call(first, 'ended')).reason, 'connector-disabled');
    assert.equal((await callee.call(first, 'ended')).reason, 'connector-disabled');
    await ask('PUT', '/api/admin/connectors/webrtc', { active: true });
    const second = newId();
    await caller.ask('call.start',
        { call: second, callee: 'mary', microphone: true, camera: false });
    await callee.ask('call.accept', { call: second, microphone: true, camera: false });
    await ask('PUT', '/api/admin/connectors/webrtc', { active: false });
    await callee.event((e) => e.type === 'connectors.changed' && e.connectors.length === 0
        && e.seq > callee.events.findIndex((x) => x.call?.id === second));
    assert.equal((await callee.ask('call.join', { call: second })).call.state, 'connecting');
    await ask('PUT', '/api/admin/connectors/webrtc', { active: true });
    await caller.ask('call.end', { call: second, reason: 'hung-up' });
    caller.leave();
    callee.leave();
});

test('an administrator sees the calls and ends one', async () => {
    const [caller, callee] = [await Tab.open(server, john), await Tab.open(server, mary)];
    const call = newId();
    await caller.ask('call.start', { call, callee: 'mary', microphone: true, camera: false });
    const { calls } = (await ask('GET', '/api/admin/calls')).json;
    assert.deepEqual(calls.map((c) => [c.id, c.state, c.caller.name, c.callee.name, c.connector]),
        [[call, 'ringing', 'john', 'mary', 'webrtc']]);
    assert.equal((await ask('DELETE', `/api/admin/calls/${call}`)).status, 204);
    assert.equal((await callee.call(call, 'ended')).reason, 'stopped');
    assert.equal((await ask('DELETE', `/api/admin/calls/${call}`)).status, 404);
    caller.leave();
    callee.leave();
});

test('M107: STUN and TURN URLs with transport are accepted', async () => {
    const servers = [{ urls: ['stun:stun.example.org', 'stun:[2001:db8::1]:3478'] },
        { urls: ['turn:turn.example.org:3478?transport=udp',
            'turns:turn.example.org:443?transport=tcp'],
        credentials: true, username: 'u', password: 'p' }];
    assert.equal((await save({ servers })).status, 204);
    const kept = (await ask('GET', '/api/admin/webrtc')).json;
    assert.deepEqual(kept.servers.map((s) => s.urls), servers.map((s) => s.urls));
});

test('M109: without credentials the server is kept and used without any', async () => {
    assert.equal((await save({ servers: [{ urls: ['stun:stun.example.org'] }] })).status, 204);
    const tab = await Tab.open(server, john);
    const call = newId();
    const reply = await tab.ask('call.start',
        { call, callee: 'mary', microphone: true, camera: false });
    assert.deepEqual(reply.iceServers,
        [{ urls: ['stun:stun.example.org'], username: '', credential: '' }]);
    await tab.ask('call.end', { call, reason: 'hung-up' });
    tab.leave();
});

test('M114: all servers are given to the browser in their order, with the policy', async () => {
    const servers = ['c', 'a', 'b'].map((name) => ({ urls: [`stun:${name}.example.org`] }));
    await save({ servers, relayOnly: true, poolSize: 3 });
    const tab = await Tab.open(server, john);
    const call = newId();
    const reply = await tab.ask('call.start',
        { call, callee: 'mary', microphone: true, camera: false });
    assert.deepEqual(reply.iceServers.map((s) => s.urls[0]), servers.map((s) => s.urls[0]));
    assert.equal(reply.relayOnly, true);
    assert.equal(reply.poolSize, 3);
    await tab.ask('call.end', { call, reason: 'hung-up' });
    tab.leave();
});

test('M110: what is missing or wrong is named by its field, and nothing is stored', async () => {
    await save({ servers: [{ urls: ['stun:kept.example.org'] }] });
    const good = { urls: ['stun:stun.example.org'] };
    const turn = { urls: ['turn:turn.example.org'], credentials: true };
    const cases = [
        [{ servers: [good, { urls: [''] }] }, 'servers.1.urls.0'],
        [{ servers: [{ urls: [] }] }, 'servers.0.urls.0'],
        [{ servers: [{ urls: ['stun:a.example.org', 'junk'] }] }, 'servers.0.urls.1'],
        [{ servers: [{ ...turn, username: '', password: 'p' }] }, 'servers.0.username'],
        [{ servers: [{ ...turn, username: 'u', password: '' }] }, 'servers.0.password'],
        [{ servers: [{ ...turn, username: 'u' }] }, 'servers.0.password'],
        [{ servers: [], poolSize: 11 }, 'poolSize'],
    ];
    for (const [changes, field] of cases) {
        const answer = await save(changes);
        assert.equal(answer.status, 400, field);
        assert.equal(answer.json.field, field);
    }
    assert.deepEqual((await ask('GET', '/api/admin/webrtc')).json.servers[0].urls,
        ['stun:kept.example.org']);
});

test('N9: junk as an ICE address is refused', async () => {
    for (const url of ['http://stun.example.org', 'stun://a', 'turn:', 'stun:a b', 'stun:a:0',
        'turn:a?transport=sctp', 'stun:a?transport=udp']) {
        assert.equal((await save({ servers: [{ urls: [url] }] })).status, 400, url);
    }
});

test('N12: a saved password never leaves the server in clear, and may stay', async () => {
    const password = 'a-secret-that-nobody-sees';
    const turn = { urls: ['turn:turn.example.org'], credentials: true, username: 'u' };
    await save({ servers: [{ ...turn, password }] });
    for (const path of ['webrtc', 'connectors', 'audit']) {
        assert.ok(!(await ask('GET', `/api/admin/${path}`)).text.includes(password), path);
    }
    await save({ servers: [{ urls: ['stun:first.example.org'] }, { ...turn, kept: 0 }] });
    const given = (await ask('POST', '/api/admin/webrtc/test', { server: 1 })).json;
    assert.equal(given.credential, password); // what each caller's browser gets
    assert.ok(!server.log.includes(password));
});

test('M112: all servers may be removed', async () => {
    assert.equal((await save({ servers: [] })).status, 204);
    assert.deepEqual((await ask('GET', '/api/admin/webrtc')).json.servers, []);
});

test('139: settings are not written from a foreign origin', async () => {
    const answer = await server.request('PUT', '/api/admin/webrtc',
        { cookie: root, body: settings, origin: 'https://evil.example' });
    assert.equal(answer.status, 403);
    const none = await server.request('PUT', '/api/admin/webrtc',
        { cookie: root, body: settings, origin: null });
    assert.equal(none.status, 403);
});

test('N23: no link but https and the schemes of programs is accepted anywhere', async () => {
    for (const template of ['javascript:alert(1)//{room}', 'http://meet.example.org/{room}',
        'data:text/html,{room}', 'https://a@b/{room}']) {
        const answer = await ask('PUT', '/api/admin/connectors/link', { values: { template } });
        assert.equal(answer.status, 400, template);
        assert.equal(answer.json.field, 'template');
    }
    await ask('PUT', '/api/admin/connectors/link', { active: true });
    const answer = await ask('PUT', '/api/me/accounts',
        { accounts: [{ type: 'meeting', value: 'javascript:alert(1)' }] }, mary);
    assert.equal(answer.status, 400);
    assert.equal(answer.json.field, 'accounts.0');
    await ask('PUT', '/api/admin/connectors/link', { active: false });
});

test('144: a call by link rings as always and gives its https link after the answer', async () => {
    await ask('PUT', '/api/admin/connectors/link', { active: true });
    const template = 'https://meet.example.org/{room}';
    assert.equal((await ask('PUT', '/api/admin/connectors/link',
        { values: { template } })).status, 204);
    const [caller, callee] = [await Tab.open(server, john), await Tab.open(server, mary)];
    const call = newId();
    const started = await caller.ask('call.start',
        { call, callee: 'mary', connector: 'link', microphone: false, camera: false });
    assert.equal(started.call.connector, 'link');
    assert.equal(started.call.link, '');
    await callee.event(ringing(call));
    const answered = await callee.ask('call.accept', { call, microphone: false, camera: false });
    const { link } = await caller.call(call, 'connecting');
    assert.match(link, /^https:\/\/meet\.example\.org\/[\w-]{22}$/);
    assert.equal(answered.call.link, link);
    assert.ok(!link.includes(call));
    await caller.ask('call.end', { call, reason: 'hung-up' });
    await ask('PUT', '/api/admin/connectors/link', { active: false });
    caller.leave();
    callee.leave();
});

test('M25: the type of a connector that needs an account is offered in profiles', async () => {
    await ask('PUT', '/api/admin/connectors/sip', { active: true });
    const { types } = (await ask('GET', '/api/me/accounts', undefined, mary)).json;
    assert.deepEqual(types, [{ type: 'sip', title: 'SIP address' }]);
});

const setSip = (cookie, ...values) => ask('PUT', '/api/me/accounts',
    { accounts: values.map((value) => ({ type: 'sip', value })) }, cookie);

test('M27: without accounts on both sides no call by it is possible', async () => {
    const link = () => ask('GET', '/api/connectors/sip?callee=mary', undefined, john);
    assert.equal((await link()).status, 404);
    assert.equal((await setSip(mary, 'mary@sip.example.org')).status, 204);
    assert.equal((await link()).status, 404);
    await setSip(john, 'john@sip.example.org');
    assert.deepEqual((await link()).json, { link: 'sip:mary@sip.example.org' });
    const { json } = await ask('GET', '/api/people/mary', undefined, john);
    assert.equal(json.accounts, 'sip');
});

test('M30: of two accounts of one type the first is used', async () => {
    await setSip(mary, 'first@sip.example.org', 'second@sip.example.org');
    const answer = await ask('GET', '/api/connectors/sip?callee=mary', undefined, john);
    assert.equal(answer.json.link, 'sip:first@sip.example.org');
    const { imAccounts } = (await ask('GET', '/api/people/mary', undefined, john)).json;
    assert.deepEqual(imAccounts.map((a) => a.value),
        ['first@sip.example.org', 'second@sip.example.org']);
});

test('M29: accounts of a switched-off connector are not given out, and are not lost', async () => {
    await ask('PUT', '/api/admin/connectors/sip', { active: false });
    const { json } = await ask('GET', '/api/people/mary', undefined, john);
    assert.deepEqual([json.accounts, json.imAccounts], ['', []]);
    const none = await ask('GET', '/api/connectors/sip?callee=mary', undefined, john);
    assert.equal(none.status, 404);
    assert.equal((await ask('PUT', '/api/me/accounts', { accounts: [] }, mary)).status, 204);
    await ask('PUT', '/api/admin/connectors/sip', { active: true });
    const again = await ask('GET', '/api/people/mary', undefined, john);
    assert.equal(again.json.accounts, 'sip');
});

test('M28: an invalid account is ignored with a warning', async () => {
    const refused = await setSip(mary, 'not an address');
    assert.equal(refused.status, 400);
    assert.equal(refused.json.field, 'accounts.0');
    await server.stop('SIGTERM', true);
    server.sql("UPDATE im_accounts SET value = '<junk>' WHERE value LIKE '%@%'");
    await server.run();
    const { json } = await ask('GET', '/api/people/mary', undefined, john);
    assert.deepEqual([json.accounts, json.imAccounts], ['', []]);
    await until(() => /warn connectors an IM account is ignored user=mary/.test(server.log));
    await ask('PUT', '/api/admin/connectors/sip', { active: false });
});

test('M22: the choice is kept for its target on the server, over a new sign-in', async () => {
    const tab = await Tab.open(server, john);
    assert.equal((await tab.ask('connector.choose', { target: 'mary', connector: 'link' })).type,
        'ok');
    await tab.event((e) => e.type === 'choices.changed'
        && e.choices.some((c) => c.target === 'mary' && c.connector === 'link'));
    tab.leave();
    await server.stop('SIGTERM', true);
    await server.run();
    const again = await Tab.open(server, cookieOf(await server.login('john')));
    const event = await again.event((e) => e.type === 'choices.changed');
    assert.deepEqual(event.choices, [{ target: 'mary', connector: 'link' }]);
    again.leave();
});

test('M119: settings survive a restart and win over the configuration file', async () => {
    const other = await Server.start({ options: { 'ice.server': 'stun:file.example.org' } });
    const cookie = await other.createAdministrator();
    const get = async () => (await other.request('GET', '/api/admin/webrtc', { cookie })).json;
    assert.deepEqual((await get()).servers[0].urls, ['stun:file.example.org']);
    await other.request('PUT', '/api/admin/webrtc',
        { cookie, body: { ...settings, servers: [{ urls: ['stun:page.example.org'] }] } });
    await other.stop('SIGTERM', true);
    await other.run();
    assert.deepEqual((await get()).servers.map((s) => s.urls), [['stun:page.example.org']]);
    await until(() => other.log.includes('ice.server of the configuration is not used'));
    await other.stop();
});

test('M115: a public STUN server is warned of at every start and on the page', async () => {
    const other = await Server.start({ options: { 'ice.server': 'stun:stun.l.google.com:19302' } });
    const cookie = await other.createAdministrator();
    const warned = () =>
        (other.log.match(/warn serve a public STUN server is in use/g) ?? []).length;
    await until(() => warned() === 1);
    await other.stop('SIGTERM', true);
    await other.run();
    await until(() => warned() === 2);
    const { json } = await other.request('GET', '/api/admin/connectors', { cookie });
    assert.equal(json.publicServer, 'stun:stun.l.google.com:19302');
    await other.stop();
});

test('M116: with a server of one\'s own there is no such warning', async () => {
    const other = await Server.start({ options: { 'ice.server': 'stun:stun.example.org' } });
    const cookie = await other.createAdministrator();
    const { json } = await other.request('GET', '/api/admin/connectors', { cookie });
    assert.equal(json.publicServer, '');
    assert.ok(!other.log.includes('public STUN'));
    await other.stop();
});

test('140: servers of this machine are refused where others could not reach them', async () => {
    const port = await freePort();
    const origin = `http://portal.example.org:${port}`;
    const other = await Server.start({ options: { 'listen.port': port, origin } });
    const cookie = await other.createAdministrator();
    for (const url of ['turn:127.0.0.1', 'turn:[::1]', 'turn:localhost', 'javascript:alert(1)']) {
        const answer = await other.request('PUT', '/api/admin/webrtc', { cookie, body: {
            ...settings,
            servers: [{ urls: [url], credentials: true, username: 'u', password: 'p' }] } });
        assert.equal(answer.status, 400, url);
        assert.equal(answer.json.field, 'servers.0.urls.0');
    }
    await other.stop();
});

test('people are disabled and enabled, and their sign-ins end at once', async () => {
    const zoe = await server.createPerson(root, 'zoe');
    const tab = await Tab.open(server, zoe);
    assert.equal((await ask('PUT', '/api/admin/people/zoe', { disabled: true })).status, 204);
    await tab.event((e) => e.type === 'bye' && e.reason === 'disabled');
    assert.equal((await ask('GET', '/api/me', undefined, zoe)).status, 401);
    const all = (await ask('GET', '/api/admin/people?q=zoe')).json;
    assert.equal(all.people[0].disabled, true);
    assert.equal((await ask('PUT', '/api/admin/people/zoe', { disabled: false })).status, 204);
    assert.equal((await server.login('zoe')).status, 200);
});

test('143: the last administrator cannot be removed', async () => {
    assert.equal((await ask('PUT', '/api/admin/people/root', { disabled: true })).status, 409);
    const leave = { group: 'platform/administrators', member: false };
    assert.equal((await ask('PUT', '/api/admin/people/root', leave)).status, 409);
    await ask('PUT', '/api/admin/people/zoe', { ...leave, member: true });
    const zoe = cookieOf(await server.login('zoe'));
    assert.equal((await ask('GET', '/api/admin/audit', undefined, zoe)).status, 200);
    await ask('PUT', '/api/admin/people/zoe', leave);
    assert.equal((await ask('GET', '/api/admin/audit', undefined, zoe)).status, 404);
});

test('M8: an administrator deletes a person, but not oneself and not the last one', async () => {
    const erase = (name, cookie) => ask('DELETE', `/api/admin/people/${name}`, undefined, cookie);
    const lea = await server.createPerson(root, 'lea');
    assert.equal((await erase('lea', mary)).status, 404);
    assert.equal((await erase('nobody')).status, 404);
    assert.equal((await erase('root')).status, 409); // the last administrator
    const group = { group: 'platform/administrators', member: true };
    await ask('PUT', '/api/admin/people/zoe', group);
    assert.equal((await erase('root')).status, 403); // oneself
    await ask('PUT', '/api/admin/people/zoe', { ...group, member: false });
    const tab = await Tab.open(server, john);
    const hers = await Tab.open(server, lea);
    assert.equal((await erase('lea')).status, 204);
    await hers.event((e) => e.type === 'bye' && e.reason === 'disabled');
    await tab.event((e) => e.type === 'person.gone' && e.name === 'lea' && e.erased);
    // All of it is so when the answer is there.
    assert.equal((await ask('GET', '/api/people/lea', undefined, john)).status, 404);
    assert.equal((await ask('GET', '/api/admin/people?q=')).json.people.some(
        ({ person }) => /^lea$|^deleted-/.test(person.name)), false);
    const [entry, before] = (await ask('GET', '/api/admin/audit')).json.entries;
    assert.deepEqual([entry.by, entry.act, before.act], ['root', 'user-erased', 'user-disabled']);
    assert.match(entry.target, /^deleted-[0-9a-f]{16}$/);
    assert.equal(before.target, entry.target);
    assert.equal((await ask('PUT', `/api/admin/people/${entry.target}`, { disabled: false }))
        .status, 404);
    await server.createPerson(root, 'lea'); // The name is free.
    tab.leave();
});

test('a reset link sets a password once, and replaces the one before', async () => {
    const reset = async () => (await ask('POST', '/api/admin/people/zoe/reset')).json.url;
    const [first, second] = [await reset(), await reset()];
    const use = (url) => server.request('POST', `/api/join/${url.split('/join/')[1]}`,
        { body: { password: 'another good one' } });
    assert.equal((await use(first)).status, 404);
    assert.equal((await use(second)).status, 201);
    assert.equal((await server.login('zoe', 'another good one')).status, 200);
});

test('invitations are listed without their links, and withdrawn', async () => {
    const token = await server.invite(root);
    const { invitations } = (await ask('GET', '/api/admin/invitations')).json;
    const one = invitations.find((i) => i.kind === 'member');
    assert.ok(one.by === 'root' && !JSON.stringify(invitations).includes(token));
    assert.equal((await ask('DELETE', `/api/admin/invitations/${one.id}`)).status, 204);
    assert.equal((await ask('GET', `/api/invitations/${token}`)).status, 404);
});

test('the audit tells who did what, in pages, newest first', async () => {
    const { entries, next } = (await ask('GET', '/api/admin/audit?limit=3')).json;
    assert.deepEqual(entries.map((e) => e.act),
        ['invitation-withdrawn', 'invited', 'password-link']);
    assert.ok(entries.every((e) => e.by === 'root' && e.at > 1e9));
    const more = (await ask('GET', `/api/admin/audit?limit=3&before=${next}`)).json;
    assert.ok(more.entries[0].seq < entries[2].seq);
});

test('M118: the log of pages arrives in time order while it is collected', async () => {
    const line = (time, text, level = 'info') =>
        ({ level, connector: 'webrtc', client: 'tab-1', time, text });
    const post = (lines) => ask('POST', '/api/clientlog', { lines }, john);
    assert.equal((await post([line(1, 'nobody listens')])).status, 404);
    await save({ collectLog: true });
    assert.equal((await post([line(2000, 'later', 'warn'), line(1000, 'sooner')])).status, 204);
    await until(() => server.log.includes('later'));
    const lines = server.log.split('\n').filter((text) => text.includes('from a page'));
    assert.match(lines[0],
        /info .*connector="webrtc" user=john client="tab-1" time=1000 text="sooner"/);
    assert.match(lines[1], /warn .*time=2000 text="later"/);
    assert.ok(!server.log.includes('nobody listens'));
});

test('145: what pages send cannot forge a line of the log', async () => {
    await ask('POST', '/api/clientlog', { lines: [{ level: 'info', connector: 'a" user=root x="',
        client: 'c', time: 1, text: 'one\\ntwo\u2028three" user=root' }] }, john);
    await until(() => server.log.includes('three'));
    const line = server.log.split('\n').find((text) => text.includes('three'));
    assert.equal(line.match(/ user=root/g)?.length ?? 0, 2); // inside quotes only
    assert.ok(!/" user=root/.test(line));
    const many = Array.from({ length: 50 }, () => ({ level: 'info', connector: '', client: '',
        time: 1, text: 'flood' }));
    const statuses = [];
    for (let i = 0; i < 4; i++) {
        statuses.push((await ask('POST', '/api/clientlog', { lines: many }, john)).status);
    }
    assert.equal(statuses.at(-1), 429);
    await save({ collectLog: false });
});

test('M96: the reference of a problem finds exactly one line', async () => {
    const reference = 'Ab3-_xyz9';
    const post = (one) => ask('POST', '/api/problems', { reference: one, what: 'media-failed' },
        john);
    assert.equal((await post(reference)).status, 204);
    assert.equal((await post(reference)).status, 204); // As if the first answer had been lost.
    const last = 'after-both';
    assert.equal((await post(last)).status, 204);
    await until(() => server.log.includes(last));
    assert.equal(server.log.split('\n').filter((line) => line.includes(reference)).length, 1);
    assert.equal((await ask('POST', '/api/problems', { reference: 'a b', what: '' }, john)).status,
        400);
});

test('146: there are no metrics for the public', async () => {
    assert.equal((await ask('GET', '/metrics')).status, 404);
});

test('147: there is no default password; the first link is printed once', async () => {
    assert.equal((await server.login('root', 'admin')).status, 401);
    const other = await Server.start();
    assert.equal(other.output.filter((line) => line.includes('/join/')).length, 1);
    assert.ok(!other.log.includes(other.firstLink.split('/join/')[1]));
    await other.stop();
});

/** A folder of connectors, built as docs/connectors.md says. */
function build(...variants) {
    const folder = mkdtempSync(join(tmpdir(), 'visavis-connectors-'));
    const source = readFileSync(join(here, 'connectors/board.c'), 'utf8');
    for (const [name, edit] of variants) {
        writeFileSync(join(folder, `${name}.c`), edit(source));
        execFileSync('cc', ['-shared', '-fPIC', '-I', join(top, 'src'), '-o',
            join(folder, `${name}.so`), join(folder, `${name}.c`)]);
    }
    return folder;
}

test('the example of docs/connectors.md is the file that the tests build', () => {
    const text = readFileSync(join(top, 'docs/connectors.md'), 'utf8');
    const example = text.split('```c\n')[1].split('```')[0];
    const file = readFileSync(join(here, 'connectors/board.c'), 'utf8');
    assert.ok(file.endsWith(example));
    assert.ok(example.split('\n').length < 100);
});

test('shared objects are connectors; those for another version are refused', async () => {
    const folder = build(['board', (text) => text],
        ['old', (text) => text.replace('.interface = CONNECTOR_INTERFACE', '.interface = 99')],
        ['empty', () => 'int nothing;\n'],
        ['twice', (text) => text]);
    mkdirSync(join(folder, 'sub'));
    cpSync(join(folder, 'board.so'), join(folder, 'loose.so'));
    execFileSync('chmod', ['666', join(folder, 'loose.so')]);
    const other = await Server.start({ options: { 'connectors.folder': folder } });
    const cookie = await other.createAdministrator();
    const get = async () => (await other.request('GET', '/api/admin/connectors', { cookie })).json;
    const board = (await get()).connectors.find((c) => c.name === 'board');
    assert.equal(board.active, false);
    assert.deepEqual(board.fields.map((f) => f.name), ['host']);
    const why = (file) => other.log.split('\n').find((line) =>
        line.includes('a connector is refused') && line.includes(`/${file}.so`)) ?? '';
    assert.match(why('old'), /made for version 99 of the interface, this program has version 1/);
    assert.match(why('empty'), /no symbol visavis_connector/);
    assert.match(why('twice'), /of this name is there already/);
    assert.match(why('loose'), /others than root/);
    const put = (body) => other.request('PUT', '/api/admin/connectors/board', { cookie, body });
    assert.equal((await put({ values: { host: 'Not A Host' } })).status, 400);
    assert.equal((await put({ values: { host: 'boards.example.org' } })).status, 204);
    assert.equal((await put({ active: true })).status, 204);
    const ann = await other.createPerson(cookie, 'ann');
    for (const person of [cookie, ann]) {
        await other.request('PUT', '/api/me/accounts',
            { cookie: person, body: { accounts: [{ type: 'board', value: 'me' }] } });
    }
    const [caller, callee] = [await Tab.open(other, cookie), await Tab.open(other, ann)];
    const call = newId();
    await caller.ask('call.start',
        { call, callee: 'ann', connector: 'board', microphone: false, camera: false });
    const reply = await callee.ask('call.accept', { call, microphone: false, camera: false });
    assert.match(reply.call.link, /^https:\/\/boards\.example\.org\/[\w-]{22}$/);
    caller.leave();
    callee.leave();
    await other.stop();
    rmSync(folder, { recursive: true });
});
