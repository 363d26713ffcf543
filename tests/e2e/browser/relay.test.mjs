// SPDX-License-Identifier: Apache-2.0
// The built-in STUN and TURN server in the WebRTC settings: first in the list, with what it does
// now, and a trial of each way to it from the administrator's browser.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { makeAuthority } from '../turn/authority.mjs';
import { connected, johnAndMary, openBrowser, signIn, until } from './browser.mjs';
import { ask } from './portal.mjs';

let folder;
let server;
let browser;
let other;
let root;
const builtIn = (page = root) => page.locator('vv-relay-server');
before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-relay-'));
    const { authority, cert, key } = makeAuthority(folder, 'localhost');
    server = await Server.start({ demo: true, options: { 'tls.cert': cert, 'tls.key': key,
        'turn.host': 'localhost', 'turn.drain_s': 0 } });
    server.tls = true;
    browser = await openBrowser('chromium', 'fake', { authority });
    other = await openBrowser('chromium', 'fake', { authority });
    root = await signIn(browser, server, 'anna');
});
after(async () => {
    await Promise.all([browser, other].map((one) => one?.close()));
    assert.equal(await server.stop(), 0);
    rmSync(folder, { recursive: true, force: true });
});

async function openSettings(page = root) {
    await page.goto('/admin');
    await page.getByRole('button', { name: 'Settings of WebRTC' }).click();
    await builtIn(page).getByRole('heading').waitFor();
}

test('M115: a fresh installation has its own server, first in the list', async () => {
    await openSettings();
    const form = root.locator('vv-webrtc-settings form');
    assert.equal(await form.locator('vv-relay-server, fieldset').first()
        .evaluate((one) => one.localName), 'vv-relay-server');
    await builtIn().getByText('It runs and is given to browsers first').waitFor();
    await builtIn().getByText('Nothing is relayed at the moment').waitFor();
    const urls = await builtIn().locator('code').allInnerTexts();
    assert.deepEqual(urls, ['stun:localhost', 'turn:localhost', 'turn:localhost', 'turns:localhost']
        .map((start, i) => `${start}:${server.port}${['', '?transport=udp', '?transport=tcp',
            '?transport=tcp'][i]}`));
});

test('the trial says in words by which ways the server is reached', async () => {
    await openSettings();
    await builtIn().getByRole('button', { name: 'Test each way from this browser' }).click();
    for (const words of ['UDP: it works', 'TCP: it works', 'TLS: it works']) {
        await builtIn().getByText(words).waitFor();
    }
});

test('M112: without another server a line says so, and saving is allowed', async () => {
    await openSettings();
    const form = root.locator('vv-webrtc-settings');
    const press = (name, place = form) =>
        place.getByRole('button', { name, exact: true }).first().click();
    const save = async () => {
        await press('Save');
        await form.waitFor({ state: 'detached' });
    };
    await press('Add a server');
    await form.locator('vv-field[name="servers.0.url"] input').fill('stun:own.example.org');
    await save();
    await openSettings();
    await press('Remove');
    await press('Remove', form.locator('vv-confirm'));
    await form.getByText('There is no other server. A second TURN server of your own').waitFor();
    await save();
    assert.deepEqual((await ask(root, 'GET', '/api/admin/webrtc')).servers, []);
});

test('M115: the public STUN server is an entry that is off, and warned of once it is on',
    async () => {
        const form = root.locator('vv-webrtc-settings');
        const entry = form.getByRole('switch', { name: 'Use a public STUN server' });
        const banner = root.locator('vv-admin-connectors .banner');
        const turn = async (on) => {
            await openSettings();
            await entry.setChecked(on);
            await form.getByRole('button', { name: 'Save' }).click();
            await form.waitFor({ state: 'detached' });
        };
        await openSettings();
        assert.equal(await entry.isChecked(), false);
        assert.equal(await banner.count(), 0);
        await turn(true);
        await banner.getByText('stun:stun.l.google.com:19302').waitFor();
        const { servers } = await ask(root, 'GET', '/api/admin/webrtc');
        assert.deepEqual(servers.map(({ urls }) => urls), [['stun:stun.l.google.com:19302']]);
        await turn(false);
        await banner.waitFor({ state: 'detached' });
        assert.deepEqual((await ask(root, 'GET', '/api/admin/webrtc')).servers, []);
    });

test('what is relayed now is counted while one looks', async () => {
    const cookie = cookieOf(await server.login('anna', 'visavis-demo'));
    const body = { servers: [], relayOnly: true, poolSize: 0, collectLog: false };
    const saved = await server.request('PUT', '/api/admin/webrtc', { cookie, body });
    assert.equal(saved.status, 204, saved.text);
    const people = await johnAndMary(server, [browser, other]);
    await openSettings();
    await connected(people);
    await builtIn().getByText(/\d+ relays? (is|are) live/).waitFor();
    const bytes = () => builtIn().evaluate((one) => one.relay.bytes);
    const first = await bytes();
    await until('it goes on', async () => await bytes() > first);
    await people.close();
    await builtIn().getByText('Nothing is relayed at the moment').waitFor();
});

test('what the server does not offer, or does not do, is said', async () => {
    const plain = await Server.start({ demo: true, options: { 'turn.drain_s': 0 } });
    const anna = await signIn(browser, plain, 'anna');
    await openSettings(anna);
    await builtIn(anna).getByRole('button', { name: /^Test each way/ }).click();
    await builtIn(anna).getByText('TLS: not offered').waitFor();
    await builtIn(anna).getByText('UDP: it works').waitFor();
    await anna.context().close();
    assert.equal(await plain.stop(), 0);
    const off = await Server.start({ demo: true, options: { 'turn.on': 0 } });
    const again = await signIn(browser, off, 'anna');
    await openSettings(again);
    await builtIn(again).getByText('It is switched off in the configuration').waitFor();
    assert.equal(await builtIn(again).getByRole('button').count(), 0);
    await again.locator('vv-webrtc-settings').getByText(
        /There is no server\..*a TURN server of your own is recommended/).waitFor();
    await again.context().close();
    assert.equal(await off.stop(), 0);
});
