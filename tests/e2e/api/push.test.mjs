// SPDX-License-Identifier: Apache-2.0
// A browser without an open page rings by Web Push.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PushService, checkSender } from './push-service.mjs';
import { Server, until } from './server.mjs';
import { Tab, newId } from './tab.mjs';

const LONG = 20_000;
let server;
let service;
let browser;
let anna;
const cookies = {};

before(async () => {
    service = await PushService.start();
    server = await Server.start({ options: { 'push.local': 1, 'portal.ring_ms': 20000 } });
    cookies.anna = await server.createAdministrator('anna');
    cookies.bert = await server.createPerson(cookies.anna, 'bert');
    browser = service.browser('bert');
    anna = await Tab.open(server, cookies.anna);
});

after(async () => {
    anna.leave();
    await anna.ended();
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
    await service.stop();
});

const asBert = (method, path, body) => server.request(method, path, { cookie: cookies.bert, body });
const call = async () => {
    const id = newId();
    const answer = await anna.ask('call.start', { call: id, callee: 'bert', microphone: true,
        camera: true });
    return { id, state: answer.call.state, reason: answer.call.reason };
};
const messages = (count) => until(() => service.messages.length >= count, LONG, 'a push');

test('01 what no push service of the list is, is refused and says why', async () => {
    const wrong = await asBert('PUT', '/api/push',
        { ...browser.subscription, endpoint: 'https://evil.example/push' });
    assert.equal(wrong.status, 400);
    assert.equal(wrong.json.field, 'endpoint');
    assert.match(wrong.json.message, /not allowed here/);
    assert.equal((await asBert('PUT', '/api/push', { ...browser.subscription, auth: 'AA' })).json
        .field, 'auth');
    assert.equal((await asBert('GET', '/api/push')).json.on, false);
    assert.equal((await call()).reason, 'unreachable');
});

test('02 N21: who has no page rings by a push that only his browser can read', async () => {
    assert.equal((await asBert('PUT', '/api/push', browser.subscription)).status, 204);
    const { key, on } = (await asBert('GET', '/api/push')).json;
    assert.equal(on, true);
    const { id, state } = await call();
    assert.equal(state, 'ringing');
    await messages(1);
    const [{ method, path, headers, body }] = service.messages;
    assert.equal(`${method} ${path}`, 'POST /push/bert');
    assert.equal(headers.urgency, 'high');
    assert.equal(headers.topic, id);
    assert.equal(headers['content-encoding'], 'aes128gcm');
    assert.ok(Number(headers.ttl) > 0 && Number(headers.ttl) <= 21);
    assert.equal(checkSender(headers.authorization, service.origin), key);
    assert.deepEqual(JSON.parse(browser.read(body)), { call: id });
    assert.doesNotMatch(body.toString('latin1'), new RegExp(id));
    const asked = await asBert('GET', `/api/push/calls/${id}`);
    assert.equal(asked.json.call.state, 'ringing');
    assert.equal(asked.json.call.peer.name, 'anna');
    await anna.ask('call.end', { call: id, reason: 'hung-up' });
    await messages(2);
    assert.equal(service.messages[1].headers.topic, id);
    assert.equal(Number(service.messages[1].headers.ttl), 24 * 3600);
    assert.equal((await asBert('GET', `/api/push/calls/${id}`)).json.call.reason, 'cancelled');
});

test('03 a call of others is not told', async () => {
    const { id } = await call();
    const stranger = await server.createPerson(cookies.anna, 'cleo');
    const answer = await server.request('GET', `/api/push/calls/${id}`, { cookie: stranger });
    assert.equal(answer.status, 404);
    await anna.ask('call.end', { call: id, reason: 'hung-up' });
});

