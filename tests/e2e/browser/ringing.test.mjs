// SPDX-License-Identifier: Apache-2.0
// A call that comes in: what is shown and heard on which pages, and what takes it away (M63 to
// M87). Calls here need no media: most end before an answer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { openBrowser, pressAnswer, pressCall, signIn, until } from './browser.mjs';
import { ask, calledBy } from './portal.mjs';

let server;
let browsers;
let john;
let mary;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = [await openBrowser(), await openBrowser()];
    mary = await signIn(browsers[1], server, 'mary');
    john = await signIn(browsers[0], server, 'john', '/people/mary');
    await mary.context().addInitScript(listen);
    await mary.reload();
});
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

/** In the page: remembers each sound that began, and which are heard now. */
function listen() {
    window.sounds = [];
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
        if (this instanceof HTMLAudioElement && !this.srcObject) {
            window.sounds.push(this);
        }
        return play.call(this);
    };
}
const rings = (page) => page.evaluate(() =>
    window.sounds.filter((one) => one.loop && !one.paused).length);
const short = (page) => page.evaluate(() => window.sounds.filter((one) => !one.loop).length);
const card = (page) => page.locator('vv-incoming-call');
const gone = (page) => card(page).waitFor({ state: 'detached' });

/** A click, as people make one: from then on the page may sound. */
const unlock = (page) => page.locator('h1').first().click();

async function ring() {
    await john.bringToFront();
    const caller = await pressCall(john);
    await card(mary).first().waitFor();
    return caller;
}

async function cancel(caller) {
    await caller.locator('button.control.end').click();
    await gone(mary);
    await until('the window is gone', () => caller.isClosed());
}

async function choose(status) {
    await mary.locator('vv-user-menu .user').click();
    await mary.getByRole('button', { name: status, exact: true }).click();
    await until(`John knows of ${status}`, async () => (await ask(john, 'GET', '/api/people/mary'))
        .status === { Available: 'available', Away: 'away', Invisible: 'offline',
        'Do not disturb': 'do-not-disturb' }[status]);
}

test('M63, M67, M68, M69, M70, M87: the card of a call on any page, with its ring', async () => {
    for (const path of ['/settings', '/chat', '/']) {
        await mary.goto(path);
        await mary.locator('vv-header').waitFor();
        await unlock(mary).catch(() => mary.locator('vv-header').click());
        const caller = await ring();
        await until('it rings', async () => await rings(mary) === 1);
        await card(mary).getByText('John Okafor is calling you').waitFor();
        const face = card(mary).locator('a.face');
        assert.equal(await face.getAttribute('href'), '/people/john');
        await face.locator('vv-avatar .disc').waitFor(); // Initials: John has no picture.
        for (const name of ['Answer', 'Decline']) {
            await card(mary).getByRole('button', { name, exact: true }).waitFor();
        }
        const [box, view] = [await card(mary).boundingBox(), await mary.evaluate(() =>
            ({ width: window.innerWidth, height: window.innerHeight }))];
        assert.ok(view.width - box.x - box.width < 40, JSON.stringify({ box, view }));
        assert.ok(view.height - box.y - box.height < 40, JSON.stringify({ box, view }));
        const top = await mary.evaluate(({ x, y, width, height }) => document.elementFromPoint(
            x + width / 2, y + height / 2)?.tagName, box);
        assert.equal(top, 'VV-INCOMING-CALL');
        await cancel(caller);
    }
});

test('M64: who is away is rung', async () => {
    await choose('Away');
    const caller = await ring();
    await until('it rings', async () => await rings(mary) === 1);
    await cancel(caller);
});

test('M65: who does not want to be disturbed sees the card and hears nothing', async () => {
    await choose('Do not disturb');
    await mary.evaluate(() => (window.sounds = []));
    const caller = await ring();
    await card(mary).getByText('John Okafor is calling you').waitFor();
    assert.equal(await rings(mary), 0);
    assert.equal(await mary.evaluate(() => window.sounds.length), 0);
    await cancel(caller);
});

test('M66: who is invisible is not rung, and looks offline to the caller', async () => {
    await choose('Invisible');
    const caller = await pressCall(john);
    await caller.getByText('is unavailable').waitFor();
    assert.equal(await card(mary).count(), 0);
    await caller.close();
    await choose('Available');
});

test('M73, M76, M77: Decline refuses the call with a short sound, and the ring stops', async () => {
    await unlock(mary).catch(() => undefined);
    const caller = await ring();
    await until('it rings', async () => await rings(mary) === 1);
    const before = await short(mary);
    await card(mary).getByRole('button', { name: 'Decline', exact: true }).click();
    await gone(mary);
    await caller.getByText('has declined the call').waitFor();
    await until('the ring has stopped', async () => await rings(mary) === 0);
    assert.equal(await short(mary), before + 1);
    await caller.close();
});

test('M74: the X of the card declines', async () => {
    const caller = await ring();
    await card(mary).locator('button.close').click();
    await gone(mary);
    await caller.getByText('has declined the call').waitFor();
    await caller.close();
});

test('M83: when the caller hangs up, card and ring go', async () => {
    const caller = await ring();
    await until('it rings', async () => await rings(mary) === 1);
    await cancel(caller);
    await until('the ring has stopped', async () => await rings(mary) === 0);
});

