// SPDX-License-Identifier: Apache-2.0
// Messages are deleted at the age that the administrator has set: from the history, the search, the
// unread ones and the export, and the numbers of the room go on.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Server, until } from './server.mjs';
import { Tab, newId } from './tab.mjs';

const DAY_S = 24 * 3600;

let server;
let anna;
let bert;
const room = newId();

const get = async (cookie, path) => (await server.request('GET', path, { cookie })).json;
const texts = async () => (await get(bert, `/api/rooms/${room}/messages`)).messages
    .map((message) => message.text);

async function say(text) {
    const tab = await Tab.open(server, anna);
    const { message } = await tab.ask('chat.send', { message: newId(), room, text });
    tab.leave();
    return message.seq;
}

/** What was said lies `days` further back; the server does not run. */
const age = (days) => server.sql(`UPDATE messages SET at_s = at_s - ${days * DAY_S}`);

async function restart(days) {
    assert.equal(await server.stop('SIGTERM', true), 0);
    age(days);
    await server.run();
}

before(async () => {
    server = await Server.start();
    const root = await server.createAdministrator('root');
    anna = await server.createPerson(root, 'anna');
    bert = await server.createPerson(root, 'bert');
    await server.request('POST', '/api/rooms', { cookie: anna,
        body: { id: room, kind: 'direct', name: 'bert' } });
});
after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('01 without the option nothing is deleted, however old', async () => {
    await say('first words');
    await say('second words');
    await until(async () => (await get(bert, '/api/chat/search?q=words')).hits.length === 2,
        20_000, 'the index of the search');
    await restart(400);
    await say('third words');
    assert.deepEqual(await texts(), ['first words', 'second words', 'third words']);
});

test('02 with it what is older is gone everywhere, and what is younger stays', async () => {
    appendFileSync(server.config, 'portal.messages_kept_days = 30\n');
    await restart(1);
    await until(async () => (await texts()).length === 1, 20_000, 'the end of the old ones');
    assert.deepEqual(await texts(), ['third words']);
    const [mine] = (await get(bert, '/api/rooms')).rooms;
    assert.equal(mine.unread, 1);
    assert.equal((await get(bert, '/api/chat/search?q=words')).hits.length, 1);
    assert.equal((await get(bert, '/api/chat/search?q=first')).hits.length, 0);
    const { messages } = JSON.parse(server.command(['export', 'anna']));
    assert.deepEqual(messages.map((message) => message.text), ['third words']);
});

test('03 a room of which nothing is left goes on with its numbers, and is searched', async () => {
    await restart(31);
    await until(async () => (await texts()).length === 0, 20_000, 'the end of the last one');
    assert.equal((await get(bert, '/api/rooms')).rooms[0].unread, 0);
    await restart(0);
    assert.equal(await say('fourth words'), 4);
    assert.equal((await get(bert, '/api/rooms')).rooms[0].unread, 1);
    await until(async () => (await get(bert, '/api/chat/search?q=words')).hits.length === 1,
        20_000, 'the index of the search');
});
