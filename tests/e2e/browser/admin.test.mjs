// SPDX-License-Identifier: Apache-2.0
// The administration pages in a browser: the rows of the acceptance table that need a screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { openBrowser, signIn, until } from './browser.mjs';
import { ask, webrtcSettings } from './portal.mjs';

let server;
let browser;
let root;
let settings;
/** What becomes of a server that never answers: it takes its time, meanwhile there are others. */
let dead;
const administrator = 'anna';
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    root = await signIn(browser, server, administrator);
    root.setDefaultTimeout(10_000);
    settings = webrtcSettings(root);
    dead = testDeadServer();
    dead.catch(() => undefined); // Until its test asks.
});
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

/** On a page of its own. */
async function testDeadServer() {
    const page = await root.context().newPage();
    const own = webrtcSettings(page);
    await own.open();
    await own.dialog.getByRole('button', { name: /^Add a server/ }).first().click();
    await own.field('servers.0.url').fill('stun:127.0.0.1:9');
    await own.button('Test').first().click();
    await own.dialog.getByText('Testing …').waitFor();
    await own.dialog.getByText(/No answer came back/).waitFor({ timeout: 60_000 });
    await page.close();
}

async function removeAll() {
    await settings.open();
    while (await settings.button('Remove').count() > 0) {
        await settings.button('Remove').first().click();
        await settings.dialog.locator('vv-confirm').getByRole('button', { name: 'Remove' }).click();
    }
    await settings.save();
}

test('M98: the menu of administrators opens Web Conferencing', async () => {
    await root.goto('/people');
    await root.locator('vv-user-menu button').first().click();
    await root.getByRole('link', { name: 'Administration: Web Conferencing' }).click();
    await root.getByRole('heading', { name: 'Web Conferencing' }).waitFor();
    assert.equal(new URL(root.url()).pathname, '/admin');
});

test('M31, M100: connectors are listed with what they are; at first WebRTC is active', async () => {
    await root.goto('/admin');
    const rows = root.locator('vv-admin-connectors .list > li');
    await rows.first().waitFor();
    const listed = await rows.evaluateAll((items) => items.map((item) => ({
        name: item.querySelector('strong').textContent.trim(),
        told: item.querySelector('.muted').textContent.trim().length > 20,
        active: item.querySelector('[role=switch]').checked,
        acts: item.querySelectorAll('button').length,
    })));
    const row = (name, active) => ({ name, told: true, active, acts: 1 });
    assert.deepEqual(listed,
        [row('WebRTC', true), row('Meeting link', false), row('SIP telephone', false)]);
});

test('M99: for others there is no entry and no page', async () => {
    const mary = await signIn(browser, server, 'mary');
    await mary.locator('vv-user-menu button').first().click();
    assert.equal(await mary.getByRole('link', { name: /Administration/ }).count(), 0);
    await mary.goto('/admin');
    await mary.getByRole('heading', { name: 'Nothing here' }).waitFor();
    await mary.context().close();
});

test('no page of the administration scrolls sideways on 320 px', async () => {
    const normal = root.viewportSize();
    await root.setViewportSize({ width: 320, height: 640 });
    for (const tab of ['', '/people', '/invitations', '/calls', '/now', '/audit', '/check']) {
        await root.goto(`/admin${tab}`);
        await root.locator('vv-page-admin :is(.list, .charts, .empty[role=status])')
            .first().waitFor();
        assert.equal(await root.evaluate(() => document.documentElement.scrollWidth), 320, tab);
        if (process.env.SHOTS) {
            const name = `narrow${tab.replace('/', '-')}.png`;
            await root.screenshot({ path: `${process.env.SHOTS}/${name}` });
        }
    }
    await root.setViewportSize(normal ?? { width: 1280, height: 720 });
});

