// SPDX-License-Identifier: Apache-2.0
// Rows M11 and M12 of the acceptance table: a connector that can call groups, the Call button of
// spaces and team rooms, and the meeting that everybody joins with one click.
import assert from 'node:assert/strict';
import { opening, until } from '../browser.mjs';
import { ask, follow, post, teamRoom } from '../portal.mjs';
import { MEETINGS } from './ways-world.mjs';

const SPACE = 'design';
const CALL = { name: /^Call – Start a meeting for everybody in / };

/** John's space with Mary, and a team room of three; a stand-in for the meetings outside. */
async function makePlaces({ john, mary }) {
    for (const person of [john, mary]) {
        await person.context().route(`${MEETINGS}**`, (route) =>
            route.fulfill({ contentType: 'text/html', body: '<h1>The meeting</h1>' }));
    }
    const made = { name: SPACE, title: 'Design', description: 'How it looks' };
    const { space } = await ask(john, 'POST', '/api/spaces', made);
    await ask(john, 'POST', `/api/spaces/${SPACE}/invitations`, { name: 'mary' });
    await ask(mary, 'POST', `/api/spaces/${SPACE}/join`);
    const team = await teamRoom(john, 'The three', ['mary', 'luc']);
    await post(mary, 'Hello from the space', SPACE);
    return { space, team };
}

/** The places, the same for all rows; a connector for groups is on, or off. */
async function begin(world, { active = true } = {}) {
    await world.use(...active ? ['webrtc', 'link'] : ['webrtc']);
    world.places ??= await makePlaces(world);
    world.john.faults.length = 0;
    world.mary.faults.length = 0;
    return world.places;
}

const bannerOf = (page) => page.locator('.space-banner');
const head = (page) => page.locator('.room-head');

/** The popover of the space's name in the activity stream. */
async function popover(page) {
    await follow(page, '/');
    const name = page.locator('vv-activity', { hasText: 'Hello from the space' })
        .locator('vv-space');
    await name.getByRole('link', { name: 'Design' }).hover();
    const card = name.locator('vv-space-card');
    await card.getByText('How it looks').waitFor();
    return card;
}

/** Presses the button and gives the tab of the meeting. */
async function meet(page, button) {
    const tab = await opening(page.context(), () => button.click());
    await tab.waitForURL(`${MEETINGS}*`);
    return tab;
}

const shown = [
    {
        name: 'M11: without a connector that calls groups there is no button',
        run: async (world) => {
            const { john } = world;
            const { team } = await begin(world, { active: false });
            await follow(john, `/spaces/${SPACE}`);
            await bannerOf(john).getByRole('link', { name: 'Chat' }).waitFor();
            assert.equal(await bannerOf(john).getByRole('button', CALL).count(), 0);
            const card = await popover(john);
            await card.getByRole('link', { name: 'Chat' }).waitFor();
            assert.equal(await card.getByRole('button', CALL).count(), 0);
            await follow(john, `/chat/${team}`);
            await john.locator('.room-head', { hasText: 'The three' }).waitFor();
            assert.equal(await head(john).getByRole('button', CALL).count(), 0);
        },
    },
    {
        name: 'M12: a group-capable connector: space banner, space popover, team room',
        run: async (world) => {
            const { john } = world;
            const { space, team } = await begin(world, { active: false });
            await follow(john, `/chat/${team}`);
            await world.change('link', { active: true });
            await head(john).getByRole('button', CALL).waitFor(); // Without a load.
            await follow(john, `/spaces/${SPACE}`);
            await bannerOf(john).getByRole('button', CALL).waitFor();
            await (await popover(john)).getByRole('button', CALL).waitFor();
            await follow(john, `/chat/${space.room}`);
            await head(john).getByRole('button', CALL).waitFor();
        },
    },
    {
        name: 'M12: switched off, the buttons vanish and a late click opens nothing',
        kinds: ['chromium'],
        run: async (world) => {
            const { john, mary } = world;
            const { space } = await begin(world);
            await follow(john, `/spaces/${SPACE}`);
            const button = bannerOf(john).getByRole('button', CALL);
            await button.waitFor();
            await world.change('link', { active: false });
            await button.waitFor({ state: 'detached' });
            const pages = john.context().pages().length;
            await john.evaluate((room) => document.querySelector('vv-portal').dispatchEvent(
                new CustomEvent('vv-meet', { detail: { room, connector: 'link' } })), space.room);
            await john.getByText('This way to call has been switched off').waitFor();
            await until('nothing stays open', async () => john.context().pages().length === pages);
            assert.deepEqual([...john.faults, ...mary.faults], []);
        },
    },
];

const pressed = [
    {
        name: 'M12: a click opens the meeting, and everybody joins it by its line',
        run: async (world) => {
            const { john, mary } = world;
            const { space } = await begin(world);
            await follow(mary, '/people');
            const unread = () => mary.locator('vv-header').evaluate((header) => header.unread);
            const before = await unread();
            await follow(john, `/spaces/${SPACE}`);
            const tab = await meet(john, bannerOf(john).getByRole('button', CALL));
            assert.equal(await tab.evaluate(() => window.opener), null);
            await until('it is something unread', async () => await unread() === before + 1);
            await follow(mary, `/chat/${space.room}`);
            const line = mary.locator('vv-conversation .meeting').last();
            await line.getByText('John Okafor has begun a meeting').waitFor();
            const join = line.getByRole('link', { name: 'Join on meet.example.org' });
            assert.equal(await join.getAttribute('href'), tab.url());
            assert.match(tab.url(), /^https:\/\/meet\.example\.org\/[\w-]{22}$/);
            const hers = await opening(mary.context(), () => join.click());
            await hers.waitForURL(tab.url());
            assert.equal(await hers.evaluate(() => document.referrer), '');
        },
    },
    {
        name: 'M12: who presses Call soon after another joins that meeting',
        kinds: ['chromium'],
        run: async (world) => {
            const { john, mary } = world;
            const { team } = await begin(world);
            await follow(john, `/chat/${team}`);
            const first = await meet(john, head(john).getByRole('button', CALL));
            await follow(mary, `/chat/${team}`);
            await mary.locator('vv-conversation .meeting').waitFor();
            const second = await meet(mary, head(mary).getByRole('button', CALL));
            assert.equal(second.url(), first.url());
            assert.equal(await mary.locator('vv-conversation .meeting').count(), 1);
            await john.locator('vv-conversation .meeting').getByText('You have begun a meeting')
                .waitFor();
        },
    },
    {
        name: 'M12: where the browser blocks the tab, the line is shown',
        kinds: ['chromium'],
        run: async (world) => {
            const { mary } = world;
            const { space } = await begin(world);
            await mary.goto(`/spaces/${SPACE}`);
            await mary.evaluate(() => {
                window.open = () => null;
            });
            await bannerOf(mary).getByRole('button', CALL).click();
            await mary.waitForURL(`**/chat/${space.room}`);
            await mary.getByText('has blocked the tab of the meeting').waitFor();
            await mary.locator('vv-conversation .meeting').getByRole('link').first().waitFor();
            await mary.goto('/people'); // Its own window.open again.
        },
    },
];

export const groups = [shown, pressed].flat();
