// SPDX-License-Identifier: Apache-2.0
// kill -9 while people write: what was acknowledged is there after the restart, whole, once and in
// order: settings, invitations, messages and calls. 200 kills, or FAULT_KILLS of them; FAULT_SEED
// repeats the moments of a run. The same for ends in good order (12, or FAULT_ENDS), and for pauses
// by SIGSTOP (12, or FAULT_PAUSES). Servers live beside each other, because most of the time each
// waits for its disk or its start.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { World } from './killworld.mjs';

const KILLS = Number(process.env.FAULT_KILLS ?? 200);
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const ENDS = Number(process.env.FAULT_ENDS ?? 12);
const PAUSES = Number(process.env.FAULT_PAUSES ?? 12);
const WORLDS = 4;
const PAUSE_MS = 200;
const LIFE_MS = 120; // people write at most so long between two kills

let worlds = [];

before(async () => {
    console.log(`# kill: ${KILLS} kills, FAULT_SEED=${SEED}`);
    worlds = await Promise.all(Array.from({ length: WORLDS }, (_, i) => World.start(SEED + i)));
});

after(() => Promise.all(worlds.map((world) => world.stop())));

/** Does it so often, each world its part. */
async function repeat(count, once) {
    let left = count;
    await Promise.all(worlds.map(async (world) => {
        while (left-- > 0) {
            await once(world);
        }
    }));
}

const timeout = (count) => 60_000 + count * 5000;
const sum = (of) => worlds.reduce((total, world) => total + of(world), 0);

test(`acknowledged writes outlive ${KILLS} times kill -9`, { timeout: timeout(KILLS) },
    async () => {
        await repeat(KILLS, (world) => world.oneLife('SIGKILL', 'SIGKILL', LIFE_MS));
        await Promise.all(worlds.map((world) => world.checkAll()));
        const [all, messages, calls] = [(world) => world.acknowledged, (world) => world.kept.size,
            (world) => world.calls.length].map(sum);
        console.log(`# kill: ${all} acknowledged writes, ${messages} of them messages and `
            + `${calls} calls, none lost`);
        assert.ok(all > KILLS && messages > KILLS / 4 && calls > KILLS / 20, 'nothing was shown');
    });

test(`${ENDS} ends in good order lose no acknowledged write`, { timeout: timeout(ENDS) },
    async () => {
        await repeat(ENDS, (world) => world.oneLife('SIGTERM', 0, LIFE_MS));
        await Promise.all(worlds.map((world) => world.checkAll()));
    });

/** Some write their profile while the server stands still, again and again. */
async function pauses(world, count) {
    const { people, server, random } = world;
    const kept = people.map((person) => person.kept);
    let going = true;
    const writers = people.map(async (person) => {
        while (going) {
            await world.writePosition(person);
        }
    });
    for (let i = 0; i < count; i++) {
        await new Promise((next) => setTimeout(next, random(LIFE_MS)));
        server.child.kill('SIGSTOP');
        await new Promise((next) => setTimeout(next, random(PAUSE_MS)));
        server.child.kill('SIGCONT');
    }
    going = false;
    await Promise.all(writers);
    for (const [i, person] of people.entries()) {
        await world.checkPosition(person);
        assert.equal(person.kept, person.sent);
        assert.ok(person.kept > kept[i], 'nothing was written: nothing was shown');
    }
}

test(`${PAUSES} pauses by SIGSTOP delay writes and lose none`, { timeout: timeout(PAUSES) },
    () => Promise.all(worlds.map((world) => pauses(world, Math.ceil(PAUSES / WORLDS)))));
