// SPDX-License-Identifier: Apache-2.0
// visavis migrate-store: a file of SQLite into PostgreSQL, counted, and all or nothing.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Postgres } from './postgres.mjs';
import { Server, binary, cookieOf, until } from './server.mjs';
import { Tab, newId } from './tab.mjs';

const on = { microphone: true, camera: true };
const MESSAGES = 300;

let postgres;
let server; // on the file; stopped
let room;
const cookies = {};

const words = (url, ...more) => [...more, '--config', server.config, '--data', server.folder,
    '--set', `store.url=${url}`];

function migrate(url) {
    const { status, stdout, stderr } = spawnSync(binary, words(url, 'migrate-store'),
        { encoding: 'utf8', timeout: 120_000 });
    return { status, stdout, text: stdout + stderr };
}

/** The number of rows of each table, by SQLite's and by PostgreSQL's own program. */
const inFile = (sql) => execFileSync('python3', ['-c', `import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(*row, sep="|")`,
join(server.folder, 'visavis.db'), sql], { encoding: 'utf8' }).trim();
const tablesInFile = () => inFile("SELECT name FROM sqlite_master WHERE type = 'table' AND name"
    + " NOT LIKE 'sqlite_%' AND name NOT LIKE 'messages_text%' AND name <> 'searchable'"
    + ' ORDER BY name').split('\n');

/** A day of five people: messages, a room of a team, calls, a picture, activities. */
before(async () => {
    postgres = await Postgres.start({ fast: true });
    server = await Server.start({ demo: true, options: { 'chat.sends_per_s': 1000,
        'chat.sends_burst': 2000, 'signalling.rate_per_s': 2000, 'signalling.burst': 4000 } });
    for (const name of ['anna', 'mary', 'john']) {
        cookies[name] = cookieOf(await server.login(name, 'visavis-demo'));
    }
    const made = await server.request('POST', '/api/rooms', { cookie: cookies.mary,
        body: { id: newId(), kind: 'team', title: 'Großküche', members: ['john', 'anna'] } });
    assert.equal(made.status, 201, made.text);
    room = made.json.room.id;
    const tabs = { mary: await Tab.open(server, cookies.mary),
        john: await Tab.open(server, cookies.john) };
    for (let i = 0; i < MESSAGES; i++) {
        const answer = await tabs.mary.ask('chat.send',
            { message: newId(), room, text: `Nachricht ${i} über Öl` });
        assert.equal(answer.type, 'chat.sent', JSON.stringify(answer));
    }
    const call = newId();
    await tabs.mary.ask('call.start', { call, callee: 'john', ...on });
    await tabs.john.ask('call.accept', { call, ...on });
    await tabs.mary.ask('call.end', { call, reason: 'hung-up' });
    const activity = newId();
    await server.request('POST', '/api/activities', { cookie: cookies.john,
        body: { id: activity, text: 'fertig' } });
    await server.request('POST', `/api/activities/${activity}/comments`, { cookie: cookies.mary,
        body: { id: newId(), text: 'schön' } });
    await server.request('PUT', `/api/activities/${activity}/like`, { cookie: cookies.mary });
    Object.values(tabs).forEach((tab) => tab.socket.destroy());
    assert.equal(await server.stop('SIGTERM', true), 0);
});

after(async () => {
    await server.stop();
    await postgres.stop();
});

test('without an address, or a file, it says what is missing', () => {
    const none = spawnSync(binary, ['migrate-store', '--config', server.config, '--data',
        server.folder], { encoding: 'utf8' });
    assert.notEqual(none.status, 0);
    assert.match(none.stderr, /say in store.url where it goes/);
    const nothing = spawnSync(binary, ['migrate-store', '--data', join(server.folder, 'none'),
        '--set', `store.url=${postgres.url('postgres')}`], { encoding: 'utf8' });
    assert.notEqual(nothing.status, 0);
    assert.match(nothing.stderr, /there is no database/);
    assert.ok(!existsSync(join(server.folder, 'none')));
});

