// SPDX-License-Identifier: Apache-2.0
// What holds on every page: no violation that axe finds, in light and dark; no sideways scrolling
// on a narrow screen; not one request to a foreign host.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { LIMIT_MS, openBrowser, pressAnswer, pressCall, signIn, until } from './browser.mjs';
import { ask, directRoom, post } from './portal.mjs';
import { patterns, textsOfPage } from './texts.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A room joins them, and the space is made (`before`). */
const PAGES = ['/', '/chat', '/calls', '/calls/missed', '/people', '/people/mary', '/people/john',
    '/spaces', '/spaces/design', '/settings', '/people/nobody'];
const THEMES = ['light', 'dark'];
const NARROW = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 800 };

let server;
let browser;
let context;
let page;
const foreign = [];
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    const signedIn = await signIn(browser, server, 'john');
    PAGES.push(`/chat/${await directRoom(signedIn, 'mary')}`);
    await ask(signedIn, 'POST', '/api/spaces',
        { name: 'design', title: 'Design', description: 'How it looks' });
    await post(signedIn, 'Hello from the space', 'design');
    const state = await signedIn.context().storageState();
    await signedIn.context().close();
    context = await browser.newContext({ baseURL: server.origin, storageState: state,
        viewport: WIDE, locale: 'en-GB', reducedMotion: 'reduce' });
    context.setDefaultTimeout(LIMIT_MS);
    context.on('request', (request) => {
        const { protocol, host } = new URL(request.url());
        if (/^(https?|wss?):$/.test(protocol) && host !== server.url.host) {
            foreign.push(request.url());
        }
    });
    page = await context.newPage();
});
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

/** Runs axe without a tag in the page: Trusted Types and the policy stay in force. */
async function violations(where, part = 'html') {
    if (!await where.evaluate(() => 'axe' in window)) {
        await where.evaluate(axe);
    }
    return where.locator(part).first().evaluate(async (element) => {
        const { violations: found } = await window.axe.run(element, {
            resultTypes: ['violations'], preload: false,
        });
        return found.map(({ id, nodes }) =>
            `${id}: ${nodes.slice(0, 3).map(({ target }) => target.flat().join(' ')).join(' | ')}`);
    });
}

/** The same in both themes, without a load. */
async function allThemes(where, what, part) {
    for (const colorScheme of THEMES) {
        await where.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        assert.deepEqual(await violations(where, part), [], `${what} in ${colorScheme}`);
    }
}

async function settled(where) {
    await until('the page stands', () => where.evaluate(() =>
        document.querySelector('main')?.textContent.trim() !== '' &&
        document.querySelector('[role=status]')?.textContent.trim() !== 'Loading…'));
    await where.waitForLoadState('networkidle');
}

const sideways = (where) => where.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth);

const write = (where, dir) => where.evaluate((to) => {
    document.documentElement.dir = to;
}, dir);

/** Wide and narrow, and written from right to left too: nothing lies outside, nothing scrolls. */
async function fits(where, what) {
    for (const dir of ['ltr', 'rtl']) {
        await write(where, dir);
        for (const viewport of [WIDE, NARROW]) {
            await where.setViewportSize(viewport);
            const at = `${what} on ${viewport.width} px, ${dir}`;
            assert.equal(await sideways(where), 0, at);
            assert.ok(await where.evaluate(() => document.documentElement.scrollLeft === 0
                && [...document.body.children].every((one) =>
                    one.getBoundingClientRect().left >= -1)), `${at}: nothing lies outside`);
        }
    }
    await write(where, 'ltr');
    await where.setViewportSize(WIDE);
}

test('N20: axe finds nothing on any page, in light and dark, and each fits on 320 px',
    async () => {
        for (const path of PAGES) {
            await page.goto(path);
            await settled(page);
            await allThemes(page, path);
            await fits(page, path);
        }
    });

test('N20: in French, whose words are longer, each page fits on 320 px', async () => {
    const options = { viewport: NARROW, locale: 'fr-FR', reducedMotion: 'reduce' };
    const john = await signIn(browser, server, 'john', '/', options);
    const anna = await signIn(browser, server, 'anna', '/admin', options);
    const admin = ['', '/people', '/invitations', '/calls', '/now', '/audit', '/check'];
    for (const [who, path] of [...PAGES.map((one) => [john, one]),
        ...admin.map((tab) => [anna, `/admin${tab}`])]) {
        await who.goto(path);
        await settled(who);
        assert.equal(await who.evaluate(() => document.documentElement.lang), 'fr', path);
        assert.equal(await sideways(who), 0, path);
        assert.deepEqual(await who.locator('main').evaluate(outside), [], path);
    }
    await john.goto('/people/mary');
    await settled(john);
    assert.equal(await john.locator('.facts dd a').evaluate((link) => link.getClientRects().length),
        1, 'an address is not broken');
    await john.goto(PAGES.at(-1)); // The room of the two.
    const name = john.locator('.room-who h2');
    await name.getByText('Mary Whitfield').waitFor();
    assert.ok(await name.evaluate((one) => one.scrollWidth <= one.clientWidth), 'it is whole');
    await john.context().close();
    await anna.context().close();
});

