// SPDX-License-Identifier: Apache-2.0
// Memory that cannot be had while the real program answers: of each request of the HTTP API one
// allocation fails, whichever thread asks for it; and then one call of a library or of the system.
// It is answered as always, or with 500 or 503, or its connection ends; then the same request is
// answered as always, nothing has crashed, and at the end no block is left. What makes them fail is
// tests/fault/failing.c.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { join, resolve } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { generator } from './random.mjs';

const ALWAYS = [500, 503]; // what any answer may be when something fails
/** What fails, and how tests/fault/failing.c is told so. */
const KINDS = { allocation: '', call: 'c' };
const random = generator(1);
const folder = mkdtempSync(join(tmpdir(), 'visavis-memory-'));

process.env.FAILING_SOCKET = join(folder, 'failing');
const program = resolve(process.env.VISAVIS_BIN ?? 'build/src/app/visavis', '../../..',
    'tests/fault/visavis_failing');
process.env.VISAVIS_BIN = program;
const { Server, password } = await import('../e2e/api/server.mjs');
const { newId } = await import('../e2e/api/tab.mjs');

const cookies = {};
const ids = {};
let server;
let control;

/** From now on the n-th of a kind fails; gives how many there were. */
async function failAt(n, kind) {
    control.write(`${KINDS[kind]}${n}\n`);
    const [answer] = await Promise.race([once(control, 'data'),
        server.exited.then((how) => assert.fail(`the server has ended: ${how} ${server.log}`))]);
    return Number(answer);
}

const get = (path, who = 'anna', good = 200) => ({ who, method: 'GET', path, good });
const write = (method, path, body, { who = 'anna', good = 204 } = {}) =>
    ({ who, method, path, body, good });
const post = (...args) => write('POST', ...args);
const put = (...args) => write('PUT', ...args);
const remove = (...args) => write('DELETE', ...args);
const root = (good) => ({ who: 'root', good });
const made = { good: 201 };
const fine = { good: 200 };

/** Each makes a request that is good again and again. 404: what it undoes has been undone. */
const requests = [
    () => get('/', 'nobody'),
    () => get('/healthz', 'nobody'),
    () => get('/api/me'),
    () => get('/api/me/logins'),
    () => get('/api/me/accounts'),
    () => put('/api/me/accounts', { accounts: [] }),
    () => put('/api/me/profile', { fullName: 'A', email: 'a@b.example', position: `${random(99)}`,
        language: 'fr' }, fine),
    () => post('/api/login', { name: 'bert', password }, { who: 'nobody', good: 200 }),
    () => put('/api/me/password', { old: password, new: password }, { who: 'cleo' }),
    () => get('/api/people?q=a&limit=10'),
    () => get('/api/people/bert'),
    () => get('/api/calls?limit=10'),
    () => get('/api/calls?with=bert&missed=1'),
    () => get('/api/rooms'),
    () => post('/api/rooms', { id: newId(), kind: 'direct', name: 'bert' }, fine),
    () => post('/api/rooms',
        { id: newId(), kind: 'team', title: 'Team', members: ['bert', 'cleo'] }, made),
    () => get(`/api/rooms/${ids.team}`),
    () => put(`/api/rooms/${ids.team}`, { title: `Team ${random(99)}` }, fine),
    () => post(`/api/rooms/${ids.team}/members`, { name: 'cleo' }, fine),
    () => remove(`/api/rooms/${ids.team}/members/cleo`, undefined, { good: [204, 404] }),
    () => get(`/api/rooms/${ids.team}/messages?limit=20`),
    () => get('/api/chat/search?q=hello'),
    () => get('/api/activities?limit=10'),
    () => post('/api/activities', { id: newId(), text: 'Words of mine' }, made),
    () => get(`/api/activities/${ids.activity}`),
    () => get(`/api/activities/${ids.activity}/comments`),
    () => post(`/api/activities/${ids.activity}/comments`, { id: newId(), text: 'And' }, made),
    () => put(`/api/activities/${ids.activity}/like`),
    () => remove(`/api/activities/${ids.activity}/like`),
    () => get('/api/spaces'),
    () => post('/api/spaces', { name: `s${newId().toLowerCase().replace(/[^a-z0-9]/g, '')}`,
        title: 'A space', description: '' }, made),
    () => get('/api/spaces/common'),
    () => put('/api/spaces/common', { title: 'Common', description: `${random(99)}` }, fine),
    () => post('/api/spaces/common/invitations', { name: 'bert' }),
    () => post('/api/spaces/common/join', {}, { who: 'bert', good: [204, 404] }),
    () => post('/api/spaces/common/leave', {}, { who: 'bert', good: [204, 404] }),
    () => get('/api/push'),
    () => remove('/api/push'),
    () => post('/api/problems', { reference: 'AB12CD34', what: 'a test' }),
    () => post('/api/invitations', { kind: 'member' }, root(201)),
    () => get('/api/admin/connectors', 'root'),
    () => put('/api/admin/phones', { calls: true }, root(204)),
    () => get('/api/admin/relay', 'root'),
    () => get('/api/admin/now', 'root'),
    () => get('/api/admin/webrtc', 'root'),
    () => put('/api/admin/webrtc', { servers: [{ urls: ['stun:stun.example.org'],
        credentials: false, username: '' }], relayOnly: false, poolSize: 0, collectLog: true },
    root(204)),
    () => post('/api/clientlog', { lines: [{ level: 'info', connector: 'webrtc', client: 'x',
        time: 1, text: 'a line' }] }),
    () => get('/api/admin/people?q=a', 'root'),
    () => put('/api/admin/people/cleo', { disabled: false }, root(204)),
    () => put('/api/admin/people/bert', { group: 'administrators', member: false },
        root(204)),
    () => post('/api/admin/people/cleo/reset', {}, root(201)),
    () => get('/api/admin/invitations', 'root'),
    () => get('/api/admin/calls', 'root'),
    () => get('/api/admin/audit?limit=10', 'root'),
];

