// SPDX-License-Identifier: Apache-2.0
// A connector that can call groups: the Call button of spaces and team rooms, and the meeting that
// everybody joins with one click.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { openBrowser, opening, signIn, until } from './browser.mjs';
import { ask, follow, post, teamRoom } from './portal.mjs';

const SPACE = 'design';
const CALL = { name: /^Call – Start a meeting for everybody in / };
let server;
let browser;
let john;
let mary;
let administrator;
let space;
let team;

async function change(connector, body) {
    const path = `/api/admin/connectors/${connector}`;
    const { status, text } = await server.request('PUT', path, { cookie: administrator, body });
    assert.equal(status, 204, text);
}

before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    administrator = cookieOf(await server.login('anna', 'visavis-demo'));
    await change('link', { values: { template: 'https://meet.example.org/{room}' } });
    mary = await signIn(browser, server, 'mary', '/');
    john = await signIn(browser, server, 'john', '/');
    for (const person of [john, mary]) {
        await person.context().route('https://meet.example.org/**', (route) =>
            route.fulfill({ contentType: 'text/html', body: '<h1>The meeting</h1>' }));
    }
    const made = { name: SPACE, title: 'Design', description: 'How it looks' };
    space = (await ask(john, 'POST', '/api/spaces', made)).space;
    await ask(john, 'POST', `/api/spaces/${SPACE}/invitations`, { name: 'mary' });
    await ask(mary, 'POST', `/api/spaces/${SPACE}/join`);
    team = await teamRoom(john, 'The three', ['mary', 'luc']);
    await post(mary, 'Hello from the space', SPACE);
});
after(async () => {
    await browser?.close();
    assert.equal(await server.stop(), 0);
});

/** The popover of the space's name in the activity stream. */
async function popover(page) {
    await follow(page, '/');
    const name = page.locator('vv-activity', { hasText: 'Hello from the space' })
        .locator('vv-space');
    await name.getByRole('link', { name: 'Design' }).hover();
    const card = name.locator('vv-space-card');
    await card.getByText('How it looks').waitFor();
    return card;
}

/** Presses the button and gives the tab of the meeting. */
async function begin(page, button) {
    const tab = await opening(page.context(), () => button.click());
    await tab.waitForURL('https://meet.example.org/*');
    return tab;
}

test('M11: without a connector that calls groups there is no button', async () => {
    await follow(john, `/spaces/${SPACE}`);
    await john.locator('.space-banner').getByRole('link', { name: 'Chat' }).waitFor();
    assert.equal(await john.locator('.space-banner').getByRole('button', CALL).count(), 0);
    const card = await popover(john);
    await card.getByRole('link', { name: 'Chat' }).waitFor();
    assert.equal(await card.getByRole('button', CALL).count(), 0);
    await follow(john, `/chat/${team}`);
    await john.locator('.room-head', { hasText: 'The three' }).waitFor();
    assert.equal(await john.locator('.room-head').getByRole('button', CALL).count(), 0);
});

test('M12: a group-capable connector: space banner, space popover, team room', async () => {
    await follow(john, `/chat/${team}`);
    await change('link', { active: true });
    await john.locator('.room-head').getByRole('button', CALL).waitFor(); // Without a load.
    await follow(john, `/spaces/${SPACE}`);
    await john.locator('.space-banner').getByRole('button', CALL).waitFor();
    await (await popover(john)).getByRole('button', CALL).waitFor();
    await follow(john, `/chat/${space.room}`);
    await john.locator('.room-head').getByRole('button', CALL).waitFor();
});

test('M12: a click opens the meeting, and everybody joins it by its line', async () => {
    await follow(mary, '/people');
    const unread = () => mary.locator('vv-header').evaluate((header) => header.unread);
    const before = await unread();
    await follow(john, `/spaces/${SPACE}`);
    const tab = await begin(john, john.locator('.space-banner').getByRole('button', CALL));
    assert.equal(await tab.evaluate(() => window.opener), null);
    await until('it is something unread', async () => await unread() === before + 1);
    await follow(mary, `/chat/${space.room}`);
    const line = mary.locator('vv-conversation .meeting');
    await line.getByText('John Okafor has begun a meeting').waitFor();
    const join = line.getByRole('link', { name: 'Join on meet.example.org' });
    assert.equal(await join.getAttribute('href'), tab.url());
    assert.match(tab.url(), /^https:\/\/meet\.example\.org\/[\w-]{22}$/);
    const hers = await opening(mary.context(), () => join.click());
    await hers.waitForURL(tab.url());
    assert.equal(await hers.evaluate(() => document.referrer), '');
    await Promise.all([tab.close(), hers.close()]);
});

test('M12: who presses Call soon after another joins that meeting', async () => {
    await follow(john, `/chat/${team}`);
    const first = await begin(john, john.locator('.room-head').getByRole('button', CALL));
    await follow(mary, `/chat/${team}`);
    await mary.locator('vv-conversation .meeting').waitFor();
    const second = await begin(mary, mary.locator('.room-head').getByRole('button', CALL));
    assert.equal(second.url(), first.url());
    assert.equal(await mary.locator('vv-conversation .meeting').count(), 1);
    await Promise.all([first.close(), second.close()]);
    await john.locator('vv-conversation .meeting').getByText('You have begun a meeting').waitFor();
});

test('M12: where the browser blocks the tab, the line is shown', async () => {
    await follow(mary, `/spaces/${SPACE}`);
    await mary.evaluate(() => {
        window.open = () => null;
    });
    await mary.locator('.space-banner').getByRole('button', CALL).click();
    await mary.waitForURL(`**/chat/${space.room}`);
    await mary.getByText('has blocked the tab of the meeting').waitFor();
    await mary.locator('vv-conversation .meeting').getByRole('link').first().waitFor();
});

test('M12: switched off, the buttons vanish and a late click opens nothing', async () => {
    await follow(john, `/spaces/${SPACE}`);
    const button = john.locator('.space-banner').getByRole('button', CALL);
    await button.waitFor();
    await change('link', { active: false });
    await button.waitFor({ state: 'detached' });
    const pages = john.context().pages().length;
    await john.evaluate((room) => document.querySelector('vv-portal').dispatchEvent(
        new CustomEvent('vv-meet', { detail: { room, connector: 'link' } })), space.room);
    await john.getByText('This way to call has been switched off').waitFor();
    await until('nothing stays open', async () => john.context().pages().length === pages);
    assert.deepEqual([...john.faults, ...mary.faults], []);
});
