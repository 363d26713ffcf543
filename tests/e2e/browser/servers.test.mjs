// SPDX-License-Identifier: Apache-2.0
// ICE servers from the page of the administrator to the browsers of a call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { openBrowser, pressAnswer, pressCall, signIn, until, watchPeers } from './browser.mjs';
import { webrtcSettings } from './portal.mjs';

const PUBLIC = 'stun:stun.l.google.com:19302';
const OWN = ['stun:127.0.0.1:9', 'turn:127.0.0.1:10?transport=udp',
    'turns:127.0.0.1:11?transport=tcp'];

let server;
let browser;
let root;
let settings;
before(async () => {
    server = await Server.start({ demo: true, options: { 'ice.server': PUBLIC } });
    browser = await openBrowser();
    root = await signIn(browser, server, 'anna', '/admin');
    settings = webrtcSettings(root);
});
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
});

const banner = () => root.locator('vv-admin-connectors .banner');
const WARNING = 'warn serve a public STUN server is in use';
const warnings = () => server.log.split(WARNING).length - 1;

test('M115, M116: a public server is warned of, one of one\'s own is not', async () => {
    await banner().getByText(PUBLIC).waitFor();
    await until('the log warns', () => warnings() === 1);
    await settings.open();
    assert.equal(await settings.field('servers.0.url').inputValue(), PUBLIC);
    await settings.field('servers.0.url').fill(OWN[0]);
    await settings.save();
    await banner().waitFor({ state: 'detached' });
});

test('M107, M109, M114: each kind of address reaches the call, in order', async () => {
    await settings.open();
    for (const [i, url] of OWN.entries()) {
        if (i > 0) {
            await settings.button('Add a server below').last().click();
            await settings.field(`servers.${i}.url`).fill(url);
            await settings.dialog.getByText('Credentials').nth(i).click();
            await settings.field(`servers.${i}.username`).fill(`user${i}`);
            await settings.field(`servers.${i}.password`).fill('secret');
        }
    }
    await settings.save();
    const mary = await signIn(browser, server, 'mary');
    const john = await signIn(browser, server, 'john', '/people/mary',
        { prepare: (context) => watchPeers(context) });
    const caller = await pressCall(john);
    await pressAnswer(mary);
    // There are others, with relays only, which were tried while it rang.
    const configured = async () => (await caller.evaluate(() => window.peers.map((peer) =>
        peer.getConfiguration().iceServers))).map((servers) => servers
        .map(({ urls, ...more }) => ({ ...more, url: [urls].flat().join() }))
        .filter(({ url }) => OWN.includes(url)));
    let given = [];
    await until('all are given to a connection', async () => {
        given = (await configured()).find(({ length }) => length === OWN.length) ?? [];
        return given.length > 0;
    });
    assert.deepEqual(given.map(({ url }) => url), OWN);
    assert.ok(!given[0].username && !given[0].credential, 'this one has no credentials');
    assert.equal(given[1].username, 'user1');
    await Promise.all([mary.context().close(), john.context().close()]);
});

test('M116, M119: the settings survive a restart and win over the configuration file', async () => {
    server.args.push('--set', `listen.port=${server.port}`);
    await server.stop('SIGTERM', true);
    await server.run(true);
    await settings.open();
    for (const [i, url] of OWN.entries()) {
        assert.equal(await settings.field(`servers.${i}.url`).inputValue(), url);
    }
    assert.equal(await settings.field(`servers.${OWN.length}.url`).count(), 0);
    await until('the log says which is used', () =>
        server.log.includes('ice.server of the configuration is not used'));
    assert.equal(warnings(), 1, 'as before the restart');
    assert.equal(await banner().count(), 0);
});