const send = ({ who, method, path, body }) =>
    server.request(method, path, { cookie: cookies[who], body });
const isGood = (good, status) => [good].flat().includes(status);

before(async () => {
    server = await Server.start({ options: { 'portal.invitations_max': 100000,
        'portal.logins_per_user_max': 1000, // or the first one ends while others are tried
        'portal.profiles_per_minute': 100000, 'portal.searches_per_minute': 100000,
        'chat.rooms_per_minute': 100000, 'chat.searches_per_minute': 100000,
        'stream.likes_per_minute': 100000, 'chat.rooms_per_user_max': 1000,
        'log.level': 'error' } });
    control = net.connect(process.env.FAILING_SOCKET);
    cookies.root = await server.createAdministrator('root');
    for (const name of ['anna', 'bert', 'cleo']) {
        cookies[name] = await server.createPerson(cookies.root, name);
    }
    for (const make of [requests[14], () => post('/api/spaces',
        { name: 'common', title: 'Common', description: '' }, made)]) {
        await send(make());
    }
    ids.team = (await send(requests[15]())).json.room.id;
    ids.activity = (await send(requests[23]())).json.activity.id;
});

after(async () => {
    control.destroy();
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error|ASSERT/);
    rmSync(folder, { recursive: true, force: true });
});

/** Sends it while its n-th of a kind fails; gives its status, 0 when its connection ended. */
async function sendFailing(request, n, kind) {
    await failAt(n, kind);
    const status = await send(request).then((answer) => answer.status, (error) => {
        assert.notEqual(error.message, 'no answer', `${request.method} ${request.path}`);
        return 0;
    });
    await failAt(0, kind);
    return status;
}

/** As always, also a connection that comes right after what has failed; gives how many it takes. */
async function sendFine(make, kind) {
    const request = make();
    const before = await failAt(0, kind);
    const { status, text } = await send(request);
    assert.ok(isGood(request.good, status), `${request.method} ${request.path}: ${status} ${text}`);
    return await failAt(0, kind) - before;
}

for (const kind of Object.keys(KINDS)) {
    test(`each request of the API is answered, or refused, when one ${kind} of it fails`,
        { timeout: 900_000 }, async () => {
            const seen = { good: 0, refused: 0, ended: 0 };
            for (const make of requests) {
                const count = await sendFine(make, kind);
                assert.ok(count > 0, `a request takes no ${kind}`);
                for (let n = 1; n <= count; n++) {
                    const request = make();
                    const status = await sendFailing(request, n, kind);
                    const good = isGood(request.good, status);
                    assert.ok(good || status === 0 || ALWAYS.includes(status),
                        `${request.method} ${request.path}, ${kind} ${n}: ${status}`);
                    seen[good ? 'good' : status === 0 ? 'ended' : 'refused']++;
                }
                await sendFine(make, kind);
            }
            console.log(`# each ${kind}: ${JSON.stringify(seen)}`);
            assert.ok(seen.refused + seen.ended > requests.length / 4, 'nothing has failed');
        });
}