test('N20: axe finds nothing in the menu of the person and the popover of a name', async () => {
    await page.goto('/');
    await settled(page);
    await page.locator('vv-user-menu .user').click();
    await allThemes(page, 'the menu');
    await page.keyboard.press('Escape');
    await page.locator('vv-activity vv-avatar').first().hover();
    await page.locator('vv-activity vv-person-card').first().waitFor();
    await allThemes(page, 'the popover');
    await page.mouse.move(0, 0);
});

for (const theme of THEMES) {
    test(`N20: axe finds nothing in the gallery, ${theme}`, async () => {
        await page.goto(`/gallery.html?theme=${theme}`);
        await page.locator('vv-gallery h1').first().waitFor();
        assert.deepEqual(await violations(page), []);
        if (theme === 'light') {
            await fits(page, 'the gallery');
        }
    });
}

const GALLERY_PAGES = ['/', '/chat', '/calls', '/people', '/people/luc', '/spaces',
    '/spaces/design', '/settings', '/admin', '/login&stranger', '/join/abc&stranger'];
const WINDOWS = ['ringing', 'active', 'held', 'meeting', 'preview', 'over'];

/** The names of the elements in a document, also inside of others. */
const elementsOf = (where) => where.evaluate(() => {
    const names = new Set();
    const walk = (root) => root.querySelectorAll('*').forEach((one) => {
        names.add(one.localName);
        if (one.shadowRoot) {
            walk(one.shadowRoot);
        }
    });
    walk(document);
    return [...names];
});

