// SPDX-License-Identifier: Apache-2.0
// A restart by a service manager in the middle of ten calls: nobody is refused, no call ends, every
// tab is back. RESTARTS of them (3); each is one in good order (an upgrade), the last by SIGKILL.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { freePort } from '../e2e/api/freeport.mjs';
import { Server } from '../e2e/api/server.mjs';
import { Tab, newId } from '../e2e/api/tab.mjs';

const CALLS = 10;
const RESTARTS = Number(process.env.RESTARTS ?? 3);
const on = { microphone: true, camera: true };

let server;
const cookies = [];
const calls = Array.from({ length: CALLS }, newId);
let tabs = [];

before(async () => {
    server = await Server.start({ managed: true, options: {
        'listen.port': await freePort(), 'portal.invitations_max': 1000, 'turn.drain_s': 0,
        // Who knocks meanwhile waits in the queue of the socket, all from one address.
        'http.connections_per_address_max': 5000,
    } });
    const root = await server.createAdministrator('root');
    for (let i = 0; i < 2 * CALLS; i++) {
        cookies.push(await server.createPerson(root, `person${i}`));
    }
    tabs = await openAll();
    for (let i = 0; i < CALLS; i++) {
        const [caller, callee] = [tabs[2 * i], tabs[2 * i + 1]];
        await caller.ask('call.start', { call: calls[i], callee: `person${2 * i + 1}`, ...on });
        await callee.ask('call.accept', { call: calls[i], ...on });
        await caller.ask('call.connected', { call: calls[i] });
        await callee.ask('call.connected', { call: calls[i] });
    }
});

after(async () => {
    tabs.forEach((tab) => tab.socket.destroy());
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error|ASSERT/);
});

const openAll = () => Promise.all(cookies.map((cookie) => Tab.open(server, cookie)));

/** Connects again and again until stopped; gives what went wrong. */
function knock() {
    const wrong = [];
    let answered = 0;
    let going = true;
    const one = () => new Promise((done) => {
        const socket = net.connect(server.port, '127.0.0.1');
        socket.on('connect', () => {
            answered++;
            socket.destroy();
        }).on('error', (error) => wrong.push(error.code)).on('close', done);
    });
    const ended = (async () => {
        while (going) {
            await one();
        }
    })();
    return async () => {
        going = false;
        await ended;
        return { wrong, answered };
    };
}

async function joinAll() {
    for (let i = 0; i < CALLS; i++) {
        for (const tab of [tabs[2 * i], tabs[2 * i + 1]]) {
            const { call } = await tab.ask('call.join', { call: calls[i] });
            assert.equal(call.state, 'active', `call ${i}`);
            assert.equal(call.here, true);
        }
    }
}

for (let round = 1; round <= RESTARTS; round++) {
    const signal = round === RESTARTS ? 'SIGUSR1' : 'SIGHUP';
    test(`restart ${round} of ${RESTARTS} (${signal === 'SIGHUP' ? 'in good order' : 'kill -9'}) `
        + 'in the middle of ten calls refuses nobody and ends none', async () => {
        await joinAll();
        const stop = knock();
        const began = Date.now();
        let ready;
        let back;
        let knocked;
        try {
            await server.restart(signal);
            ready = Date.now() - began;
            tabs = await openAll();
            back = Date.now() - began;
        } finally {
            knocked = await stop();
        }
        const { wrong, answered } = knocked;
        assert.deepEqual(wrong, []);
        assert.ok(answered > 0);
        await joinAll();
        console.log(`# ready after ${ready} ms, ${tabs.length} tabs back after ${back} ms`);
    });
}

test('hanging up works after the restarts, on both sides', async () => {
    for (let i = 0; i < CALLS; i++) {
        await tabs[2 * i].ask('call.end', { call: calls[i], reason: 'hung-up' });
        assert.equal((await tabs[2 * i + 1].call(calls[i], 'ended')).reason, 'hung-up');
    }
});
