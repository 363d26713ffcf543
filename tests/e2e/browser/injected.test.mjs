// SPDX-License-Identifier: Apache-2.0
// While it rings, and before: whatever a page is told, it opens no device, sends nothing and shows
// no address before somebody presses Answer.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { johnAndMary, leaveAll, openBrowser, pressCall, signIn, until, watchPeers }
    from './browser.mjs';
import { messagesFor } from './injected.mjs';
import { ask } from './portal.mjs';
import { watchPage } from './watching.mjs';

const SETTLED_MS = 500; // what must not happen has no event

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

function inject(page, messages) {
    return page.evaluate((all) => {
        const socket = window.sockets.at(-1);
        window.seq ??= 1_000_000; // What has been here already does nothing.
        for (const message of all) {
            const data = JSON.stringify({ seq: window.seq++, ...message });
            socket.dispatchEvent(new MessageEvent('message', { data }));
        }
    }, messages);
}

/** What the page has opened, sent and shown so far. */
function looked(page) {
    return page.evaluate(async () => {
        const out = { opened: window.opened, rtp: 0, tracks: 0, shown: [], accepts: 0 };
        for (const peer of window.peers) {
            out.tracks += peer.getSenders().filter(({ track }) => track !== null).length;
            for (const report of (await peer.getStats()).values()) {
                out.rtp += report.type === 'outbound-rtp' ? report.bytesSent ?? 0 : 0;
                out.rtp += report.type === 'inbound-rtp' ? report.bytesReceived ?? 0 : 0;
            }
        }
        for (const { type, candidate = '', sdp = '' } of window.sent) {
            out.accepts += Number(type === 'call.accept');
            out.shown.push(...[candidate, ...sdp.split('\r\n')]
                .filter((line) => /candidate:/.test(line) && !/ typ relay /.test(line)));
        }
        out.loud = window.players.filter(({ srcObject, muted }) => srcObject && !muted).length;
        return out;
    });
}

const quiet = { opened: 0, rtp: 0, tracks: 0, shown: [], accepts: 0, loud: 0 };

async function holdsStill(page, call) {
    const messages = messagesFor(call);
    const isLast = ({ type }) => type === 'bye';
    assert.ok(messages.length > 1000, `${messages.length} messages`);
    await inject(page, messages.filter((message) => !isLast(message)));
    await page.waitForTimeout(SETTLED_MS);
    assert.deepEqual(await looked(page), quiet);
    await inject(page, messages.filter(isLast));
}

/** It has obeyed what it was told, up to the last message. */
const signedOut = (page) => page.waitForURL('**/login**');

async function pair() {
    const people = await johnAndMary(server, [browser, browser]);
    await watchPage(people.mary.context());
    await people.mary.reload();
    return people;
}

const card = (page) => page.locator('vv-incoming-call').first();
const idOf = (page) => new URL(page.url()).pathname.split('/')[2];

const states = {
    'rings aloud and is connected': async ({ john, mary }) => {
        await mary.mouse.click(5, 5);
        const caller = await pressCall(john);
        await card(mary).waitFor();
        await until('connected while it rings', () => mary.evaluate(() =>
            window.peers.some(({ connectionState }) => connectionState === 'connected')));
        return caller;
    },
    'may not sound': async ({ john, mary }) => {
        const caller = await pressCall(john);
        await card(mary).waitFor();
        await until('it says so', () => mary.evaluate(() => window.sent.some(({ type, how }) =>
            type === 'call.ringing' && how === 'by-autoplay')));
        return caller;
    },
    'rings in silence': async ({ john, mary }) => {
        await mary.locator('vv-user-menu .user').click();
        await mary.getByRole('button', { name: 'Do not disturb', exact: true }).click();
        await until('John knows', async () =>
            (await ask(john, 'GET', '/api/people/mary')).status === 'do-not-disturb');
        const caller = await pressCall(john);
        await card(mary).waitFor();
        return caller;
    },
    'is silenced on this device': async ({ john, mary }) => {
        await mary.mouse.click(5, 5);
        const caller = await pressCall(john);
        await card(mary).getByRole('button', { name: 'Ignore here' }).click();
        await card(mary).waitFor({ state: 'detached' });
        return caller;
    },
};

for (const [name, bring] of Object.entries(states)) {
    test(`a page that ${name} opens, sends and shows nothing, whatever it is told`, async () => {
        const people = await pair();
        const caller = await bring(people);
        await holdsStill(people.mary, idOf(caller));
        await signedOut(people.mary);
        await people.close();
    });
}

test('nor does a page without a call', async () => {
    const people = await pair();
    await people.mary.locator('vv-header').waitFor();
    await holdsStill(people.mary, 'AAAAAAAAAAAAAAAAAAAAAA');
    await signedOut(people.mary);
    await people.close();
});

test('nor does the window of a call whose link was followed', async () => {
    const people = await johnAndMary(server, [browser, browser]);
    const caller = await pressCall(people.john);
    await card(people.mary).waitFor();
    const prepare = (context) => Promise.all([watchPage(context), watchPeers(context)]);
    const followed = await signIn(browser, server, 'mary', '/people', { prepare });
    await followed.goto(`/call/${idOf(caller)}`);
    await followed.getByRole('button', { name: 'Answer', exact: true }).waitFor();
    await holdsStill(followed, idOf(caller));
    await followed.locator('vv-call-message h1').waitFor(); // It was told of an end, too.
    await followed.context().close();
    await people.close();
});
