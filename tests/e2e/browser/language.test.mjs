// SPDX-License-Identifier: Apache-2.0
// M120: every text follows the user's language. The pages are walked in French, and no text may be
// one that only the English table has.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { fillSignIn, LIMIT_MS, openBrowser, pressAnswer, pressCall, signIn, until }
    from './browser.mjs';
import { ask, directRoom, teamRoom } from './portal.mjs';
import { isOf, patterns, textsOfPage } from './texts.mjs';

const PAGES = ['/', '/chat', '/calls', '/people', '/people/mary', '/people/john', '/people/nobody',
    '/spaces', '/settings', '/nowhere'];
const ADMIN = ['', '/people', '/invitations', '/calls', '/now', '/audit', '/check']
    .map((tab) => `/admin${tab}`);
/** What opens a dialog, on which page. */
const OPENERS = [['/people', '.page-head button'], ['/spaces', '.page-head button'],
    ['/spaces/escalade', '.space-banner button >> nth=0'],
    ['/spaces/escalade', '.space-banner button >> nth=1'],
    ['/chat', '.chat-list .chat-head button'], ['ROOM', '.room-head > button'],
    ['/settings', 'text=Essayer'], ['/admin', 'vv-admin-connectors .list button >> nth=1'],
    ['/admin', 'vv-admin-connectors .list button >> nth=2'],
    ['/admin/people', 'vv-admin-people li:last-child button:last-child']];
const english = patterns('en');
const french = patterns('fr');

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

/** Every text of the page is French, and there are some. */
async function isFrench(page, where) {
    await until('the page has its texts', async () => {
        const texts = await page.evaluate(textsOfPage);
        return texts.filter((text) => isOf(french, text) && !isOf(english, text)).length >= 3;
    });
    const texts = await page.evaluate(textsOfPage);
    const left = texts.filter((text) => isOf(english, text) && !isOf(french, text));
    assert.deepEqual(left, [], where);
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'fr', where);
}

async function settled(page) {
    await page.waitForLoadState('networkidle');
    await page.locator('main h1, main .empty').first().waitFor();
}

test('M120: who has a French browser signs in, and reads every page, in French', async () => {
    const context = await browser.newContext({ baseURL: server.origin, locale: 'fr-FR' });
    context.setDefaultTimeout(LIMIT_MS);
    const page = await context.newPage();
    await page.goto('/login');
    await isFrench(page, 'the sign-in');
    await page.locator('vv-field[name=name] input').fill('anna');
    await page.locator('vv-field[name=password] input').fill('visavis-demo');
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await page.locator('vv-header').waitFor();
    await ask(page, 'POST', '/api/spaces',
        { name: 'escalade', title: 'Escalade', description: '' });
    for (const path of [...PAGES, `/chat/${await directRoom(page, 'mary')}`, '/spaces/escalade',
        ...ADMIN]) {
        await page.goto(path);
        await settled(page);
        await isFrench(page, path);
    }
    await page.getByRole('button', { name: 'Vérifier ce serveur' }).click();
    await page.locator('.finding').first().waitFor();
    await isFrench(page, 'what was found on the server');
    await inDialogs(page);
    await invitation(page);
    await context.close();
});

/** What opens over the pages, one after the other. */
async function inDialogs(page) {
    const room = `/chat/${await teamRoom(page, 'Escalade', ['mary'])}`;
    const open = page.locator('dialog[open]');
    for (const [path, opener] of OPENERS) {
        await page.goto(path === 'ROOM' ? room : path);
        await page.locator('main').locator(opener).click();
        await open.first().waitFor();
        await isFrench(page, `${opener} of ${path}`);
    }
    await page.goto('/admin');
    await page.locator('vv-admin-connectors .list button').first().click();
    const settings = page.locator('vv-webrtc-settings');
    await settings.locator('.webrtc-add-first').click();
    await settings.locator('.ice-server input[type=checkbox]').check();
    await settings.locator('.webrtc-test').click(); // It has no address: the browser refuses it.
    await settings.locator('.ice-server [role=status]').waitFor();
    await settings.getByRole('button', { name: 'Enregistrer' }).click();
    await settings.locator('.field-error').first().waitFor();
    await settings.locator('.webrtc-remove').click();
    await page.locator('vv-confirm dialog[open]').waitFor();
    await isFrench(page, 'the settings of WebRTC');
}

