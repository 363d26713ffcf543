// SPDX-License-Identifier: Apache-2.0
// Too much at once: no descriptor is left, and everybody comes back in one moment. 200 tabs come
// back, or FAULT_RETURNS of them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { freePort } from '../e2e/api/freeport.mjs';
import { Server, until } from '../e2e/api/server.mjs';
import { Tab, newId } from '../e2e/api/tab.mjs';

const RETURNS = Number(process.env.FAULT_RETURNS ?? 200);
/** Then the network library turns strangers away itself, by a descriptor that it opens again. */
const UNCONFINED = (process.env.VISAVIS_SET ?? '').includes('security.confine=0');
const PEOPLE = 5;
const QUEUE_BYTES = 262_144;
const SPARE = 20; // descriptors that are left for strangers

let server;
let port;
const cookies = [];

before(async () => {
    port = await freePort();
    server = await Server.start({ options: { 'listen.port': port, 'turn.drain_s': 0,
        'http.connections_per_address_max': 20_000, 'http.connections_max': 20_000,
        'metrics.address': '127.0.0.1', 'metrics.port': 0, 'chat.sends_per_s': 1000,
        'chat.sends_burst': 10_000, 'chat.messages_per_day': 100_000,
        'signalling.rate_per_s': 1000, 'signalling.burst': 10_000,
        'portal.sessions_per_user_max': 1000, 'http.idle_timeout_ms': 600_000,
        'http.queue_bytes_max': QUEUE_BYTES } });
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
    { timeout: 120_000, skip: UNCONFINED }, async () => {
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

test('a tab that does not read is cut, counted, and back without a loss', { timeout: 120_000 },
    async () => {
        const [writer, reader] = [await Tab.open(server, cookies[0]),
            await Tab.open(server, cookies[1])];
        const room = newId();
        assert.equal((await server.request('POST', '/api/rooms', { cookie: cookies[0],
            body: { id: room, kind: 'direct', name: 'person1' } })).status, 201);
        const metrics = `http://127.0.0.1:${
            /metrics can be read.*port=(\d+)/.exec(server.log)[1]}/metrics`;
        const cuts = async () => Number(/^visavis_websock_slow_total (\d+)/m.exec(
            await (await fetch(metrics)).text())[1]);
        const before = await cuts();
        let sent = 0;
        const say = async () => {
            const answer = await writer.ask('chat.send', { room, message: newId(),
                text: `${++sent} ${'x'.repeat(3900)}` });
            assert.equal(answer.type, 'chat.sent');
        };
        await say();
        await until(() => reader.events.some((e) => e.type === 'chat.message'), 20_000,
            'the first message');
        reader.socket.pause();
        // What the kernel holds for a reader comes on top of the queue of the server.
        while (await cuts() === before && sent < 5000) {
            await Promise.all(Array.from({ length: 20 }, say));
        }
        assert.equal(await cuts(), before + 1);
        const queued = Number(/websock cut .*cause=queue queued=(\d+)/.exec(server.log)[1]);
        assert.ok(queued > 0 && queued <= QUEUE_BYTES, `${queued} bytes were kept for it`);
        const seen = () => reader.events.filter((e) => e.type === 'chat.message');
        reader.socket.resume();
        await until(() => reader.closed, 20_000, 'the end of what was on its way before');
        const back = await Tab.open(server, cookies[1],
            { token: reader.welcome.token, last: reader.last });
        const numbers = new Set(seen().map((e) => e.message.seq));
        if (back.welcome.resumed) {
            await until(() => seen().length + back.events.length >= sent, 20_000,
                'what was missed');
            back.events.forEach((e) => e.type === 'chat.message' && numbers.add(e.message.seq));
        } else { // more than a session remembers: the page asks for what it has not seen
            for (let last = Math.max(...numbers); last < sent; last = Math.max(...numbers)) {
                const { messages } = (await server.request('GET',
                    `/api/rooms/${room}/messages?after=${last}&limit=100`,
                    { cookie: cookies[1] })).json;
                messages.forEach((message) => numbers.add(message.seq));
            }
        }
        assert.equal(numbers.size, sent);
        console.log(`# cut after ${sent} messages of 4 kB, resumed: ${back.welcome.resumed}`);
        [writer, back].forEach((tab) => tab.leave());
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
        let refused = 0;
        const causes = {};
        /** A page that is refused tries again, a little later each time, as this does. */
        const comeBack = async (tab, i, waitMs = 200) => {
            try {
                return await open(i, { token: tab.welcome.token, last: tab.last });
            } catch (error) {
                const cause = error.code ?? error.message;
                causes[cause] = 1 + (causes[cause] ?? 0);
                assert.ok(++refused < 20 * RETURNS, 'refused again and again');
                await new Promise((next) => setTimeout(next, waitMs * (0.5 + Math.random() / 2)));
                return comeBack(tab, i, Math.min(2 * waitMs, 5000));
            }
        };
        const back = await Promise.all(tabs.map((tab, i) => comeBack(tab, i)));
        const took = Date.now() - began;
        assert.equal(causes['upgrade answered 503'], undefined); // there is room for all
        assert.ok(back.every((tab) => tab.welcome.type === 'welcome'));
        const { type } = await back.at(-1).ask('people.notified');
        assert.equal(type, 'people.are');
        console.log(`# ${RETURNS} tabs back after ${took} ms, ${refused} refusals on the way`,
            causes);
        back.forEach((tab) => tab.cut());
    });
