// SPDX-License-Identifier: Apache-2.0
// Too much at once: no descriptor is left, and everybody comes back in one moment. 200 tabs come
// back, or FAULT_RETURNS of them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Server, until } from '../e2e/api/server.mjs';
import { Tab } from '../e2e/api/tab.mjs';

const RETURNS = Number(process.env.FAULT_RETURNS ?? 200);
const PEOPLE = 5;
const SPARE = 20; // descriptors that are left for strangers

let server;
let port;
const cookies = [];

async function freePort() {
    const listener = net.createServer().listen(0, '127.0.0.1');
    await new Promise((done) => listener.once('listening', done));
    port = listener.address().port;
    await new Promise((done) => listener.close(done));
    return port;
}

before(async () => {
    server = await Server.start({ options: { 'listen.port': await freePort(), 'turn.drain_s': 0,
        'http.connections_per_address_max': 20_000, 'http.connections_max': 20_000,
        'portal.sessions_per_user_max': 1000, 'http.idle_timeout_ms': 600_000 } });
    const root = await server.createAdministrator('root');
    for (let i = 0; i < PEOPLE; i++) {
        cookies.push(await server.createPerson(root, `person${i}`));
    }
});
after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error|ASSERT/);
});

const openFiles = () => readdirSync(`/proc/${server.child.pid}/fd`).length;
const limit = (count) => execFileSync('prlimit',
    ['--pid', String(server.child.pid), `--nofile=${count}:`]);

test('without a descriptor left, those who are in go on, and others come when there is one again',
    { timeout: 120_000 }, async () => {
        const tab = await Tab.open(server, cookies[0]);
        const all = openFiles() + SPARE;
        const strangers = [];
        const before = /^Max open files +(\d+)/m
            .exec(readFileSync(`/proc/${server.child.pid}/limits`, 'utf8'))[1];
        limit(all);
        try {
            // One after the other, for as long as it takes: of a crowd that waits at one moment the
            // network library closes those beyond the last descriptor itself, once.
            await until(() => {
                strangers.push(net.connect(port, '127.0.0.1').on('error', () => {}));
                return server.log.includes('no descriptor is left');
            }, 20_000, 'the last descriptor');
            for (let i = 0; i < 2 * SPARE; i++) {
                strangers.push(net.connect(port, '127.0.0.1').on('error', () => {}));
            }
            for (let i = 0; i < 20; i++) {
                const { type } = await tab.ask('people.notified');
                assert.equal(type, 'people.are'); // the loop runs, and does not spin for the others
            }
            assert.equal(server.child.exitCode, null);
        } finally {
            strangers.forEach((socket) => socket.destroy());
            limit(before);
        }
        const again = await until(() => server.request('GET', '/readyz').catch(() => undefined),
            20_000, 'a new connection');
        assert.equal(again.text, 'ready');
        tab.leave();
    });

test(`${RETURNS} tabs that come back at once after kill -9 are all served`,
    { timeout: 120_000 + RETURNS * 100 }, async () => {
        const open = (i, resume) => Tab.open(server, cookies[i % PEOPLE], resume);
        const tabs = [];
        for (let i = 0; i < RETURNS; i += 50) {
            tabs.push(...await Promise.all(
                Array.from({ length: Math.min(50, RETURNS - i) }, (_, k) => open(i + k))));
        }
        assert.equal(await server.stop('SIGKILL', true), 'SIGKILL');
        await until(() => tabs.every((tab) => tab.closed !== null), 20_000, 'the end of the tabs');
        await server.run();
        const began = Date.now();
        const back = await Promise.all(tabs.map((tab, i) =>
            open(i, { token: tab.welcome.token, last: tab.last })));
        const took = Date.now() - began;
        assert.ok(back.every((tab) => tab.welcome.type === 'welcome'));
        const { type } = await back.at(-1).ask('people.notified');
        assert.equal(type, 'people.are');
        console.log(`# ${RETURNS} tabs back after ${took} ms`);
        back.forEach((tab) => tab.cut());
    });
