// SPDX-License-Identifier: Apache-2.0
// Every error id that the server can answer is provoked by a test: those here, and what the other
// tests of this folder compare with. A new id without a test fails the first one.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Server, until } from './server.mjs';
import { newId, Tab } from './tab.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const top = resolve(here, '../../..');
const read = (path) => readFileSync(join(top, path), 'utf8');

/** Of protocol/*.json, if the server has code that sends it; and of the HTTP API. */
function knownIds() {
    const sources = readdirSync(join(top, 'src/server'))
        .filter((name) => name.endsWith('.c') && !name.endsWith('_test.c'))
        .map((name) => read(`src/server/${name}`)).join('\n');
    const signalling = readdirSync(join(top, 'protocol')).flatMap((name) =>
        (JSON.parse(read(`protocol/${name}`)).errors ?? []).map(({ id }) => id))
        .filter((id) => sources.includes(`MESSAGE_ERROR_${id.toUpperCase().replaceAll('-', '_')}`));
    const http = [...sources.matchAll(/api_answer_error\([^;]*?\b\d{3},\s*"([a-z-]+)"/gs)]
        .map(([, id]) => id);
    return { signalling: new Set(signalling), http: new Set(http) };
}

let server;
let root;
let mary;
let john;
let open = [];
before(async () => {
    server = await Server.start();
    root = await server.createAdministrator();
    mary = await server.createPerson(root, 'mary');
    john = await server.createPerson(root, 'john');
});
after(async () => {
    open.forEach((tab) => tab.leave());
    assert.equal(await server.stop(), 0);
});

const http = (method, path, more = {}) => server.request(method, path, more);
async function tab(cookie) {
    const one = await Tab.open(server, cookie);
    open.push(one);
    return one;
}
const start = (who, callee, call = newId()) =>
    who.ask('call.start', { call, callee, microphone: true, camera: false });

/** Each gives an answer that has `error`. */
const provoked = {
    'call-exists': async () => {
        const call = newId();
        const [one, other] = [await tab(mary), await tab(root)];
        await start(one, 'john', call);
        const answer = await start(other, 'john', call);
        await one.ask('call.end', { call, reason: 'hung-up' });
        return answer;
    },
    'too-many-calls': async () => {
        const few = await Server.start({ options: { 'portal.calls_per_minute': 1 } });
        try {
            const boss = await few.createAdministrator();
            await few.createPerson(boss, 'mary');
            const one = await Tab.open(few, boss);
            await start(one, 'mary');
            return await start(one, 'mary');
        } finally {
            await few.stop();
        }
    },
    'unknown-type': async () => (await tab(mary)).ask('no.such'),
    forbidden: async () => {
        const made = await http('POST', '/api/rooms', { cookie: mary,
            body: { id: newId(), kind: 'team', title: 'Ours', members: ['john'] } });
        return (await http('DELETE', `/api/rooms/${made.json.room.id}/members/mary`,
            { cookie: john })).json;
    },
    internal: async () => {
        const room = (await http('POST', '/api/rooms', { cookie: mary,
            body: { id: newId(), kind: 'team', title: 'Ours', members: [] } })).json.room.id;
        const writer = await tab(mary);
        server.sql('ALTER TABLE messages RENAME TO away');
        const answer = await writer.ask('chat.send', { room, message: newId(), text: 'Hello' });
        server.sql('ALTER TABLE away RENAME TO messages');
        assert.match(answer.reference, /^[\w-]{8}$/);
        const lines = () => server.log.split('\n')
            .filter((line) => line.includes(answer.reference));
        await until(() => lines().length > 0, 20_000, 'the line of the log');
        assert.equal(lines().length, 1, 'its reference finds one line of the log');
        return answer;
    },
    unauthorized: async () => (await http('GET', '/api/me')).json,
    'too-large': async () => (await http('PUT', '/api/me/avatar', { cookie: mary,
        body: Buffer.alloc(100_000), headers: { 'Content-Type': 'image/png' } })).json,
    method: async () => (await http('PATCH', '/api/me', { cookie: mary, body: {} })).json,
    'wrong-host': async () => (await http('GET', '/api/me',
        { headers: { Host: 'evil.example' } })).json,
    'foreign-origin': async () => (await http('POST', '/api/login',
        { origin: 'https://evil.example', body: { name: 'mary', password: 'x' } })).json,
};

test('every error id of the protocol and of the API is provoked by a test', () => {
    const tests = readdirSync(here).filter((name) => name.endsWith('.test.mjs'))
        .map((name) => readFileSync(join(here, name), 'utf8')).join('\n');
    const compared = (id) => new RegExp(`error\\b[^\\n]{0,80}['"]${id}['"]`).test(tests);
    const { signalling, http: ofApi } = knownIds();
    assert.ok(signalling.size >= 10 && ofApi.size >= 10, 'the sources were read');
    const missing = [...signalling, ...ofApi]
        .filter((id) => !(id in provoked) && !compared(id));
    assert.deepEqual(missing, [], 'no test provokes these');
});

for (const [id, provoke] of Object.entries(provoked)) {
    test(`the error ${id} is answered where it belongs`, async () => {
        const answer = await provoke();
        assert.equal(answer?.error, id, JSON.stringify(answer));
    });
}
