// SPDX-License-Identifier: Apache-2.0
// Refused and missing microphones: the call does not ring, and the window says what to do.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { hangUp, leaveAll, mediaFlow, openBrowser, pressAnswer, pressCall, signIn, watchPeers }
    from './browser.mjs';

let server;
let usual;
before(async () => {
    server = await Server.start({ demo: true });
    usual = await openBrowser();
});
afterEach(() => leaveAll(server, usual));
after(async () => {
    await usual.close();
    assert.equal(await server.stop(), 0);
});

for (const [devices, title] of [['denied', 'Your microphone is blocked'],
    ['none', 'No microphone found']]) {
    test(`N17: the caller's devices are ${devices}: only a listener's call rings`, async () => {
        const browser = await openBrowser('chromium', devices);
        const mary = await signIn(usual, server, 'mary');
        const john = await signIn(browser, server, 'john', '/people/mary');
        await watchPeers(john.context());
        const caller = await pressCall(john);
        await caller.getByText(title).waitFor();
        assert.equal(await mary.locator('vv-incoming-call').count(), 0);
        await caller.getByRole('button', { name: 'Listen only' }).click();
        if (devices === 'denied') {
            await caller.getByText('Your camera is blocked').waitFor();
            await caller.getByRole('button', { name: 'Continue without camera' }).click();
        }
        const callee = await pressAnswer(mary);
        await callee.getByText('is muted').waitFor();
        await mediaFlow(caller);
        await hangUp(john.context());
        await browser.close();
        await mary.context().close();
    });

    test(`the callee's devices are ${devices}: the caller is told`, async () => {
        const browser = await openBrowser('chromium', devices);
        const mary = await signIn(browser, server, 'mary');
        const john = await signIn(usual, server, 'john', '/people/mary');
        const caller = await pressCall(john);
        const callee = await pressAnswer(mary);
        await callee.getByText(title).waitFor();
        await callee.getByRole('button', { name: 'End call' }).click();
        const told = devices === 'none' ? 'has no microphone' : 'could not open';
        await caller.getByText(told).waitFor();
        await browser.close();
        await john.context().close();
    });
}

test('a callee without a microphone listens only', async () => {
    const browser = await openBrowser('chromium', 'none');
    const mary = await signIn(browser, server, 'mary');
    const john = await signIn(usual, server, 'john', '/people/mary');
    await watchPeers(mary.context());
    const caller = await pressCall(john);
    const callee = await pressAnswer(mary);
    await callee.getByRole('button', { name: 'Listen only' }).click();
    await mediaFlow(callee);
    await caller.getByText('is muted').waitFor();
    await hangUp(john.context());
    await browser.close();
    await john.context().close();
});

test('a microphone that is on and silent is told after ten seconds', async () => {
    const browser = await openBrowser('chromium', 'silent');
    const mary = await signIn(usual, server, 'mary');
    const john = await signIn(browser, server, 'john', '/people/mary');
    const caller = await pressCall(john);
    await pressAnswer(mary);
    await caller.getByText('no sound is detected').waitFor();
    await caller.locator('[data-control=microphone]').click();
    await caller.getByText('no sound is detected').waitFor({ state: 'detached' });
    await hangUp(john.context());
    await browser.close();
    await mary.context().close();
});
