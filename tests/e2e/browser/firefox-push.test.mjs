// SPDX-License-Identifier: Apache-2.0
// Firefox rings with no page open, by its own subscription at a push service of the test's own, its
// own decryption and its own service worker.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { closing, endAll, openBrowser, pressCall, signIn, until } from './browser.mjs';
import { FirefoxPushService } from './firefox-push-service.mjs';

let server;
let service;
let browsers;
before(async () => {
    service = await FirefoxPushService.start();
    server = await Server.start({ demo: true, options: { 'push.local': 1 } });
    browsers = [await openBrowser(), await openBrowser('firefox', 'fake', { prefs: {
        'dom.push.enabled': true,
        'dom.push.connection.enabled': true,
        'dom.push.serverURL': service.url,
        'dom.push.testing.allowInsecureServerURL': true,
        'dom.push.testing.ignorePermission': true,
        'permissions.default.desktop-notification': 1,
    } })];
});
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
    await service.stop();
});

test('N21: Firefox with no page open is rung by a push that it has subscribed to, and the caller '
    + 'reads it', async () => {
    const mary = await signIn(browsers[1], server, 'mary', '/settings');
    await mary.getByRole('switch', { name: 'Ring this browser when no page is open' }).check();
    await mary.getByText('This browser rings.').waitFor();
    assert.equal(service.channels.length, 1);
    const left = await mary.context().newPage(); // The browser stays open, without the portal.
    await mary.close();
    const john = await signIn(browsers[0], server, 'john', '/people/mary');
    await john.locator('vv-call-button button[title*="Offline: a browser gets a notification"]')
        .first().waitFor();
    const caller = await pressCall(john);
    await until('the worker has said that it rings', async () => /^Ringing on Firefox/.test(
        await caller.locator('vv-call-stage .line').textContent()));
    assert.ok(service.acks.includes(100), String(service.acks));
    await closing(caller, () => caller.locator('button.control.end').click());
    await until('its end is told as well', () => service.acks.length >= 2);
    assert.deepEqual([...new Set(service.acks)], [100]);
    await endAll(server, john, left);
});
