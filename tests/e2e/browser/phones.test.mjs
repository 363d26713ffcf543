// SPDX-License-Identifier: Apache-2.0
// Calls on phones, and an organisation that does not want them there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { devices } from 'playwright-core';
import { cookieOf, Server } from '../api/server.mjs';
import { openBrowser, pressAnswer, pressCall, signIn, until } from './browser.mjs';
import { calledBy, directRoom, follow } from './portal.mjs';

const { defaultBrowserType, ...PHONE } = devices['Pixel 7'];
let server;
let browser;
let administrator;
let phone;
let john;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    administrator = await signIn(browser, server, 'anna', '/admin');
    phone = await signIn(browser, server, 'mary', '/people/john', PHONE);
    john = await signIn(browser, server, 'john', '/people/mary');
});
after(async () => {
    await browser?.close();
    assert.equal(await server.stop(), 0);
});

async function noPhones(on) {
    const box = administrator.getByRole('switch', { name: 'No calls on phones' });
    await until('the switch shows what is', async () => await box.isChecked() === !on);
    await box.click();
    await until('it is stored', async () => await box.isChecked() === on);
}

test('M18: the switch is off at first: a phone calls and answers', async () => {
    assert.equal(await administrator.getByRole('switch', { name: 'No calls on phones' })
        .isChecked(), false);
    await phone.locator('.profile-name vv-call-button button').waitFor();
    const caller = await pressCall(john);
    const callee = await pressAnswer(phone);
    await callee.getByRole('timer').waitFor();
    await caller.locator('button.control.end').click();
    await callee.locator('vv-call-message').waitFor();
    await callee.close();
});

test('M18: with the switch on, a phone is offered no call, at once and everywhere', async () => {
    await noPhones(true);
    await until('its open page has no button', async () => (await calledBy(phone)).length === 0);
    for (const path of ['/people', '/people/john', `/chat/${await directRoom(phone, 'john')}`]) {
        await phone.goto(path);
        await phone.locator('vv-header').waitFor();
        await phone.locator('main :visible', { hasText: 'John Okafor' }).first().waitFor();
        assert.deepEqual(await calledBy(phone), [], path);
    }
    await follow(john, '/people/anna');
    await john.locator('.profile-name vv-call-button button').waitFor(); // No phone.
});

test('M18: a call that comes is shown on the phone, and answered elsewhere only', async () => {
    await follow(john, '/people/mary');
    const caller = await pressCall(john);
    const card = phone.locator('vv-incoming-call');
    await card.getByText('Calls are not offered on phones here').waitFor();
    assert.equal(await card.getByRole('button', { name: /^Answer/ }).count(), 0);
    const id = new URL(caller.url()).pathname.split('/').at(-1);
    const page = await phone.context().newPage(); // Who opens its address is refused.
    await page.goto(`/call/${id}`);
    await page.getByRole('button', { name: 'Answer', exact: true }).click();
    await page.locator('vv-call-message').getByText('switched off').waitFor();
    await page.close();
    await card.getByRole('button', { name: 'Decline', exact: true }).last().click();
    await caller.locator('vv-call-message').waitFor();
    await caller.close();
});

test('M18: switched off again, the button is back without a load', async () => {
    await phone.goto('/people/john');
    await phone.locator('.profile-name').waitFor();
    await noPhones(false);
    await phone.locator('.profile-name vv-call-button button').waitFor();
    const cookie = cookieOf(await server.login('anna', 'visavis-demo'));
    const { json } = await server.request('GET', '/api/admin/audit', { cookie });
    assert.deepEqual(json.entries.slice(0, 2).map(({ act }) => act), ['phones-on', 'phones-off']);
});
