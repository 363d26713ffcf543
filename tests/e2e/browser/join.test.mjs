// SPDX-License-Identifier: Apache-2.0
// From the link of the first start to the administrator's portal, and an address of nothing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { password, Server } from '../api/server.mjs';
import { LIMIT_MS, openBrowser } from './browser.mjs';

let server;
let browser;
let page;
before(async () => {
    server = await Server.start();
    browser = await openBrowser();
    page = await browser.newPage({ baseURL: server.origin, locale: 'en-GB' });
    page.setDefaultTimeout(LIMIT_MS);
});
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

test('the first link makes an administrator, who is signed in, and works once', async () => {
    await page.goto(server.firstLink);
    for (const [name, value] of [['name', 'root'], ['fullName', 'Ruth Root'],
        ['password', password]]) {
        await page.locator(`vv-field[name=${name}] input`).fill(value);
    }
    await page.locator('form button.primary').click();
    await page.locator('vv-header').waitFor();
    await page.goto('/people');
    await page.getByRole('button', { name: 'Invite people' }).waitFor();
    await page.goto(server.firstLink);
    await page.getByRole('heading', { name: 'This link is not valid' }).waitFor();
});

test('an address of nothing shows a page that says so', async () => {
    const answer = await page.goto('/nowhere');
    assert.equal(answer.status(), 404);
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
});
