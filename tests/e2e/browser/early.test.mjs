// SPDX-License-Identifier: Apache-2.0
// The connection that is made while it rings: nothing is opened, sent or shown before the answer,
// and Answer needs no more than the tracks.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { closing, johnAndMary, leaveAll, mediaFlow, openBrowser, pathOf, pressAnswer,
    pressCall, until } from './browser.mjs';
import { watchPage } from './watching.mjs';

let server;
let browser;

before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser('chromium');
});
afterEach(() => leaveAll(server, browser));
after(async () => {
    await browser.close();
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

/** John and Mary with watched pages; one that may not sound is not connected early. */
async function watched() {
    const people = await johnAndMary(server, [browser, browser]);
    await watchPage(people.mary.context());
    await watchPage(people.john.context());
    await Promise.all([people.mary.reload(), people.john.reload()]);
    await people.mary.mouse.click(5, 5);
    return people;
}

/** Windows of calls load no more until the function that it gives is called. */
async function holdWindows(context) {
    let load;
    const loads = new Promise((next) => (load = next));
    await context.route('**/call/*', (route) =>
        loads.then(() => route.continue()).catch(() => undefined)); // The window may be closed.
    return load;
}

const devicesClosed = (page) => until('the page has closed its devices', () =>
    page.evaluate(() => window.tracks.length > 0 &&
        window.tracks.every(({ readyState }) => readyState === 'ended')));

/** John calls Mary; her portal's page and his window are connected while it rings. */
async function ringConnected() {
    const people = await watched();
    const caller = await pressCall(people.john);
    await people.mary.locator('vv-incoming-call').first().waitFor();
    for (const page of [people.mary, caller]) {
        await until('both are connected while it rings', () => page.evaluate(() =>
            window.peers.some((peer) => peer.connectionState === 'connected')));
    }
    return { ...people, caller };
}

/** What all connections of a page have found and sent. */
function looked(page) {
    return page.evaluate(async () => {
        const out = { rtp: 0, types: [], tracks: 0, receivers: 0 };
        for (const peer of window.peers) {
            out.tracks += peer.getSenders().filter((sender) => sender.track !== null).length;
            for (const report of (await peer.getStats()).values()) {
                if (report.type === 'outbound-rtp') {
                    out.rtp += report.bytesSent ?? 0;
                } else if (report.type === 'inbound-rtp') {
                    out.rtp += report.bytesReceived ?? 0;
                } else if (report.type.endsWith('-candidate')) {
                    out.types.push(report.candidateType);
                }
            }
        }
        const said = window.sent.filter(({ type }) => /describe|trickle/.test(type));
        return { ...out, said };
    });
}

async function assertNothingShown(mary, caller) {
    assert.equal(await mary.evaluate(() => window.opened), 0);
    assert.ok(await mary.evaluate(() =>
        window.players.every(({ srcObject, muted }) => srcObject === null || muted)));
    for (const page of [mary, caller]) {
        const { rtp, types, tracks, said } = await looked(page);
        assert.equal(rtp, 0);
        assert.equal(tracks, 0);
        assert.ok(types.length > 0 && types.every((type) => /^(relay|prflx)$/.test(type)),
            String(types));
        for (const { early, candidate = '', sdp = '' } of said) {
            assert.ok(early > 0);
            assert.ok(candidate === '' || / typ relay raddr 0\.0\.0\.0 rport 0/.test(candidate),
                candidate);
            assert.doesNotMatch(sdp, /a=candidate|c=IN IP4 (?!0\.0\.0\.0)/);
        }
    }
}

test('while it rings both are connected by relays: no device, no media, no address', async () => {
    const { mary, caller, close } = await ringConnected();
    await assertNothingShown(mary, caller);
    // Whatever the page is told meanwhile: it opens and sends nothing.
    const call = new URL(caller.url()).pathname.split('/')[2];
    await mary.evaluate((id) => {
        let seq = 1_000_000; // What has been here already does nothing.
        const say = (message) => window.sockets.at(-1).dispatchEvent(new MessageEvent('message',
            { data: JSON.stringify({ seq: seq++, ...message }) }));
        for (const early of [0, 1, 2]) {
            for (const kind of ['offer', 'answer']) {
                say({ type: 'call.description', call: id, kind, offer: 1, early,
                    sdp: 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n' });
            }
            say({ type: 'call.candidate', call: id, early, mid: '0', line: 0, ufrag: '',
                candidate: 'candidate:1 1 udp 1 192.0.2.1 5000 typ host' });
        }
    }, call);
    await caller.evaluate((id) => window.sockets.at(-1).dispatchEvent(new MessageEvent('message',
        { data: JSON.stringify({ seq: 1_000_000, type: 'call.description', call: id,
            kind: 'offer', offer: 1, early: 0, sdp: 'v=0\r\n' }) })), call);
    await new Promise((next) => setTimeout(next, 500)); // what must not happen has no event
    await assertNothingShown(mary, caller);
    await close();
});

test('a page that may not sound is not connected while it rings', async () => {
    const people = await johnAndMary(server, [browser, browser]);
    await watchPage(people.mary.context());
    await people.mary.reload();
    const caller = await pressCall(people.john);
    await until('it rings without a sound', () => people.mary.evaluate(() =>
        window.sent.some(({ type, how }) => type === 'call.ringing' && how === 'by-autoplay')));
    assert.equal(await people.mary.evaluate(() => window.peers.length), 0);
    assert.ok(await people.mary.evaluate(() =>
        !window.sent.some(({ type }) => type === 'call.prepare')));
    const callee = await pressAnswer(people.mary); // it connects when it is answered
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await people.close();
});

test('Answer goes on by the direct way, and lives without the page that rang', async () => {
    const { mary, caller, john, close } = await ringConnected();
    const callee = await pressAnswer(mary);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    const accept = await mary.evaluate(() =>
        window.sent.find(({ type }) => type === 'call.accept'));
    assert.equal(accept.early, true);
    assert.ok(await callee.evaluate(() =>
        !window.sent.some(({ type }) => type === 'call.accept')));
    for (const page of [caller, callee]) {
        const { local, remote } = await until('a path is in use', () => pathOf(page));
        const path = [local.candidateType, remote.candidateType];
        assert.ok(!path.includes('relay'), String(path));
    }
    await until('the connection made while it rang is closed', () => caller.evaluate(() =>
        window.peers.filter((peer) => peer.connectionState !== 'closed').length === 1));
    await mary.close();
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await closing(callee, () => callee.locator('button.control.end').click());
    await john.bringToFront();
    await close();
});

const hears = (page) => until('sound arrives', () => page.evaluate(async () => {
    const lists = await Promise.all(window.peers.filter((peer) =>
        peer.connectionState === 'connected').map((peer) => peer.getStats()));
    return lists.some((stats) => [...stats.values()].some((report) =>
        report.type === 'inbound-rtp' && report.totalAudioEnergy > 0));
}));

test('both are heard and seen before the call window is there, which then has the only devices',
    async () => {
        const { mary, caller, close } = await ringConnected();
        const load = await holdWindows(mary.context());
        const opens = pressAnswer(mary); // The driver knows a window once its page has come.
        await Promise.all([hears(mary), hears(caller), mediaFlow(caller)]);
        assert.equal(await mary.evaluate(() => window.opened), 2);
        await until('the other side is told', () => mary.evaluate(() =>
            window.sent.some(({ type, microphone, camera }) =>
                type === 'call.media' && microphone && camera)));
        load();
        const callee = await opens;
        await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
        await devicesClosed(mary);
        await close();
    });

test('the card comes while the window of the caller still loads, which takes the call over',
    async () => {
        const people = await watched();
        const load = await holdWindows(people.john.context());
        const opens = pressCall(people.john);
        await people.mary.locator('vv-incoming-call').first().waitFor();
        const said = await people.john.evaluate(() => [window.opened,
            window.sent.find(({ type }) => type === 'call.start')]);
        assert.equal(said[0], 1);
        assert.equal(said[1].microphone, true);
        await until('the page that rings has offered its connection', () =>
            people.mary.evaluate(() => window.sent.some(({ type }) => type === 'call.describe')));
        load();
        const caller = await opens;
        await until('the window is connected while it rings', () => caller.evaluate(() =>
            window.peers.some((peer) => peer.connectionState === 'connected')));
        assert.ok(await caller.evaluate(() =>
            !window.sent.some(({ type }) => type === 'call.start')));
        await people.john.getByRole('button', { name: 'in progress' }).first().waitFor();
        await devicesClosed(people.john);
        const callee = await pressAnswer(people.mary);
        await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
        await people.close();
    });

test('the microphone is opened before the window, which keeps the page busy', async () => {
    const { john, close } = await watched();
    const looked = john.waitForResponse('**/api/me');
    await john.locator('vv-call-button').first().hover();
    await looked;
    await until('nothing more is loaded', () => john.evaluate(() => {
        window.order = [];
        for (const [of, name] of [[window, 'open'], [navigator.mediaDevices, 'getUserMedia']]) {
            const real = of[name].bind(of);
            of[name] = (...args) => (window.order.push(name), real(...args));
        }
        return new Promise((done) => requestIdleCallback(() => done(true)));
    }));
    await pressCall(john);
    assert.deepEqual(await john.evaluate(() => window.order), ['getUserMedia', 'open']);
    await close();
});

test('answered while the window of the caller loads, the call connects', async () => {
    const people = await watched();
    const load = await holdWindows(people.john.context());
    const opens = pressCall(people.john);
    const callee = await pressAnswer(people.mary);
    await callee.getByText('Connecting').first().waitFor();
    load();
    const caller = await opens;
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await people.close();
});

test('who closes the window before it has come has cancelled', async () => {
    const people = await watched();
    const load = await holdWindows(people.john.context());
    await people.john.evaluate(() => {
        const open = window.open.bind(window);
        window.open = (...args) => (window.child = open(...args));
    });
    const opens = pressCall(people.john);
    await people.mary.locator('vv-incoming-call').first().waitFor();
    await people.john.evaluate(() => window.child.close());
    await people.mary.locator('vv-incoming-call').first().waitFor({ state: 'detached' });
    await devicesClosed(people.john);
    load();
    await opens.catch(() => undefined);
    await people.close();
});
