// SPDX-License-Identifier: Apache-2.0
// The address of a call: followed without a click it only shows, and one window at a time has the
// call. Media that stay away are told, mended, and in the end the call is over.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { connected, endAll, hangUp, johnAndMary, mediaFlow, openBrowser, ownConnection, pressCall,
    until } from './browser.mjs';
import { ask } from './portal.mjs';

let server;
let browsers;
let people;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
    people = await johnAndMary(server, browsers);
    for (const person of [people.john, people.mary]) {
        await person.context().addInitScript(() => {
            window.asked = 0;
            const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = (wanted) => (window.asked++, real(wanted));
        });
    }
});
afterEach(() => endAll(server, people.john, people.mary));
after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

async function follow(person, url) {
    const page = await person.context().newPage();
    await page.goto(url);
    return page;
}
const LOST_MS = 30_000; // as web/src/call/media-watch.ts
const fragment = (page) => page.evaluate(() =>
    /a=ice-ufrag:(\S+)/.exec(window.peers.at(-1).localDescription.sdp)[1]);
const asked = (page) => page.evaluate(() => window.asked);

test('the link of a ringing call shows who calls, and opens nothing before a click', async () => {
    const caller = await pressCall(people.john);
    await people.mary.locator('vv-incoming-call').waitFor();
    const link = await follow(people.mary, caller.url());
    await link.getByText('John Okafor is calling you').waitFor();
    assert.equal(await asked(link), 0);
    assert.equal(await link.evaluate(() => window.peers.length), 0);
    await link.getByRole('button', { name: 'Show my picture' }).click();
    await until('the own picture is there', () => link.evaluate(() => document
        .querySelector('vv-call-preview').shadowRoot.querySelector('video')?.videoWidth > 0));
    await people.mary.locator('vv-incoming-call').waitFor(); // It still rings.
    await link.getByRole('button', { name: 'Answer', exact: true }).click();
    await Promise.all([mediaFlow(caller), mediaFlow(link)]);
    await people.mary.locator('vv-incoming-call').waitFor({ state: 'detached' });
});

test('N15: a second window asks; used there, the first says so and takes it back', async () => {
    const { caller, callee } = await connected(people);
    const second = await follow(people.mary, callee.url());
    await second.getByText('goes on in another window').waitFor();
    assert.equal(await asked(second), 0);
    await mediaFlow(caller);
    await second.getByRole('button', { name: 'Use here' }).click();
    await callee.getByText('This call goes on in another window').waitFor();
    await Promise.all([mediaFlow(caller), mediaFlow(second)]);
    await callee.getByRole('button', { name: 'Use here' }).click();
    await second.getByText('This call goes on in another window').waitFor();
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await second.close();
    await mediaFlow(caller); // Closing a window without the call ends nothing.
    await hangUp(people.john.context());
    await callee.getByText('has ended the call').waitFor();
    const late = await follow(people.mary, callee.url());
    await late.getByText('has ended the call').waitFor();
});

test('a link to no call says so', async () => {
    const link = await follow(people.mary, '/call/AAAAAAAAAAAAAAAAAAAAAA');
    await link.getByText('This call is over').waitFor();
    assert.equal(await asked(link), 0);
});

test('media that stop: a pill, then a banner and a word to the other side, then all is well',
    async () => {
        const { caller, callee } = await connected(people);
        await callee.evaluate(() => {
            window.kept = window.peers.at(-1).getSenders().map((sender) => [sender, sender.track]);
            window.kept.forEach(([sender]) => sender.replaceTrack(null));
        });
        await caller.getByText('Reconnecting…').waitFor();
        await caller.getByText('It is being restored').waitFor();
        await callee.getByText('John Okafor has lost the connection').waitFor();
        await callee.evaluate(() =>
            window.kept.forEach(([sender, track]) => sender.replaceTrack(track)));
        await caller.getByText('It is being restored').waitFor({ state: 'detached' });
        await callee.getByText('has lost the connection').waitFor({ state: 'detached' });
        await mediaFlow(caller);
    });

test('N7: media lost both ways: ICE begins again after 2 s, and after 30 s it is over for both',
    async () => {
        const { caller, callee } = await connected(people);
        const both = [caller, callee];
        await Promise.all(both.map(ownConnection));
        const before = await fragment(caller);
        const since = Date.now();
        await Promise.all(both.map((page) => page.evaluate(() =>
            window.peers.at(-1).getSenders().forEach((sender) => sender.replaceTrack(null)))));
        await until('another ICE session', async () => await fragment(caller) !== before);
        await Promise.all(both.map((page) => page.getByText('It is being restored').waitFor()));
        assert.ok(Date.now() - since < LOST_MS);
        await Promise.all(both.map((page) => page.getByText('The connection broke')
            .waitFor({ timeout: LOST_MS + 10_000 })));
        const over = Date.now() - since;
        assert.ok(over > LOST_MS - 2000 && over < LOST_MS + 15_000, `${over} ms`);
        const id = new URL(caller.url()).pathname.split('/')[2];
        for (const page of [people.john, people.mary]) {
            const { calls } = await ask(page, 'GET', '/api/calls?limit=1');
            assert.deepEqual([calls[0].id, calls[0].reason], [id, 'media-lost']);
        }
    });

test('N7: after a change of the network of either side ICE begins again, and the call goes on',
    async () => {
        const { caller, callee } = await connected(people);
        for (const page of [caller, callee]) {
            await ownConnection(page);
            const before = await fragment(page);
            await page.evaluate(() => window.dispatchEvent(new Event('online')));
            await until('another ICE session', async () => await fragment(page) !== before);
            await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
        }
    });

test('who signs out elsewhere is told so in the call window', async () => {
    const { callee } = await connected(people);
    // Not awaited: the page leaves as soon as the server says so, perhaps before the answer.
    await people.mary.evaluate(() => void fetch('/api/logout', { method: 'POST' }));
    await callee.getByText('You are signed out').waitFor();
    await callee.getByRole('button', { name: 'Sign in' }).waitFor();
});
