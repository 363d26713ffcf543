// SPDX-License-Identifier: Apache-2.0
// Rows M63 to M87 of the acceptance table, "Receiving a call": what is shown and heard on which
// pages, and what takes it away.
import assert from 'node:assert/strict';
import { endAll, pressAnswer, pressCall, until } from '../browser.mjs';
import { ask } from '../portal.mjs';
import { answerAndStop, card, control, isOn, isSilent, loops, pressAndClose, promised, shorts,
    STOP_MS, unlock } from './world.mjs';

const TOLD = { Available: 'available', Away: 'away', Invisible: 'offline',
    'Do not disturb': 'do-not-disturb' };
const gone = (page) => card(page).waitFor({ state: 'detached' });
const rings = (page) => until('it rings', async () => await loops(page) === 1);
const size = (page) => page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
const picture = (place) => place.evaluate((element) =>
    element.shadowRoot.querySelector('video').videoWidth);

async function choose(world, status) {
    await world.mary.locator('vv-user-menu .user').click();
    await world.mary.getByRole('button', { name: status, exact: true }).click();
    await until(`John knows of ${status}`, async () =>
        (await ask(world.john, 'GET', '/api/people/mary')).status === TOLD[status]);
}

async function cancel(world, caller) {
    await pressAndClose(control(caller, 'end'), caller);
    await gone(world.mary);
}

/** Mary in three tabs, each of which may sound; the first is in front. */
async function threeTabs({ mary }) {
    const tabs = [mary, await mary.context().newPage(), await mary.context().newPage()];
    for (const tab of tabs.slice(1)) {
        await tab.goto('/people');
        await tab.locator('vv-person-row').first().waitFor();
        await unlock(tab);
    }
    await mary.bringToFront();
    await unlock(mary);
    return tabs;
}
const sumOf = async (tabs) =>
    (await Promise.all(tabs.map((tab) => loops(tab)))).reduce((sum, one) => sum + one, 0);
const allShow = (tabs) => Promise.all(tabs.map((tab) => card(tab).waitFor()));

/** What the tab tells its page of being seen; headless browsers hide no tab of their own. */
const seen = (tab, state) => tab.evaluate((now) =>
    Object.defineProperty(document, 'visibilityState', { value: now, configurable: true }), state);

/** In a page: notes when the next card is there. */
const noteCard = (tab) => tab.evaluate(() => {
    window.cardAt = new Promise((done) => {
        new MutationObserver((changes, observer) => {
            if (document.querySelector('vv-incoming-call')) {
                observer.disconnect();
                done(Date.now());
            }
        }).observe(document, { childList: true, subtree: true });
    });
});

/** How long after the first card the ring began, by the clock of the pages. */
async function ringDelay(tabs) {
    const times = await Promise.all(tabs.map((tab) => tab.evaluate(async () => ({
        card: await window.cardAt,
        rings: window.sounds.filter((one) => one.loop && !one.paused).map((one) => one.playedAt),
    }))));
    return Math.min(...times.flatMap(({ rings }) => rings))
        - Math.min(...times.map(({ card: at }) => at));
}
const AT_ONCE_MS = 1500;
const HIDDEN_MS = 4000;
const TOLD_MS = 1000;
/** How long after its window opened a caller was told, by the clock of the window. */
async function unavailableAfter(caller) {
    await caller.getByText('is unavailable').waitFor();
    return caller.evaluate(() => Date.now() - performance.timeOrigin);
}
/** Longer than a ring or a card that comes by mistake needs. */
const SETTLED_MS = 1500;

/** In a page: a picture of one's own, as the settings upload one. */
async function uploadPicture() {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 256;
    const drawing = canvas.getContext('2d');
    drawing.fillStyle = 'teal';
    drawing.fillRect(0, 0, 256, 256);
    const body = await new Promise((done) => canvas.toBlob(done, 'image/webp'));
    const answer = await fetch('/api/me/avatar',
        { method: 'PUT', headers: { 'content-type': 'image/webp' }, body });
    if (!answer.ok) {
        throw new Error(`${answer.status} ${await answer.text()}`);
    }
}

