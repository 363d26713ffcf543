// SPDX-License-Identifier: Apache-2.0
// Row M18 of the acceptance table: calls on phones, and an organisation that does not want them
// there. Luc has the phone.
import assert from 'node:assert/strict';
import { pressAnswer, pressCall, signIn, until } from '../browser.mjs';
import { devices } from '../driver.mjs';
import { calledBy, directRoom, follow } from '../portal.mjs';

const { defaultBrowserType, ...PIXEL } = devices['Pixel 7'];
const PHONE = {
    chromium: PIXEL,
    // Its driver sets name and size, and neither touch nor density.
    firefox: { viewport: PIXEL.viewport,
        userAgent: 'Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0' },
};

const onProfile = (page) => page.locator('.profile-name vv-call-button button');
/** In the administrator's page. */
const toggle = (page) => page.getByRole('switch', { name: 'No calls on phones' });

async function noPhones({ server, anna }, off) {
    const { status, text } = await server.request('PUT', '/api/admin/phones',
        { cookie: anna, body: { calls: !off } });
    assert.equal(status, 204, text);
}

/** Luc with his phone on John's profile, and John on Luc's. */
async function begin(world) {
    await world.use('webrtc');
    await noPhones(world, false);
    if (world.phone === undefined) {
        world.phone = await signIn(world.browser, world.server, 'luc', '/people/john',
            PHONE[world.kind]);
        world.own = [world.phone];
    } else {
        await world.phone.goto('/people/john');
    }
    await onProfile(world.phone).waitFor();
    await follow(world.john, '/people/luc');
    await onProfile(world.john).waitFor();
    return world;
}

export const phones = [
    {
        name: 'M18: with the switch on, a phone is offered no call, at once and everywhere; off '
            + 'again, its button is back without a load',
        run: async (world) => {
            const { atFirst } = world;
            assert.equal(atFirst.phones, true);
            const { john, phone } = await begin(world);
            await noPhones(world, true);
            await until('its open page has no button', async () =>
                (await calledBy(phone)).length === 0);
            const room = await directRoom(phone, 'john');
            for (const path of ['/people', `/chat/${room}`, '/people/john']) {
                await phone.goto(path);
                await phone.locator('vv-header').waitFor();
                await phone.locator('main :visible', { hasText: 'John Okafor' }).first().waitFor();
                assert.deepEqual(await calledBy(phone), [], path);
            }
            await follow(john, '/people/anna');
            await onProfile(john).waitFor(); // No phone.
            await noPhones(world, false);
            await onProfile(phone).waitFor();
        },
    },
    {
        name: 'M18: with the switch off a phone calls and answers',
        kinds: ['chromium'],
        run: async (world) => {
            const { john, phone } = await begin(world);
            const caller = await pressCall(john);
            const callee = await pressAnswer(phone);
            await callee.getByRole('timer').waitFor();
            await caller.locator('button.control.end').click();
            await callee.locator('vv-call-message').waitFor();
        },
    },
    {
        name: 'M18: a call that comes is shown on the phone, and answered elsewhere only',
        kinds: ['chromium'],
        run: async (world) => {
            const { john, phone } = await begin(world);
            await noPhones(world, true);
            const caller = await pressCall(john);
            const card = phone.locator('vv-incoming-call');
            await card.getByText('Calls are not offered on phones here').waitFor();
            assert.equal(await card.getByRole('button', { name: /^Answer/ }).count(), 0);
            const id = new URL(caller.url()).pathname.split('/').at(-1);
            const page = await phone.context().newPage(); // Who opens its address is refused.
            await page.goto(`/call/${id}`);
            await page.getByRole('button', { name: 'Answer', exact: true }).click();
            await page.locator('vv-call-message').getByText('switched off').waitFor();
            await page.close();
            await card.getByRole('button', { name: 'Decline', exact: true }).last().click();
            await caller.locator('vv-call-message').waitFor();
        },
    },
    {
        name: 'M18: the switch of the administrator is off at first, and each press is written '
            + 'down',
        kinds: ['chromium'],
        run: async (world) => {
            const { browser, server, phone, anna } = await begin(world);
            const page = await signIn(browser, server, 'anna', '/admin');
            for (const off of [true, false]) {
                await until('the switch shows what is', async () =>
                    await toggle(page).isChecked() === !off);
                await toggle(page).click();
                await onProfile(phone).waitFor({ state: off ? 'detached' : 'visible' });
            }
            const { json } = await server.request('GET', '/api/admin/audit', { cookie: anna });
            assert.deepEqual(json.entries.slice(0, 2).map(({ act }) => act),
                ['phones-on', 'phones-off']);
            await page.context().close();
        },
    },
];
