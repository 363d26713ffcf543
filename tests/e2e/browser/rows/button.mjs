// SPDX-License-Identifier: Apache-2.0
// Rows M13 to M16 of the acceptance table: what the Call button says before, in and after a call.
import assert from 'node:assert/strict';
import { mediaFlow, until } from '../browser.mjs';
import { card, control } from './world.mjs';

/** The words that are read on every button for Mary. */
const words = (page) => page.locator('vv-call-button').evaluateAll((buttons) =>
    buttons.filter((one) => one.name === 'mary').map((one) =>
        one.shadowRoot.querySelector('button')?.getAttribute('aria-label').split(' – ')[0]));
const WORDS = { idle: 'Call', 'in-progress': 'In progress' };
const allAre = (page, state) => until(`the buttons are ${state}`, async () => {
    const found = await words(page);
    return found.length > 0 && found.every((one) => one === WORDS[state]);
});

/** In a call window: marks it, and counts how often it is asked to the front. */
function mark() {
    window.same = true;
    window.raised = 0;
    window.focus = () => window.raised++;
}

export const button = [
    {
        name: 'M13: the tooltip says that a click starts a video call, and if it will ring',
        run: async ({ john, mary }) => {
            const call = john.locator('.profile-name vv-call-button button');
            const tip = (words) => until(`the tooltip says ${words}`, async () =>
                (await call.getAttribute('title'))?.includes(words));
            const choose = async (status) => {
                await mary.locator('vv-user-menu .user').click();
                await mary.getByRole('button', { name: status, exact: true }).click();
            };
            await tip('Start a video call with Mary');
            await tip('It rings on');
            await choose('Do not disturb');
            await tip('it will not ring');
            await choose('Available');
            await tip('It rings on');
        },
    },
    {
        name: 'M14: in a call all buttons say so, and a click brings its window to the front',
        run: async (world) => {
            const { john, mary } = world;
            const { caller } = await world.connected();
            await allAre(john, 'in-progress');
            const other = await john.context().newPage();
            await other.goto('/people');
            await allAre(other, 'in-progress');
            await caller.evaluate(mark);
            const windows = john.context().pages().length;
            await john.locator('vv-call-button button').first().click();
            await until('the window was asked to the front', () =>
                caller.evaluate(() => window.raised > 0));
            await other.locator('vv-person-row', { hasText: 'Mary' }).locator('button').click();
            await other.getByText('in another tab').waitFor();
            assert.equal(john.context().pages().length, windows);
            assert.equal(await caller.evaluate(() => window.same), true);
            assert.equal(await card(mary).count(), 0);
        },
    },
    {
        name: 'M15: when the call ends, from either side, the buttons of all tabs are idle',
        run: async (world) => {
            const other = await world.john.context().newPage();
            await other.goto('/people');
            const tabs = [world.john, other];
            for (const side of ['callee', 'caller']) {
                const windows = await world.connected();
                await Promise.all(tabs.map((tab) => allAre(tab, 'in-progress')));
                await control(windows[side], 'end').click();
                await Promise.all(tabs.map((tab) => allAre(tab, 'idle')));
                await Promise.all([windows.caller, windows.callee].map((window) =>
                    window.close().catch(() => undefined)));
            }
        },
    },
    {
        name: 'M16: after a reload of the page the call is still in progress',
        run: async (world) => {
            const { john } = world;
            const { caller } = await world.connected();
            await caller.evaluate(mark);
            await john.reload();
            await allAre(john, 'in-progress');
            const windows = john.context().pages().length;
            await john.evaluate(() => {
                const open = window.open.bind(window);
                window.open = (...args) => (window.found = open(...args));
            });
            await john.locator('vv-call-button button').first().click();
            await until('the window was asked to the front', () =>
                caller.evaluate(() => window.raised > 0));
            assert.equal(await john.evaluate(() => window.found.same), true, 'it has found it');
            await allAre(john, 'in-progress');
            assert.equal(john.context().pages().length, windows);
            assert.equal(await caller.evaluate(() => window.same), true);
            await mediaFlow(caller);
        },
    },
];