async function showsCard(page) {
    await card(page).getByText('John Okafor is calling you').waitFor();
    const face = card(page).locator('a.face');
    assert.equal(await face.getAttribute('href'), '/people/john');
    await face.locator('vv-avatar .disc[data-initials="JO"]').waitFor(); // He has no picture.
    for (const name of ['Answer', 'Decline']) {
        await card(page).getByRole('button', { name, exact: true }).waitFor();
    }
    const [box, view] = [await card(page).boundingBox(), await size(page)];
    assert.ok(view.width - box.x - box.width < 40, JSON.stringify({ box, view }));
    assert.ok(view.height - box.y - box.height < 40, JSON.stringify({ box, view }));
    const tags = await page.evaluate(({ x, y, width, height }) => {
        const found = [];
        for (let root = document; root;) { // Into the shadows: a dialog may hold the card.
            const top = root.elementFromPoint(x + width / 2, y + height / 2);
            found.push(top?.tagName);
            root = top?.shadowRoot;
        }
        return found;
    }, box);
    assert.ok(tags.includes('VV-INCOMING-CALL'), tags.join(' '));
}

/** The sign in the tab, which is there to be loaded. */
async function hasIcon(page, name) {
    await page.locator(`link[rel=icon][href="/${name}"]`).waitFor({ state: 'attached' });
    assert.equal(await page.evaluate((path) => fetch(path).then(({ status }) => status),
        `/${name}`), 200);
}

