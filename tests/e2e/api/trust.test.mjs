// SPDX-License-Identifier: Apache-2.0
// Who is meant comes from the sign-in alone, and what a call gives away ends with it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Server, until } from './server.mjs';
import { Tab, newId } from './tab.mjs';

const on = { microphone: true, camera: true };
const cookies = {};
let server;

before(async () => {
    server = await Server.start({ options: { 'signalling.burst': 10000 } });
    cookies.anna = await server.createAdministrator('anna');
    for (const name of ['bert', 'cleo']) {
        cookies[name] = await server.createPerson(cookies.anna, name);
    }
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

/** A call of anna and bert that is answered. */
async function talk() {
    const anna = await Tab.open(server, cookies.anna);
    const bert = await Tab.open(server, cookies.bert);
    const call = newId();
    const started = await anna.ask('call.start', { call, callee: 'bert', ...on });
    const answered = await bert.ask('call.accept', { call, ...on });
    return { anna, bert, call, started, answered };
}

async function hangUp({ anna, bert, call }) {
    await anna.ask('call.end', { call, reason: 'hung-up' });
    [anna, bert].forEach((one) => one.leave());
    await Promise.all([anna.ended(), bert.ended()]);
}

test('N11: no field of a message says who sends it, and none may be added', async () => {
    const folder = new URL('../../../protocol/', import.meta.url);
    const commands = readdirSync(folder).filter((name) => name.endsWith('.json'))
        .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')).messages)
        .filter((message) => message.kind === 'command');
    const names = commands.flatMap((command) => (command.fields ?? []).map(({ name }) => name));
    assert.deepEqual(names.filter((name) => /^(user|from|sender|caller|actor|as)$/.test(name)), []);
    const running = await talk();
    for (const forged of ['user', 'from', 'caller', 'role', 'session']) {
        const cleo = await Tab.open(server, cookies.cleo); // three bad messages end a connection
        const reply = await cleo.ask('call.end',
            { call: running.call, reason: 'hung-up', [forged]: 'anna' });
        assert.equal(reply.error, 'bad-message', forged);
        cleo.leave();
    }
    const cleo = await Tab.open(server, cookies.cleo);
    for (const event of ['call.changed', 'call.description', 'person.changed']) {
        const reply = await cleo.ask(event, { seq: 1, call: { id: running.call } });
        assert.equal(reply.error, 'unknown-type', event);
    }
    assert.equal((await running.anna.ask('call.join', { call: running.call })).call.state,
        'connecting');
    cleo.leave();
    await hangUp(running);
});

test('N11: a stranger neither reads nor refuses nor logs for a call of others', async () => {
    const running = await talk();
    const paths = [['GET', 'calls/ID/timeline'], ['GET', 'push/calls/ID'],
        ['POST', 'push/calls/ID/decline']];
    for (const [method, path] of paths) {
        const ask = (cookie, id) => server.request(method, `/api/${path.replace('ID', id)}`,
            { cookie, ...(method === 'POST' ? { body: {} } : {}) });
        const foreign = await ask(cookies.cleo, running.call);
        const unknown = await ask(cookies.cleo, newId());
        assert.equal(foreign.status, 404, path);
        assert.deepEqual({ ...foreign.json, reference: '' }, { ...unknown.json, reference: '' });
        await until(async () => (await ask(cookies.bert, running.call)).status !== 404, 15_000,
            path); // a timeline is there when it is kept
    }
    const calls = await server.request('GET', '/api/calls', { cookie: cookies.cleo });
    assert.ok(!calls.text.includes(running.call));
    const settings = (collectLog) => server.request('PUT', '/api/admin/webrtc', {
        cookie: cookies.anna, body: { servers: [], relayOnly: false, poolSize: 0, collectLog } });
    assert.equal((await settings(true)).status, 204);
    const forged = { level: 'info', connector: 'webrtc', client: 'x', time: 1,
        text: `user=anna call=${running.call} "user=anna` };
    const logged = await server.request('POST', '/api/clientlog',
        { cookie: cookies.cleo, body: { lines: [forged] } });
    assert.ok(logged.status < 300, logged.text);
    const line = await until(() => server.log.split('\n').find((each) =>
        each.includes('from a page') && each.includes(running.call)), 15_000, 'the line');
    assert.match(line, / user=cleo /);
    assert.doesNotMatch(line.replace(/"[^"]*"/g, '""'), /anna/); // only within what was written
    assert.equal((await settings(false)).status, 204);
    await hangUp(running);
});

test('N12: relay credentials are of one person and one call, and for an hour at most', async () => {
    const seen = new Set();
    for (let i = 0; i < 2; i++) {
        const running = await talk();
        for (const [name, answer] of [['anna', running.started], ['bert', running.answered]]) {
            const relays = answer.iceServers.filter((each) => each.credential !== '');
            assert.ok(relays.length > 0, `${name} is given no relay`);
            for (const { username, credential } of relays) {
                const [expiry, user, call] = username.split(':');
                const left = Number(expiry) - Date.now() / 1000;
                assert.ok(left > 0 && left <= 3600 + 60, `${left} s`);
                assert.ok(user !== '' && call !== '' && credential.length >= 20);
                seen.add(`${user} ${call} ${credential}`);
            }
        }
        await hangUp(running);
    }
    assert.equal(seen.size, 4, 'two people in two calls have four credentials');
    const cleo = await Tab.open(server, cookies.cleo);
    assert.equal(cleo.welcome.iceServers, undefined); // none without a call
    const settings = await server.request('GET', '/api/admin/webrtc', { cookie: cookies.anna });
    assert.ok([...seen].every((each) => !settings.text.includes(each.split(' ')[2])));
    cleo.leave();
});
