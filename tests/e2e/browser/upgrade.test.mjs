// SPDX-License-Identifier: Apache-2.0
// A call between two Chromiums over kill -9 of the server, and over an upgrade: another program
// file takes over the sockets that the service manager keeps. Once each, or RESTART_CALLS times.
// Each picture that is shown is noted: the longest time without one is printed, of the restart and,
// because a busy machine has such times by itself, of the two seconds before it. In ten rounds or
// more the median is below 200 ms, or what the machine has anyway; in ./test it only says that
// pictures go on.
import assert from 'node:assert/strict';
import { constants, copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { freePort } from '../api/freeport.mjs';

const ROUNDS = Number(process.env.RESTART_CALLS ?? 1);
const GAP_MS = ROUNDS >= 10 ? 200 : 3000;
const PICTURES_BEFORE = 30; // two seconds
const folder = mkdtempSync(join(tmpdir(), 'visavis-upgrade-'));
const released = resolve(process.env.VISAVIS_BIN ?? 'build/src/app/visavis');
const installed = join(folder, 'visavis');

/** Another file takes the place of the program, as a package manager does it. */
function install() {
    copyFileSync(released, `${installed}.new`, constants.COPYFILE_FICLONE);
    renameSync(`${installed}.new`, installed);
}
install();
process.env.VISAVIS_BIN = installed; // what server.mjs starts
const { Server } = await import('../api/server.mjs');
const { closing, connected, johnAndMary, leaveAll, LIMIT_MS, mediaFlow, openBrowser }
    = await import('./browser.mjs');

let server;
let browsers;
before(async () => {
    server = await Server.start({ demo: true, managed: true,
        options: { 'listen.port': await freePort() } });
    browsers = [await openBrowser(), await openBrowser()];
});
afterEach(() => leaveAll(server, ...browsers));
after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error|ASSERT/);
    rmSync(folder, { recursive: true, force: true });
});

/** Notes the longest time between two pictures of the other side, from now on. */
const watchPictures = (page) => page.locator('video#remote').first().evaluate((video) => {
    window.gap = { longest: 0, last: performance.now(), pictures: 0 };
    const note = (now) => {
        window.gap.longest = Math.max(window.gap.longest, now - window.gap.last);
        window.gap.last = now;
        window.gap.pictures++;
        video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
});

/** Also that which has not ended yet; from now on it counts anew. */
const takeGap = (page) => page.evaluate(() => {
    const longest = Math.max(window.gap.longest, performance.now() - window.gap.last);
    window.gap.longest = 0;
    return longest;
});

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

for (const [what, signal] of [['kill -9', 'SIGUSR1'], ['an upgrade', 'SIGHUP']]) {
    test(`N18: a call goes on over ${what}, and is hung up afterwards (${ROUNDS} times)`,
        { timeout: 120_000 + ROUNDS * 60_000 }, async () => {
            const people = await johnAndMary(server, browsers);
            const gaps = [];
            const usual = [];
            for (let round = 0; round < ROUNDS; round++) {
                const { caller, callee } = await connected(people);
                for (const page of [caller, callee]) {
                    await watchPictures(page);
                    await page.waitForFunction((count) => window.gap.pictures > count,
                        PICTURES_BEFORE);
                    usual.push(await takeGap(page));
                }
                if (signal === 'SIGHUP') {
                    install();
                }
                await takeGap(caller);
                await takeGap(callee);
                await server.restart(signal);
                await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
                gaps.push(await takeGap(caller), await takeGap(callee));
                await closing(caller, () => caller.locator('button.control.end').click());
                await callee.locator('vv-call-message h1').waitFor({ timeout: LIMIT_MS });
                const history = await callee.evaluate(() =>
                    fetch('/api/calls').then((answer) => answer.json()));
                assert.equal(history.calls[0].reason, 'hung-up');
                await callee.close();
            }
            console.log(`# ${what}: without a picture at most ${Math.round(Math.max(...gaps))} ms, `
                + `median ${Math.round(median(gaps))} ms, in ${ROUNDS} calls; before it at most `
                + `${Math.round(Math.max(...usual))} ms, median ${Math.round(median(usual))} ms`);
            assert.ok(median(gaps) < Math.max(GAP_MS, 1.5 * median(usual)), `${gaps}`);
            await people.close();
        });
}