test('interrupted it leaves nothing, and can be repeated', async () => {
    const url = postgres.createDatabase('interrupted');
    // The schema is there, and a row of messages that nobody can write for the moment.
    assert.equal(spawnSync(binary, words(url, 'group', 'add', 'x'), { encoding: 'utf8' }).status,
        0);
    postgres.ask('interrupted', 'DELETE FROM groups; DELETE FROM audit');
    const holder = spawn('psql', ['-XAtq', url], { stdio: ['pipe', 'ignore', 'ignore'] });
    holder.stdin.write('BEGIN; LOCK TABLE messages IN EXCLUSIVE MODE;\n');
    await until(() => postgres.ask('interrupted', "SELECT count(*) FROM pg_locks WHERE mode ="
        + " 'ExclusiveLock' AND relation = 'messages'::regclass AND granted") === '1', 20_000,
    'the lock');
    const child = spawn(binary, words(url, 'migrate-store'), { stdio: 'ignore' });
    const exited = once(child, 'exit');
    await until(() => postgres.ask('interrupted', "SELECT count(*) FROM pg_stat_activity WHERE"
        + " wait_event_type = 'Lock' AND query LIKE 'INSERT INTO messages%'") === '1', 20_000,
    'that it waits in the middle');
    child.kill('SIGKILL');
    await exited;
    holder.stdin.end('ROLLBACK;\n');
    await once(holder, 'exit');
    await until(() => postgres.ask('interrupted', 'SELECT count(*) FROM pg_stat_activity WHERE'
        + " application_name = 'visavis'") === '0', 20_000, 'the end of its connection');
    for (const table of tablesInFile()) {
        assert.equal(postgres.ask('interrupted', `SELECT count(*) FROM ${table}`), '0', table);
    }
    const again = migrate(url);
    assert.equal(again.status, 0, again.text);
    assert.equal(postgres.ask('interrupted', 'SELECT count(*) FROM users'), '5');
});

test('every row of every table arrives, and the server goes on there', async () => {
    const url = postgres.createDatabase('moved');
    const done = migrate(url);
    assert.equal(done.status, 0, done.text);
    assert.match(done.stdout, new RegExp(`^messages +3\\d\\d$`, 'm'));
    const tables = tablesInFile();
    assert.ok(tables.length >= 24, tables.join(' '));
    for (const table of tables) {
        const there = inFile(`SELECT count(*) FROM ${table}`);
        assert.equal(postgres.ask('moved', `SELECT count(*) FROM ${table}`), there, table);
        assert.match(done.stdout, new RegExp(`^${table} +${there}$`, 'm'), table);
        // Not a column is left behind.
        const columns = inFile(`SELECT name FROM pragma_table_info('${table}') ORDER BY name`);
        assert.equal(postgres.ask('moved', 'SELECT column_name FROM information_schema.columns'
            + ` WHERE table_name = '${table}' ORDER BY column_name COLLATE "C"`), columns, table);
    }
    const sums = "SELECT number, lower(hex(id)), seq, text FROM messages ORDER BY number";
    assert.equal(postgres.ask('moved',
        "SELECT number, encode(id, 'hex'), seq, text FROM messages ORDER BY number"),
    inFile(sums));
    const second = migrate(url);
    assert.notEqual(second.status, 0);
    assert.match(second.text, /is not empty; nothing was changed/);

    server.args = ['--set', `store.url=${url}`];
    await server.run();
    try {
        const running = migrate(postgres.createDatabase('other'));
        assert.equal(running.status, 0, running.text); // the file is nobody's now
        assert.match(migrate(url).text, /a server works on/);
        const me = await server.request('GET', '/api/me', { cookie: cookies.mary });
        assert.equal(me.status, 200, 'who was signed in still is');
        const tab = await Tab.open(server, cookies.mary);
        assert.equal((await tab.ask('chat.send', { message: newId(), room, text: 'nach dem Öl' }))
            .type, 'chat.sent');
        tab.socket.destroy();
        const found = await server.request('GET', '/api/chat/search?q=ol&limit=5',
            { cookie: cookies.john });
        assert.deepEqual(found.json.hits.map((hit) => hit.message.text).slice(0, 2),
            ['nach dem Öl', `Nachricht ${MESSAGES - 1} über Öl`]);
        const calls = await server.request('GET', '/api/calls', { cookie: cookies.john });
        assert.ok(calls.json.calls.length >= 1, calls.text);
    } finally {
        assert.equal(await server.stop('SIGTERM', true), 0);
    }
});