const shown = [
    {
        name: 'M63, M67, M68, M69, M70, M87: the card of a call on any page, with its ring',
        run: async (world) => {
            const { mary } = world;
            await ask(mary, 'POST', '/api/spaces',
                { name: 'rung', title: 'Rung', description: '' });
            for (const path of ['/settings', '/chat', '/', '/people/mary', '/spaces/rung',
                '/calls']) {
                await mary.goto(path);
                await mary.locator('vv-header').waitFor();
                await unlock(mary);
                await world.canCall(world.john);
                const caller = await world.ringing();
                await rings(mary);
                await showsCard(mary);
                await hasIcon(mary, 'icon-ringing.svg');
                await cancel(world, caller);
                await hasIcon(mary, 'icon.svg');
            }
        },
    },
    {
        name: 'M63: an administrator is rung on the page of administration',
        run: async (world) => {
            const anna = await world.enter('anna', '/admin');
            world.extra.push(() => anna.context().close());
            await anna.getByRole('switch', { name: /active$/ }).first().waitFor();
            await unlock(anna);
            await world.john.goto('/people/anna');
            await world.canCall(world.john);
            const caller = await pressCall(world.john);
            await rings(anna);
            await showsCard(anna);
            await pressAndClose(control(caller, 'end'), caller);
            await gone(anna);
        },
    },
    {
        name: 'M68, M87: the card shows the picture of the caller, and initials when it is missing',
        run: async (world) => {
            const { john, mary } = world;
            await john.evaluate(uploadPicture);
            await world.canCall(john);
            const face = card(mary).locator('a.face vv-avatar');
            let caller = await world.ringing();
            await until('the picture is there', () => face.locator('img').evaluate((image) =>
                image.naturalWidth > 0 && image.checkVisibility()));
            await cancel(world, caller);
            await mary.context().route('**/avatar/**', (route) => route.fulfill({ status: 404 }));
            await mary.reload();
            await mary.locator('vv-person-row').first().waitFor();
            await world.canCall(john);
            caller = await world.ringing();
            await face.locator('.disc[data-initials="JO"]').waitFor();
            assert.equal(await face.locator('img').count(), 0);
            await cancel(world, caller);
            await mary.context().unroute('**/avatar/**');
            await ask(john, 'DELETE', '/api/me/avatar');
        },
    },
    {
        name: 'M67, N20: over an open dialog the card is seen, read and answered; the dialog stays',
        run: async (world) => {
            const { mary } = world;
            await mary.goto('/chat');
            await mary.getByRole('button', { name: 'New team room' }).click();
            const title = mary.locator('vv-team-dialog').getByLabel('Title');
            await title.fill('Launch');
            const caller = await world.ringing();
            await showsCard(mary);
            const written = () => title.evaluate((input) =>
                input.value === 'Launch' && input.getRootNode().activeElement === input);
            assert.ok(await written(), 'the focus stays where one writes');
            await card(mary).getByRole('button', { name: 'Decline with a message' }).click();
            await mary.keyboard.press('Escape'); // The ready answers close, and nothing else.
            await card(mary).getByRole('button', { name: 'Decline with a message' }).waitFor();
            assert.equal(await title.inputValue(), 'Launch');
            await cancel(world, caller);
            const { callee } = await world.connected();
            await gone(mary);
            assert.equal(await title.inputValue(), 'Launch');
            await pressAndClose(control(callee, 'end'), callee);
        },
    },
    {
        name: 'M67: over a popover, a menu and a mini window the card is seen and answered, at '
            + '320 pixels too, and after a load of the only page',
        run: async (world) => {
            const { mary } = world;
            const normal = mary.viewportSize();
            await mary.goto('/people/luc');
            await mary.locator('.profile-name').getByRole('button', { name: 'Chat' }).click();
            await mary.locator('vv-mini-dock section header').waitFor();
            const menu = mary.locator('vv-user-menu .user');
            const caller = await world.ringing();
            for (const width of [1280, 320]) {
                await mary.setViewportSize({ width, height: 480 });
                await showsCard(mary);
                await menu.click();
                await mary.getByRole('button', { name: 'Away', exact: true }).waitFor();
                await showsCard(mary);
                await mary.keyboard.press('Escape');
            }
            await mary.goto('/'); // Her only page: it rings on, in the next one.
            const name = mary.locator('vv-activity vv-person.name').first();
            await name.waitFor();
            // Where a finger or a pointer may be: over the place of the card, and the card over it.
            await name.evaluate(async (person) => {
                await person.show();
                const popover = person.shadowRoot.querySelector('[popover]');
                Object.assign(popover.style, { top: 'auto', bottom: '1rem', left: '1rem' });
            });
            await mary.locator('vv-person-card').waitFor();
            await showsCard(mary);
            const callee = await pressAnswer(mary);
            await callee.locator('vv-call-stage').waitFor();
            await cancel(world, caller);
            await callee.close();
            await mary.setViewportSize(normal ?? { width: 1280, height: 720 });
        },
    },
    {
        name: 'M64: who is away is rung',
        run: async (world) => {
            await choose(world, 'Away');
            await world.ringing();
            await rings(world.mary);
        },
    },
    {
        name: 'M65: who does not want to be disturbed sees the card and hears nothing, and the '
            + 'caller is told',
        run: async (world) => {
            await choose(world, 'Do not disturb');
            const caller = await world.ringing();
            await card(world.mary).getByText('John Okafor is calling you').waitFor();
            await caller.getByText('Mary Whitfield does not want to be disturbed').waitFor();
            await world.mary.waitForTimeout(SETTLED_MS);
            assert.equal(await world.mary.evaluate(() => window.sounds.length), 0);
        },
    },
    {
        name: 'M66: who is invisible is not rung, looks offline to the caller within 1 s, and has '
            + 'a missed call',
        run: async (world) => {
            await choose(world, 'Invisible');
            const missed = async () => (await ask(world.mary, 'GET', '/api/calls?limit=0')).missed;
            const before = await missed();
            let calls = 0;
            await promised(TOLD_MS, async () => {
                const caller = await pressCall(world.john);
                calls++;
                const took = await unavailableAfter(caller);
                await caller.close();
                return took;
            });
            assert.equal(await card(world.mary).count(), 0);
            await until('each is a missed call', async () =>
                await missed() === before + calls);
        },
    },
];

