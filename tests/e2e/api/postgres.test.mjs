// SPDX-License-Identifier: Apache-2.0
// PostgreSQL as the store: the contract of src/store, and the real program on it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { Postgres } from './postgres.mjs';
import { Server, binary, cookieOf, password, until } from './server.mjs';
import { Tab, newId } from './tab.mjs';

const on = { microphone: true, camera: true };
const CONTRACT = ['store_test', 'chat_store_test', 'personal_test', 'durable_test',
    'migrations_test', 'lease_test'];
const REPLAY_S_MAX = 6; // of one test; more of them would not end in time

/** What is kept in the store is asked for by these, over HTTP and by the command line. */
const API = ['accounts', 'admin', 'chat', 'errors', 'guests', 'personal', 'push', 'retention',
    'stream'];

let postgres;

before(async () => {
    postgres = await Postgres.start({ fast: true });
});

after(async () => {
    await postgres.stop();
});

function run(server, words, input) {
    const { status, stdout, stderr } = spawnSync(binary, [...words, '--config', server.config,
        '--data', server.folder], { encoding: 'utf8', timeout: 60_000, input });
    return { status, stdout, text: stdout + stderr };
}

/** Not spawnSync: what PostgreSQL says must be read meanwhile, or it waits for ever. */
async function runTests(program, words, env) {
    const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 280_000, killSignal: 'SIGKILL' });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
        child[stream].setEncoding('utf8').on('data', (text) => (said[stream] += text));
    }
    const [status] = await once(child, 'close');
    return { status, ...said };
}

for (const name of CONTRACT) {
    test(`the contract of the store: ${name}`, { timeout: 300_000 }, async () => {
        const url = postgres.createDatabase(name);
        const done = await runTests(join(dirname(binary), '..', name), [], { ...process.env,
            VISAVIS_TEST_POSTGRES: url,
            UNIT_REPLAY_S: String(Math.min(REPLAY_S_MAX, process.env.UNIT_REPLAY_S ?? 0.05)) });
        assert.equal(done.status, 0, done.stdout + done.stderr);
        assert.match(done.stdout, /unit \S+: [1-9]\d* passed, 0 failed/);
    });
}

