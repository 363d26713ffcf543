// SPDX-License-Identifier: Apache-2.0
// The whole portal by keyboard alone, on a screen of 320 pixels: nothing here uses a pointer, and
// what has the focus is reached by Tab.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { closing, openBrowser, opening, signIn, until } from './browser.mjs';
import { ask, follow, post } from './portal.mjs';

const NARROW = { width: 320, height: 640 };
const STOPS_MAX = 150;
let server;
let browser;
let john;
let mary;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    mary = await signIn(browser, server, 'mary', '/', { reducedMotion: 'reduce' });
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
    const parts = (node) => node.shadowRoot?.childNodes
        ?? (node.localName === 'slot' ? node.assignedNodes({ flatten: true }) : node.childNodes);
    const said = (node) => (node.nodeType === Node.TEXT_NODE ? node.data
        : node.localName === 'style' ? '' : [...parts(node)].map(said).join(' '));
    const label = at?.getAttribute('aria-label') ?? at?.labels?.[0]?.innerText
        ?? (at?.localName === 'body' ? '' : said(at));
    return { words: (label ?? '').trim().replace(/\s+/g, ' '), tag: at?.localName,
        seen: box !== undefined && box.width > 0 && box.right > 0 && box.left < innerWidth };
});

/** Waits until what is wanted has the focus by itself: an act has brought it there. */
async function focusIs(page, wanted) {
    let now;
    await until(`${wanted} has the focus`, async () => {
        now = await focused(page);
        return wanted.test(now.words);
    }).catch((fault) => assert.fail(`${fault.message}, but ${JSON.stringify(now)}`));
}

/** The thing under the focus goes away by an act of its own; the focus does not go with it. */
async function kept(page, what) {
    const { tag, words } = await focused(page);
    assert.notEqual(tag, 'body', `${what}: nothing has the focus any more`);
    return words;
}

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

test('N20: one makes a space and invites, the other joins, goes in and leaves it', async () => {
    await john.goto('/spaces');
    await john.locator('vv-page-spaces .empty, .space-list').first().waitFor();
    await press(john, /^New space$/);
    await tabTo(john, /^Title$/);
    await john.keyboard.type('Climbing');
    await tabTo(john, /^Description/);
    await john.keyboard.type('Every Thursday');
    await press(john, /^Make space$/);
    await john.waitForURL('**/spaces/climbing');
    await focusIs(john, /^Climbing/);
    await press(john, /^1 member$/);
    const dialog = john.locator('vv-space-people');
    await dialog.getByRole('button', { name: 'Add Mary Whitfield' }).waitFor();
    await press(john, /^Add Mary Whitfield$/);
    await john.locator('vv-toast', { hasText: 'Mary Whitfield is invited.' }).waitFor();
    await focusIs(john, /^Add /);
    await narrow(john);
    await john.keyboard.press('Escape');
    await focusIs(john, /^1 member$/);

    await follow(mary, '/spaces');
    await press(mary, /^Join Climbing$/);
    await mary.waitForURL('**/spaces/climbing');
    await focusIs(mary, /^Climbing/);
    await press(mary, /^2 members$/);
    await mary.locator('vv-space-people').getByRole('button', { name: /^Leave/ }).waitFor();
    await press(mary, /^Leave this space$/);
    await mary.waitForURL('**/spaces');
    await focusIs(mary, /^Spaces/);
    assert.equal(await mary.getByText('Climbing').count(), 0);
});

test('N20: an invitation is taken on the page of the space itself, a member put out', async () => {
    const made = { name: 'music', title: 'Music', description: '' };
    await ask(john, 'POST', '/api/spaces', made);
    await ask(john, 'POST', '/api/spaces/music/invitations', { name: 'mary' });
    await mary.goto('/spaces/music');
    await mary.getByText('You are invited to Music').waitFor();
    await press(mary, /^Join$/);
    await mary.locator('vv-feed').waitFor();
    await focusIs(mary, /^Music/);
    await john.goto('/spaces/music');
    await john.locator('vv-feed').waitFor();
    await press(john, /^2 members$/);
    await press(john, /^Remove Mary Whitfield from this space$/);
    const dialog = john.locator('vv-space-people');
    await dialog.getByRole('button', { name: 'Add Mary Whitfield' }).waitFor();
    await kept(john, 'a member is put out');
    await john.keyboard.press('Escape');
    await focusIs(john, /^1 member$/);
});

