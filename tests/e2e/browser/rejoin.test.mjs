// SPDX-License-Identifier: Apache-2.0
// The window of a call that is loaded again, after a reload, a crash of its page or of the whole
// browser, is in its call again; nothing rings, and the other side keeps the call meanwhile.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { connected, endAll, johnAndMary, killBrowser, mediaFlow, openBrowser, signIn, until,
    watchPeers } from './browser.mjs';

let server;
let usual;
let dying;
before(async () => {
    server = await Server.start({ demo: true });
    usual = await openBrowser();
    dying = await openBrowser();
});
after(async () => {
    await Promise.all([usual, dying].map((one) => one?.close()));
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

/** The driver gives a crashed page up: it is asked below it, as the button of the browser does. */
async function loadAgain(browser, url) {
    const root = await browser.newBrowserCDPSession();
    const { targetInfos } = await root.send('Target.getTargets');
    const { targetId } = targetInfos.find((one) => one.type === 'page' && one.url === url);
    const { sessionId } = await root.send('Target.attachToTarget', { targetId });
    const answers = new Map();
    root.on('Target.receivedMessageFromTarget', ({ message }) => {
        const { id, result } = JSON.parse(message);
        answers.get(id)?.(result);
    });
    let last = 0;
    const ask = (method, params = {}) => new Promise((resolve, reject) => {
        const id = ++last;
        answers.set(id, resolve);
        root.send('Target.sendMessageToTarget', { sessionId,
            message: JSON.stringify({ id, method, params }) }).catch(reject);
    });
    await ask('Page.reload');
    return async (expression) => (await ask('Runtime.evaluate',
        { expression, awaitPromise: true, returnByValue: true }))?.result?.value;
}

/** In a portal's page: how often a card of a call was shown. */
function countCards() {
    window.cards = 0;
    let rang = false;
    new MutationObserver(() => {
        const rings = document.querySelector('vv-incoming-call') !== null;
        window.cards += rings && !rang ? 1 : 0;
        rang = rings;
    }).observe(document, { childList: true, subtree: true });
}

const lost = (page) => page.getByText('Reconnecting…').waitFor();
const back = (page) => page.getByText('Reconnecting…').waitFor({ state: 'detached' });

test('N14, part 7: after a reload, a crash of the page and one of the whole browser the window is '
    + 'in its call again, and nothing rings', async () => {
    const people = await johnAndMary(server, [usual, dying]);
    const { caller, callee } = await connected(people);
    const device = await signIn(usual, server, 'mary');
    await device.evaluate(countCards);

    await callee.reload();
    await mediaFlow(callee); // First: then the connection of the caller is the new one.
    await mediaFlow(caller);

    const url = callee.url();
    const crashed = callee.waitForEvent('crash');
    const below = await callee.context().newCDPSession(callee);
    below.send('Page.crash').catch(() => undefined); // Nobody is left to answer.
    await crashed;
    await lost(caller);
    const evaluate = await loadAgain(dying, url);
    await back(caller);
    await mediaFlow(caller);
    await until('the other is seen and heard there again', () => evaluate(`(async () => {
        const stats = [...(await window.peers?.at(-1)?.getStats() ?? new Map()).values()];
        return stats.some((one) => one.framesDecoded > 5) && stats.some((one) =>
            one.type === 'inbound-rtp' && one.totalAudioEnergy > 0);
    })()`));

    await killBrowser(dying);
    await lost(caller);
    dying = await openBrowser();
    const again = await signIn(dying, server, 'mary', new URL(url).pathname,
        { prepare: watchPeers, window: true });
    await again.getByRole('button', { name: 'Use here' }).click();
    await back(caller);
    await Promise.all([mediaFlow(caller), mediaFlow(again)]);

    assert.equal(await device.evaluate(() => window.cards), 0);
    await caller.locator('button.control.end').click();
    await again.getByText('has ended the call').waitFor();
    await endAll(server, people.john, device);
});
