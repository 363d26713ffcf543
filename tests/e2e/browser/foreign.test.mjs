// SPDX-License-Identifier: Apache-2.0
// No request to a foreign host: the browser's own record of everything that pages, windows of
// calls and workers have asked for, and a policy that stops what would.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { mediaFlow, openBrowser, pressAnswer, pressCall, signIn, until, watchPeers }
    from './browser.mjs';

const PAGES = ['/', '/chat', '/calls', '/people', '/people/mary', '/spaces', '/settings', '/admin',
    '/admin/people', '/admin/invitations', '/admin/calls', '/admin/audit', '/gallery.html'];
let folder;
let server;
const browsers = [];
before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-foreign-'));
    server = await Server.start({ demo: true });
});
after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
    rmSync(folder, { recursive: true, force: true });
});

/** What the record of the network says that our origin has asked for. */
function asked(record) {
    const { constants, events } = JSON.parse(readFileSync(record, 'utf8'));
    const start = constants.logEventTypes.URL_REQUEST_START_JOB;
    assert.ok(start > 0, 'the record has the form that is expected');
    return events.filter(({ type, params }) => type === start && params?.url !== undefined)
        .map(({ params }) => ({ url: new URL(params.url), by: params.initiator ?? '' }))
        .filter(({ by, url }) => by === server.origin || url.host === server.url.host);
}

test('no page, no call window and no worker asks a foreign host for anything', async () => {
    const record = join(folder, 'net.json');
    const browser = await openBrowser('chromium', 'fake', { net: record });
    browsers.push(browser);
    const anna = await signIn(browser, server, 'anna');
    for (const path of PAGES) {
        await anna.goto(path);
        await anna.locator('main').waitFor();
        await anna.waitForLoadState('networkidle');
    }
    await anna.evaluate(() => {
        // As the settings do it when one asks to be rung without a page.
        const policy = trustedTypes.createPolicy('vv', { createScriptURL: (path) => path });
        return navigator.serviceWorker.register(policy.createScriptURL('/sw.js'))
            .then(() => undefined);
    });
    await anna.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    const [mary, john] = [await signIn(browser, server, 'mary'),
        await signIn(browser, server, 'john', '/people/mary')];
    await Promise.all([mary, john].map((page) => watchPeers(page.context())));
    const caller = await pressCall(john);
    const callee = await pressAnswer(mary);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await caller.locator('button.control.end').click();
    await callee.locator('vv-call-message').waitFor();
    await browser.close();
    const requests = await until('the record is complete', () => {
        try {
            return asked(record);
        } catch {
            return undefined; // Still being written.
        }
    });
    const paths = new Set(requests.map(({ url }) => url.pathname));
    for (const wanted of ['/', '/gallery.html', '/sw.js', '/ws', '/api/me']) {
        assert.ok(paths.has(wanted), `the record has ${wanted}`);
    }
    assert.ok([...paths].some((path) => path.startsWith('/call/')), 'and the window of a call');
    const foreign = requests.filter(({ url }) => url.host !== server.url.host
        && !['blob:', 'data:', 'about:'].includes(url.protocol));
    assert.deepEqual(foreign.map(({ url, by }) => `${by} asked for ${url}`), []);
});

test('the policy of every document names no other host, and stops who asks one', async () => {
    for (const path of ['/', '/call/AAAAAAAAAAAAAAAAAAAAAA', '/gallery.html', '/sw.js']) {
        const { headers } = await server.request('GET', path);
        const policy = headers['content-security-policy'] ?? '';
        assert.match(policy, /default-src 'none'/, path);
        assert.doesNotMatch(policy, /\*|https?:|unsafe/, path);
    }
    const browser = await openBrowser();
    browsers.push(browser);
    const page = await signIn(browser, server, 'mary');
    const stopped = await page.evaluate(async () => {
        const found = [];
        document.addEventListener('securitypolicyviolation', (event) =>
            found.push(event.effectiveDirective));
        await fetch('https://foreign.example/').catch(() => undefined);
        await new Promise((done) => {
            const image = new Image();
            image.onerror = done;
            image.src = 'https://foreign.example/x.png';
        });
        try {
            new WebSocket('wss://foreign.example/');
        } catch {
            // Some browsers throw at once.
        }
        for (let i = 0; i < 50 && found.length < 3; i++) {
            await new Promise((done) => setTimeout(done, 100));
        }
        return found.sort();
    });
    assert.deepEqual(stopped, ['connect-src', 'connect-src', 'img-src']);
});
