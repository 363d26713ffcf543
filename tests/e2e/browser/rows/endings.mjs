// SPDX-License-Identifier: Apache-2.0
// Rows M88 to M94 of the acceptance table, "How calls end, and errors".
import assert from 'node:assert/strict';
import { killBrowser, mediaFlow, openBrowser, pressAnswer, pressCall, until } from '../browser.mjs';
import { card, control, endedBy, pressAndClose, shorts } from './world.mjs';

/** A window whose call has ended on the other side: heard, told, without controls, and there. */
async function endedHere(page, words, heardBefore) {
    await endedBy(page, words);
    await until('the end is heard', async () => await shorts(page) > heardBefore);
    for (const name of ['microphone', 'camera', 'end']) {
        assert.equal(await control(page, name).count(), 0);
    }
    await page.waitForTimeout(1500); // Longer than a window that closes by itself stays.
    assert.equal(page.isClosed(), false);
    await pressAndClose(page.getByRole('button', { name: 'Close' }), page);
}

/** The limits of time that people see, less what a reading of the clock may miss. */
const PILL_AFTER_MS = 1900;
const LOST_AFTER_MS = 29_900;
const WATCHED_MS = 100;

/** In a call window: when media came last, when it says that it reconnects, and when it ends. */
function watchLoss(everyMs) {
    window.loss = { arrived: 0, told: 0, ended: 0 };
    let [bytes, asked] = [-1, Date.now()];
    setInterval(async () => {
        const began = Date.now();
        const shown = document.querySelector('vv-call-stage')?.shadowRoot.textContent ?? '';
        window.loss.told ||= shown.includes('Reconnecting…') ? began : 0;
        window.loss.ended ||= document.querySelector('vv-call-message') === null ? 0 : began;
        let now = 0;
        for (const report of (await window.peers.at(-1).getStats()).values()) {
            now += report.type === 'inbound-rtp' ? report.bytesReceived : 0;
        }
        if (now > bytes && bytes >= 0) {
            window.loss.arrived = asked; // At the earliest: it is never taken for too short.
        }
        [bytes, asked] = [Math.max(now, bytes), began];
    }, everyMs);
}

const calls = async (world) => (await world.server.request('GET', '/api/admin/calls',
    { cookie: world.anna })).json.calls;

/** Luc has called Sofia, both in that browser, by voice alone. */
async function lucTalksToSofia(world, browser) {
    const sofia = await world.enter('sofia', '/people', { browser });
    const luc = await world.enter('luc', '/people/sofia', { browser });
    await world.canCall(luc);
    const caller = await pressCall(luc);
    await card(sofia).getByRole('button', { name: 'Answer without camera' }).click();
    await caller.getByRole('timer').waitFor();
    await control(caller, 'camera').click();
}

export const endings = [
    {
        name: 'M88, M89: a declined call is heard and told in the caller’s window, which stays '
            + 'until it is closed, without controls',
        run: async (world) => {
            const caller = await world.ringing();
            await card(world.mary).getByRole('button', { name: 'Decline', exact: true }).click();
            await endedHere(caller, 'Mary Whitfield has declined the call.', 0);
        },
    },
    {
        name: 'M90: when the callee hangs up, the caller hears it and is told',
        run: async (world) => {
            const { caller, callee } = await world.connected();
            const before = await shorts(caller);
            await control(callee, 'end').click();
            await endedHere(caller, 'Mary Whitfield has ended the call.', before);
        },
    },
    {
        name: 'M91, M92: when one browser dies the other side reconnects after 2 s and ends after '
            + '30 s; when both die the server removes the call',
        run: async (world) => {
            const dying = await openBrowser(world.kind, 'tone');
            await lucTalksToSofia(world, dying);
            const john = await world.enter('john', '/people/mary', { browser: dying });
            await world.canCall(john);
            const caller = await pressCall(john);
            const callee = await pressAnswer(world.mary);
            await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
            assert.equal((await calls(world)).length, 2);
            await callee.getByText('Reconnecting…').waitFor({ state: 'detached' });
            await callee.evaluate(watchLoss, WATCHED_MS);
            await callee.waitForFunction(() => window.loss.arrived > 0);
            await killBrowser(dying);
            await callee.getByText('Reconnecting…').waitFor();
            await callee.locator('vv-call-message h1').waitFor({ timeout: 60_000 });
            const { arrived, told, ended } = await until('it has seen the end', () =>
                callee.evaluate(() => window.loss.ended > 0 && window.loss));
            const after = (at, least, most) => assert.ok(at - arrived >= least
                && at - arrived < most, `${told - arrived} and ${ended - arrived} ms`);
            after(told, PILL_AFTER_MS, 6000);
            after(ended, LOST_AFTER_MS, 45_000);
            assert.equal(await control(callee, 'end').count(), 0);
            // Nobody of the two is left: their windows had portal.rejoin_ms to come back.
            await until('the server has no call', async () => (await calls(world)).length === 0,
                80_000);
        },
    },
    {
        name: 'M93, N18: after a kill of the server no call of before blocks a new one',
        run: async (world) => {
            const { server } = world;
            const { caller, callee } = await world.connected();
            if (!server.args.some((arg) => arg.startsWith('listen.port='))) {
                server.args.push('--set', `listen.port=${server.port}`);
            }
            await server.stop('SIGKILL', true);
            await Promise.all([caller.close(), callee.close()]); // Nobody can be told.
            await server.run(true);
            for (const page of [world.mary, world.john]) {
                await page.reload(); // It would come back by itself, a while later.
                await page.locator('vv-call-button button').first().waitFor();
            }
            await world.connected();
        },
    },
    {
        name: 'M94: a call that is stopped and made again at once is not ended by the end of the '
            + 'first',
        run: async (world) => {
            const { caller } = await world.connected();
            await control(caller, 'end').click();
            await until('the button calls again', () => world.john
                .locator('vv-call-button button[title^="Start a video call"]').first().isVisible());
            const next = await world.connected();
            await until('the first window is gone', () => caller.isClosed());
            assert.notEqual(next.caller.url(), caller.url());
            await Promise.all([mediaFlow(next.caller), mediaFlow(next.callee)]);
            const [left, ...more] = await calls(world);
            assert.deepEqual([next.caller.url().endsWith(left.id), more], [true, []]);
        },
    },
];
