// SPDX-License-Identifier: Apache-2.0
// The rows of the acceptance table about calling in Firefox ESR, by the same code as in Chromium,
// and calls between the two.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { mediaFlow, openBrowser, pressAnswer, pressCall, signIn, watchPeers } from './browser.mjs';
import { button } from './rows/button.mjs';
import { controls } from './rows/controls.mjs';
import { endings } from './rows/endings.mjs';
import { placing } from './rows/placing.mjs';
import { receiving } from './rows/receiving.mjs';
import { runRows } from './rows/world.mjs';

runRows('firefox', button, placing, controls, receiving, endings);

describe('calls between browsers', () => {
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
});