test('04 N21: a browser without a page declines, from the own pages only', async () => {
    service.messages = [];
    const { id } = await call();
    const path = `/api/push/calls/${id}/decline`;
    const foreign = await server.request('POST', path, { cookie: cookies.bert,
        origin: 'https://evil.example' });
    assert.equal(foreign.status, 403);
    assert.equal((await server.request('POST', path)).status, 401);
    assert.equal((await server.request('POST', path, { cookie: cookies.anna })).status, 409);
    assert.equal((await asBert('POST', `/api/push/calls/${newId()}/decline`)).status, 404);
    assert.equal((await asBert('GET', `/api/push/calls/${id}`)).json.call.state, 'ringing');
    assert.equal((await asBert('POST', path)).status, 204);
    assert.equal((await anna.call(id, 'ended')).reason, 'declined');
    const { call: seen } = (await asBert('GET', `/api/push/calls/${id}`)).json;
    assert.deepEqual([seen.state, seen.byMe], ['ended', true]);
    await messages(2);
});

test('who waits without a page is told by a push when the other is available', async () => {
    const bert = await Tab.open(server, cookies.bert);
    await anna.ask('status.set', { status: 'do-not-disturb' });
    await until(async () => (await bert.ask('people.watch', { names: ['anna'] }))
        .people[0].status === 'do-not-disturb', LONG, 'the status');
    assert.equal((await bert.ask('person.notify', { name: 'anna', on: true })).type, 'ok');
    bert.leave();
    await bert.ended();
    const before = service.messages.length;
    await anna.ask('status.set', { status: 'available' });
    await messages(before + 1);
    const { headers, body } = service.messages[before];
    assert.deepEqual(JSON.parse(browser.read(body)), { person: 'anna' });
    assert.match(headers.topic, /^[\w-]{1,32}$/);
    assert.ok(Number(headers.ttl) <= 900);
    assert.doesNotMatch(body.toString('latin1'), /anna/);
    const person = await asBert('GET', '/api/people/anna'); // what the worker asks then
    assert.equal(person.json.status, 'available');
    assert.equal(person.json.fullName, 'Full anna');
    const back = await Tab.open(server, cookies.bert); // a push may be lost: told here as well
    await back.event((e) => e.type === 'person.available' && e.person.name === 'anna');
    back.leave();
    await back.ended();
});

test('05 key and browsers outlive the server', async () => {
    const { key } = (await asBert('GET', '/api/push')).json;
    anna.leave();
    await anna.ended();
    assert.equal(await server.stop('SIGKILL', true), 'SIGKILL');
    await server.run();
    anna = await Tab.open(server, cookies.anna);
    const again = (await asBert('GET', '/api/push')).json;
    assert.deepEqual(again, { key, on: true });
    service.messages = [];
    const { id } = await call();
    await messages(1);
    assert.deepEqual(JSON.parse(browser.read(service.messages[0].body)), { call: id });
    await anna.ask('call.end', { call: id, reason: 'hung-up' });
    await messages(2);
});

test('06 a browser that is gone is forgotten, and so is one that signs out', async () => {
    for (const status of [410, 404]) { // RFC 8030, 7.3: gone; no longer known
        assert.equal((await asBert('PUT', '/api/push', browser.subscription)).status, 204);
        assert.equal((await asBert('GET', '/api/push')).json.on, true);
        service.status = status;
        const { id } = await call();
        await until(async () => !(await asBert('GET', '/api/push')).json.on, LONG,
            `forgetting after ${status}`);
        await anna.ask('call.end', { call: id, reason: 'hung-up' });
    }
    service.status = 201;
    assert.equal((await asBert('PUT', '/api/push', browser.subscription)).status, 204);
    assert.equal((await asBert('DELETE', '/api/push')).status, 204);
    assert.equal((await asBert('GET', '/api/push')).json.on, false);
    assert.equal((await asBert('PUT', '/api/push', browser.subscription)).status, 204);
    await asBert('POST', '/api/logout');
    service.messages = [];
    assert.equal((await call()).reason, 'unreachable');
    assert.equal(service.messages.length, 0);
});
