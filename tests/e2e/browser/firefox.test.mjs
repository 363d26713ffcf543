// SPDX-License-Identifier: Apache-2.0
// The same call between Chromium and Firefox ESR, in both directions.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { mediaFlow, openBrowser, pressAnswer, pressCall, signIn, watchPeers } from './browser.mjs';

let server;
let browsers;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = { chromium: await openBrowser(), firefox: await openBrowser('firefox') };
});
after(async () => {
    await Promise.all(Object.values(browsers).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

for (const [from, to] of [['chromium', 'firefox'], ['firefox', 'chromium']]) {
    test(`${from} calls ${to}`, async () => {
        const mary = await signIn(browsers[to], server, 'mary');
        const john = await signIn(browsers[from], server, 'john', '/people/mary');
        await watchPeers(john.context());
        await watchPeers(mary.context());
        const caller = await pressCall(john);
        const callee = await pressAnswer(mary);
        await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
        await caller.locator('button.control.end').click();
        await callee.locator('vv-call-message h1').waitFor();
        await john.context().close();
        await mary.context().close();
    });
}
