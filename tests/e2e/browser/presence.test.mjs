// SPDX-License-Identifier: Apache-2.0
// Pages show who is here now, without being loaded again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { openBrowser, signIn } from './browser.mjs';

let server;
let browser;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
});
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

test('the directory and a profile follow who comes and goes', async () => {
    const john = await signIn(browser, server, 'john', '/people');
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
    assert.deepEqual(john.faults, []);
    await john.context().close();
});
