// SPDX-License-Identifier: Apache-2.0
// Two calls at once: cards of their own, call waiting, hold, and switching between the two.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { endAll, mediaFlow, openBrowser, opening, pressAnswer, pressCall, received, signIn, until,
    watchPeers } from './browser.mjs';

let server;
let browsers;
let john;
let luc;
let mary;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
    mary = await signIn(browsers[1], server, 'mary');
    john = await signIn(browsers[0], server, 'john', '/people/mary');
    luc = await signIn(browsers[0], server, 'luc', '/people/mary');
    await Promise.all([john, luc, mary].map((page) => watchPeers(page.context())));
});
afterEach(() => endAll(server, john, luc, mary));
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

const cardOf = (page, name) => page.locator('vv-incoming-call', { has:
    page.getByText(`${name} is calling you`) });
/** A press on Call while the last window still closes would bring that one to the front. */
async function end(window) {
    await window.locator('button.control.end').click();
    await until('the window is gone', () => window.isClosed());
}
const press = (place, name) => place.getByRole('button', { name, exact: true }).click();

test('N3: two callers, two cards; each button acts on its own, and one that goes leaves the other',
    async () => {
        const first = await pressCall(john);
        await cardOf(mary, 'John Okafor').waitFor();
        const second = await pressCall(luc);
        await cardOf(mary, 'Luc Besnard').waitFor();
        assert.equal(await mary.locator('vv-incoming-call').count(), 2);
        await press(cardOf(mary, 'Luc Besnard'), 'Decline');
        await second.getByText('has declined the call').waitFor();
        await cardOf(mary, 'Luc Besnard').waitFor({ state: 'detached' });
        assert.equal(await cardOf(mary, 'John Okafor').count(), 1);
        await second.close();
        const third = await pressCall(luc);
        await cardOf(mary, 'Luc Besnard').waitFor();
        await end(first);
        await cardOf(mary, 'John Okafor').waitFor({ state: 'detached' });
        assert.equal(await cardOf(mary, 'Luc Besnard').count(), 1);
        await end(third);
        await cardOf(mary, 'Luc Besnard').waitFor({ state: 'detached' });
    });

/** No sound and no picture arrives any more. */
async function still(window) {
    await until('media stand still', async () => {
        const before = await received(window);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        const now = await received(window);
        return now.bytes === before.bytes;
    });
}

test('part 4: call waiting: the second call is answered and the first held, both sides see it, '
    + 'and one switches back', async () => {
    const johns = await pressCall(john);
    const withJohn = await pressAnswer(mary);
    await Promise.all([mediaFlow(johns), mediaFlow(withJohn)]);
    const lucs = await pressCall(luc);
    // The card stands in the portal and in the call window; the caller is told.
    await cardOf(mary, 'Luc Besnard').waitFor();
    const inWindow = cardOf(withJohn, 'Luc Besnard');
    await inWindow.getByText('You are in a call').waitFor();
    await lucs.getByText('Mary Whitfield is in another call').waitFor();
    const withLuc = await opening(mary.context(), () => press(inWindow, 'Hold & answer'));
    await withJohn.locator('vv-call-held').getByText('On hold', { exact: true }).waitFor();
    await johns.getByText('Mary Whitfield has put you on hold').waitFor();
    await Promise.all([mediaFlow(lucs), mediaFlow(withLuc)]);
    await Promise.all([still(johns), still(withJohn)]);
    const directions = await withJohn.evaluate(() =>
        window.peers.at(-1).getTransceivers().map(({ currentDirection }) => currentDirection));
    assert.deepEqual([...new Set(directions)], ['inactive']);
    await press(withJohn, 'Take the call up again');
    await johns.getByText('has put you on hold').waitFor({ state: 'detached' });
    await Promise.all([mediaFlow(johns), mediaFlow(withJohn)]);
    await withLuc.locator('vv-call-held').waitFor();
    await lucs.getByText('Mary Whitfield has put you on hold').waitFor();
    await end(lucs); // Who is held hangs up: the other call goes on.
    await withLuc.locator('vv-call-message').waitFor();
    await mediaFlow(withJohn);
    await end(johns);
    await withJohn.locator('vv-call-message').waitFor();
    await Promise.all([withLuc, withJohn].map((window) => window.close()));
});

test('part 4: a waiting call is declined from the call window, and the call goes on', async () => {
    const johns = await pressCall(john);
    const withJohn = await pressAnswer(mary);
    await mediaFlow(withJohn);
    const lucs = await pressCall(luc);
    await press(cardOf(withJohn, 'Luc Besnard'), 'Decline');
    await lucs.getByText('has declined the call').waitFor();
    await cardOf(mary, 'Luc Besnard').waitFor({ state: 'detached' });
    await mediaFlow(withJohn);
    await lucs.close();
    // A call is held by its own menu, too, and its window says so in its title.
    await withJohn.locator('#open-more').click();
    await press(withJohn, 'Put on hold');
    await withJohn.locator('vv-call-held').waitFor();
    await until('the title says so', async () => /^On hold/.test(await withJohn.title()));
    await withJohn.reload();
    await withJohn.locator('vv-call-held').waitFor();
    await press(withJohn, 'Take the call up again');
    await Promise.all([mediaFlow(withJohn), mediaFlow(johns)]);
    await end(johns);
    await withJohn.close();
});

test('part 4: who only dials gives that up for a call that comes in', async () => {
    await mary.goto('/people/john');
    const marys = await pressCall(mary);
    await cardOf(john, 'Mary Whitfield').waitFor();
    const lucs = await pressCall(luc);
    const waits = await Promise.race([
        cardOf(mary, 'Luc Besnard').waitFor().then(() => true),
        lucs.locator('vv-call-message').waitFor().then(() => false),
    ]);
    assert.ok(waits, 'a second call waits while one dials');
    const withLuc = await opening(mary.context(), () =>
        press(cardOf(mary, 'Luc Besnard'), 'Hold & answer'));
    await cardOf(john, 'Mary Whitfield').waitFor({ state: 'detached' });
    await mediaFlow(withLuc);
    await marys.locator('vv-call-message').waitFor();
    await end(lucs);
    await Promise.all([marys, withLuc].map((window) => window.close()));
    assert.deepEqual([...john.faults, ...luc.faults, ...mary.faults], []);
});