test('Now: figures of this moment, and charts whose values a table has too', async () => {
    await root.goto('/admin/now');
    const chart = root.locator('vv-hour-chart').nth(1);
    await chart.getByRole('heading', { name: 'Open tabs, at most' }).waitFor();
    assert.equal(await root.locator('vv-hour-chart').count(), 4);
    assert.match(await root.locator('.figures').innerText(), /Running calls\s+0/);
    const table = chart.getByRole('table');
    assert.ok(!await table.isVisible());
    await chart.locator('summary').focus();
    await root.keyboard.press('Enter');
    await table.waitFor();
    assert.ok(await table.getByRole('row').count() >= 2); // the head, and the hour that runs
    assert.match(await table.getByRole('cell').first().innerText(), /^[1-9]\d*$/); // this tab
});

test('M104: connectors with settings have a button for them', async () => {
    await root.goto('/admin');
    await root.getByRole('button', { name: 'Settings of Meeting link' }).waitFor();
    assert.equal(await root.getByRole('switch', { name: /active$/ }).count(), 3);
    assert.equal(await root.getByRole('button', { name: /^Settings of/ }).count(), 3);
    // Of those that come with the server each has some: one is listed as if it had none.
    const list = '**/api/admin/connectors';
    await root.route(list, async (route) => {
        const response = await route.fetch();
        const json = await response.json();
        json.connectors.find(({ name }) => name === 'sip').fields = [];
        await route.fulfill({ response, json });
    });
    await root.reload();
    await root.getByRole('button', { name: 'Settings of Meeting link' }).waitFor();
    assert.equal(await root.getByRole('switch', { name: 'SIP telephone is active' }).count(), 1);
    assert.equal(await root.getByRole('button', { name: 'Settings of SIP telephone' }).count(), 0);
    await root.unroute(list);
});

test('M105, M106: the form lists the servers in order, plus adds one below', async () => {
    await removeAll();
    await settings.open();
    await settings.button('Add a server').click();
    await settings.field('servers.0.url').fill('stun:a.example.org');
    await settings.button('Add a server below').click();
    await settings.field('servers.1.url').fill('stun:c.example.org');
    await settings.button('Add a server below').first().click();
    assert.equal(await settings.field('servers.1.url').inputValue(), '', 'the new one is empty');
    assert.equal(await settings.field('servers.2.url').inputValue(), 'stun:c.example.org');
    await settings.field('servers.1.url').fill('stun:b.example.org');
    await settings.save();
    await settings.open();
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
        assert.equal(await settings.field(`servers.${i}.url`).inputValue(),
            `stun:${name}.example.org`);
    }
});

test('M108: with Credentials user name and hidden password can be entered', async () => {
    await settings.dialog.getByText('Credentials').first().click();
    if (process.env.SHOTS) {
        await root.screenshot({ path: `${process.env.SHOTS}/webrtc.png` });
    }
    await settings.field('servers.0.username').fill('user');
    assert.equal(await settings.field('servers.0.password').getAttribute('type'), 'password');
});

test('M110: an error names the field, and the cursor is in it', async () => {
    const refused = async (name) => {
        await settings.button('Save').click();
        await settings.dialog.locator(`vv-field[name="${name}"] .field-error`).waitFor();
        await root.waitForFunction((field) =>
            document.activeElement?.getAttribute('name') === field, name);
    };
    await refused('servers.0.password');
    await settings.field('servers.0.password').fill('secret');
    await settings.field('servers.0.username').fill('');
    await refused('servers.0.username');
    await settings.field('servers.0.username').fill('user');
    await settings.field('servers.1.url').fill('');
    await refused('servers.1.url');
    assert.deepEqual((await ask(root, 'GET', '/api/admin/webrtc')).servers
        .map(({ urls, credentials }) => `${urls} ${credentials}`), ['a', 'b', 'c'].map((name) =>
        `stun:${name}.example.org false`), 'nothing is stored');
});