test('N20: one says that one is away, and is available again', async () => {
    await follow(mary, '/people');
    const state = (word) => mary.locator('vv-user-menu')
        .getByRole('button', { name: new RegExp(`, ${word}$`) }).waitFor();
    for (const word of ['Away', 'Available']) {
        await tabTo(mary, /^Your menu, /);
        await mary.keyboard.press('Enter');
        await press(mary, new RegExp(`^${word}$`));
        await state(word);
        await focusIs(mary, new RegExp(`, ${word}$`));
    }
});

test('N20: sounds, the second device of the ring, and where one is signed in', async () => {
    const cookie = cookieOf(await server.login('mary', 'visavis-demo')); // Another device.
    await mary.goto('/settings');
    await mary.locator('vv-sound-settings select').waitFor();
    const ring = mary.getByRole('checkbox', { name: 'Ring of a call to you' });
    for (const on of [false, true]) {
        await press(mary, /^Ring of a call to you$/, 'Space');
        assert.equal(await ring.isChecked(), on);
    }
    await press(mary, /^Listen: While the other side rings$/);
    await tabTo(mary, /^The ring sounds at a second device/);
    await mary.keyboard.press('ArrowDown');
    const second = mary.locator('vv-sound-settings select');
    assert.notEqual(await second.inputValue(), '');
    await mary.keyboard.press('Home');
    await until('it is nowhere else again', async () => await second.inputValue() === '');
    await press(mary, /^End$/);
    await mary.locator('vv-toast', { hasText: 'The sign-in has ended.' }).waitFor();
    await focusIs(mary, /^Where you are signed in$/);
    assert.equal((await server.request('GET', '/api/me', { cookie })).status, 401);
});

test('N20: microphone, camera and sound are tried out, and the sheet closed', async () => {
    await follow(mary, '/people');
    await follow(mary, '/settings');
    await press(mary, /^Try it out$/);
    const sheet = mary.locator('vv-call-setup');
    await sheet.getByRole('button', { name: 'Done' }).waitFor();
    await press(mary, /^Try microphone and camera$/);
    await sheet.getByText('Your microphone works.').waitFor();
    await kept(mary, 'the devices are open');
    await press(mary, /^Play the test sound$/);
    await sheet.getByText('That is your speaker.').waitFor();
    await press(mary, /^Done$/);
    await focusIs(mary, /^Try it out$/);
});

test('N20: an account elsewhere is added, changed and removed', async () => {
    const cookie = cookieOf(await server.login('anna', 'visavis-demo'));
    const { status } = await server.request('PUT', '/api/admin/connectors/sip',
        { cookie, body: { active: true } });
    assert.equal(status, 204);
    await john.goto('/settings');
    const form = john.locator('vv-im-accounts');
    const stored = async (wanted) => {
        await until('it is stored', async () => {
            const { accounts } = await ask(john, 'GET', '/api/me/accounts');
            return JSON.stringify(accounts.map(({ value }) => value)) === JSON.stringify(wanted);
        });
        await narrow(john);
    };
    await form.getByRole('button', { name: 'Add an account' }).waitFor();
    await press(john, /^Add an account$/);
    await focusIs(john, /^Kind/);
    await tabTo(john, /^Address$/);
    await john.keyboard.type('nobody');
    await press(john, /^Save$/);
    await form.locator('.field-error').waitFor();
    await focusIs(john, /^Address$/);
    await john.keyboard.press('Control+A');
    await john.keyboard.type('john@sip.example.org');
    await john.keyboard.press('Enter');
    await stored(['john@sip.example.org']);
    await john.keyboard.press('Control+A');
    await john.keyboard.type('okafor@sip.example.org');
    await john.keyboard.press('Enter');
    await stored(['okafor@sip.example.org']);
    await press(john, /^Remove$/);
    await focusIs(john, /^Add an account$/);
    await press(john, /^Save$/);
    await stored([]);
});

