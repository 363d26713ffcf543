// SPDX-License-Identifier: Apache-2.0
// What one switches about calls in the settings, and what it changes at the next call; and how
// often somebody may ring in vain.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { connected, endAll, mediaFlow, openBrowser, ownConnection, pressCall, signIn, until,
    watchPeers } from './browser.mjs';

const CHROMEBOOK = 'Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 (KHTML, like Gecko) '
    + 'Chrome/140.0.0.0 Safari/537.36';

let server;
let browsers;
let john;
let mary;
before(async () => {
    server = await Server.start({ demo: true, options: { 'portal.unanswered_max': 3 } });
    browsers = [await openBrowser(), await openBrowser()];
    john = await signIn(browsers[0], server, 'john', '/people/mary');
    mary = await signIn(browsers[1], server, 'mary', '/settings');
    await Promise.all([john, mary].map((page) => watchPeers(page.context())));
});
afterEach(() => endAll(server, john, mary));
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

const card = (page) => page.locator('vv-incoming-call');
const line = (caller) => caller.locator('vv-call-stage .line');
/** What the tooltip of the Call button on the page of a profile says. */
const saysOf = (page, words, timeout) =>
    page.locator(`vv-call-button button[title*="${words}"]`).first().waitFor({ timeout });
const isIdle = (page) => saysOf(page, 'Start a video call');

/** Mary's switch is kept, and a page of hers that is loaded after shows it so. */
async function choose(name, on) {
    const choice = mary.getByRole('switch', { name });
    await choice.setChecked(on);
    await mary.reload();
    await until('it is kept', async () => await choice.isChecked() === on);
}

/** John's call is there, and he gives up. */
async function ringInVain() {
    await isIdle(john);
    const caller = await pressCall(john);
    await card(mary).waitFor();
    await caller.locator('button.control.end').click();
    await card(mary).waitFor({ state: 'detached' });
    await until('the window is gone', () => caller.isClosed());
}

test('parts 5 and 12: three calls in vain ring, the fourth is only a missed call, and its caller '
    + 'sees no difference', async () => {
    for (let i = 0; i < 3; i++) {
        await ringInVain();
    }
    await isIdle(john);
    const caller = await pressCall(john);
    await until('it seems to ring', async () =>
        /^Ringing on /.test(await line(caller).textContent()));
    assert.equal(await card(mary).count(), 0);
    await caller.locator('button.control.end').click();
    await until('the window is gone', () => caller.isClosed());
    const missed = mary.locator('vv-header a[href^="/calls"] .count');
    await until('four are missed', async () => await missed.textContent() === '4');
    assert.equal(await card(mary).count(), 0);
    // She calls back: then he may ring again.
    await mary.goto('/people/john');
    const back = await pressCall(mary);
    await card(john).getByRole('button', { name: 'Answer without camera' }).click();
    await back.getByRole('timer').waitFor();
    await endAll(server, john, mary);
    await mary.goto('/settings');
    await ringInVain();
});

test('part 5: a ring that is switched off here shows the card without a sound, and the caller is '
    + 'told so', async () => {
    await mary.locator('h1').click(); // From a click on it may sound.
    const ring = mary.getByRole('checkbox', { name: 'Ring of a call to you' });
    await ring.uncheck();
    await isIdle(john);
    const caller = await pressCall(john);
    await card(mary).waitFor();
    await until('it is said', async () => /without sound/.test(await line(caller).textContent()));
    await endAll(server, john, mary);
    await ring.check();
    await isIdle(john);
    const again = await pressCall(john);
    await until('it is heard', async () => /^Ringing on /.test(await line(again).textContent()));
});

test('part 4: without call waiting a second caller is told at once, and nothing is shown',
    async () => {
        await choose('Call waiting', false);
        await isIdle(john);
        const { callee } = await connected({ john, mary });
        const luc = await signIn(browsers[0], server, 'luc', '/people/mary');
        const second = await pressCall(luc);
        await second.getByText('Mary Whitfield is in another call.').waitFor();
        assert.equal(await card(mary).count() + await card(callee).count(), 0);
        await luc.context().close();
        await endAll(server, john, mary);
        await choose('Call waiting', true);
    });

test('part 12: who hides the address by its switch sends from a relay only', async () => {
    await choose('Hide my address', true);
    await isIdle(john);
    const { caller, callee } = await connected({ john, mary });
    await Promise.all([caller, callee].map(ownConnection));
    const own = await callee.evaluate(async () => [...(await window.peers.at(-1).getStats())
        .values()].filter(({ type }) => type === 'local-candidate')
        .map(({ candidateType }) => candidateType));
    assert.ok(own.length > 0 && own.every((type) => type === 'relay'), String(own));
    await mediaFlow(caller);
    await endAll(server, john, mary);
    await choose('Hide my address', false);
});

test('part 1: a device whose sign-in is ended in the settings rings no more', async () => {
    const other = await signIn(browsers[1], server, 'mary', '/people', { userAgent: CHROMEBOOK });
    await saysOf(john, 'It rings on 2 devices');
    await mary.reload();
    await mary.locator('.login', { hasText: 'ChromeOS' }).getByRole('button', { name: 'End' })
        .click();
    await other.waitForURL('**/login**');
    await saysOf(john, 'It rings on 1 device.');
    await pressCall(john);
    await card(mary).waitFor();
    assert.equal(await card(other).count(), 0);
    await other.context().close();
});

test('part 1: the window of a call that is over is soon no device any more', async () => {
    const sofia = await signIn(browsers[1], server, 'sofia', '/people');
    await watchPeers(sofia.context());
    await john.goto('/people/sofia');
    const { callee } = await connected({ john, mary: sofia });
    await sofia.close();
    await endAll(server, john);
    await callee.locator('vv-call-message').waitFor();
    await saysOf(john, 'Offline', 40_000);
    await callee.locator('vv-call-message').getByRole('button', { name: 'Close' }).waitFor();
    await callee.context().close();
    await john.goto('/people/mary');
});

test('nothing has failed meanwhile', () => {
    assert.deepEqual([...john.faults, ...mary.faults], []);
});
