// SPDX-License-Identifier: Apache-2.0
// visavis export and erase beside the running server: what a person is told, and what is left.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { STORE, Server, binary, password, until } from './server.mjs';
import { Tab, newId } from './tab.mjs';

const WORD = 'xylophonist'; // in nothing else that is in the database

let server;
let root;
let anna;
let bert;
let room;
let activity;

const request = (...all) => server.request(...all);

function run(input, ...args) {
    const { status, stdout, stderr } = spawnSync(binary,
        [...args, '--config', server.config, '--data', server.folder],
        { encoding: 'utf8', timeout: 60_000, input });
    return { status, stdout, text: stdout + stderr };
}

before(async () => {
    server = await Server.start();
    root = await server.createAdministrator('root');
    anna = await server.createPerson(root, 'anna');
    bert = await server.createPerson(root, 'bert');
    room = newId();
    await request('POST', '/api/rooms', { cookie: anna,
        body: { id: room, kind: 'direct', name: 'bert' } });
    const tab = await Tab.open(server, anna);
    await tab.ask('chat.send', { message: newId(), room, text: `I am a ${WORD}` });
    tab.socket.destroy();
    const other = await Tab.open(server, bert);
    await other.ask('chat.send', { message: newId(), room, text: 'I am not' });
    other.socket.destroy();
    activity = newId();
    await request('POST', '/api/activities', { cookie: bert,
        body: { id: activity, text: 'hello everybody' } });
    await request('POST', `/api/activities/${activity}/comments`, { cookie: anna,
        body: { id: newId(), text: `said the ${WORD}` } });
});

test('01 a person is told all that is kept, as JSON', () => {
    const { status, stdout } = run('', 'export', 'anna');
    assert.equal(status, 0);
    const all = JSON.parse(stdout);
    assert.equal(all.profile[0].name, 'anna');
    assert.equal(all.messages.length, 1);
    assert.match(all.messages[0].text, /xylophonist/);
    assert.equal(all.comments.length, 1);
    assert.ok(all.signIns.length >= 1);
    assert.doesNotMatch(stdout, /argon2|I am not/);
    assert.match(run('', 'export', 'nobody').text, /there is no user nobody/);
});

test('02 nothing is erased without the name once more', () => {
    for (const input of ['', 'bert\n', 'anna please\n']) {
        const { status, text } = run(input, 'erase', 'anna');
        assert.equal(status, 1);
        assert.match(text, /nothing was changed/);
    }
    assert.match(run('root\n', 'erase', 'root').text, /only administrator/);
    assert.equal(run('', 'export', 'anna').status, 0);
});

test('03 who is erased is gone for everybody, and others keep what is theirs', async () => {
    const { status, text } = run('anna\n', 'erase', 'anna');
    assert.equal(status, 0, text);
    await until(async () => (await request('GET', '/api/me', { cookie: anna })).status === 401,
        20_000, 'the end of the sign-in');
    assert.equal((await request('GET', '/api/people/anna', { cookie: bert })).status, 404);
    assert.equal((await server.login('anna')).status, 401);
    const { messages } = (await request('GET', `/api/rooms/${room}/messages`,
        { cookie: bert })).json;
    assert.deepEqual(messages.map((message) => message.text), ['', 'I am not']);
    const found = await until(async () => {
        const answer = await request('GET', '/api/chat/search?q=not', { cookie: bert });
        return answer.json.hits?.length === 1 && answer.json;
    }, 20_000, 'the index of the search');
    assert.equal(found.hits.length, 1);
    const { entries } = (await request('GET', '/api/admin/audit', { cookie: root })).json;
    const [{ by, act, target }] = entries;
    assert.deepEqual([by, act, target.slice(0, 8)], ['', 'user-erased', 'deleted-']);
    const hits = await request('GET', `/api/chat/search?q=${WORD}`, { cookie: bert });
    assert.equal(hits.json.hits.length, 0);
    const comments = await request('GET', `/api/activities/${activity}/comments`,
        { cookie: bert });
    assert.equal(comments.json.comments.length, 0);
});

test('04 the name is free, and who takes it has nothing of before', async () => {
    const other = await server.createPerson(root, 'anna');
    assert.equal((await request('GET', `/api/rooms/${room}/messages`, { cookie: other })).status,
        404);
    assert.equal((await request('GET', '/api/rooms', { cookie: other })).json.rooms.length, 0);
    assert.equal((await server.login('anna', password)).status, 200);
});

test('05 no byte of it is left in the files once the server has ended', {
    skip: STORE !== '' && 'the files are those of PostgreSQL',
}, async () => {
    assert.equal(await server.stop('SIGTERM', true), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
    assert.equal(readFileSync(join(server.folder, 'visavis.db')).includes(WORD), false);
});

after(async () => {
    await server.stop();
});