test('N20: a mini window is opened, written in, minimised, closed; a search finds it', async () => {
    await follow(mary, '/people/john');
    await press(mary, /^Chat – |^Chat$/);
    const mini = mary.locator('vv-mini-dock section');
    await mini.locator('vv-conversation').waitFor();
    await focusIs(mary, /^Write a message$/);
    await mary.keyboard.type('Found by its owl');
    await mary.keyboard.press('Enter');
    await mini.locator('.message:not(.sending)', { hasText: 'Found by its owl' }).waitFor();
    const bar = (open) => mini.locator(`.bar[aria-expanded=${open}]`).waitFor();
    await tabTo(mary, /^Minimise the chat with John Okafor$/, 'Shift+Tab');
    await mary.keyboard.press('Enter');
    await bar(false);
    await focusIs(mary, /John Okafor$/);
    await mary.keyboard.press('Enter');
    await bar(true);
    await kept(mary, 'it is whole again');
    await tabTo(mary, /^Write a message$/);
    await mary.keyboard.press('Escape');
    await bar(false);
    await focusIs(mary, /John Okafor$/);
    await press(mary, /^Close the chat with John Okafor$/);
    await mini.waitFor({ state: 'detached' });
    await kept(mary, 'it is closed');
    await findOwl();
});

/** John looks for what Mary has written, and opens its room. */
async function findOwl() {
    const room = (await ask(john, 'GET', '/api/rooms')).rooms
        .find(({ peer }) => peer?.name === 'mary').id;
    await john.goto('/chat');
    await tabTo(john, /^Search messages$/);
    await john.keyboard.type('owl');
    await john.locator('vv-chat-search').getByRole('link').first().waitFor();
    await narrow(john);
    await press(john, /Found by its owl/);
    await john.waitForURL((url) => url.pathname === `/chat/${room}` && url.searchParams.has('at'));
    await focusIs(john, /^Write a message$/);
}

/** Adds two servers, changes one, reorders them and removes one, which is asked before. */
async function listOfServers(anna) {
    const addresses = () => anna.locator('vv-webrtc-settings vv-field[name$=".url"] input')
        .evaluateAll((inputs) => inputs.map(({ value }) => value));
    const settings = anna.locator('vv-webrtc-settings');
    await press(anna, /^Settings of WebRTC/);
    await settings.getByRole('button', { name: 'Save' }).waitFor();
    while ((await addresses()).length > 0) {
        await press(anna, /^Remove$/);
        await anna.locator('vv-confirm dialog[open]').waitFor();
        await press(anna, /^Remove$/);
        await anna.locator('vv-confirm dialog[open]').waitFor({ state: 'detached' });
        await kept(anna, 'a server is removed');
    }
    await press(anna, /^Add a server$/);
    await focusIs(anna, /^Address$/);
    await anna.keyboard.type('stun:one.example.org');
    await press(anna, /^Add a server below$/);
    await focusIs(anna, /^Address$/);
    await anna.keyboard.type('stun:two.example.org');
    await press(anna, /^Move up$/);
    assert.deepEqual(await addresses(), ['stun:two.example.org', 'stun:one.example.org']);
    await focusIs(anna, /^Move down$/); // The first one cannot go further up.
    await anna.keyboard.press('Enter');
    assert.deepEqual(await addresses(), ['stun:one.example.org', 'stun:two.example.org']);
    await focusIs(anna, /^Move up$/);
    await narrow(anna);
    await tabTo(anna, /^Address$/, 'Shift+Tab');
    await anna.keyboard.press('End');
    await anna.keyboard.type(':3478');
    await press(anna, /^Remove$/);
    await press(anna, /^Cancel$/);
    await focusIs(anna, /^Remove$/);
    await tabTo(anna, /^Remove$/, 'Shift+Tab');
    await anna.keyboard.press('Enter');
    await press(anna, /^Remove$/);
    await until('one is left', async () => (await addresses()).length === 1);
    await focusIs(anna, /^Remove$/);
    await press(anna, /^Save$/);
    await settings.waitFor({ state: 'detached' });
    await focusIs(anna, /^Settings of WebRTC/);
    assert.deepEqual((await ask(anna, 'GET', '/api/admin/webrtc')).servers
        .map(({ urls }) => urls), [['stun:two.example.org:3478']]);
}

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
    await listOfServers(anna);
    for (const tab of [/^People$/, /^Invitations/, /^Calls/, /^Log of acts/]) {
        const before = anna.url();
        await anna.evaluate(() => document.querySelector('main').focus());
        await press(anna, tab);
        await until('another page is open', () => anna.url() !== before);
        await narrow(anna);
    }
    await anna.context().close();
});
