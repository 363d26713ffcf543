// SPDX-License-Identifier: Apache-2.0
// Refused and missing microphones: the call does not ring, and the window says what to do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { mediaFlow, openBrowser, pressAnswer, pressCall, signIn, watchPeers } from './browser.mjs';

let server;
let usual;
before(async () => {
    server = await Server.start({ demo: true });
    usual = await openBrowser();
});
after(async () => {
    await usual.close();
    assert.equal(await server.stop(), 0);
});

for (const [devices, title] of [['denied', 'Microphone is blocked'],
    ['none', 'No microphone found']]) {
    test(`the caller's devices are ${devices}: nobody's page rings`, async () => {
        const browser = await openBrowser('chromium', devices);
        const mary = await signIn(usual, server, 'mary');
        const john = await signIn(browser, server, 'john', '/people/mary');
        const caller = await pressCall(john);
        await caller.getByText(title).waitFor();
        assert.equal(await mary.locator('vv-incoming-call').count(), 0);
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
        await caller.locator('vv-call-message h1').waitFor();
        await browser.close();
        await john.context().close();
    });
}

test('without a camera it is a call of voices', async () => {
    const browser = await openBrowser('chromium', 'no-camera');
    const mary = await signIn(usual, server, 'mary');
    const john = await signIn(browser, server, 'john', '/people/mary');
    await watchPeers(john.context());
    await watchPeers(mary.context());
    const caller = await pressCall(john);
    const callee = await pressAnswer(mary);
    // The fake microphone of a browser without a fake camera is silent: its packets are counted.
    await Promise.all([mediaFlow(caller), mediaFlow(callee, { video: false, sound: false })]);
    assert.equal(await caller.locator('[data-control=camera]').isDisabled(), true);
    await browser.close();
    await mary.context().close();
});