for (const name of API) {
    test(`the tests of the API: ${name}`, { timeout: 300_000 }, async () => {
        const env = { ...process.env, VISAVIS_TEST_STORE: postgres.url('').replace(/\/$/, '') };
        delete env.NODE_TEST_CONTEXT; // or its words would be for our own runner
        const done = await runTests(process.execPath, ['--test', '--test-reporter=tap',
            '--test-force-exit', join(import.meta.dirname, `${name}.test.mjs`)], env);
        assert.equal(done.status, 0, done.stdout + done.stderr);
        assert.match(done.stdout, /^# pass [1-9]/m);
        assert.notEqual(postgres.ask('postgres', 'SELECT count(*) FROM pg_database'
            + " WHERE datname LIKE 'visavis\\_api\\_%'"), '0', 'they were on another store');
    });
}

test('people sign in, speak, search and call, and the command line sees it', async () => {
    const url = postgres.createDatabase('people');
    const server = await Server.start({ options: { 'store.url': url } });
    try {
        const root = await server.createAdministrator('root');
        const anna = await server.createPerson(root, 'anna');
        const bert = await server.createPerson(root, 'bert');
        const made = await server.request('POST', '/api/rooms', { cookie: anna,
            body: { id: newId(), kind: 'direct', name: 'bert' } });
        assert.equal(made.status, 201, made.text);
        const room = made.json.room.id;
        const tabs = [await Tab.open(server, anna), await Tab.open(server, bert)];
        const message = newId();
        const send = { message, room, text: 'Die Brücke ist ‚offen‘, naïve' };
        assert.equal((await tabs[0].ask('chat.send', send)).type, 'chat.sent');
        assert.equal((await tabs[0].ask('chat.send', send)).type, 'chat.sent'); // kept once
        await tabs[1].ask('chat.send', { message: newId(), room, text: "O'Neil's \\ brucke" });
        const history = await server.request('GET', `/api/rooms/${room}/messages`,
            { cookie: bert });
        assert.deepEqual(history.json.messages.map((m) => m.text),
            [send.text, "O'Neil's \\ brucke"]);
        const found = await server.request('GET', '/api/chat/search?q=bruck', { cookie: bert });
        assert.equal(found.json.hits.length, 2, found.text);
        const call = newId();
        await tabs[0].ask('call.start', { call, callee: 'bert', ...on });
        await tabs[1].ask('call.accept', { call, ...on });
        await tabs[0].ask('call.end', { call, reason: 'hung-up' });
        const calls = await until(async () => {
            const { json } = await server.request('GET', '/api/calls', { cookie: anna });
            return json?.calls?.length === 1 && json.calls;
        }, 20_000, 'the ended call');
        assert.equal(calls[0].call ?? calls[0].id, call);
        assert.deepEqual(run(server, ['user', 'list']).stdout.split('\n').filter(Boolean)
            .map((line) => line.split('\t')[0]), ['anna', 'bert', 'root']);
        assert.ok(run(server, ['call', 'list']).stdout.includes('anna\tbert'));
        assert.match(run(server, ['call', 'explain', call]).stdout, /anna called bert/);
        const told = JSON.parse(run(server, ['export', 'bert']).stdout);
        assert.equal(told.messages[0].text, "O'Neil's \\ brucke");
        assert.equal(told.calls[0].mine, false);
        assert.match(run(server, ['backup', '/tmp/none']).text, /pg_dump/);
        assert.match(run(server, ['restore', '/tmp/none']).text, /pg_restore/);
        tabs.forEach((tab) => tab.socket.destroy());
        assert.equal(run(server, ['erase', 'bert'], 'bert\n').status, 0);
        await until(async () => (await server.login('bert')).status === 401, 20_000,
            'that the server knows what another process has written');
        assert.equal(postgres.ask('people', "SELECT count(*) FROM users WHERE name = 'bert'"), '0');
        await until(async () => (await server.request('GET', '/api/chat/search?q=brucke',
            { cookie: anna })).json.hits.length === 1, 20_000, 'the index that is made anew');
    } finally {
        assert.equal(await server.stop(), 0);
    }
    assert.doesNotMatch(server.log, /Sanitizer|runtime error|ASSERT/);
});

test('one server works on a database; what is newer is refused', async () => {
    const url = postgres.createDatabase('alone');
    const server = await Server.start({ options: { 'store.url': url } });
    try {
        await assert.rejects(Server.start({ options: { 'store.url': url } }),
            /another server runs on this database/);
    } finally {
        assert.equal(await server.stop(), 0);
    }
    postgres.ask('alone', 'UPDATE visavis SET schema_version = 99');
    await assert.rejects(Server.start({ options: { 'store.url': url } }),
        /database is newer than this program/);
});

test('a database that takes connections and never answers is said at the start', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const sockets = [];
    silent.on('connection', (socket) => sockets.push(socket.on('error', () => {})));
    try {
        const url = `postgresql://visavis@127.0.0.1:${silent.address().port}/visavis`;
        await assert.rejects(Server.start({ options: { 'store.url': url } }),
            /the database cannot be reached reason=".*timeout expired/);
        assert.ok(sockets.length > 0, 'it was asked');
    } finally {
        sockets.forEach((socket) => socket.destroy());
        silent.close();
    }
});

test('the password is in a file, in no address, no list and no log', async () => {
    const url = postgres.createDatabase('hidden');
    const server = await Server.start({ options: { 'store.url': url } });
    await server.stop('SIGTERM', true);
    postgres.ask('hidden', "ALTER ROLE visavis PASSWORD 'quite-secret-words'");
    const file = join(server.folder, 'password');
    const set = (...more) => ['--set', `store.url=${url}`, '--set', `store.password_file=${file}`,
        ...more];
    writeFileSync(file, 'quite-secret-words\n', { mode: 0o644 });
    assert.match(run(server, ['user', 'list', ...set()]).text, /can be read by everybody/);
    chmodSync(file, 0o600);
    const listed = run(server, ['check-config', ...set()]);
    assert.equal(listed.status, 0, listed.text);
    assert.doesNotMatch(listed.text, /quite-secret-words/);
    assert.match(run(server, ['check-config', '--set', 'store.url=postgresql://a:b@c/d']).text,
        /the password belongs into the file/);
    const rules = join(postgres.folder, 'data', 'pg_hba.conf');
    try {
        writeFileSync(rules, 'host all all 127.0.0.1/32 scram-sha-256\n');
        process.kill(postgres.child.pid, 'SIGHUP');
        await until(() => !postgres.answers(), 20_000, 'the new rules');
        assert.equal(run(server, ['user', 'list', ...set()]).status, 0);
        writeFileSync(file, 'other words\n');
        const refused = run(server, ['user', 'list', ...set()]);
        assert.notEqual(refused.status, 0);
        assert.match(refused.text, /password authentication failed/);
        assert.doesNotMatch(refused.text, /other words/);
    } finally {
        writeFileSync(rules, 'host all all 127.0.0.1/32 trust\n');
        process.kill(postgres.child.pid, 'SIGHUP');
        await until(() => postgres.answers(), 20_000, 'the old rules');
        await server.stop();
    }
});

test('who is signed in stays so over a restart', async () => {
    const url = postgres.createDatabase('again');
    const server = await Server.start({ options: { 'store.url': url } });
    await server.createAdministrator('root');
    const cookie = cookieOf(await server.login('root', password));
    assert.equal(await server.stop('SIGKILL', true), 'SIGKILL');
    await server.run();
    try {
        assert.equal((await server.request('GET', '/api/me', { cookie })).status, 200);
    } finally {
        assert.equal(await server.stop(), 0);
    }
});
