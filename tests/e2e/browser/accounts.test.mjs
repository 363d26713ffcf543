// SPDX-License-Identifier: Apache-2.0
// IM accounts in the own settings, with the SIP connector switched on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { openBrowser, signIn } from './browser.mjs';
import { ask } from './portal.mjs';

let server;
let browser;
let mary;
let administrator;

const form = () => mary.locator('vv-im-accounts');
const field = (place) => form().locator('vv-field input').nth(place);
const press = (name) => form().getByRole('button', { name, exact: true });
const kept = async () => (await ask(mary, 'GET', '/api/me/accounts')).accounts;
const use = (name, active) => server.request('PUT', `/api/admin/connectors/${name}`,
    { cookie: administrator, body: { active } });

async function save() {
    const answer = mary.waitForResponse((one) =>
        one.url().endsWith('/api/me/accounts') && one.request().method() === 'PUT');
    await press('Save').click();
    return (await answer).status();
}

before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    administrator = cookieOf(await server.login('anna', 'visavis-demo'));
    mary = await signIn(browser, server, 'mary', '/settings');
});
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

/** What the profile on the page says of one's kinds of accounts. */
const facts = (page) => page.locator('vv-page-profile dl').evaluate((list) =>
    [...list.querySelectorAll('dt')].filter((one) => one.innerText === 'SIP address')
        .map((one) => one.nextElementSibling.innerText));

test('M26: while no connector needs an account there is no field for one', async () => {
    await mary.locator('.login-list li').first().waitFor();
    await ask(mary, 'GET', '/api/me/accounts');
    assert.equal(await form().locator('form').count(), 0);
});

test('M25: the types of connectors that are switched on are offered in the form', async () => {
    assert.equal((await use('sip', true)).status, 204);
    await mary.reload();
    await press('Add an account').click();
    assert.deepEqual((await form().locator('option').allTextContents()).map((one) => one.trim()),
        ['SIP address']);
    await field(0).fill('mary@sip.example.org');
    assert.equal(await save(), 204);
    assert.deepEqual(await kept(), [{ type: 'sip', value: 'mary@sip.example.org' }]);
});

test('M28: an invalid account is refused at its field and not kept', async () => {
    await press('Add an account').click();
    await field(1).fill('no address');
    assert.equal(await save(), 400);
    await form().locator('.field-error').getByText('Give it as name@host or name@host:port')
        .waitFor();
    assert.equal(await form().locator('fieldset').nth(0).locator('.field-error').count(), 0);
    assert.equal(await field(1).getAttribute('aria-invalid'), 'true');
    assert.ok(await field(1).evaluate((input) => input === document.activeElement));
    assert.equal((await kept()).length, 1);
    await field(1).fill('second@sip.example.org');
    await form().locator('.field-error').waitFor({ state: 'detached' });
    assert.equal(await save(), 204);
});

test('M27: without an account on both sides there is no button of that connector', async () => {
    const john = await signIn(browser, server, 'john', '/people/mary');
    const button = john.locator('vv-page-profile vv-call-button').first();
    await button.getByRole('button').first().waitFor();
    assert.equal(await button.locator('.more').count(), 0, 'only Mary has an account');
    await ask(john, 'PUT', '/api/me/accounts',
        { accounts: [{ type: 'sip', value: 'john@sip.example.org' }] });
    await john.reload();
    await button.locator('.more').waitFor();
    await john.goto('/people/luc');
    await button.getByRole('button').first().waitFor();
    assert.equal(await button.locator('.more').count(), 0, 'Luc has none');
    await john.context().close();
});

test('M30: of two accounts of one type the first is used; edited and removed', async () => {
    const john = await signIn(browser, server, 'john', '/people/mary');
    await ask(john, 'PUT', '/api/me/accounts',
        { accounts: [{ type: 'sip', value: 'john@sip.example.org' }] });
    const link = async () => (await ask(john, 'GET', '/api/connectors/sip?callee=mary')).link;
    assert.equal(await link(), 'sip:mary@sip.example.org');
    await field(0).fill('other@sip.example.org');
    assert.equal(await save(), 204);
    assert.equal(await link(), 'sip:other@sip.example.org');
    await press('Remove').first().click();
    assert.equal(await field(0).inputValue(), 'second@sip.example.org');
    assert.equal(await save(), 204);
    assert.equal(await link(), 'sip:second@sip.example.org');
    await mary.reload();
    assert.equal(await field(0).inputValue(), 'second@sip.example.org');
    await john.context().close();
});

test('M29: accounts of a connector that is switched off are not given to pages', async () => {
    const john = await signIn(browser, server, 'john', '/people/mary');
    const button = john.locator('vv-page-profile vv-call-button').first();
    const shown = async () => JSON.stringify(await ask(john, 'GET', '/api/people/mary'));
    await button.locator('.more').waitFor();
    assert.match(await shown(), /"accounts":"sip"/);
    assert.deepEqual(await facts(john), ['second@sip.example.org']);
    assert.equal((await use('sip', false)).status, 204);
    await button.locator('.more').waitFor({ state: 'detached' });
    assert.doesNotMatch(await shown(), /sip/);
    await john.reload();
    await john.locator('vv-page-profile h1').waitFor();
    assert.deepEqual(await facts(john), []);
    assert.doesNotMatch(await john.content(), /sip\.example\.org/);
    await mary.reload();
    await mary.locator('.login-list li').first().waitFor();
    await ask(mary, 'GET', '/api/me/accounts');
    assert.equal(await form().locator('form').count(), 0);
    assert.doesNotMatch(await mary.content(), /sip\.example\.org/);
    await john.context().close();
});
