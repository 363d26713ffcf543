// SPDX-License-Identifier: Apache-2.0
// What becomes of calls that do not go the usual way: answered before a window is there, not
// answered at all, windows that are blocked or die.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { connected, johnAndMary, leaveAll, mediaFlow, openBrowser, pressAnswer, pressCall, signIn,
    until } from './browser.mjs';
import { ask } from './portal.mjs';

const RING_MS = 20_000; // The shortest that the server allows.

let server;
let browsers;
before(async () => {
    server = await Server.start({ demo: true, options: { 'portal.ring_ms': RING_MS,
        'portal.leave_grace_ms': 15_000 } });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
});
afterEach(() => leaveAll(server, ...browsers));
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

const card = (page) => page.locator('vv-incoming-call');
const gone = (page) => card(page).waitFor({ state: 'detached' });

test('N2: answered while the caller\'s window still loads, the call connects', async () => {
    const people = await johnAndMary(server, browsers);
    const caller = await pressCall(people.john);
    await card(people.mary).waitFor();
    await caller.route('**/assets/*', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 5000));
        await route.continue();
    });
    const loaded = caller.reload();
    const callee = await pressAnswer(people.mary);
    await loaded;
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await people.close();
    await callee.close().catch(() => undefined);
});

test('N4: unanswered, the ring ends on both sides, the caller is told and may act, and the callee '
    + 'has a missed call', async () => {
    const people = await johnAndMary(server, browsers);
    const caller = await pressCall(people.john);
    await card(people.mary).waitFor();
    await caller.getByText('did not answer').waitFor({ timeout: RING_MS + 20_000 });
    await gone(people.mary);
    for (const name of ['Call again', 'Send a message', 'Tell me when available', 'Close']) {
        await caller.getByRole('button', { name, exact: true }).waitFor();
    }
    await people.mary.locator('vv-header a[href="/calls/missed"] .count').waitFor();
    const { calls } = await ask(people.mary, 'GET', '/api/calls?limit=1');
    assert.deepEqual([calls[0].missed, calls[0].reason], [true, 'no-answer']);
    await caller.getByRole('button', { name: 'Call again' }).click();
    await card(people.mary).waitFor();
    await people.close();
});

test('N4: with the server gone the ring ends on both sides by their own clocks', async () => {
    const people = await johnAndMary(server, browsers);
    const caller = await pressCall(people.john);
    await card(people.mary).waitFor();
    await caller.getByText('Ringing').first().waitFor(); // The window has come, too.
    const since = Date.now();
    const call = new URL(caller.url()).pathname.split('/')[2];
    server.args.push('--set', `listen.port=${server.port}`);
    await server.stop('SIGKILL', true);
    await caller.getByText('did not answer').waitFor({ timeout: RING_MS + 5000 });
    await gone(people.mary);
    const rang = Date.now() - since;
    assert.ok(rang > RING_MS / 2 && rang < RING_MS + 5000, `${rang} ms`);
    await server.run(true);
    await until('both have it in their history', async () => {
        const calls = await Promise.all([people.john, people.mary].map(async (page) =>
            (await ask(page, 'GET', '/api/calls?limit=1')).calls[0]));
        return calls.every((one) => one?.id === call && one.reason === 'no-answer');
    });
    await people.close();
});

test('N5: the caller is told who is offline, busy or not to be disturbed', async () => {
    const people = await johnAndMary(server, browsers);
    const { caller } = await connected(people);
    const luc = await signIn(browsers[0], server, 'luc', '/people/mary');
    const second = await pressCall(luc);
    await second.getByText('Mary Whitfield is in another call').waitFor();
    await second.locator('button.control.end').click();
    await caller.locator('button.control.end').click();
    await until('Mary is free', async () => (await ask(luc, 'GET', '/api/people/mary'))
        .status === 'available');
    await people.mary.locator('vv-user-menu .user').click();
    await people.mary.getByRole('button', { name: 'Do not disturb', exact: true }).click();
    await until('Luc knows', async () => (await ask(luc, 'GET', '/api/people/mary'))
        .status === 'do-not-disturb');
    const silent = await pressCall(luc);
    await silent.getByText('Mary Whitfield does not want to be disturbed').waitFor();
    await silent.locator('button.control.end').click();
    await gone(people.mary);
    await luc.goto('/people/sofia');
    const nobody = await pressCall(luc);
    await nobody.getByText('is unavailable').waitFor();
    await nobody.close();
    await people.mary.locator('vv-user-menu .user').click();
    await people.mary.getByRole('button', { name: 'Available', exact: true }).click();
    await luc.context().close();
    await people.close();
});

test('N16: a blocked window calls nobody, says so, and offers the call in the page', async () => {
    const people = await johnAndMary(server, browsers);
    await people.john.evaluate(() => (window.open = () => null));
    await people.john.locator('vv-call-button button').first().click();
    await people.john.getByText('Your browser blocked the pop-up window.').waitFor();
    assert.equal(await card(people.mary).count(), 0);
    await people.john.getByRole('button', { name: 'Call in this page' }).click();
    await people.john.waitForURL('**/call/*');
    const callee = await pressAnswer(people.mary);
    await Promise.all([mediaFlow(people.john), mediaFlow(callee)]);
    await people.john.locator('button.control.end').click();
    await callee.locator('vv-call-message').waitFor();
    await people.mary.context().close();
    await people.john.context().close();
});
