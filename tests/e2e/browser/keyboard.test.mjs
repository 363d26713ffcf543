// SPDX-License-Identifier: Apache-2.0
// The whole portal by keyboard alone, on a screen of 320 pixels: nothing here uses a pointer, and
// what has the focus is reached by Tab.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { closing, openBrowser, opening, signIn, until } from './browser.mjs';
import { post } from './portal.mjs';

const NARROW = { width: 320, height: 640 };
const STOPS_MAX = 150;
let server;
let browser;
let john;
let mary;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    mary = await signIn(browser, server, 'mary', '/');
    await post(mary, 'Hello from Mary');
    const context = await browser.newContext({ viewport: NARROW, baseURL: server.origin,
        locale: 'en-GB', reducedMotion: 'reduce' });
    context.setDefaultTimeout(20_000);
    john = await context.newPage();
});
after(async () => {
    await browser?.close();
    assert.equal(await server.stop(), 0);
});

/** What has the focus: its words as assistive technology says them. */
const focused = (page) => page.evaluate(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) {
        at = at.shadowRoot.activeElement;
    }
    const box = at?.getBoundingClientRect();
    const label = at?.getAttribute('aria-label') ?? at?.labels?.[0]?.innerText ?? at?.innerText;
    return { words: (label ?? '').trim().replace(/\s+/g, ' '), tag: at?.localName,
        seen: box !== undefined && box.width > 0 && box.right > 0 && box.left < innerWidth };
});

/** Presses Tab until the wanted thing has the focus, which must be on the screen. */
async function tabTo(page, wanted, key = 'Tab') {
    const passed = [];
    for (let i = 0; i < STOPS_MAX; i++) {
        await page.keyboard.press(key);
        const { words, tag, seen } = await focused(page);
        if (wanted.test(words)) {
            assert.ok(seen, `${words} has the focus and is not on the screen`);
            return;
        }
        passed.push(`${tag}: ${words.slice(0, 40)}`);
    }
    assert.fail(`Tab does not reach ${wanted}:\n${passed.slice(0, 60).join('\n')}`);
}

async function press(page, wanted, key = 'Enter') {
    await tabTo(page, wanted);
    await page.keyboard.press(key);
}

const narrow = async (page) => assert.equal(await page.evaluate(() =>
    document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, page.url());

test('N20: one signs in', async () => {
    await john.goto('/login');
    await tabTo(john, /^User name/);
    await john.keyboard.type('john');
    await tabTo(john, /^Password/);
    await john.keyboard.type('visavis-demo');
    await john.keyboard.press('Enter');
    await john.locator('vv-feed').waitFor();
    await narrow(john);
});

test('N20: one posts, comments and likes', async () => {
    await tabTo(john, /^What do you want to share/);
    await john.keyboard.type('Written without a mouse');
    await press(john, /^Post$/);
    const mine = john.locator('vv-activity', { hasText: 'Written without a mouse' });
    await mine.waitFor();
    await press(john, /^Like/);
    await mine.locator('button[aria-pressed=true]').waitFor();
    await press(john, /^Comment/);
    await until('one can write', async () => /comment/i.test((await focused(john)).words));
    await john.keyboard.type('And a comment');
    await john.keyboard.press('Enter');
    await mine.getByText('And a comment').waitFor();
    await narrow(john);
});

test('N20: the focus opens the popover of a name, and Chat in it leads to the room', async () => {
    await john.reload();
    await john.locator('vv-activity', { hasText: 'Hello from Mary' }).waitFor();
    await tabTo(john, /^Mary/);
    const card = john.locator('vv-person-card', { hasText: 'Mary' });
    await card.waitFor();
    await press(john, /^Chat/);
    await john.waitForURL('**/chat/*');
    await narrow(john);
});

test('N20: one writes and leaves the room again', async () => {
    await john.locator('vv-conversation').waitFor();
    await tabTo(john, /^Write a message/);
    await john.keyboard.type('Hello from the keyboard');
    await john.keyboard.press('Enter');
    await john.locator('vv-conversation .message:not(.sending)',
        { hasText: 'Hello from the keyboard' }).waitFor();
    await narrow(john);
});

test('N20: one calls, the other answers by Enter on the card, and hangs up', async () => {
    await john.goto('/people/mary');
    await john.locator('.profile-name vv-call-button button').waitFor();
    const caller = await opening(john.context(), () => press(john, /^Call – /));
    await mary.locator('vv-incoming-call').waitFor();
    await tabTo(mary, /is calling you/);
    const callee = await opening(mary.context(), () => mary.keyboard.press('Enter'));
    await callee.getByRole('timer').waitFor();
    await caller.getByRole('timer').waitFor();
    await press(caller, /^Microphone$/);
    const microphone = caller.getByRole('button', { name: 'Microphone', exact: true });
    await until('it is off', async () =>
        await microphone.getAttribute('aria-pressed') === 'false');
    await closing(caller, () => press(caller, /^End call/));
    await callee.locator('vv-call-message').waitFor();
    await press(callee, /^Close$/).catch((fault) => callee.isClosed() || Promise.reject(fault));
});

test('N20: an administrator switches a connector and looks at its settings', async () => {
    const anna = await signIn(browser, server, 'anna', '/', { viewport: NARROW });
    await tabTo(anna, /, Available$/);
    await anna.keyboard.press('Enter');
    await press(anna, /^Administration/);
    await anna.waitForURL('**/admin');
    await anna.getByRole('switch', { name: 'Meeting link is active' }).waitFor();
    await press(anna, /^Meeting link is active/, 'Space');
    await until('it is on', () =>
        anna.getByRole('switch', { name: 'Meeting link is active' }).isChecked());
    await narrow(anna);
    await press(anna, /^Settings of WebRTC/);
    await anna.locator('vv-webrtc-settings').getByRole('button', { name: 'Save' }).waitFor();
    await narrow(anna);
    await anna.keyboard.press('Escape');
    await anna.locator('vv-webrtc-settings').waitFor({ state: 'detached' });
    for (const tab of [/^People$/, /^Invitations/, /^Calls/, /^Log of acts/]) {
        const before = anna.url();
        await anna.evaluate(() => document.querySelector('main').focus());
        await press(anna, tab);
        await until('another page is open', () => anna.url() !== before);
        await narrow(anna);
    }
    await anna.context().close();
});
