// SPDX-License-Identifier: Apache-2.0
// Several connectors: the pulldown and what it remembers, and a call that meets outside.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { closing, openBrowser, opening, pressAnswer, signIn, until } from './browser.mjs';
import { follow } from './portal.mjs';

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
