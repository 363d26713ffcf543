// SPDX-License-Identifier: Apache-2.0
// Rows M20 to M24, M31 and N24 of the acceptance table: one connector or several, and which is
// taken.
import assert from 'node:assert/strict';
import { closing, endAll, fillSignIn, opening, signIn, until } from '../browser.mjs';
import { follow, slowable } from '../portal.mjs';

const WEBRTC = 'WebRTC';
const LINK = 'Meeting link';
const SIP = 'SIP telephone';
/** What a window shows whose call goes that way. */
const SHOWN = { [WEBRTC]: 'vv-call-stage', [LINK]: 'vv-call-meeting' };

const place = (page) => page.locator('vv-page-profile vv-call-button').first();
const arrow = (page) => place(page).locator('.more');
/** The part that a person presses without looking at the pulldown. */
const main = (page) => place(page).locator('button').first();

/** The titles in the pulldown, in their order; the default with a star. */
const listed = (page) => place(page).locator('.menu button').evaluateAll((items) =>
    items.map((item) => item.textContent.trim()
        + (item.getAttribute('aria-pressed') === 'true' ? ' *' : '')));
async function listIs(page, ...titles) {
    let last;
    await until(`the pulldown lists ${titles}`, async () => {
        last = await listed(page);
        return last.join() === titles.join();
    }).catch((problem) => assert.fail(`${problem.message}, but ${last}`));
}

async function profileOf(page, name) {
    await follow(page, `/people/${name}`);
    await until(`the button is that of ${name}`, async () =>
        await place(page).evaluate((one) => one.name) === name);
    await main(page).waitFor();
}

/** The press opens a window whose call goes that way; it is ended. */
async function calls({ server, john, mary }, way, press) {
    const window = await opening(john.context(), press);
    await window.locator(SHOWN[way]).waitFor();
    for (const other of Object.values(SHOWN).filter((one) => one !== SHOWN[way])) {
        assert.equal(await window.locator(other).count(), 0);
    }
    await endAll(server, john, mary);
}
const callsBy = (world, way) => calls(world, way, () => main(world.john).click());

async function pick(world, way) {
    await arrow(world.john).click();
    await calls(world, way, () =>
        place(world.john).locator('.menu button').getByText(way).click());
}

async function signInAgain(page, name) {
    await page.evaluate(() => void fetch('/api/logout', { method: 'POST' }));
    await page.waitForURL('**/login**');
    await fillSignIn(page, name);
    await page.locator('vv-header').waitFor();
}

/** Of a page whose button still offers the way: what the pressed button leads to. */
async function refused({ server, mary, anna }, page, way) {
    await arrow(page).click();
    const window = await opening(page.context(), () =>
        place(page).locator('.menu button').getByText(way).click());
    await window.getByText('This way to call has been switched off by the administrator.')
        .waitFor();
    const text = await window.getByText(/Reference: /).innerText();
    const reference = /Reference: ([\w-]{8,16})/.exec(text)[1];
    await until('the log has the reference', () => server.log.split('\n').some((line) =>
        line.includes(reference) && line.includes('user=luc what="connector-disabled"')));
    const { json } = await server.request('GET', '/api/admin/calls', { cookie: anna });
    assert.deepEqual(json.calls, []);
    assert.equal(await mary.locator('vv-incoming-call').count(), 0);
    await closing(window, () => window.getByRole('button', { name: 'Close' }).click());
}

const disabled = [
    {
        name: 'N24: Call on a page that has not heard yet that its connector is switched off: the '
            + 'server refuses, nobody rings, and the window says why',
        run: async (world) => {
            await world.use('webrtc', 'link');
            let news;
            const prepare = async (context) => (news = await slowable(context));
            const luc = await signIn(world.browser, world.server, 'luc', '/people/mary',
                { prepare });
            await listIs(luc, `${WEBRTC} *`, LINK);
            for (const [name, way, list] of [['webrtc', WEBRTC, [`${WEBRTC} *`, LINK]],
                ['link', LINK, [WEBRTC, `${LINK} *`]]]) {
                news.keep();
                await world.change(name, { active: false });
                await until('the news is on its way', () => news.keeps('connectors.changed'));
                await refused(world, luc, way);
                news.letGo();
                await listIs(luc); // One way is left: a plain button.
                await world.change(name, { active: true });
                await listIs(luc, ...list); // What was picked is remembered all the same.
            }
            await luc.context().close();
        },
    },
];

