// SPDX-License-Identifier: Apache-2.0
// The page of calls that are over, and the number of missed ones in the head of every page.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { endAll, openBrowser, opening, pressCall, signIn, until } from './browser.mjs';
import { directRoom, follow } from './portal.mjs';

let server;
let browser;
let john;
let mary;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    // The number at the sign of an installed app, which a test cannot see.
    mary = await signIn(browser, server, 'mary', '/people');
    await mary.context().addInitScript(() => {
        window.badges = [];
        navigator.setAppBadge = async (count) => void window.badges.push(count);
        navigator.clearAppBadge = async () => void window.badges.push(0);
    });
    await mary.reload();
    john = await signIn(browser, server, 'john', '/people/mary');
});
afterEach(() => endAll(server, john, mary));
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

/** As in enum end_reason of src/model/callrecord.h; each has words of its own. */
const REASONS = ['hung-up', 'declined', 'cancelled', 'no-answer', 'unreachable', 'busy',
    'permission-denied', 'no-device', 'media-failed', 'media-lost', 'signalling-lost', 'replaced',
    'connector-disabled', 'server-shutdown', 'too-long', 'stopped'];

const row = (page) => page.locator('vv-past-call');
/** What the newest says. */
const newest = (page) => row(page).first().locator('.who').textContent();
const missed = (page) => page.locator('vv-header a[href^="/calls"] .count');

/** John calls and gives up. */
async function miss() {
    const caller = await pressCall(john);
    await mary.locator('vv-incoming-call').waitFor();
    await caller.locator('button.control.end').click();
    await mary.locator('vv-incoming-call').waitFor({ state: 'detached' });
    await until('the window is gone', () => caller.isClosed());
}

test('part 5: missed calls are counted on every page and device until one of them shows them',
    async () => {
        const other = await mary.context().newPage();
        await other.goto('/settings');
        await miss();
        await miss();
        for (const page of [mary, other]) {
            await until('two are counted', async () => await missed(page).textContent() === '2');
        }
        assert.ok((await mary.evaluate(() => window.badges)).includes(2));
        await mary.locator('vv-header a[href="/calls/missed"]').click();
        await until('both are there', async () => await row(mary).count() === 2);
        assert.match(await newest(mary), /John Okafor[^]*Missed/);
        for (const page of [mary, other]) {
            await missed(page).waitFor({ state: 'detached' });
        }
        assert.equal(await mary.evaluate(() => window.badges.at(-1)), 0);
        assert.match(await mary.title(), /^Calls/);
        await other.close();
    });

test('part 5: the caller reads what became of it, and the page follows a new call', async () => {
    await follow(john, '/calls');
    await until('both are there', async () => await row(john).count() === 2);
    assert.match(await newest(john), /You gave up before an answer/);
    const caller = await opening(john.context(), () => // Calls back, from the page of calls.
        row(john).first().locator('vv-call-button button').click());
    await mary.locator('vv-incoming-call').getByRole('button', { name: 'Decline', exact: true })
        .click();
    await caller.getByText('has declined the call').waitFor();
    await until('the third is there', async () => await row(john).count() === 3);
    assert.match(await newest(john), /Declined/);
    await caller.close();
});

test('part 3: the chat of both says of each call what became of it, and why', async () => {
    for (const [page, other, words] of [
        [john, 'mary', ['Your call · You gave up before an answer', 'Your call · Declined']],
        [mary, 'john', ['Missed call from John Okafor · The caller gave up before an answer',
            'Call from John Okafor · You declined']],
    ]) {
        await page.goto(`/chat/${await directRoom(page, other)}`);
        const lines = page.locator('vv-conversation .line');
        await until('each call has its line', async () => await lines.count() === 3);
        const texts = await lines.allTextContents();
        const [first, last] = words;
        [first, first, last].forEach((line, n) =>
            assert.equal(texts[n].trim().split(' · ').slice(0, 2).join(' · '), line));
    }
});

test('part 5: calls are searched by person, and walked by keyboard', async () => {
    await mary.goto('/calls');
    await until('all are there', async () => await row(mary).count() === 3);
    const search = mary.getByRole('searchbox');
    await search.fill('nobody of this name');
    await mary.getByText('Nobody found for').waitFor();
    await search.fill('okafor');
    await until('those with John are there', async () => await row(mary).count() === 3);
    await search.fill('anna');
    await mary.getByText(/No calls with Anna/).waitFor();
    await search.fill('');
    await until('all are there', async () => await row(mary).count() === 3);
    await row(mary).first().locator('a').focus();
    const next = async () => {
        await mary.keyboard.press('Tab');
        return mary.evaluate(() => {
            let at = document.activeElement;
            while (at?.shadowRoot?.activeElement) {
                at = at.shadowRoot.activeElement;
            }
            return at?.getAttribute('aria-label');
        });
    };
    assert.match(await next(), /^Details of the call/);
    assert.match(await next(), /^Call/);
    assert.deepEqual(mary.faults, []);
});

test('part 5: a long history comes by pages, in French and on 320 px', async () => {
    const page = await mary.context().newPage();
    await page.setViewportSize({ width: 320, height: 640 });
    const call = (n) => ({ id: `call${String(n).padStart(17, '0')}A`, role: 'caller', peer: {
        name: 'john', fullName: 'John Okafor', position: '', avatar: '', status: 'available',
        accounts: '', devices: 1, push: false }, startedAtMs: 1.7e12 - n * 1e7,
        endedAtMs: 1.7e12 - n * 1e7 + 1e6, seconds: 61, answered: true, missed: false,
        silent: false, reason: REASONS[n % REASONS.length], byMe: n % 3 === 0, connector: '' });
    await page.route('**/api/calls?*', (route) => {
        const second = route.request().url().includes('before=');
        const calls = Array.from({ length: 30 }, (_, n) => call(second ? n + 25 : n));
        return route.fulfill({ json: { calls, next: second ? '' : '25', missed: 0 } });
    });
    await page.route('**/api/me', async (route) => {
        const answer = await route.fetch();
        const me = await answer.json();
        me.settings.language = 'fr';
        return route.fulfill({ response: answer, json: me });
    });
    await page.goto('/calls');
    await until('a page is there', async () => await row(page).count() === 30);
    await page.getByRole('button', { name: 'Appels plus anciens' }).click();
    await until('each stands once', async () => await row(page).count() === 55);
    assert.equal(await page.getByRole('button', { name: 'Appels plus anciens' }).count(), 0);
    const wide = await page.evaluate(() =>
        document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0);
    const cut = await row(page).evaluateAll((rows) => rows.filter((one) => {
        const { width, right } = one.shadowRoot.querySelector('.line').getBoundingClientRect();
        return right > innerWidth || one.shadowRoot.querySelector('.line').scrollWidth > width + 1;
    }).map((one) => one.words));
    assert.deepEqual(cut, []);
    // Intl gives "aujourd’hui", and it begins a heading.
    assert.equal(await page.locator('.day-head').first().evaluate((head) =>
        getComputedStyle(head, '::first-letter').textTransform), 'uppercase');
    await page.close();
});
