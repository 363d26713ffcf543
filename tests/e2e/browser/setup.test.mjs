// SPDX-License-Identifier: Apache-2.0
// "Set up calls": the one sheet before the first call, which never stands in the way of one.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { leaveAll, openBrowser, pressCall, signIn, until } from './browser.mjs';

let server;
let browser;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
});
afterEach(() => leaveAll(server, browser));
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

const offer = (page) => page.locator('vv-setup-offer section');
const card = (page) => page.locator('vv-incoming-call');
const press = (page, name) => page.getByRole('button', { name, exact: true }).first().click();

test('part 10: the sheet tries devices, sound and ring, closes every device, and is offered once',
    async () => {
        const mary = await signIn(browser, server, 'mary', '/');
        await offer(mary).waitFor();
        await mary.evaluate(() => {
            window.opened = [];
            const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (wanted) => {
                const stream = await get(wanted);
                window.opened.push(...stream.getTracks());
                return stream;
            };
        });
        await press(offer(mary), 'Set up calls');
        const sheet = mary.locator('vv-call-setup');
        await press(sheet, 'Try microphone and camera');
        await sheet.getByText('Your microphone works.').waitFor();
        await sheet.getByText('Your camera works.').waitFor();
        const meter = sheet.getByRole('meter');
        await until('the meter moves', async () =>
            Number(await meter.getAttribute('aria-valuenow')) > 0);
        await until('the own picture is there', () => sheet.locator('video').evaluate((video) =>
            video.videoWidth > 0));
        await press(sheet, 'Play the test sound');
        await sheet.getByText('That is your speaker.').waitFor();
        await sheet.getByRole('switch', { name: /Ring this browser/ }).waitFor();
        await press(sheet, 'Ring me now');
        await card(mary).getByText('Mary Whitfield is calling you').waitFor();
        await press(card(mary), 'Answer');
        await card(mary).waitFor({ state: 'detached' });
        await sheet.getByText('This device rings.').waitFor();
        await press(sheet, 'Done');
        await offer(mary).waitFor({ state: 'detached' });
        const live = await mary.evaluate(() => window.opened.map((track) => track.readyState));
        assert.deepEqual(live, ['ended', 'ended']);
        await mary.reload();
        await mary.locator('vv-feed').waitFor();
        assert.equal(await offer(mary).count(), 0);
        await mary.goto('/settings');
        await press(mary, 'Try it out'); // From the settings at any time.
        await sheet.getByRole('heading', { name: 'Set up calls' }).waitFor();
        await mary.keyboard.press('Escape');
        assert.deepEqual(mary.faults, []);
        await mary.context().close();
    });

test('part 10: who does not want to be disturbed is told that nothing rings', async () => {
    const luc = await signIn(browser, server, 'luc', '/settings');
    await luc.locator('vv-user-menu .user').click();
    await press(luc, 'Do not disturb');
    await press(luc, 'Try it out');
    const sheet = luc.locator('vv-call-setup');
    await sheet.getByText('While you do not want to be disturbed, calls do not ring.').waitFor();
    await press(sheet, 'Ring me now');
    await press(card(luc), 'Decline');
    await sheet.getByText('It was silent: your status or your sound settings say so.').waitFor();
    await luc.context().close();
});

test('part 10, M38: a first call needs no sheet, and is asked for nothing but the click',
    async () => {
        const john = await signIn(browser, server, 'john', '/');
        await press(offer(john), 'Not now');
        await offer(john).waitFor({ state: 'detached' });
        await john.reload();
        await john.locator('vv-feed').waitFor();
        assert.equal(await offer(john).count(), 0);
        const sofia = await signIn(browser, server, 'sofia', '/people/john');
        const caller = await pressCall(sofia); // Never asked before.
        await card(john).waitFor();
        assert.equal(await sofia.locator('dialog[open]').count(), 0);
        await caller.locator('button.control.end').click();
        await card(john).waitFor({ state: 'detached' });
        await Promise.all([john, sofia].map((page) => page.context().close()));
    });
