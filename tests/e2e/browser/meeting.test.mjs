// SPDX-License-Identifier: Apache-2.0
// Several connectors: the pulldown and what it remembers, and a call that meets outside.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { closing, fillSignIn, openBrowser, opening, pressAnswer, signIn, until }
    from './browser.mjs';
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
    mary = await signIn(browser, server, 'mary');
    john = await signIn(browser, server, 'john', '/people/mary');
});
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

test('M20: with one connector the button is plain, without an arrow', async () => {
    await button().locator('button').first().waitFor();
    assert.equal(await button().locator('.more, .menu').count(), 0);
});

test('M21: two connectors make a pulldown that lists both by title', async () => {
    await change('link', { active: true });
    await button().locator('.more').click();
    const titles = await button().locator('.menu button').allInnerTexts();
    assert.deepEqual(titles.map((one) => one.trim()).sort(), ['Meeting link', 'WebRTC']);
});

test('a meeting rings, both sides get its link after the answer, and ends for both', async () => {
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

test('M23: what was chosen for one person is not the default for another', async () => {
    await offered('the choice is remembered', ({ chosen }) => chosen === 'link');
    await follow(john, '/people/luc');
    await offered('another is shown', ({ connectors, chosen }) =>
        connectors?.length === 2 && chosen === 'webrtc');
    assert.equal(await button().evaluate((one) => one.name), 'luc');
});

test('M24: when the remembered connector is switched off, the first active is taken', async () => {
    await follow(john, '/people/mary');
    await offered('it is remembered', ({ chosen }) => chosen === 'link');
    await change('link', { active: false });
    await offered('it is gone', (now) => names(now) === 'webrtc' && now.chosen === 'webrtc');
    assert.equal(await john.locator('vv-toast').evaluate((toast) => toast.text), '');
    await change('link', { active: true });
    await offered('it is back', ({ chosen }) => chosen === 'link');
});

test('M22, M23: a choice is one person’s for one other, also after another sign-in; the usual way '
    + 'counts for all others', async () => {
    const usual = john.locator('vv-call-preferences').getByLabel('Usual way to call');
    await follow(mary, '/people/john');
    await until('Mary has no choice', async () => (await mary.locator('vv-page-profile '
        + 'vv-call-button').first().evaluate((one) => one.offer.chosen)) === 'webrtc');
    await follow(john, '/settings');
    await usual.selectOption({ label: 'Meeting link' });
    await follow(john, '/people/luc');
    await offered('the usual one is for Luc', ({ chosen }) => chosen === 'link');
    await follow(john, '/settings');
    await usual.selectOption({ label: 'WebRTC' });
    await follow(john, '/people/luc');
    await offered('it is for Luc again', ({ chosen }) => chosen === 'webrtc');
    await john.evaluate(() => void fetch('/api/logout', { method: 'POST' }));
    await john.waitForURL('**/login**');
    await fillSignIn(john, 'john');
    await john.locator('vv-header').waitFor();
    await follow(john, '/people/mary');
    await offered('Mary’s is remembered', ({ chosen }) => chosen === 'link');
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