test('M111, N10: Cancel keeps, Remove removes this server only', async () => {
    await settings.open();
    const confirm = settings.dialog.locator('vv-confirm');
    await settings.button('Remove').first().click();
    await confirm.getByText('stun:a.example.org').waitFor();
    await confirm.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await settings.dialog.locator('.ice-server').count(), 3);
    await settings.button('Remove').nth(1).click();
    await confirm.getByRole('button', { name: 'Remove' }).click();
    await root.waitForFunction(() => document.querySelectorAll('.ice-server').length === 2);
    assert.equal(await settings.field('servers.0.url').inputValue(), 'stun:a.example.org');
    assert.equal(await settings.field('servers.1.url').inputValue(), 'stun:c.example.org');
    await settings.save();
    assert.deepEqual((await ask(root, 'GET', '/api/admin/webrtc')).servers
        .map(({ urls }) => urls.join()), ['stun:a.example.org', 'stun:c.example.org']);
});

test('M117: Cancel and X change nothing', async () => {
    const stored = () => ask(root, 'GET', '/api/admin/webrtc');
    const before = await stored();
    for (const name of ['Cancel', 'Close']) {
        await settings.open();
        await settings.field('servers.0.url').fill('stun:other.example.org');
        await settings.button('Add a server below').first().click();
        await settings.dialog.getByRole('checkbox', { name: /^Collect the log/ }).check();
        await settings.button(name).last().click();
        await settings.dialog.waitFor({ state: 'detached' });
        assert.deepEqual(await stored(), before, name);
    }
    await settings.open();
    assert.equal(await settings.dialog.locator('.ice-server').count(), 2);
    assert.equal(await settings.field('servers.0.url').inputValue(), 'stun:a.example.org');
});

test('N9: Test says in words that nothing came back', () => dead);

test('M101, M102, M103: a switch is stored at once; buttons vanish and return', async () => {
    const mary = await signIn(browser, server, 'mary', '/people/luc');
    await mary.locator('vv-call-button button').first().waitFor();
    await root.goto('/admin');
    await root.getByRole('switch', { name: 'WebRTC is active' }).click();
    await mary.locator('vv-call-button button').first().waitFor({ state: 'hidden' });
    await root.reload();
    const box = root.getByRole('switch', { name: 'WebRTC is active' });
    await box.waitFor();
    assert.equal(await box.isChecked(), false);
    await root.route('**/api/admin/connectors/webrtc', (route) => route.abort());
    await box.click();
    await root.locator('vv-toast').getByText(/cannot be reached/).waitFor();
    await until('it shows what is true', async () => !await box.isChecked());
    await root.unroute('**/api/admin/connectors/webrtc');
    await box.click();
    await mary.locator('vv-call-button button').first().waitFor();
    await mary.context().close();
});

test('M21, M22: two connectors make a pulldown, which remembers', async () => {
    await root.goto('/admin');
    await root.getByRole('switch', { name: 'SIP telephone is active' }).setChecked(true);
    await root.waitForFunction(async () =>
        (await (await fetch('/api/me/accounts')).json()).types.length === 1);
    for (const name of ['mary', 'luc']) {
        const cookie = cookieOf(await server.login(name, 'visavis-demo'));
        const answer = await server.request('PUT', '/api/me/accounts',
            { cookie, body: { accounts: [{ type: 'sip', value: `${name}@sip.example.org` }] } });
        assert.equal(answer.status, 204, answer.text);
    }
    const mary = await signIn(browser, server, 'mary', '/people/luc');
    const button = mary.locator('vv-page-profile vv-call-button').first();
    await button.locator('.more').click();
    const items = button.locator('.menu button');
    assert.equal(await items.count(), 2);
    // No program opens here: it is enough that its link is asked for.
    await mary.route('**/api/connectors/**', (route) => route.fulfill({ status: 404 }));
    const asked = mary.waitForRequest('**/api/connectors/sip?callee=luc');
    await items.nth(1).click();
    await (await asked).response();
    await mary.reload();
    await button.locator('.more').waitFor();
    await mary.waitForFunction(() =>
        document.querySelector('vv-page-profile vv-call-button')?.offer.chosen === 'sip');
    await mary.context().close();
});

