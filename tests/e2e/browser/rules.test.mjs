// SPDX-License-Identifier: Apache-2.0
// Rules that the server keeps, as a browser meets them: who has nothing to do with a call, and what
// relays are opened with.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { connected, hangUp, johnAndMary, leaveAll, mediaFlow, openBrowser, signIn, until,
    watchPeers } from './browser.mjs';
import { ask } from './portal.mjs';

const CREDENTIAL_MAX_S = 24 * 3600;

let server;
let browser;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
});
afterEach(() => leaveAll(server, browser));
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

const idOf = (page) => new URL(page.url()).pathname.split('/')[2];

test('N11: a stranger who has the address of a call finds nothing, and opens nothing', async () => {
    const people = await johnAndMary(server, [browser, browser]);
    const { caller, callee } = await connected(people);
    const luc = await signIn(browser, server, 'luc', '/people', { prepare: watchPeers });
    const id = idOf(caller);
    assert.equal(await luc.evaluate(async (call) =>
        (await fetch(`/api/calls/${call}/timeline`)).status, id), 404);
    assert.deepEqual((await ask(luc, 'GET', '/api/calls')).calls, []);
    await luc.goto(`/call/${id}`);
    await luc.getByText('This call is over').waitFor();
    assert.equal(await luc.evaluate(() => window.peers.length), 0);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]); // Nobody has noticed.
    await luc.context().close();
    await people.close();
});

test('N12: who is in a call has credentials for relays of his own, and not for long', async () => {
    const people = await johnAndMary(server, [browser, browser]);
    const { caller, callee } = await connected(people);
    const names = await Promise.all([caller, callee].map((page) =>
        until('credentials are there', () => page.evaluate(() => window.peers
            .flatMap((peer) => peer.getConfiguration().iceServers)
            .find(({ username }) => username)?.username))));
    assert.notEqual(names[0], names[1]);
    for (const name of names) {
        const left = Number(name.split(':')[0]) - Date.now() / 1000;
        assert.ok(left > 0 && left < CREDENTIAL_MAX_S, name);
    }
    await hangUp(people.john.context());
    await people.close();
});
