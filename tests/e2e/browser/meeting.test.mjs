// SPDX-License-Identifier: Apache-2.0
// Calls that meet outside: by a link, and by the caller's own program.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { closing, openBrowser, opening, pressAnswer, signIn, until } from './browser.mjs';
import { ask, follow } from './portal.mjs';

let server;
let browser;
let mary;
let john;
let administrator;

const button = () => john.locator('vv-page-profile vv-call-button').first();
const offer = () => button().evaluate((one) => one.offer);
const offered = (what, test) => until(what, async () => test(await offer()));
const linkOf = (page) => page.locator('vv-call-meeting')
    .getByRole('link', { name: 'Open the meeting' });
const names = ({ connectors = [] }) => connectors.map(({ name }) => name).join(' ');

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
    await change('link', { active: true });
    mary = await signIn(browser, server, 'mary');
    john = await signIn(browser, server, 'john', '/people/mary');
});
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

test('a meeting rings, both sides get its link after the answer, and ends for both', async () => {
    await button().locator('.more').click();
    const caller = await opening(john.context(), () =>
        button().locator('.menu button').getByText('Meeting link').click());
    await caller.locator('vv-call-meeting')
        .getByText(/^\s*(Calling|Ringing on|Shown on)/).waitFor();
    assert.equal(await caller.locator('vv-call-meeting a').count(), 0);
    const callee = await pressAnswer(mary);
    const links = [];
    for (const page of [caller, callee]) {
        const link = linkOf(page);
        await link.waitFor();
        await page.locator('vv-call-meeting .host').getByText('meet.example.org').waitFor();
        assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
        assert.equal(await link.getAttribute('target'), '_blank');
        links.push(await link.getAttribute('href'));
        const titles = await page.locator('vv-call-meeting').locator('button, a.button')
            .evaluateAll((all) => all.map(({ title }) => title));
        assert.ok(titles.length === 3 && titles.every((title) => title !== ''), titles.join('|'));
    }
    assert.match(links[0], /^https:\/\/meet\.example\.org\/[\w-]{22}$/);
    assert.equal(links[0], links[1]);
    await callee.reload();
    assert.equal(await linkOf(callee).getAttribute('href'), links[0]);
    await until('the server counts it as a call', async () => {
        const { json } = await server.request('GET', '/api/admin/calls', { cookie: administrator });
        return json.calls.some((call) => call.connector === 'link' && call.state === 'active');
    });
    await caller.locator('vv-call-meeting').getByRole('button', { name: 'End call' }).click();
    await callee.locator('vv-call-message').waitFor();
    await closing(callee, () =>
        callee.getByRole('button', { name: 'Close', exact: true }).click());
});

test('link: who has a permanent link of his own is met there', async () => {
    const own = 'https://rooms.example.net/okafor?lang=en';
    await change('link', { values: { template: '' } });
    await offered('neither has a link', (now) => names(now) === 'webrtc');
    await follow(john, '/settings');
    const form = john.locator('vv-im-accounts');
    await form.getByRole('button', { name: 'Add an account' }).click();
    await form.locator('vv-field input').fill(own);
    const kept = john.waitForResponse((one) => one.url().endsWith('/api/me/accounts')
        && one.request().method() === 'PUT');
    await form.getByRole('button', { name: 'Save' }).click();
    assert.equal((await kept).status(), 204);
    await follow(john, '/people/mary');
    await button().locator('.more').click();
    const caller = await opening(john.context(), () =>
        button().locator('.menu button').getByText('Meeting link').click());
    await mary.locator('vv-incoming-call').getByText('John Okafor is calling you').waitFor();
    const callee = await pressAnswer(mary);
    for (const page of [caller, callee]) {
        assert.equal(await linkOf(page).getAttribute('href'), own);
        await page.locator('vv-call-meeting .host').getByText('rooms.example.net').waitFor();
    }
    await callee.locator('vv-call-meeting').getByRole('button', { name: 'End call' }).click();
    await caller.locator('vv-call-message').waitFor();
    await closing(caller, () =>
        caller.getByRole('button', { name: 'Close', exact: true }).click());
});

test('sip: the caller’s program is opened by the kind of link that the administrator has set',
    async () => {
        for (const [page, name] of [[john, 'john'], [mary, 'mary']]) {
            await change('sip', { active: true });
            const accounts = [{ type: 'sip', value: `${name}@sip.example.org` }];
            await ask(page, 'PUT', '/api/me/accounts', { accounts });
        }
        for (const scheme of ['sip', 'callto']) {
            await change('sip', { values: { scheme } });
            // A tab for each: the browser's own question about the program blocks it afterwards.
            const page = await john.context().newPage();
            await page.goto('/people/mary');
            const place = page.locator('vv-page-profile vv-call-button').first();
            const session = await john.context().newCDPSession(page);
            const asked = [];
            await session.send('Page.enable');
            session.on('Page.frameRequestedNavigation', ({ url }) => asked.push(url));
            await place.locator('.more').click();
            await place.locator('.menu button').getByText('SIP telephone').click();
            await until(`${scheme} is opened`, async () =>
                asked.includes(`${scheme}:mary@sip.example.org`));
            await page.close();
        }
        assert.equal(john.context().pages().length, 1, 'no call window');
        assert.equal(await mary.locator('vv-incoming-call').count(), 0);
    });
