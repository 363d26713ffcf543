// SPDX-License-Identifier: Apache-2.0
// Spaces: made, joined by invitation, with a stream and a room of their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { openBrowser, signIn } from './browser.mjs';
import { write } from './portal.mjs';

let server;
let browser;
let john;
let mary;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    mary = await signIn(browser, server, 'mary', '/spaces');
    john = await signIn(browser, server, 'john', '/spaces');
});
after(async () => {
    await browser?.close();
    assert.equal(await server.stop(), 0);
});

test('spaces: one makes a space and invites a colleague, who sees it at once', async () => {
    await john.getByRole('button', { name: 'New space' }).first().click();
    const dialog = john.locator('vv-space-dialog');
    await dialog.getByLabel('Title').fill('Design & Taste');
    await dialog.getByLabel(/^Description/).fill('How it looks');
    await dialog.getByRole('button', { name: 'Make space' }).click();
    await john.waitForURL('**/spaces/design-taste');
    await john.getByRole('heading', { name: 'Design & Taste' }).waitFor();
    await john.getByRole('button', { name: '1 member' }).click();
    await john.locator('vv-space-people').getByRole('button', { name: /^Add Mary/ }).click();
    const toast = john.locator('vv-toast', { hasText: 'Mary Whitfield is invited.' });
    await toast.getByRole('button', { name: 'Close' }).click(); // Above the open dialog.
    await toast.waitFor({ state: 'detached' });
    await john.locator('vv-space-people dialog[open]').waitFor();
    await mary.getByRole('button', { name: 'Join Design & Taste' }).waitFor();
});

test('spaces: before joining there is nothing to read, after it stream and room', async () => {
    await mary.goto('/spaces/design-taste');
    await mary.getByText('You are invited to Design & Taste').waitFor();
    assert.equal(await mary.locator('vv-feed').count(), 0);
    await mary.getByRole('button', { name: 'Join', exact: true }).click();
    await mary.locator('vv-feed').waitFor();
    await john.keyboard.press('Escape');
    const compose = mary.locator('.feed-compose');
    await compose.locator('textarea').fill('Glad to be here');
    await compose.getByRole('button', { name: 'Post' }).click();
    await john.locator('vv-activity', { hasText: 'Glad to be here' }).waitFor();
    await mary.locator('.space-banner a.button').click();
    await mary.waitForURL('**/chat/*');
    await write(mary.locator('vv-conversation'), 'And here');
    await john.goto('/chat');
    await john.locator('vv-room-row', { hasText: 'And here' }).waitFor();
});

test('spaces: what is posted there is not for others', async () => {
    const luc = await signIn(browser, server, 'luc', '/');
    await luc.locator('vv-feed').waitFor();
    await luc.locator('vv-feed vv-activity, vv-feed .empty button').first().waitFor();
    assert.equal(await luc.getByText('Glad to be here').count(), 0);
    await luc.goto('/spaces/design-taste');
    await luc.getByText('Nothing here').waitFor();
    await luc.context().close();
    await john.goto('/');
    const seen = john.locator('vv-activity', { hasText: 'Glad to be here' });
    await seen.getByRole('link', { name: 'Design & Taste' }).waitFor();
});

test('spaces: who leaves or is taken out sees nothing of it any more', async () => {
    await mary.goto('/');
    await mary.locator('vv-activity', { hasText: 'Glad to be here' }).waitFor();
    await john.goto('/spaces/design-taste');
    await john.getByRole('button', { name: '2 members' }).click();
    await john.getByRole('button', { name: /^Remove Mary/ }).click();
    await mary.locator('vv-activity', { hasText: 'Glad to be here' })
        .waitFor({ state: 'detached' });
    await mary.goto('/spaces');
    await mary.locator('.space-list, .empty button').first().waitFor();
    assert.equal(await mary.getByText('Design & Taste').count(), 0);
});

test('spaces: nothing has failed meanwhile', () => {
    const faults = [...john.faults, ...mary.faults].filter((fault) => !/404/.test(fault));
    assert.deepEqual(faults, []);
});