test('every element stands in the gallery, and every state that has words', async () => {
    const sources = new URL('../../../web/src/', import.meta.url);
    const defined = ['ui', 'pages'].flatMap((folder) => readdirSync(new URL(folder, sources))
        .filter((name) => name.endsWith('.ts'))
        .flatMap((name) => [...readFileSync(new URL(`${folder}/${name}`, sources), 'utf8')
            .matchAll(/^define\('(vv-[^']+)'/gm)].map(([, element]) => element)));
    const missing = new Set(defined);
    const shown = new Set();
    const see = async () => {
        (await elementsOf(page)).forEach((one) => missing.delete(one));
        (await page.evaluate(textsOfPage)).forEach((text) =>
            shown.add(text.replace(ISOLATES, '').replace(/\s+/g, ' ')));
    };
    const look = async (path) => {
        await page.goto(`/gallery.html?${path}`);
        await page.waitForLoadState('networkidle');
        await see();
    };
    // In the gallery and what its buttons open; pages and the window stand there as a whole.
    await look('theme=light&only=dialog,key-list,team');
    for (const name of DIALOGS) {
        await openDialog(name);
        await see();
    }
    for (const name of ['pulldown', 'above']) { // Nothing but a press closes a menu.
        await look('theme=light&only=beside,above');
        await openDialog(name);
        await see();
    }
    await look('theme=light');
    const later = /^vv-(portal|page-.*|call-page|guest-page)$/;
    assert.deepEqual([...missing].filter((one) => !later.test(one)), []);
    for (const path of GALLERY_PAGES) {
        await look(`portal=${path}`);
    }
    await look('call=active');
    await look('guest=form');
    assert.ok(defined.length > 60);
    assert.deepEqual([...missing], []);
    assert.deepEqual(unseen([...shown]), []);
});

/** Texts that name the states of elements: each must be seen somewhere in the gallery. */
const STATES = /^(ended|past|problem|webrtc|relay|step|timeline|call-button|audit|push|setup)-/;
/** What is told by a toast or a question, or where somebody is invisible or has a push; and what
 * is only said of an end that this page does not know yet. */
const TOLD = ['step-ended', 'call-button-elsewhere', 'push-no-service', 'push-on',
    'webrtc-remove-text',
    'setup-status-invisible', 'setup-status-do-not-disturb'];
/** Around what is put into a text. */
const ISOLATES = /[\u2066-\u2069]/g;

/** The keys of those that are not there, alone or as a part of a line. */
function unseen(shown) {
    const part = ({ source }) => new RegExp(`(^|[ ,])${source.slice(1, -1)}($|[ ,])`, 'u');
    return patterns('en').filter(({ key }) => STATES.test(key) && !TOLD.includes(key))
        .filter(({ pattern }) => !shown.some((text) => part(pattern).test(text)))
        .map(({ key }) => key);
}

test('the window of a call in each of its states has no violation', async () => {
    for (const state of WINDOWS) {
        await page.goto(`/gallery.html?call=${state}`);
        await page.locator('vv-call-page main').waitFor();
        await allThemes(page, state);
        assert.equal(await sideways(page), 0, state);
        await page.setViewportSize(NARROW);
        assert.equal(await sideways(page), 0, `${state} on 320 px`);
        await page.setViewportSize(WIDE);
    }
});

const DIALOGS = ['form', 'link', 'keys', 'confirm', 'team', 'room', 'space', 'space-people',
    'webrtc', 'webrtc-tested', 'webrtc-alone', 'webrtc-none', 'setup', 'setup-works', 'setup-fails',
    'setup-asks', 'guests'];
/** In the page: what sticks out of an open dialog, or of its main part, at the sides. */
function outside(dialog) {
    const { left, right } = dialog.getBoundingClientRect();
    const found = [];
    const walk = (root) => root.querySelectorAll('*').forEach((one) => {
        const box = one.getBoundingClientRect();
        if (one.checkVisibility() && box.width > 1
            && (box.left < left - 1 || box.right > right + 1)) {
            found.push(`${one.localName}.${one.className}`);
        }
        if (one.shadowRoot) {
            walk(one.shadowRoot);
        }
    });
    walk(dialog);
    const { host } = dialog.getRootNode();
    if (host) {
        walk(host);
    }
    return found;
}

const showDialog = (name) => page.locator('vv-gallery').evaluate((gallery, dialog) => {
    gallery.dialog = dialog;
}, name);

/** What was open before closes first: one at a time, as a person opens them. */
async function openDialog(name) {
    const open = page.locator(':is(dialog[open], :popover-open)');
    await showDialog('');
    await until('it is closed', async () => await open.count() === 0);
    await showDialog(name);
    await until(`${name} is open`, async () => await open.count() > 0);
}

test('N20: axe finds nothing in what opens over a page, on 320 px', async () => {
    await page.setViewportSize(NARROW);
    // French words are longer.
    await page.goto('/gallery.html?theme=light&language=fr&only=dialog,key-list,team');
    const open = page.locator('dialog[open]');
    for (const name of DIALOGS) {
        await openDialog(name);
        for (const theme of THEMES) {
            await page.locator('vv-gallery section').first().evaluate((section, shown) => {
                section.dataset.theme = shown;
            }, theme);
            assert.deepEqual(await violations(page, 'dialog[open]'), [], `${name} in ${theme}`);
        }
        assert.deepEqual(await open.first().evaluate(outside), [], name);
    }
    await page.goto('/gallery.html?theme=light&language=fr&only=above');
    await openDialog('above');
    const card = page.locator('vv-above vv-incoming-call').last();
    assert.ok(await card.evaluate((one) => {
        const { left, right, bottom } = one.getBoundingClientRect();
        return left >= 0 && right <= innerWidth && bottom <= innerHeight;
    }), 'the cards are on the screen');
    await allThemes(page, 'the cards above', 'vv-above');
    await page.setViewportSize(WIDE);
});

test('N20: axe finds nothing on the page of a guest and in the links of a host', async () => {
    await page.setViewportSize(WIDE);
    await page.goto('/calls');
    await page.getByRole('button', { name: 'Invite a guest', exact: true }).click();
    await page.getByRole('button', { name: 'Make a link', exact: true }).click();
    const url = await page.getByLabel('Link for the guest').inputValue();
    await page.setViewportSize(NARROW);
    await allThemes(page, 'the links', 'vv-guest-links');
    assert.equal(await sideways(page), 0);
    await page.getByRole('button', { name: /^Withdraw/ }).click();
    await page.getByText('Withdraw this link?').waitFor();
    await allThemes(page, 'the question', 'vv-guest-links');
    const stranger = await browser.newContext({ viewport: WIDE, locale: 'fr-FR' });
    const guest = await stranger.newPage();
    for (const path of [url, `${server.origin}/guest/none`]) {
        await guest.goto(path);
        await settled(guest);
        await allThemes(guest, path);
        await fits(guest, path);
        assert.deepEqual(await guest.locator('main').evaluate(outside), [], path);
    }
    await stranger.close();
});

/** From where to where something reaches, in pixels from the left. */
const span = async (locator) => {
    const { x, width } = await locator.boundingBox();
    return { left: x, right: x + width };
};

test('pages are mirrored for languages that are written from right to left', async () => {
    await page.goto('/people');
    await settled(page);
    const brand = page.locator('vv-header .brand');
    const menu = page.locator('vv-user-menu');
    const row = page.locator('vv-person-row', { hasText: 'Mary' });
    assert.ok((await span(brand)).left < (await span(menu)).left, 'first the other way round');
    await write(page, 'rtl');
    assert.ok((await span(brand)).left > (await span(menu)).right, 'the menu is at the left');
    const [face, button] = [await span(row.locator('vv-avatar').first()),
        await span(row.locator('vv-call-button'))];
    assert.ok(face.left > button.right, 'a row begins at the right');
    await page.locator('vv-user-menu .user').click();
    const open = await span(page.locator('vv-user-menu .menu'));
    assert.ok(open.left >= 0 && open.right <= 1280, 'the open menu is on the screen');
});

test('N20: the sign-in and the page of an invitation, light, dark and on 320 px', async () => {
    const cookie = cookieOf(await server.login('anna', 'visavis-demo'));
    const { json } = await server.request('POST', '/api/invitations',
        { cookie, body: { kind: 'member' } });
    const stranger = await browser.newContext({ baseURL: server.origin, locale: 'en-GB',
        viewport: NARROW });
    const own = await stranger.newPage();
    for (const path of ['/login', new URL(json.url).pathname, '/join/no-such-invitation']) {
        await own.goto(path);
        await settled(own);
        await own.locator('vv-page-join h1, vv-page-sign-in h1').waitFor();
        await allThemes(own, path);
        assert.equal(await sideways(own), 0, path);
    }
    await stranger.close();
});

test('the windows of a call have no violation either', async () => {
    const mary = await signIn(browser, server, 'mary');
    await page.goto('/people/mary');
    const caller = await pressCall(page);
    await caller.locator('vv-call-controls').waitFor();
    await allThemes(caller, 'while it rings');
    const callee = await pressAnswer(mary);
    await callee.getByRole('timer').waitFor();
    await allThemes(callee, 'while it runs');
    for (const menu of ['microphone', 'camera', 'more']) {
        await callee.locator(`#open-${menu}`).click();
        await allThemes(callee, `the menu of ${menu}`);
        await callee.keyboard.press('Escape');
    }
    await callee.keyboard.press('?');
    await allThemes(callee, 'the list of keys');
    await callee.keyboard.press('Escape');
    await caller.locator('button.control.end').click();
    await callee.locator('vv-call-message h1').waitFor();
    await allThemes(callee, 'when it is over');
    await mary.context().close();
});

test('N20: the pages of administration, light, dark and on 320 px', async () => {
    const anna = await signIn(browser, server, 'anna', '/people', { viewport: NARROW });
    for (const tab of ['', '/people', '/invitations', '/calls', '/now', '/audit', '/check']) {
        await anna.goto(`/admin${tab}`);
        await anna.locator('nav a[aria-current=page][href^="/admin"]').waitFor();
        await settled(anna);
        await allThemes(anna, tab);
        assert.equal(await sideways(anna), 0, tab);
    }
    await anna.getByRole('button', { name: 'Check this server' }).click();
    await anna.locator('.finding').first().waitFor();
    await allThemes(anna, 'findings');
    assert.equal(await sideways(anna), 0, 'findings');
    await anna.goto('/admin');
    await anna.getByRole('button', { name: 'Settings of Meeting link' }).click();
    await anna.locator('dialog[open]').waitFor();
    await allThemes(anna, 'the settings of the meeting link');
    await anna.keyboard.press('Escape');
    await anna.getByRole('button', { name: 'Settings of WebRTC' }).click();
    const dialog = anna.locator('vv-webrtc-settings');
    await dialog.getByRole('button', { name: /^Add a server/ }).first().click();
    await dialog.getByText('Credentials').last().click();
    await dialog.locator('vv-field[name$=".password"]').waitFor();
    await allThemes(anna, 'the settings');
    assert.equal(await sideways(anna), 0, 'the settings');
    await anna.context().close();
});

test('no page has asked a foreign host for anything', () => {
    assert.deepEqual(foreign, []);
});
