// SPDX-License-Identifier: Apache-2.0
// PostgreSQL ends under the server, and the server under its people: what was acknowledged is there
// afterwards, whole and once. POSTGRES_KILLS of each (3); FAULT_SEED repeats the moments of a run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Postgres } from '../e2e/api/postgres.mjs';
import { Server, until } from '../e2e/api/server.mjs';
import { Tab, newId } from '../e2e/api/tab.mjs';
import { generator } from './random.mjs';

const KILLS = Number(process.env.POSTGRES_KILLS ?? 3);
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const LIFE_MS = 400; // of writing between two kills
const random = generator(SEED);
const on = { microphone: true, camera: true };

let postgres;
let server;
let room;
const cookies = {};
const sent = new Map(); // text by the id of a message that was sent
const kept = new Set(); // ids of those that were acknowledged

const pause = (ms) => new Promise((next) => setTimeout(next, ms));

before(async () => {
    console.log(`# postgres: ${KILLS} kills of each, FAULT_SEED=${SEED}`);
    postgres = await Postgres.start();
    server = await Server.start({ options: { 'store.url': postgres.createDatabase('faults'),
        'chat.sends_per_s': 1000, 'chat.sends_burst': 2000, 'signalling.rate_per_s': 2000,
        'signalling.burst': 4000, 'metrics.address': '127.0.0.1', 'metrics.port': 0 } });
    cookies.root = await server.createAdministrator('root');
    for (const name of ['anna', 'bert']) {
        cookies[name] = await server.createPerson(cookies.root, name);
    }
    const made = await server.request('POST', '/api/rooms', { cookie: cookies.anna,
        body: { id: newId(), kind: 'direct', name: 'bert' } });
    room = made.json.room.id;
});

after(async () => {
    assert.equal(await server.stop(), 0);
    await postgres.stop();
    assert.doesNotMatch(server.log, /Sanitizer|runtime error|ASSERT/);
});

async function say(tab) {
    const message = newId();
    const text = `message ${sent.size}`;
    sent.set(message, text);
    const answer = await tab.ask('chat.send', { message, room, text });
    if (answer.type === 'chat.sent') {
        kept.add(message);
    }
    return answer;
}

/** Speaks, three messages at a time, until `going` says no or the server is gone. */
async function speak(name, going) {
    const tab = await Tab.open(server, cookies[name]);
    try {
        while (going()) {
            const answers = await Promise.all([say(tab), say(tab), say(tab)]);
            if (answers.every(({ type }) => type === 'error')) {
                await pause(20); // Refused at once, again and again, it would be cut as too fast.
            }
        }
    } catch (thrown) {
        assert.ok(thrown.code !== 'ERR_ASSERTION', thrown);
    }
    tab.socket.destroy();
}

async function readAll() {
    const found = [];
    for (let before = 0; ;) {
        const { status, text, json } = await server.request('GET',
            `/api/rooms/${room}/messages?limit=100${before ? `&before=${before}` : ''}`,
            { cookie: cookies.anna });
        assert.equal(status, 200, text);
        found.unshift(...json.messages);
        if (!json.more) {
            return found;
        }
        before = json.messages[0].seq;
    }
}

/** Each acknowledged message once and whole; of the others nothing that was not sent. */
async function check() {
    const found = await readAll();
    const ids = new Set(found.map((message) => message.id));
    assert.equal(ids.size, found.length, 'a message is there twice');
    for (const message of found) {
        assert.equal(message.text, sent.get(message.id));
    }
    for (const id of kept) {
        assert.ok(ids.has(id), `${sent.get(id)} was acknowledged and is lost`);
    }
    const seqs = found.map((message) => message.seq);
    assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
}

/** What monitoring reads of these families. */
async function metrics(...names) {
    const port = server.log.match(/metrics can be read.*port=(\d+)/g).at(-1).split('=').at(-1);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return names.map((name) => Number(text.split('\n').find((line) =>
        line.startsWith(`visavis_${name} `)).split(' ').at(-1)));
}

const readiness = async () => (await server.request('GET', '/readyz')).status;

test('kill -9 of the server: what was acknowledged is there', { timeout: 900_000 }, async () => {
    for (let i = 0; i < KILLS; i++) {
        const before = kept.size;
        const writers = [speak('anna', () => true), speak('bert', () => true)];
        await until(() => kept.size > before, 20_000, 'an acknowledged message');
        await pause(random(LIFE_MS));
        assert.equal(await server.stop('SIGKILL', true), 'SIGKILL');
        await Promise.all(writers);
        await server.run();
        await check();
    }
});

