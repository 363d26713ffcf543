// SPDX-License-Identifier: Apache-2.0
// ICE servers from the page of the administrator to the browsers of a call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { openBrowser, pressAnswer, pressCall, signIn, until, watchPeers } from './browser.mjs';
import { ask, webrtcSettings } from './portal.mjs';

const PUBLIC = 'stun:stun.l.google.com:19302';
/** What stands in each field: the second server has two addresses. */
const OWN = ['stun:127.0.0.1:9', 'turn:127.0.0.1:10?transport=udp turn:127.0.0.1:10?transport=tcp',
    'turns:127.0.0.1:11?transport=tcp'];
const POOL = 3;

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

const addresses = () => settings.dialog.locator('vv-field[name$=".url"] input')
    .evaluateAll((inputs) => inputs.map(({ value }) => value));

test('Move up and Move down change the order, addresses and credentials together', async () => {
    await settings.open();
    for (const url of [OWN[2], OWN[1]]) {
        await settings.button('Add a server below').last().click();
        const i = (await addresses()).length - 1;
        await settings.field(`servers.${i}.url`).fill(url);
        await settings.dialog.getByText('Credentials').nth(i).click();
        await settings.field(`servers.${i}.username`).fill(`user of ${url.split(':')[0]}`);
        await settings.field(`servers.${i}.password`).fill('secret');
    }
    assert.deepEqual(await addresses(), [OWN[0], OWN[2], OWN[1]]);
    await settings.button('Move up').last().click();
    assert.deepEqual(await addresses(), OWN);
    assert.equal(await settings.field('servers.1.username').inputValue(), 'user of turn');
    await settings.button('Move down').first().click();
    assert.deepEqual(await addresses(), [OWN[1], OWN[0], OWN[2]]);
    await settings.button('Move up').nth(1).click();
    assert.deepEqual(await addresses(), OWN);
    assert.ok(await settings.button('Move up').first().isDisabled());
    assert.ok(await settings.button('Move down').last().isDisabled());
    await settings.field('poolSize').fill('11');
    await settings.button('Save').click();
    await settings.dialog.locator('vv-field[name=poolSize] .field-error').waitFor();
    await settings.field('poolSize').fill(String(POOL));
    await settings.save();
    await settings.open();
    assert.deepEqual(await addresses(), OWN);
    assert.equal(await settings.field('poolSize').inputValue(), String(POOL));
});

/** The list of calls on the administrator's page; End is pressed, and asked again. */
async function endFromTheList(caller, callee) {
    await root.goto('/admin/calls');
    const line = root.getByRole('listitem').filter({ hasText: 'John Okafor and Mary Whitfield' });
    const end = (place) => place.getByRole('button', { name: 'End', exact: true }).click();
    const question = root.locator('vv-confirm');
    await end(line);
    await question.getByRole('button', { name: 'Cancel' }).click();
    await root.locator('dialog[open]').waitFor({ state: 'detached' });
    assert.equal(await caller.getByRole('timer').count(), 1, 'nothing is done without a yes');
    await end(line);
    await end(question);
    for (const window of [caller, callee]) {
        await window.getByText('An administrator has ended the call.').waitFor();
    }
    await root.getByText('Nobody is in a call.').waitFor();
    await root.goto('/admin/audit');
    await root.getByText(/ended the call/).first().waitFor();
}

test('N8, M107, M109, M114: each kind of address, though it is dead, reaches the call, in order, '
    + 'with the pool; End in the list of calls ends it on both sides', async () => {
    const mary = await signIn(browser, server, 'mary');
    const john = await signIn(browser, server, 'john', '/people/mary',
        { prepare: (context) => watchPeers(context) });
    const caller = await pressCall(john);
    const callee = await pressAnswer(mary);
    // There are others, with relays only, which were tried while it rang.
    const configured = async () => (await caller.evaluate(() => window.peers.map((peer) =>
        peer.getConfiguration()))).map(({ iceServers, iceCandidatePoolSize: pool }) => ({ pool,
        servers: iceServers.map(({ urls, ...more }) => ({ ...more, url: [urls].flat().join(' ') }))
            .filter(({ url }) => OWN.includes(url)) }));
    const { servers: given, pool } = await until('all are given to a connection', async () =>
        (await configured()).find(({ servers }) => servers.length === OWN.length));
    assert.deepEqual(given.map(({ url }) => url), OWN);
    assert.ok(!given[0].username && !given[0].credential, 'this one has no credentials');
    assert.deepEqual(given.slice(1).map(({ username, credential }) => `${username} ${credential}`),
        ['user of turn secret', 'user of turns secret']);
    assert.equal(pool, POOL);
    await Promise.all([caller, callee].map((window) => window.getByRole('timer').waitFor()));
    await endFromTheList(caller, callee);
    await Promise.all([mary.context().close(), john.context().close()]);
});

test('N9: Test says that a server relays, also with the password that is kept', async () => {
    const relay = await ask(root, 'POST', '/api/admin/relay/test', {});
    const saved = await ask(root, 'GET', '/api/admin/webrtc');
    await settings.open();
    await settings.button('Add a server below').last().click();
    const at = OWN.length;
    await settings.field(`servers.${at}.url`).fill(relay.urls.find((url) => /udp$/.test(url)));
    await settings.dialog.getByText('Credentials').nth(at).click();
    await settings.field(`servers.${at}.username`).fill(relay.username);
    await settings.field(`servers.${at}.password`).fill('wrong');
    const says = (words) => settings.dialog.locator('.ice-server').nth(at).getByRole('status')
        .getByText(words).waitFor();
    await settings.button('Test').nth(at).click();
    await says('No answer came back. Check address, port, firewall and credentials.');
    await settings.field(`servers.${at}.password`).fill(relay.credential);
    await settings.button('Test').nth(at).click();
    await says('It works: the server relays calls.');
    await settings.save();
    await settings.open();
    assert.equal(await settings.field(`servers.${at}.password`).inputValue(), '', 'write-only');
    await settings.button('Test').nth(at).click();
    await says('It works: the server relays calls.');
    await settings.button('Remove').nth(at).click();
    await settings.dialog.locator('vv-confirm').getByRole('button', { name: 'Remove' }).click();
    await settings.save();
    assert.deepEqual(await ask(root, 'GET', '/api/admin/webrtc'), saved);
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