test('an administrator has the server checked, and reads it in his language', async () => {
    await root.goto('/admin/check');
    await root.getByRole('button', { name: 'Check this server' }).click();
    const call = root.getByRole('listitem').filter({ hasText: 'Relay UDP' });
    await call.getByText(/^A call by UDP: \d+ of 25 packets of sound there and back/).waitFor();
    await root.getByText(/^(No fault was found|One fault|\d+ faults)/).waitFor();
    const origin = root.getByRole('listitem').filter({ hasText: 'Address of the pages' });
    await origin.getByText('Warning').waitFor();
    await origin.getByText(/^What to do: For other people set tls\.cert/).waitFor();
    const context = await browser.newContext({ locale: 'fr',
        storageState: await root.context().storageState() });
    const french = await context.newPage();
    await french.goto(`${server.origin}/admin/check`);
    await french.getByRole('button', { name: 'Vérifier ce serveur' }).click();
    await french.getByText(/^Un appel par TCP\s: \d+ paquets de son sur 25/).waitFor();
    assert.equal(await french.getByText(/there and back|What to do/).count(), 0);
    await context.close();
});

/** A row of the people's page, and a press in it that is stored. */
const rowOf = (name) => root.locator('vv-admin-people li', { hasText: name });
async function act(name, word) {
    await rowOf(name).getByRole('button', { name: word, exact: true }).click();
}
/** What the server says to somebody who asks for a page of administration. */
const statusFor = async (cookie) =>
    (await server.request('GET', '/api/admin/people', { cookie })).status;

test('people: one becomes an administrator and is none again, an address is hidden', async () => {
    const luc = cookieOf(await server.login('luc', 'visavis-demo'));
    await root.goto('/admin/people');
    assert.equal(await statusFor(luc), 404);
    await act('Luc', 'Make administrator');
    await rowOf('Luc').getByText('Groups: platform/administrators').waitFor();
    assert.equal(await statusFor(luc), 200);
    await act('Luc', 'No administrator any more');
    await rowOf('Luc').getByText('Groups:').waitFor({ state: 'detached' });
    assert.equal(await statusFor(luc), 404);
    await act('Luc', 'Hide network address');
    await rowOf('Luc').getByText('Groups: platform/relay-only').waitFor();
    await act('Luc', 'Allow network address');
    await rowOf('Luc').getByText('Groups:').waitFor({ state: 'detached' });
});

test('people: the last administrator stays one, and is told why', async () => {
    await root.goto('/admin/people');
    for (const button of ['No administrator any more', 'Disable']) {
        await act('Anna', button);
        if (button === 'Disable') {
            await root.locator('vv-confirm').getByRole('button', { name: 'Disable' }).click();
        }
        const said = root.locator('vv-toast').getByRole('status');
        await said.getByText('This is not possible: somebody must remain').waitFor();
        await said.getByRole('button', { name: 'Close' }).click();
        await said.getByText('This is not possible').waitFor({ state: 'detached' });
    }
    await rowOf('Anna').getByText('Groups: platform/administrators').waitFor();
});

test('people: one is put into groups and out again, also of guests', async () => {
    server.command(['group', 'add', 'sales']);
    await root.goto('/admin/people');
    await act('Luc', 'Groups');
    const dialog = root.locator('vv-admin-people dialog[open]');
    await dialog.getByRole('heading', { name: 'Groups of Luc' }).waitFor();
    const box = (name) => root.locator('vv-admin-people').getByRole('checkbox', { name });
    const guests = box('platform/guests');
    const groups = async () => (await ask(root, 'GET', '/api/admin/people?q=luc'))
        .people.find(({ person }) => person.name === 'luc').groups;
    await guests.check();
    await until('he is a guest', async () => (await groups()).includes('platform/guests'));
    await root.locator('vv-toast', { hasText: 'Saved' }).getByRole('button').click();
    await guests.uncheck();
    await until('he is none any more', async () => (await groups()).length === 0);
    await box('sales').check(); // One that there is.
    await until('he is in sales', async () => (await groups()).join() === 'sales');
    await box('sales').uncheck();
    await until('he is in none', async () => (await groups()).length === 0);
    await root.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await rowOf('Luc').getByText('Groups:').waitFor({ state: 'detached' });
});

