// SPDX-License-Identifier: Apache-2.0
// kill -9 while people write: what was acknowledged is there after the restart, whole, once and in
// order. 60 kills, or FAULT_KILLS of them; FAULT_SEED repeats the moments of a run. The same for
// ends in good order (10, or FAULT_ENDS), and for pauses by SIGSTOP (10, or FAULT_PAUSES).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../e2e/api/server.mjs';

const KILLS = Number(process.env.FAULT_KILLS ?? 60);
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const ENDS = Number(process.env.FAULT_ENDS ?? 10);
const PAUSES = Number(process.env.FAULT_PAUSES ?? 10);
const PAUSE_MS = 200;
const LIFE_MS = 120; // a server lives at most so long between two kills

let server;
let root;
const people = [];
const links = [];

/** Park and Miller's generator: the same seed, the same moments. */
let state = (SEED % 2147483646) + 1;
function random(below) {
    state = (state * 48271) % 2147483647;
    return state % below;
}

before(async () => {
    console.log(`# kill: ${KILLS} kills, FAULT_SEED=${SEED}`);
    server = await Server.start({ options: {
        'listen.port': 0, 'portal.invitations_max': 100000, 'log.level': 'warn',
    } });
    root = await server.createAdministrator('root');
    for (const name of ['anna', 'bert', 'cleo']) {
        people.push({ cookie: await server.createPerson(root, name), sent: 0, kept: 0 });
    }
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error|ASSERT/);
});

/** Writes until the server is gone. Answers that do not come say nothing about the write. */
async function writeUntilGone(write) {
    try {
        for (;;) {
            await write();
        }
    } catch (thrown) {
        assert.ok(thrown.code !== 'ERR_ASSERTION', thrown);
    }
}

/** A profile names the number of its write. */
async function writePosition(person) {
    person.sent++;
    const answer = await server.request('PUT', '/api/me/profile', { cookie: person.cookie,
        body: { fullName: 'A', email: '', position: `write ${person.sent}`, language: 'en' } });
    assert.equal(answer.status, 200, answer.text);
    person.kept = person.sent;
}

async function makeLink() {
    const answer = await server.request('POST', '/api/invitations',
        { cookie: root, body: { kind: 'member' } });
    assert.equal(answer.status, 201, answer.text);
    links.push(answer.json.url.split('/join/')[1]);
}

async function checkPosition(person) {
    const answer = await server.request('GET', '/api/me', { cookie: person.cookie });
    assert.equal(answer.status, 200, 'an acknowledged sign-in is lost');
    const found = Number(/^write (\d+)$/.exec(answer.json.user.position)?.[1] ?? 0);
    assert.ok(found >= person.kept, `write ${person.kept} was acknowledged, ${found} is kept`);
    assert.ok(found <= person.sent, `write ${found} was never sent`);
    person.kept = found;
}

async function checkLinks(some) {
    for (const token of some) {
        const answer = await server.request('GET', `/api/invitations/${token}`);
        assert.equal(answer.status, 200, 'an acknowledged link is lost');
    }
}

/** One life; `end`: what the server ends with. */
async function oneLife(signal, end) {
    const before = links.length;
    const writers = people.map((person) => writeUntilGone(() => writePosition(person)));
    writers.push(writeUntilGone(makeLink));
    await new Promise((next) => setTimeout(next, random(LIFE_MS)));
    assert.equal(await server.stop(signal, true), end);
    await Promise.all(writers);
    await server.run();
    for (const person of people) {
        await checkPosition(person);
    }
    await checkLinks(links.slice(before));
}

const timeout = 60_000 + KILLS * 5000;

test(`acknowledged writes outlive ${KILLS} times kill -9`, { timeout }, async () => {
    for (let i = 0; i < KILLS; i++) {
        await oneLife('SIGKILL', 'SIGKILL');
    }
    await checkLinks(links);
    const kept = people.reduce((sum, person) => sum + person.kept, links.length);
    console.log(`# kill: ${kept} acknowledged writes, none lost`);
    assert.ok(kept > KILLS, `only ${kept} writes were acknowledged: nothing was shown`);
});

test(`${ENDS} ends in good order lose no acknowledged write`, { timeout: 60_000 + ENDS * 5000 },
    async () => {
        for (let i = 0; i < ENDS; i++) {
            await oneLife('SIGTERM', 0);
        }
        await checkLinks(links);
    });

test(`${PAUSES} pauses by SIGSTOP delay writes and lose none`, { timeout: 60_000 + PAUSES * 5000 },
    async () => {
        const kept = people.map((person) => person.kept);
        let going = true;
        const writers = people.map(async (person) => {
            while (going) {
                await writePosition(person);
            }
        });
        for (let i = 0; i < PAUSES; i++) {
            await new Promise((next) => setTimeout(next, random(LIFE_MS)));
            server.child.kill('SIGSTOP');
            await new Promise((next) => setTimeout(next, random(PAUSE_MS)));
            server.child.kill('SIGCONT');
        }
        going = false;
        await Promise.all(writers);
        for (const [i, person] of people.entries()) {
            await checkPosition(person);
            assert.equal(person.kept, person.sent);
            assert.ok(person.kept > kept[i], 'nothing was written: nothing was shown');
        }
    });
