// SPDX-License-Identifier: Apache-2.0
// The rows of the acceptance table about calling in Firefox ESR, by the same code as in Chromium,
// and calls between the two.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { endAll, mediaFlow, openBrowser, ownConnection, pressAnswer, pressCall, signIn, until,
    watchPeers } from './browser.mjs';
import { button } from './rows/button.mjs';
import { controls } from './rows/controls.mjs';
import { endings } from './rows/endings.mjs';
import { placing } from './rows/placing.mjs';
import { receiving } from './rows/receiving.mjs';
import { runRows } from './rows/world.mjs';

// More than one browser: Firefox keeps what its pages have held, and gets slower with each call.
for (const tables of [[button, controls], [placing], [receiving, endings]]) {
    runRows('firefox', ...tables);
}

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

    /** A new page of the window in the call, and then another network. */
    async function comeAgain(window, other) {
        await window.reload();
        await Promise.all([mediaFlow(window), mediaFlow(other)]);
        await ownConnection(window);
        const fragment = () => window.evaluate(() =>
            /a=ice-ufrag:(\S+)/.exec(window.peers.at(-1).localDescription.sdp)[1]);
        const before = await fragment();
        await window.evaluate(() => window.dispatchEvent(new Event('online')));
        await until('another ICE session', async () => await fragment() !== before);
        await Promise.all([mediaFlow(window), mediaFlow(other)]);
    }

    async function killServer(windows) {
        server.args.push('--set', `listen.port=${server.port}`);
        await server.stop('SIGKILL', true);
        await Promise.all(windows.map((window) => mediaFlow(window))); // without any server
        await server.run(true);
    }

    for (const [from, to] of [['chromium', 'firefox'], ['firefox', 'chromium']]) {
        test(`N7, N14, N18: ${from} calls ${to}: Firefox reloads, changes the network, and loses `
            + 'the server', async () => {
            const mary = await signIn(browsers[to], server, 'mary');
            const john = await signIn(browsers[from], server, 'john', '/people/mary');
            await watchPeers(john.context());
            await watchPeers(mary.context());
            const caller = await pressCall(john);
            const callee = await pressAnswer(mary);
            const windows = [caller, callee];
            await Promise.all(windows.map((window) => mediaFlow(window)));
            await comeAgain(...from === 'firefox' ? windows : windows.toReversed());
            if (from === 'firefox') {
                await killServer(windows);
            }
            await caller.locator('button.control.end').click();
            await callee.locator('vv-call-message h1').waitFor();
            await endAll(server, john, mary);
            await Promise.all([john, mary].map((page) => page.context().close()));
        });
    }
});