test('people: who is disabled is put out at once; enabled, one may sign in again', async () => {
    const sofia = await signIn(browser, server, 'sofia', '/people');
    await root.goto('/admin/people');
    await act('Sofía', 'Disable');
    const question = root.locator('vv-confirm');
    await question.getByRole('heading', { name: 'Disable Sofía Núñez?' }).waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    await root.locator('dialog[open]').waitFor({ state: 'detached' });
    assert.equal(await rowOf('Sofía').getByText('Disabled').count(), 0);
    await act('Sofía', 'Disable');
    await question.getByRole('button', { name: 'Disable' }).click();
    await rowOf('Sofía').getByText('Disabled').waitFor();
    await sofia.waitForURL('**/login**');
    assert.equal((await server.login('sofia', 'visavis-demo')).status, 401);
    await act('Sofía', 'Enable');
    await rowOf('Sofía').getByText('Disabled').waitFor({ state: 'detached' });
    assert.equal((await server.login('sofia', 'visavis-demo')).status, 200);
    await sofia.context().close();
});

test('people: the password link sets a new one, once', async () => {
    await root.goto('/admin/people');
    await act('Luc', 'Password link');
    await root.getByText('This link sets a new password of').waitFor();
    const link = await root.locator('vv-admin-people vv-field input[readonly]').inputValue();
    const stranger = await browser.newPage({ baseURL: server.origin, locale: 'en-GB' });
    await stranger.goto(link);
    await stranger.locator('vv-field[name=password] input').fill('another-visavis');
    await stranger.locator('form button.primary').click();
    await stranger.locator('vv-header').waitFor();
    assert.equal((await server.login('luc', 'visavis-demo')).status, 401);
    assert.equal((await server.login('luc', 'another-visavis')).status, 200);
    await stranger.goto(link);
    await stranger.getByRole('heading', { name: 'This link is not valid' }).waitFor();
    await stranger.context().close();
});

test('invitations: one that is withdrawn invites nobody any more', async () => {
    const invite = async (kind) => (await ask(root, 'POST', '/api/invitations', { kind })).url
        .split('/join/')[1];
    const valid = async (token) =>
        (await server.request('GET', `/api/invitations/${token}`)).status === 200;
    const member = await invite('member');
    assert.ok(await valid(member));
    await root.goto('/admin/invitations');
    await root.getByText('New person').waitFor();
    const kept = await invite('administrator');
    await root.reload();
    const line = root.getByRole('listitem').filter({ hasText: 'New person' });
    await line.getByRole('button', { name: 'Withdraw' }).focus();
    await root.keyboard.press('Enter');
    await line.waitFor({ state: 'detached' });
    // A second press must not hit what stands there now.
    assert.equal(await root.evaluate(() => document.activeElement.localName), 'ul');
    assert.ok(!await valid(member));
    assert.ok(await valid(kept));
    await root.getByRole('button', { name: 'Withdraw' }).click();
    await root.getByText('There are no open invitations.').waitFor();
});

test('the lists of people, invitations, calls and acts are there', async () => {
    await root.goto('/admin/people');
    await root.getByText('Mary', { exact: false }).first().waitFor();
    await root.goto('/admin/invitations');
    await root.getByText('There are no open invitations.').waitFor();
    await root.goto('/admin/calls');
    await root.getByText('Nobody is in a call').waitFor();
    await root.goto('/admin/audit');
    await root.getByText('changed the settings of webrtc').first().waitFor();
});
