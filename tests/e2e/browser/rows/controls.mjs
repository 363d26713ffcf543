// SPDX-License-Identifier: Apache-2.0
// Rows M54 to M62 of the acceptance table, "Controls of the call window".
import assert from 'node:assert/strict';
import { closing, mediaFlow, until } from '../browser.mjs';
import { control, endedBy, isOn, nothingArrives, promised } from './world.mjs';

const ENDED_WITHIN_MS = 2000;

/** Presses off and on again what `kind` counts at the other side; the button and memory follow. */
async function pressOffAndOn(world, { device, kind, off }) {
    const { caller, callee } = await world.connected();
    await caller.bringToFront(); // Firefox gives a device to the window in front only.
    const icon = () => control(caller, device).locator('svg').innerHTML();
    const title = () => control(caller, device).getAttribute('title');
    const before = { icon: await icon(), title: await title() };
    await control(caller, device).click();
    await isOn(caller, device, false);
    await world.settingsAre('john', { [device]: false }); // While the call runs.
    await until('nothing of it arrives', () => nothingArrives(world, callee, kind));
    await off(callee);
    assert.notEqual(await icon(), before.icon);
    assert.notEqual(await title(), before.title);
    await control(caller, device).click();
    await isOn(caller, device);
    await world.settingsAre('john', { [device]: true });
    await mediaFlow(callee, { sound: kind === 'energy', video: kind === 'frames' });
    assert.equal(await icon(), before.icon);
}

/** The states of all tracks that the devices have given to the window. */
const states = (page) => page.evaluate(() => window.tracks.map((track) => track.readyState));

/** A call that John ends: after how long both sides have ended it, with nothing left open. */
async function endsAfter(world) {
    await world.ready();
    const { caller, callee } = await world.connected();
    assert.deepEqual(await states(callee), ['live', 'live']);
    const closed = caller.waitForEvent('close').catch(() => undefined);
    const began = Date.now();
    // In the page, which is gone soon after.
    const freed = await control(caller, 'end').evaluate((button) => {
        button.click();
        return window.tracks.map((track) => track.readyState);
    });
    await Promise.all([closed, endedBy(callee, 'John Okafor has ended the call.')]);
    const took = Date.now() - began;
    assert.deepEqual(freed, ['ended', 'ended']);
    assert.deepEqual(await states(callee), ['ended', 'ended']);
    return took;
}

/** Every button that the window shows now has a title; at least so many. */
async function titled(page, least) {
    const titles = await page.locator('button, a.button').evaluateAll((buttons) =>
        buttons.map((button) => [button.title, button.textContent.trim()]));
    assert.ok(titles.length >= least, titles.join(' | '));
    assert.deepEqual(titles.filter(([title]) => title === ''), []);
}

export const controls = [
    {
        name: 'M54, M60, M61: the window has microphone, camera and End, every button has a '
            + 'title, and the other’s name stands there',
        run: async (world) => {
            const { caller, callee } = await world.connected();
            for (const name of ['Microphone', 'Camera', 'End call']) {
                await caller.getByRole('button', { name, exact: true }).waitFor();
            }
            for (const page of [caller, callee]) {
                await control(page, 'end').waitFor();
                await titled(page, 3);
            }
            await caller.getByRole('heading', { name: 'Mary Whitfield' }).waitFor();
            await callee.getByRole('heading', { name: 'John Okafor' }).waitFor();
        },
    },
    {
        name: 'M60: every button has a title in each menu, while held and after the end',
        run: async (world) => {
            const { caller, callee } = await world.connected();
            for (const menu of ['microphone', 'camera', 'more']) {
                await caller.locator(`#open-${menu}`).click();
                await caller.locator('vv-call-controls #menu').waitFor();
                await titled(caller, menu === 'more' ? 8 : 6);
                await caller.keyboard.press('Escape');
            }
            await caller.locator('#open-more').click();
            await caller.locator('#menu').getByRole('button', { name: 'Hold' }).click();
            await caller.locator('vv-call-held').waitFor();
            await titled(caller, 2);
            await caller.locator('vv-call-held').getByRole('button', { name: 'End call' }).click();
            await callee.locator('vv-call-message h1').waitFor();
            await titled(callee, 1);
            await callee.close();
        },
    },
    {
        name: 'M55, M62: the microphone’s button silences at the other side and back, its icon '
            + 'follows, and the choice is kept at once',
        run: (world) => pressOffAndOn(world, { device: 'microphone', kind: 'energy',
            off: (callee) => callee.getByText('John Okafor is muted').waitFor() }),
    },
    {
        name: 'M56, M62: the camera’s button takes the picture from the other side and gives it '
            + 'back, its icon follows, and the choice is kept at once',
        run: (world) => pressOffAndOn(world, { device: 'camera', kind: 'frames',
            off: (callee) => callee.locator('vv-call-stage .face vv-avatar').waitFor() }),
    },
    {
        name: 'M57, M59: End ends it on both sides, closes the window within 2 s and frees camera '
            + 'and microphone',
        run: (world) => promised(ENDED_WITHIN_MS, () => endsAfter(world)),
    },
    {
        name: 'M58, M59: a window closed by its own button ends the call on both sides and frees '
            + 'camera and microphone',
        run: async (world) => {
            const { caller, callee } = await world.connected();
            caller.on('dialog', (dialog) => void dialog.accept()); // "Leave?": yes.
            await closing(caller, () => caller.close({ runBeforeUnload: true }));
            await callee.locator('vv-call-message h1').waitFor();
            assert.deepEqual(await states(callee), ['ended', 'ended']);
            const { json } = await world.server.request('GET', '/api/admin/calls',
                { cookie: world.anna });
            assert.deepEqual(json.calls, []);
        },
    },
];