/** The page of an invitation, and of one that is not valid. */
async function invitation(page) {
    const { url } = await ask(page, 'POST', '/api/invitations', { kind: 'member' });
    for (const path of [new URL(url).pathname, '/join/nothing']) {
        await page.goto(path);
        await page.locator('vv-page-join h1').waitFor();
        await isFrench(page, path);
    }
}

test('M120: what is chosen in the menu goes before the browser, at once and on every page',
    async () => {
        const page = await signIn(browser, server, 'anna', '/people');
        await page.locator('vv-user-menu .user').click();
        await page.getByLabel('Language').selectOption('fr');
        await page.getByRole('heading', { name: 'Personnes' }).waitFor();
        await isFrench(page, 'at once');
        await page.goto('/admin');
        await page.locator('button[title]', { hasText: 'Réglages' }).first().waitFor();
        await isFrench(page, 'after a load');
        await page.context().close();
        const elsewhere = await signIn(browser, server, 'anna', '/');
        await isFrench(elsewhere, 'in another browser, which prefers English');
        const when = elsewhere.locator('vv-activity time').first();
        assert.match((await when.textContent()).trim(),
            /^(il y a|hier|maintenant|\d+ [\p{L}.]+ \d{4})/u);
        await elsewhere.context().close();
    });

test('M120: the card, the window and the end of a call are in French', async () => {
    const enter = async (name, path) => {
        const context = await browser.newContext({ baseURL: server.origin, locale: 'fr-FR',
            viewport: null });
        context.setDefaultTimeout(LIMIT_MS);
        const page = await context.newPage();
        await page.goto(`/login?return=${path}`);
        await fillSignIn(page, name, 'Se connecter');
        await page.waitForURL(`**${path}`);
        return page;
    };
    const callee = await enter('mary', '/people');
    const caller = await enter('luc', '/people/mary');
    await caller.locator('vv-call-button button').first().waitFor();
    const window = await pressCall(caller);
    await callee.locator('vv-incoming-call').waitFor();
    await isFrench(callee, 'the card');
    await isFrench(window, 'while it rings');
    const answered = await pressAnswer(callee, 'Répondre');
    await answered.getByRole('timer').waitFor();
    for (const menu of ['microphone', 'camera', 'more']) {
        await answered.locator(`#open-${menu}`).click();
        await isFrench(answered, `the menu of ${menu}`);
        await answered.keyboard.press('Escape');
    }
    await answered.keyboard.press('?');
    await isFrench(answered, 'the list of keys');
    await answered.keyboard.press('Escape');
    await window.locator('button.control.end').click();
    await answered.locator('vv-call-message h1').waitFor();
    await isFrench(answered, 'the end');
    await Promise.all([callee.context().close(), caller.context().close()]);
});

test('M120: the ways to call and a refused account are in French', async () => {
    const cookie = cookieOf(await server.login('anna', 'visavis-demo'));
    const use = async (name, active) => assert.equal((await server.request('PUT',
        `/api/admin/connectors/${name}`, { cookie, body: { active } })).status, 204);
    await use('sip', true);
    const context = await browser.newContext({ baseURL: server.origin, locale: 'fr-FR' });
    context.setDefaultTimeout(LIMIT_MS);
    const page = await context.newPage();
    await page.goto('/login?return=/settings');
    await fillSignIn(page, 'luc', 'Se connecter');
    const form = page.locator('vv-im-accounts');
    await form.getByRole('button', { name: 'Ajouter un compte' }).click();
    await form.locator('vv-field input').fill('no address');
    await form.getByRole('button', { name: 'Enregistrer' }).click();
    await form.locator('.field-error').getByText('nom@hôte').waitFor();
    assert.doesNotMatch(await form.innerText(), /form name|host/);
    await isFrench(page, 'a refused account');
    for (const [name, own] of [['luc', page], ['mary', undefined]]) {
        const reader = own ?? await signIn(browser, server, name, '/');
        await ask(reader, 'PUT', '/api/me/accounts',
            { accounts: [{ type: 'sip', value: `${name}@sip.example.org` }] });
    }
    await page.goto('/people/mary');
    const button = page.locator('vv-page-profile vv-call-button').first();
    await button.locator('.more').click();
    const ways = await button.locator('.menu button').allInnerTexts();
    assert.deepEqual(ways.map((way) => way.trim()).sort(), ['Téléphone SIP', 'WebRTC']);
    await isFrench(page, 'the ways to call');
    await context.close();
    await use('sip', false);
});