const answered = [
    {
        name: 'M71, M76, M81, M85, M86: an answer opens the window, with the own picture and then '
            + 'the other’s, and the other tabs close their cards without declining',
        run: async (world) => {
            const [first, second, third] = await threeTabs(world);
            const tabs = [first, second, third];
            let callee;
            await promised(STOP_MS, async () => {
                await endAll(world.server, world.john, ...tabs); // Of a try before.
                await world.ringing();
                await allShow(tabs);
                await until('one rings', async () => await sumOf(tabs) === 1);
                const answered = await answerAndStop(first, tabs);
                callee = answered.callee;
                return answered.ms;
            });
            await Promise.all(tabs.map((tab) => isSilent(tab)));
            const own = callee.locator('vv-own-picture');
            await own.waitFor();
            await until('the own picture is there', () => picture(own));
            await until('the other’s picture is there', () =>
                picture(callee.locator('vv-remote-picture:not(.unseen)')));
            await until('the title names John', async () =>
                (await callee.title()).includes('Call with John Okafor'));
            await second.reload(); // The call is told again to a fresh page.
            await second.locator('vv-person-row').first().waitFor();
            await second.waitForTimeout(SETTLED_MS);
            assert.equal(await card(second).count(), 0);
            await control(callee, 'end').waitFor(); // The call goes on.
        },
    },
    {
        name: 'M72, M75: who answers has microphone and camera as left, and the own picture small '
            + 'at the bottom right',
        run: async (world) => {
            const { caller, callee } = await world.connected();
            await control(callee, 'microphone').click();
            await world.settingsAre('mary', { microphone: false });
            const own = callee.locator('vv-own-picture');
            await until('the own picture is small, at the bottom right', async () => {
                const [box, view] = [await own.boundingBox(), await size(callee)];
                return box && box.width < view.width / 2 && box.x + box.width / 2 > view.width / 2
                    && box.y + box.height / 2 > view.height / 2;
            });
            await control(callee, 'camera').click();
            await world.settingsAre('mary', { microphone: false, camera: false });
            await pressAndClose(control(caller, 'end'), caller);
            await callee.locator('vv-call-message h1').waitFor();
            await callee.close();
            await world.ringing();
            const again = await pressAnswer(world.mary);
            await isOn(again, 'microphone', false);
            await isOn(again, 'camera', false);
        },
    },
];

const refused = [
    {
        name: 'M73, M76, M77: Decline refuses the call with a short sound, and the ring stops',
        run: async (world) => {
            const { mary } = world;
            await unlock(mary);
            const caller = await world.ringing();
            await rings(mary);
            const before = await shorts(mary);
            await card(mary).getByRole('button', { name: 'Decline', exact: true }).click();
            await gone(mary);
            await caller.getByText('has declined the call').waitFor();
            await isSilent(mary);
            await until('a short sound', async () => await shorts(mary) === before + 1);
        },
    },
    {
        name: 'M74: the X of the card declines',
        run: async (world) => {
            const caller = await world.ringing();
            await card(world.mary).locator('button.close').click();
            await gone(world.mary);
            await caller.getByText('has declined the call').waitFor();
        },
    },
    {
        name: 'M76, M83: when the caller hangs up, card and ring go',
        run: async (world) => {
            await unlock(world.mary);
            const caller = await world.ringing();
            await rings(world.mary);
            await cancel(world, caller);
            await isSilent(world.mary);
        },
    },
];

const tabs = [
    {
        name: 'M78, M82, M84: of three tabs all show the card and one rings; one that closes '
            + 'declines nothing, one that declines clears all',
        run: async (world) => {
            const [first, second, third] = await threeTabs(world);
            const caller = await world.ringing();
            await allShow([first, second, third]);
            await until('one rings', async () => await sumOf([first, second, third]) === 1);
            await first.waitForTimeout(SETTLED_MS);
            assert.equal(await sumOf([first, second, third]), 1, 'still one, and no second');
            await third.close();
            await until('one still rings', async () => await sumOf([first, second]) === 1);
            assert.equal(await card(first).count(), 1);
            await card(second).getByRole('button', { name: 'Decline', exact: true }).click();
            await Promise.all([first, second].map((tab) => gone(tab)));
            await caller.getByText('has declined the call').waitFor();
        },
    },
    {
        name: 'M79, M80: the visible tab rings; without one, one of the hidden ones does',
        run: async (world) => {
            const [first, second, third] = await threeTabs(world);
            await seen(first, 'hidden');
            await seen(third, 'hidden');
            const tabs = [first, second, third];
            await Promise.all(tabs.map(noteCard));
            const caller = await world.ringing();
            await until('the visible tab rings', async () => await loops(second) === 1);
            const atOnce = await ringDelay(tabs);
            assert.ok(atOnce < AT_ONCE_MS, `it rang after ${atOnce} ms`);
            assert.equal(await sumOf([first, second, third]), 1);
            await cancel(world, caller);
            await seen(second, 'hidden');
            await Promise.all(tabs.map(noteCard));
            await world.ringing();
            await until('one rings', async () => await sumOf(tabs) === 1);
            const hidden = await ringDelay(tabs);
            assert.ok(hidden < HIDDEN_MS, `a hidden one rang after ${hidden} ms`);
        },
    },
];

export const receiving = [shown, answered, refused, tabs].flat();