const ways = [
    {
        name: 'M20, M31: at first WebRTC alone is active; its button is plain, without an arrow',
        run: async (world) => {
            assert.deepEqual(world.atFirst.connectors,
                { webrtc: true, link: false, sip: false });
            await world.use('webrtc');
            await profileOf(world.john, 'mary');
            await arrow(world.john).waitFor({ state: 'detached' });
            assert.equal(await place(world.john).locator('button').count(), 1);
            assert.deepEqual(await listed(world.john), []);
            await callsBy(world, WEBRTC);
        },
    },
    {
        name: 'M21: two connectors make a pulldown that lists both by title',
        run: async (world) => {
            const { john } = world;
            await world.use('webrtc', 'link');
            await profileOf(john, 'sofia'); // For whom nobody has chosen.
            await arrow(john).click();
            const titles = await place(john).locator('.menu button').allInnerTexts();
            assert.deepEqual(titles.map((one) => one.trim()), [WEBRTC, LINK]);
            await john.keyboard.press('Escape');
        },
    },
    {
        name: 'M22, M23: what was chosen for one person is his default, at the next rendering and '
            + 'after a new sign-in, and that of nobody else',
        run: async (world) => {
            const { john, mary } = world;
            await world.use('webrtc', 'link');
            await profileOf(john, 'mary');
            await pick(world, LINK);
            await profileOf(john, 'luc');
            await listIs(john, `${WEBRTC} *`, LINK);
            await profileOf(john, 'mary');
            await listIs(john, WEBRTC, `${LINK} *`);
            await signInAgain(john, 'john');
            await profileOf(john, 'mary');
            await listIs(john, WEBRTC, `${LINK} *`);
            await callsBy(world, LINK);
            await profileOf(john, 'luc');
            await listIs(john, `${WEBRTC} *`, LINK);
            await profileOf(mary, 'john'); // What John has chosen is his alone.
            await listIs(mary, `${WEBRTC} *`, LINK);
        },
    },
    {
        name: 'M23: the usual way counts for those for whom nothing was chosen',
        kinds: ['chromium'],
        run: async (world) => {
            const { john } = world;
            const usual = john.locator('vv-call-preferences').getByLabel('Usual way to call');
            await world.use('webrtc', 'link');
            await profileOf(john, 'mary');
            await pick(world, LINK);
            for (const [way, list] of [[LINK, [WEBRTC, `${LINK} *`]],
                [WEBRTC, [`${WEBRTC} *`, LINK]]]) {
                await follow(john, '/settings');
                await usual.selectOption({ label: way });
                await profileOf(john, 'sofia');
                await listIs(john, ...list);
                await profileOf(john, 'mary');
                await listIs(john, WEBRTC, `${LINK} *`);
            }
        },
    },
    {
        name: 'M24: when the remembered connector is switched off, the first active one is taken',
        run: async (world) => {
            const { john, mary } = world;
            await world.use('webrtc', 'link', 'sip');
            await world.accounts(john, 'john@sip.example.org');
            await world.accounts(mary, 'mary@sip.example.org');
            await john.reload();
            await profileOf(john, 'mary');
            await pick(world, LINK);
            await listIs(john, WEBRTC, `${LINK} *`, SIP);
            john.faults.length = 0;
            await world.change('link', { active: false });
            await listIs(john, `${WEBRTC} *`, SIP);
            await john.reload();
            await listIs(john, `${WEBRTC} *`, SIP);
            assert.equal(await john.locator('vv-toast').evaluate((toast) => toast.text), '');
            assert.deepEqual(john.faults, []);
            await world.change('link', { active: true });
            await listIs(john, WEBRTC, `${LINK} *`, SIP);
            await world.change('link', { active: false });
            await listIs(john, `${WEBRTC} *`, SIP);
            await callsBy(world, WEBRTC);
            await world.change('link', { active: true }); // What was offered instead is no choice.
            await listIs(john, WEBRTC, `${LINK} *`, SIP);
        },
    },
];

export const connectors = [ways, disabled].flat();
