// SPDX-License-Identifier: Apache-2.0
// Pages show who is here now, without being loaded again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { openBrowser, signIn } from './browser.mjs';
import { ask, directRoom, freshId, post } from './portal.mjs';

let server;
let browser;
let john;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    john = await signIn(browser, server, 'john', '/people');
});
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

test('the directory and a profile follow who comes and goes', async () => {
    const other = await john.context().newPage();
    await other.goto('/people/mary');
    const row = john.locator('vv-person-row').filter({ hasText: 'Mary' });
    const places = [row.locator('vv-status'), other.locator('.profile vv-status')];
    for (const status of places) {
        await status.filter({ hasText: 'Offline' }).waitFor();
    }
    const mary = await signIn(browser, server, 'mary', '/people');
    for (const status of places) {
        await status.filter({ hasText: 'Available' }).waitFor();
    }
    await mary.context().close();
    for (const status of places) {
        await status.filter({ hasText: 'Offline' }).waitFor();
    }
    await other.close();
});

test('who does nothing for five minutes is Away beside all that he wrote, and Available with the '
    + 'first sign of him', async () => {
    const mary = await signIn(browser, server, 'mary', '/', { prepare: (context) =>
        context.clock.install() });
    const activity = await post(mary, 'Who is here?');
    const comment = { id: freshId(), text: 'I am' };
    await ask(mary, 'POST', `/api/activities/${activity}/comments`, comment);
    const room = await directRoom(mary, 'john');
    await mary.evaluate(([id, message]) => document.querySelector('vv-page-home').live.request(
        { type: 'chat.send', room: id, message, text: 'Hello' }), [room, freshId()]);
    await john.goto('/');
    const chat = await john.context().newPage();
    await chat.goto(`/chat/${room}`);
    const card = john.locator('vv-activity', { hasText: 'Who is here?' });
    const places = [card.locator('.head vv-portrait'), card.locator('li vv-portrait'),
        chat.locator('vv-conversation .message vv-portrait')];
    const show = (status) => Promise.all(places.map((place) =>
        place.locator('vv-status', { hasText: status }).first().waitFor()));
    await show('Available');
    await mary.clock.fastForward('05:01');
    await show('Away');
    await mary.mouse.move(100, 100);
    await show('Available');
    await mary.context().close();
    await show('Offline');
    assert.deepEqual(john.faults, []);
});
