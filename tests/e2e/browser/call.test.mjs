// SPDX-License-Identifier: Apache-2.0
// The main job end to end: two people in two browsers, a call with pictures and sound. The rows of
// the acceptance table about calls are in rows/.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { closing, connected, johnAndMary, leaveAll, mediaFlow, openBrowser, pressAnswer,
    pressCall, until } from './browser.mjs';

let server;
let browsers;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
});
afterEach(() => leaveAll(server, ...browsers));
after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

/** John on Mary's profile, Mary on a page of the portal. */
const twoPeople = () => johnAndMary(server, browsers);

const heading = (page) => page.locator('vv-call-message h1');

test('two people see and hear each other, and the end button ends it on both sides', async () => {
    const people = await twoPeople();
    const { caller, callee } = await connected(people);
    assert.match(caller.url(), /\/call\/[\w-]{22}$/);
    assert.equal(caller.url(), callee.url());
    await people.mary.locator('vv-incoming-call').waitFor({ state: 'detached' });
    for (const window of [caller, callee]) {
        assert.equal(await window.getByText('Sound is blocked').count(), 0);
    }
    await closing(caller, () => caller.locator('button.control.end').click());
    await heading(callee).waitFor();
    assert.deepEqual(people.john.faults, []);
    assert.deepEqual(people.mary.faults, []);
    await people.close();
});

test('microphone and camera buttons reach the other side, and are remembered', async () => {
    const people = await twoPeople();
    const { caller, callee } = await connected(people);
    await caller.locator('[data-control=camera]').click();
    await until('the camera is off there', () => callee.evaluate(() =>
        document.querySelector('vv-call-stage').peerCamera === false));
    await caller.locator('[data-control=microphone]').click();
    await until('the microphone is off there', () => callee.evaluate(() =>
        document.querySelector('vv-call-stage').peerMicrophone === false));
    const tracks = await caller.evaluate(() => window.peers.at(-1).getSenders().map(
        (sender) => sender.track?.enabled ?? null));
    assert.deepEqual(tracks, [false, null]);
    await caller.close();
    await heading(callee).waitFor();
    const again = await pressCall(people.john);
    await again.locator('[data-control=camera][aria-pressed=false]').waitFor();
    await again.locator('[data-control=microphone][aria-pressed=false]').waitFor();
    await again.locator('[data-control=camera]').click();
    await again.locator('[data-control=microphone]').click();
    await again.locator('[data-control=camera][aria-pressed=true]').waitFor();
    await people.close();
});

test('part 9: a call answered by voice becomes one of pictures', async () => {
    const people = await twoPeople();
    const caller = await pressCall(people.john);
    const callee = await pressAnswer(people.mary, 'Answer without camera');
    await mediaFlow(caller, { video: false });
    await caller.locator('vv-call-stage .face vv-avatar').waitFor();
    await callee.locator('[data-control=camera]').click();
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await caller.locator('vv-call-stage .face').waitFor({ state: 'detached' });
    await people.close();
});

test('nothing is opened at the callee before the answer', async () => {
    const people = await twoPeople();
    await people.mary.context().addInitScript(() => {
        window.asked = 0;
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (wanted) => (window.asked++, real(wanted));
    });
    await people.mary.reload();
    const caller = await pressCall(people.john);
    await people.mary.locator('vv-incoming-call').waitFor();
    assert.equal(await people.mary.evaluate(() => window.asked), 0);
    // What is connected while it rings has no track of either side; early.test.mjs knows more.
    for (const page of [people.mary, caller]) {
        assert.equal(await page.evaluate(() => window.peers.flatMap((peer) => peer.getSenders())
            .filter((sender) => sender.track !== null).length), 0);
    }
    await people.close();
});

test('somebody offline cannot be reached', async () => {
    const people = await twoPeople();
    await people.john.goto('/people/luc');
    const caller = await pressCall(people.john);
    await heading(caller).waitFor();
    await people.close();
});

test('a reloaded call window is back in the call without ringing', async () => {
    const people = await twoPeople();
    const { caller, callee } = await connected(people);
    await callee.reload();
    await mediaFlow(callee);
    await mediaFlow(caller);
    await caller.reload();
    await mediaFlow(caller);
    await mediaFlow(callee);
    await people.close();
});

test('five calls in a row', async () => {
    const people = await twoPeople();
    for (let i = 0; i < 5; i++) {
        const { caller, callee } = await connected(people);
        await closing(caller, () => caller.locator('button.control.end').click());
        await heading(callee).waitFor();
        await callee.close();
    }
    await people.close();
});
