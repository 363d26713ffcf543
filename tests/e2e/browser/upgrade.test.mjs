// SPDX-License-Identifier: Apache-2.0
// A call between two Chromiums over kill -9 of the server, and over an upgrade: another program
// file takes over the sockets that the service manager keeps. Once each, or RESTART_CALLS times.
// Each picture that is shown is noted: the longest time without one is printed, of the restart and
// of a control. A busy machine has such times by itself, and a server that starts makes it busier:
// in the control a server of somebody else is killed and starts on the same machine, for about as
// long, and this call has nothing to do with it. In ten rounds or more the median is below 200 ms,
// or not much longer than in the control; in ./test it only says that pictures go on.
import assert from 'node:assert/strict';
import { constants, copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { freePort } from '../api/freeport.mjs';

const ROUNDS = Number(process.env.RESTART_CALLS ?? 1);
const GAP_MS = ROUNDS >= 10 ? 200 : 3000;
const PICTURES_BEFORE = 45; // three seconds: the call knows by then that it goes by no relay
const FAIR = 2; // times the control: a page that comes back has work to do, and there is chance
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
let other; // the server of somebody else
let browsers;
before(async () => {
    server = await Server.start({ demo: true, managed: true,
        options: { 'listen.port': await freePort() } });
    other = await Server.start({ demo: true, managed: true,
        options: { 'listen.port': await freePort() } });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
});
afterEach(() => leaveAll(server, ...browsers));
after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    for (const one of [server, other]) {
        assert.equal(await one.stop(), 0);
        assert.doesNotMatch(one.log, /Sanitizer|runtime error|ASSERT/);
    }
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
const told = (gaps) => `median ${Math.round(median(gaps))} ms, at most `
    + `${Math.round(Math.max(...gaps))} ms, ${gaps.filter((gap) => gap > 200).length} of `
    + `${gaps.length} over 200 ms`;

/** The longest time without a picture, of each page, while a server restarts by `signal`. */
async function gapsOver(restarting, signal, pages) {
    await Promise.all(pages.map((page) => page.waitForFunction((count) =>
        window.gap.pictures > count, PICTURES_BEFORE)));
    await Promise.all(pages.map(takeGap));
    if (signal === 'SIGHUP') {
        install();
    }
    await restarting.restart(signal);
    await Promise.all(pages.map(mediaFlow));
    return Promise.all(pages.map(takeGap));
}

for (const [what, signal] of [['kill -9', 'SIGUSR1'], ['an upgrade', 'SIGHUP']]) {
    test(`N18: a call goes on over ${what}, and is hung up afterwards (${ROUNDS} times)`,
        { timeout: 120_000 + ROUNDS * 60_000 }, async () => {
            const people = await johnAndMary(server, browsers);
            const gaps = [];
            const control = [];
            for (let round = 0; round < ROUNDS; round++) {
                const { caller, callee } = await connected(people);
                await Promise.all([caller, callee].map(watchPictures));
                // The one that comes first has the call that is the youngest: in turn.
                const turns = [[server, gaps], [other, control]];
                for (const [one, list] of round % 2 === 0 ? turns : turns.reverse()) {
                    list.push(...await gapsOver(one, signal, [caller, callee]));
                }
                await closing(caller, () => caller.locator('button.control.end').click());
                await callee.locator('vv-call-message h1').waitFor({ timeout: LIMIT_MS });
                const history = await callee.evaluate(() =>
                    fetch('/api/calls').then((answer) => answer.json()));
                assert.equal(history.calls[0].reason, 'hung-up');
                await callee.close();
            }
            console.log(`# ${what}, ${ROUNDS} calls, longest time without a picture: `
                + `${told(gaps)}; in the control ${told(control)}`);
            assert.ok(median(gaps) < Math.max(GAP_MS, FAIR * median(control)),
                `${gaps}; in the control ${control}`);
            await people.close();
        });
}
