// SPDX-License-Identifier: Apache-2.0
// What holds on every page: no violation that axe finds, in light and dark; no sideways scrolling
// on a narrow screen; not one request to a foreign host.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { LIMIT_MS, openBrowser, pressAnswer, pressCall, signIn, until } from './browser.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = ['/', '/chat', '/calls', '/calls/missed', '/people', '/people/mary', '/people/john',
    '/spaces', '/settings', '/people/nobody'];
const NARROW = { width: 320, height: 640 };

let server;
let browser;
let context;
let page;
const foreign = [];
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    const signedIn = await signIn(browser, server, 'john');
    const state = await signedIn.context().storageState();
    await signedIn.context().close();
    context = await browser.newContext({ baseURL: server.origin, storageState: state,
        viewport: { width: 1280, height: 800 }, locale: 'en-GB', reducedMotion: 'reduce' });
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
    await where.evaluate(axe);
    return where.locator(part).first().evaluate(async (element) => {
        const { violations: found } = await window.axe.run(element, {
            resultTypes: ['violations'],
        });
        return found.map(({ id, nodes }) =>
            `${id}: ${nodes.slice(0, 3).map(({ target }) => target.flat().join(' ')).join(' | ')}`);
    });
}

async function settled(where) {
    await until('the page stands', () => where.evaluate(() =>
        document.querySelector('main')?.textContent.trim() !== '' &&
        document.querySelector('[role=status]')?.textContent.trim() !== 'Loading…'));
    await where.waitForLoadState('networkidle');
}

