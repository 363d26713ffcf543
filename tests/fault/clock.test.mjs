// SPDX-License-Identifier: Apache-2.0
// A wall clock that jumps (tests/fault/clock.c): calls, ringing and who is connected do not notice;
// only what is measured in days by its nature, as a sign-in, does.
import assert from 'node:assert/strict';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../e2e/api/freeport.mjs';
import { Server, manager, until } from '../e2e/api/server.mjs';
import { Tab, newId } from '../e2e/api/tab.mjs';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const on = { microphone: true, camera: true };

let folder;
let clock;
let server;
let cookies;
let tabs;
let room;

/** The wall clock of the server goes wrong by so many seconds, from now on. */
function jump(seconds) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    writeSync(clock, bytes, 0, 8, 0);
}

before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-clock-'));
    process.env.FAULT_CLOCK = join(folder, 'jump');
    clock = openSync(process.env.FAULT_CLOCK, 'w+');
    jump(0);
    process.env.LD_PRELOAD = join(dirname(manager), 'libclock.so');
    process.env.ASAN_OPTIONS = `verify_asan_link_order=0:${process.env.ASAN_OPTIONS ?? ''}`;
    server = await Server.start({ options: { 'listen.port': await freePort() } });
    const root = await server.createAdministrator('root');
    cookies = [await server.createPerson(root, 'anna'), await server.createPerson(root, 'bert')];
    room = (await server.request('POST', '/api/rooms', { cookie: cookies[0],
        body: { id: newId(), kind: 'direct', name: 'bert' } })).json.room.id;
    await openAll();
});
after(async () => {
    tabs.forEach((tab) => tab.cut());
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error|ASSERT/);
    rmSync(folder, { recursive: true, force: true });
});

async function openAll() {
    tabs = await Promise.all(cookies.map((cookie) => Tab.open(server, cookie)));
}

const saidAt = async () => Date.parse((await server.request('GET', '/healthz')).headers.date);

async function ring() {
    const call = newId();
    await tabs[0].ask('call.start', { call, callee: 'bert', ...on });
    await tabs[1].call(call, 'ringing');
    return call;
}

async function answer(call) {
    assert.equal((await tabs[1].ask('call.accept', { call, ...on })).type, 'call.is');
    await tabs[0].ask('call.connected', { call });
    await tabs[1].ask('call.connected', { call });
    await tabs[0].call(call, 'active');
}

async function hangUp(call) {
    assert.equal((await tabs[0].ask('call.end', { call, reason: 'hung-up' })).type, 'ok');
    assert.equal((await tabs[1].call(call, 'ended')).reason, 'hung-up');
}

test('01 a call that rings goes on over jumps, and so does one that is spoken in', async () => {
    const call = await ring();
    jump(DAY_S);
    assert.ok(Math.abs(await saidAt() - Date.now() - DAY_S * 1000) < HOUR_S * 1000,
        'the clock of the server does jump');
    for (const tab of tabs) {
        await tab.ask('ping'); // a turn of the loop, with its timers
    }
    assert.equal(tabs[1].events.at(-1).type === 'bye', false);
    await answer(call);
    const seqs = [];
    for (const seconds of [-DAY_S, 10 * DAY_S, -30 * DAY_S, 0]) {
        jump(seconds);
        const { message } = await tabs[0].ask('chat.send', { room, message: newId(), text: 'x' });
        seqs.push(message.seq);
        const { call: here } = await tabs[1].ask('call.join', { call });
        assert.equal(here.state, 'active', `the clock is wrong by ${seconds} s`);
    }
    assert.deepEqual(seqs, [1, 2, 3, 4]);
    await hangUp(call);
    assert.ok(tabs.every((tab) => tab.closed === null));
});

for (const seconds of [-HOUR_S, HOUR_S]) {
    test(`02 a call goes on when the server is killed and the clock jumps by ${seconds} s`,
        async () => {
            const call = await ring();
            await answer(call);
            // Commits have an order: when this is kept, so is what the call has become.
            await tabs[0].ask('chat.send', { room, message: newId(), text: 'kept' });
            assert.equal(await server.stop('SIGKILL', true), 'SIGKILL');
            jump(seconds);
            await server.run();
            await openAll();
            for (const tab of tabs) {
                assert.equal((await tab.ask('call.join', { call })).call.state, 'active');
            }
            await hangUp(call);
            const { calls } = (await server.request('GET', '/api/calls?limit=1',
                { cookie: cookies[0] })).json;
            assert.equal(calls[0].reason, 'hung-up');
            tabs.forEach((tab) => tab.cut());
            jump(0);
            await openAll();
        });
}

test('03 a sign-in ends by the wall clock, as it must, and a new one is possible', async () => {
    jump(200 * DAY_S);
    await until(async () => (await server.request('GET', '/api/me', { cookie: cookies[0] }))
        .status === 401, 20_000, 'the end of the sign-in');
    jump(0);
    assert.equal((await server.login('anna')).status, 200);
});