/** Mary in three tabs, each of which may sound; the first is in front. */
async function threeTabs() {
    const tabs = [mary, await mary.context().newPage(), await mary.context().newPage()];
    for (const tab of tabs.slice(1)) {
        await tab.goto('/people');
        await tab.locator('vv-person-row').first().waitFor();
        await unlock(tab);
    }
    await mary.bringToFront();
    await unlock(mary).catch(() => undefined);
    return tabs;
}
const sumOf = async (tabs) =>
    (await Promise.all(tabs.map((tab) => rings(tab)))).reduce((sum, one) => sum + one, 0);

test('M78, M82, M84: of three tabs all show the card and one rings; one that closes declines '
    + 'nothing, one that declines clears all', async () => {
    await mary.goto('/people');
    const [first, second, third] = await threeTabs();
    const caller = await ring();
    await Promise.all([first, second, third].map((tab) => card(tab).waitFor()));
    await until('one rings', async () => await sumOf([first, second, third]) === 1);
    await third.close();
    await until('one still rings', async () => await sumOf([first, second]) === 1);
    assert.equal(await card(first).count(), 1);
    await card(second).getByRole('button', { name: 'Decline', exact: true }).click();
    await Promise.all([first, second].map((tab) => gone(tab)));
    await caller.getByText('has declined the call').waitFor();
    await caller.close();
    await second.close();
});

test('M71, M81, M85, M86: an answer opens the window, and the other tabs close their cards without '
    + 'declining', async () => {
    const [first, second, third] = await threeTabs();
    const caller = await ring();
    await Promise.all([first, second, third].map((tab) => card(tab).waitFor()));
    const callee = await pressAnswer(first);
    await Promise.all([first, second, third].map((tab) => gone(tab)));
    await until('the title names John', async () =>
        (await callee.title()).includes('Call with John Okafor'));
    await callee.locator('video').first().waitFor({ state: 'attached' });
    await callee.locator('button.control.end').waitFor();
    await second.reload(); // The call is told again to a fresh page.
    await second.locator('vv-person-row').first().waitFor();
    assert.equal(await card(second).count(), 0);
    await until('the ring has stopped', async () => await sumOf([first]) === 0);
    await caller.locator('button.control.end').click();
    await Promise.all([second.close(), third.close()]);
});

/** What the tab tells its page of being seen; headless browsers hide no tab of their own. */
const seen = (tab, state) => tab.evaluate((now) =>
    Object.defineProperty(document, 'visibilityState', { value: now, configurable: true }), state);

test('M79, M80: the visible tab rings; without one, one of the hidden ones does', async () => {
    const [first, second, third] = await threeTabs();
    await seen(first, 'hidden');
    await seen(third, 'hidden');
    let caller = await ring();
    await until('the visible tab rings', async () => await rings(second) === 1);
    assert.equal(await sumOf([first, second, third]), 1);
    await cancel(caller);
    await seen(second, 'hidden');
    caller = await ring();
    await until('one rings', async () => await sumOf([first, second, third]) === 1);
    await cancel(caller);
    await Promise.all([second.close(), third.close()]);
    await first.reload();
});

test('M72, M75: who answers has the microphone and camera as left, and the own picture small at '
    + 'the bottom right', async () => {
    let caller = await ring();
    let callee = await pressAnswer(mary);
    const control = (name) => callee.locator(`[data-control=${name}]`);
    await control('microphone').click();
    await callee.locator('[data-control=microphone][aria-pressed=false]').waitFor();
    const own = callee.locator('vv-own-picture');
    await own.waitFor();
    await until('the own picture is at the bottom right', async () => {
        const [box, view] = [await own.boundingBox(), await callee.evaluate(() =>
            ({ width: window.innerWidth, height: window.innerHeight }))];
        return box && box.width < view.width / 2 && box.x + box.width / 2 > view.width / 2
            && box.y + box.height / 2 > view.height / 2;
    });
    await caller.locator('button.control.end').click();
    await Promise.all([caller, callee].map((window) => window.close().catch(() => undefined)));
    caller = await ring();
    callee = await pressAnswer(mary);
    await callee.locator('[data-control=microphone][aria-pressed=false]').waitFor();
    await callee.locator('[data-control=camera][aria-pressed=true]').waitFor();
    await caller.locator('button.control.end').click();
});

test('M10: without an active connector there is no Call button anywhere', async () => {
    const anna = await signIn(browsers[0], server, 'anna');
    await john.goto('/people/mary');
    await john.locator('vv-call-button button').waitFor();
    await ask(anna, 'PUT', '/api/admin/connectors/webrtc', { active: false });
    await john.locator('vv-call-button button').waitFor({ state: 'detached' });
    for (const path of ['/people', '/chat', '/']) {
        await john.goto(path);
        await john.locator('vv-header').waitFor();
        await john.locator('.banner').waitFor({ state: 'detached' });
        assert.deepEqual(await calledBy(john), [], path);
    }
    await ask(anna, 'PUT', '/api/admin/connectors/webrtc', { active: true });
    await john.goto('/people/mary');
    await john.locator('vv-call-button button').waitFor();
    await anna.context().close();
});