const sideways = (where) => where.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const theme of ['light', 'dark']) {
    test(`N20: axe finds nothing on any page, ${theme}`, async () => {
        await page.emulateMedia({ colorScheme: theme });
        for (const path of PAGES) {
            await page.goto(path);
            await settled(page);
            assert.deepEqual(await violations(page), [], `${path} in ${theme}`);
        }
    });

    test(`N20: axe finds nothing in the gallery, ${theme}`, async () => {
        await page.goto(`/gallery.html?theme=${theme}`);
        await page.locator('vv-gallery h1').first().waitFor();
        assert.deepEqual(await violations(page), []);
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

test('every element and every part of a page stands in the gallery', async () => {
    const sources = new URL('../../../web/src/', import.meta.url);
    const defined = ['ui', 'pages'].flatMap((folder) => readdirSync(new URL(folder, sources))
        .filter((name) => name.endsWith('.ts'))
        .flatMap((name) => [...readFileSync(new URL(`${folder}/${name}`, sources), 'utf8')
            .matchAll(/^define\('(vv-[^']+)'/gm)].map(([, element]) => element)));
    const missing = new Set(defined);
    const look = async (path) => {
        await page.goto(`/gallery.html?${path}`);
        await page.waitForLoadState('networkidle');
        (await elementsOf(page)).forEach((one) => missing.delete(one));
    };
    // In the gallery itself; then the pages of its portal, by their addresses; then the window.
    await look('theme=light');
    const later = /^vv-(portal|page-.*|call-page)$/;
    assert.deepEqual([...missing].filter((one) => !later.test(one)), []);
    for (const path of GALLERY_PAGES) {
        await look(`portal=${path}`);
    }
    await look('call=active');
    assert.ok(defined.length > 60);
    assert.deepEqual([...missing], []);
});

test('the window of a call in each of its states has no violation', async () => {
    for (const [i, state] of WINDOWS.entries()) {
        const theme = ['light', 'dark'][i % 2];
        await page.goto(`/gallery.html?theme=${theme}&call=${state}`);
        await page.locator('vv-call-page main').waitFor();
        assert.deepEqual(await violations(page), [], state);
        assert.equal(await sideways(page), 0, state);
    }
});

const DIALOGS = ['form', 'link', 'keys', 'confirm', 'team', 'room', 'space', 'space-people',
    'webrtc', 'setup', 'setup-works', 'setup-fails'];
/** In the page: what sticks out of an open dialog at its sides. */
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
    walk(dialog.getRootNode().host);
    return found;
}

const showDialog = (name) => page.locator('vv-gallery').evaluate((gallery, dialog) => {
    gallery.dialog = dialog;
}, name);

test('N20: axe finds nothing in what opens over a page, on 320 px', async () => {
    await page.setViewportSize(NARROW);
    for (const [i, name] of DIALOGS.entries()) {
        const half = Math.ceil(DIALOGS.length / 2);
        if (i % half === 0) {
            // French words are longer.
            await page.goto(`/gallery.html?${i < half ? 'theme=light&language=fr'
                : 'theme=dark'}`);
        }
        await showDialog('');
        await until('it is closed', async () => await page.locator('dialog[open]').count() === 0);
        await showDialog(name);
        await until(`${name} is open`, async () => await page.locator('dialog[open]').count() > 0);
        assert.deepEqual(await violations(page, 'dialog[open]'), [], name);
        assert.deepEqual(await page.locator('dialog[open]').first().evaluate(outside), [], name);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
});

/** From where to where something reaches, in pixels from the left. */
const span = async (locator) => {
    const { x, width } = await locator.boundingBox();
    return { left: x, right: x + width };
};

test('pages are mirrored for languages that are written from right to left', async () => {
    const mirror = () => page.evaluate(() => {
        document.documentElement.dir = 'rtl';
    });
    for (const viewport of [{ width: 1280, height: 800 }, NARROW]) {
        await page.setViewportSize(viewport);
        for (const path of [...PAGES, '/gallery.html?theme=light&dir=rtl']) {
            await page.goto(path);
            await settled(page);
            await mirror();
            assert.equal(await sideways(page), 0, `${path} on ${viewport.width} px`);
            assert.ok(await page.evaluate(() => document.documentElement.scrollLeft === 0
                && [...document.body.children].every((one) =>
                    one.getBoundingClientRect().left >= -1)), `${path}: nothing lies outside`);
        }
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto('/people');
    await settled(page);
    const brand = page.locator('vv-header .brand');
    const menu = page.locator('vv-user-menu');
    const row = page.locator('vv-person-row', { hasText: 'Mary' });
    assert.ok((await span(brand)).left < (await span(menu)).left, 'first the other way round');
    await mirror();
    assert.ok((await span(brand)).left > (await span(menu)).right, 'the menu is at the left');
    const [face, button] = [await span(row.locator('vv-avatar').first()),
        await span(row.locator('vv-call-button'))];
    assert.ok(face.left > button.right, 'a row begins at the right');
    await page.locator('vv-user-menu .user').click();
    const open = await span(page.locator('vv-user-menu .menu'));
    assert.ok(open.left >= 0 && open.right <= 1280, 'the open menu is on the screen');
});

test('N20: axe finds nothing on the page of the sign-in', async () => {
    const stranger = await browser.newContext({ baseURL: server.origin, locale: 'en-GB' });
    const login = await stranger.newPage();
    await login.goto('/login');
    await settled(login);
    assert.deepEqual(await violations(login), []);
    await stranger.close();
});

test('no page and no element of the gallery scrolls sideways on 320 px', async () => {
    await page.setViewportSize(NARROW);
    for (const path of [...PAGES, '/gallery.html']) {
        await page.goto(path);
        await settled(page);
        assert.equal(await sideways(page), 0, path);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
});

test('the windows of a call have no violation either', async () => {
    const mary = await signIn(browser, server, 'mary');
    await page.goto('/people/mary');
    const caller = await pressCall(page);
    await caller.locator('vv-call-controls').waitFor();
    assert.deepEqual(await violations(caller), [], 'while it rings');
    const callee = await pressAnswer(mary);
    await callee.getByRole('timer').waitFor();
    assert.deepEqual(await violations(callee), [], 'while it runs');
    for (const menu of ['microphone', 'camera', 'more']) {
        await callee.locator(`#open-${menu}`).click();
        assert.deepEqual(await violations(callee), [], `the menu of ${menu}`);
        await callee.keyboard.press('Escape');
    }
    await callee.keyboard.press('?');
    assert.deepEqual(await violations(callee), [], 'the list of keys');
    await callee.keyboard.press('Escape');
    await caller.locator('button.control.end').click();
    await callee.locator('vv-call-message h1').waitFor();
    assert.deepEqual(await violations(callee), [], 'when it is over');
    await mary.context().close();
});

test('N20: the pages of administration, light, dark and on 320 px', async () => {
    const anna = await signIn(browser, server, 'anna', '/people', { viewport: NARROW });
    for (const theme of ['light', 'dark']) {
        await anna.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        for (const tab of ['', '/people', '/invitations', '/calls', '/audit', '/check']) {
            await anna.goto(`/admin${tab}`);
            await anna.locator('nav a[aria-current=page][href^="/admin"]').waitFor();
            await settled(anna);
            assert.deepEqual(await violations(anna), [], `${tab} in ${theme}`);
            assert.equal(await sideways(anna), 0, tab);
        }
        await anna.goto('/admin/check');
        await anna.getByRole('button', { name: 'Check this server' }).click();
        await anna.locator('.finding').first().waitFor();
        assert.deepEqual(await violations(anna), [], `findings in ${theme}`);
        assert.equal(await sideways(anna), 0, 'findings');
        await anna.goto('/admin');
        await anna.getByRole('button', { name: 'Settings of WebRTC' }).click();
        const dialog = anna.locator('vv-webrtc-settings');
        await dialog.getByRole('button', { name: /^Add a server/ }).first().click();
        await dialog.getByText('Credentials').last().click();
        await dialog.locator('vv-field[name$=".password"]').waitFor();
        assert.deepEqual(await violations(anna), [], `the settings in ${theme}`);
        assert.equal(await sideways(anna), 0, 'the settings');
    }
    await anna.context().close();
});

test('no page has asked a foreign host for anything', () => {
    assert.deepEqual(foreign, []);
});