test('kill -9 of PostgreSQL: nothing acknowledged is lost, the server goes on by itself',
    { timeout: 900_000 }, async () => {
    for (let i = 0; i < KILLS; i++) {
        let going = true;
        const before = kept.size;
        const writers = [speak('anna', () => going), speak('bert', () => going)];
        await until(() => kept.size > before, 20_000, 'an acknowledged message');
        await pause(random(LIFE_MS));
        await postgres.kill();
        await until(async () => (await readiness()) === 503, 20_000, 'that readyz says so');
        going = false;
        await Promise.all(writers);
        await postgres.run();
        await until(async () => (await readiness()) === 200, 30_000, 'that the server is back');
        await check();
    }
    console.log(`# postgres: ${kept.size} acknowledged of ${sent.size} messages, none lost`);
});

test('PostgreSQL restarts while people write: nothing acknowledged is lost',
    { timeout: 300_000 }, async () => {
    let going = true;
    const before = kept.size;
    const writers = [speak('anna', () => going), speak('bert', () => going)];
    await until(() => kept.size > before, 20_000, 'an acknowledged message');
    await pause(random(LIFE_MS));
    await postgres.restart();
    const after = kept.size;
    await until(() => kept.size > after, 30_000, 'that people write again, by themselves');
    going = false;
    await Promise.all(writers);
    await until(async () => (await readiness()) === 200, 30_000, 'that the server is back');
    await check();
});

test('PostgreSQL hangs: it is given up, said and counted; then the server goes on by itself',
    { timeout: 300_000 }, async () => {
    const anna = await Tab.open(server, cookies.anna);
    const from = server.log.length;
    assert.equal((await say(anna)).type, 'chat.sent');
    const watched = ['store_failed_total', 'refusals_total{id="internal"}', 'ready'];
    const [failed, refusals, ready] = await metrics(...watched);
    assert.equal(ready, 1);
    postgres.signal('SIGSTOP'); // it takes connections and never answers
    try {
        const late = say(anna).catch((thrown) => thrown);
        await until(() => /not reached any more reason="no answer"/.test(server.log.slice(from)),
            60_000, 'the end of the 30 s that a statement may take');
        await until(async () => (await readiness()) === 503, 20_000, 'that readyz says so');
        await late;
        const refused = await say(anna);
        assert.equal(refused.type, 'error', JSON.stringify(refused));
        const [failedNow, refusalsNow, readyNow] = await metrics(...watched);
        // The change that found no answer and the one that was refused at once, each told so.
        assert.ok(failedNow >= failed + 2, `${failed} changes refused, then ${failedNow}`);
        assert.ok(refusalsNow >= refusals + 2, `${refusals} refusals, then ${refusalsNow}`);
        assert.equal(readyNow, 0);
        assert.equal((await server.request('GET', '/healthz')).status, 200);
        assert.equal((await server.request('GET', '/api/me', { cookie: cookies.bert })).status,
            200);
    } finally {
        postgres.signal('SIGCONT');
    }
    await until(async () => (await readiness()) === 200, 60_000, 'that the server is back');
    assert.equal((await say(anna)).type, 'chat.sent');
    await check();
    anna.socket.destroy();
});

test('while PostgreSQL is gone, known people call; what cannot be kept is refused and counted',
    { timeout: 300_000 }, async () => {
    const anna = await Tab.open(server, cookies.anna);
    const bert = await Tab.open(server, cookies.bert);
    const going = newId();
    await anna.ask('call.start', { call: going, callee: 'bert', ...on });
    await bert.ask('call.accept', { call: going, ...on });
    await postgres.kill();
    await until(async () => (await readiness()) === 503, 20_000, 'that readyz says so');
    assert.match((await server.request('GET', '/readyz')).text, /store/);
    const refused = await say(anna);
    assert.equal(refused.type, 'error', JSON.stringify(refused));
    assert.match(server.log, /the database is not reached any more/);
    assert.equal((await server.request('GET', '/api/me', { cookie: cookies.bert })).status, 200);
    assert.equal((await server.request('GET', '/healthz')).status, 200);
    // The call that goes on is ended, and another one begins, rings and is answered.
    assert.equal((await anna.ask('call.end', { call: going, reason: 'hung-up' })).type, 'ok');
    const call = newId();
    assert.notEqual((await anna.ask('call.start', { call, callee: 'bert', ...on })).type, 'error');
    await bert.event((e) => e.type === 'call.changed' && e.call.id === call, 'the ringing');
    assert.notEqual((await bert.ask('call.accept', { call, ...on })).type, 'error');
    assert.equal((await anna.ask('call.end', { call, reason: 'hung-up' })).type, 'ok');
    await postgres.run();
    await until(async () => (await readiness()) === 200, 30_000, 'that the server is back');
    assert.match(server.log, /the database is reached again/);
    assert.equal((await say(anna)).type, 'chat.sent');
    await check();
    anna.socket.destroy();
    bert.socket.destroy();
});
