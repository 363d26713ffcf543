// SPDX-License-Identifier: Apache-2.0
// What goes wrong is shown with a reference, and the server's log has one line with it; in Chromium
// and in Firefox.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { newId, Tab } from '../api/tab.mjs';
import { connected, johnAndMary, LIMIT_MS, openBrowser, pressCall, signIn, until }
    from './browser.mjs';

let server;
let browser;
const rows = [];
const row = (name, run, kinds = ['chromium', 'firefox']) => rows.push({ name, run, kinds });
before(async () => {
    server = await Server.start({ demo: true });
});
after(async () => assert.equal(await server.stop(), 0));

/** The reference that a place shows, with the lines of the log that have it. */
async function shown(place, of = server) {
    const text = await place.getByText(/Reference: /).innerText();
    const reference = /Reference: ([\w-]{8,16})/.exec(text)[1];
    const lines = () => of.log.split('\n').filter((line) => line.includes(reference));
    await until('the log has the reference', () => lines().length > 0);
    return lines();
}

row('M95, M96: a call without the server’s channel ends with a reference', async () => {
    const john = await signIn(browser, server, 'john', '/people/mary');
    await john.locator('vv-call-button button').first().waitFor();
    await john.context().routeWebSocket('**/ws', (socket) => void socket.close());
    const call = await pressCall(john);
    const lines = await shown(call.locator('vv-call-message'));
    assert.equal(lines.length, 1);
    assert.match(lines[0], /a page has shown a problem.* user=john what="signalling-lost"/);
    await john.context().close();
});

row('M49, M96: a call that is refused for their number is told with a reference', async () => {
    const few = await Server.start({ demo: true, options: { 'portal.calls_per_minute': 1 } });
    try {
        const john = await signIn(browser, few, 'john', '/people/mary');
        const first = await pressCall(john);
        await first.getByText('is unavailable').waitFor();
        await first.close();
        const second = await pressCall(john);
        await second.getByText('You have started too many calls.').waitFor();
        const lines = await shown(second.locator('vv-call-message'), few);
        assert.equal(lines.length, 1);
        assert.match(lines[0], /user=john what="too-many-calls"/);
        await john.context().close();
    } finally {
        assert.equal(await few.stop(), 0);
    }
}, ['chromium']);

row('M49, M96: a call for which the server has no place is told with a reference', async () => {
    const full = await Server.start({ demo: true, options: { 'portal.calls_max': 1 } });
    const tabs = [];
    try {
        for (const name of ['mary', 'luc']) {
            tabs.push(await Tab.open(full, cookieOf(await full.login(name, 'visavis-demo'))));
        }
        const { call: only } = await tabs[0].ask('call.start',
            { call: newId(), callee: 'luc', microphone: true, camera: false });
        assert.equal(only.state, 'ringing');
        const john = await signIn(browser, full, 'john', '/people/sofia');
        const call = await pressCall(john);
        await call.getByText('The server has as many calls as it takes at once.').waitFor();
        const lines = await shown(call.locator('vv-call-message'), full);
        assert.equal(lines.length, 1);
        assert.match(lines[0], /user=john what="limit"/);
        await john.context().close();
    } finally {
        tabs.forEach((tab) => tab.leave());
        assert.equal(await full.stop(), 0);
    }
}, ['chromium']);

row('M96: a window that the browser has blocked is told with a reference', async () => {
    const john = await signIn(browser, server, 'john');
    await john.goto('/people/mary'); // Where nobody has clicked yet.
    await john.locator('vv-call-button button').first().waitFor();
    // A click that no person has made: browsers open no window for it.
    await john.locator('vv-call-button button').first().evaluate((one) => one.click());
    await john.getByRole('heading', { name: 'The call window was blocked' }).waitFor();
    const lines = await shown(john.locator('vv-call-message'));
    assert.equal(lines.length, 1);
    assert.match(lines[0], /user=john what="popup-blocked"/);
    await john.context().close();
});

row('M96: a fault on a page of the portal has a reference in the log', async () => {
    const john = await signIn(browser, server, 'john', '/settings');
    await john.route('**/api/me/profile', (route) => route.fulfill({ status: 502, body: 'proxy' }));
    await john.getByRole('button', { name: 'Save', exact: true }).first().click();
    const lines = await shown(john.locator('vv-toast'));
    assert.equal(lines.length, 1);
    await john.context().close();
});

row('M96: a fault before the sign-in shows no reference, for the log would not have it',
    async () => {
        const context = await browser.newContext({ baseURL: server.origin });
        context.setDefaultTimeout(LIMIT_MS);
        const page = await context.newPage();
        await page.route('**/api/me', (route) => route.fulfill({ status: 502, body: 'proxy' }));
        const told = page.waitForResponse('**/api/problems');
        await page.goto('/login');
        assert.equal((await told).status(), 401);
        const fault = page.locator('vv-toast').getByText('Something went wrong');
        await fault.waitFor();
        assert.doesNotMatch(await fault.innerText(), /Reference/);
        await context.close();
    }, ['chromium']);

row('M96: what is told too often is told again, and its reference is in the log', async () => {
    const john = await signIn(browser, server, 'john', '/settings');
    await john.route('**/api/me/profile', (route) => route.fulfill({ status: 502, body: 'proxy' }));
    const refusal = { status: 429, json: { error: 'limit' } };
    await john.route('**/api/problems', (route) => route.fulfill(refusal), { times: 1 });
    await john.getByRole('button', { name: 'Save', exact: true }).first().click();
    const lines = await shown(john.locator('vv-toast'));
    assert.equal(lines.length, 1);
    await john.context().close();
}, ['chromium']);

row('M97: a call that is ended twice shows no error', async () => {
    const people = await johnAndMary(server, [browser, browser]);
    const { caller, callee } = await connected(people);
    await caller.locator('vv-call-stage').evaluate((stage) => {
        stage.dispatchEvent(new CustomEvent('vv-end'));
        stage.dispatchEvent(new CustomEvent('vv-end'));
    });
    await callee.locator('vv-call-message .box:not(.problem)').waitFor();
    await caller.locator('vv-call-message .box:not(.problem)').waitFor();
    assert.equal(await callee.getByText(/Reference: /).count(), 0);
    assert.deepEqual(people.john.faults, []);
    await Promise.all([people.john.context().close(), people.mary.context().close()]);
});

test('M39, M96: a refused microphone is told with a reference, the same for a second try',
    async (t) => {
        const refusing = await openBrowser('chromium', 'denied');
        t.after(() => refusing.close());
        const john = await signIn(refusing, server, 'john', '/people/mary');
        const call = await pressCall(john);
        await call.getByText('Your microphone is blocked').waitFor();
        const message = call.locator('vv-call-message');
        const lines = await shown(message);
        assert.equal(lines.length, 1);
        assert.match(lines[0], /user=john what="microphone-denied"/);
        const before = await message.evaluate((one) => one.reference);
        await call.getByRole('button', { name: 'Try again' }).click();
        await until('it is told again', async () =>
            await message.evaluate((one) => one.reference).catch(() => '') === before);
        assert.equal((await shown(message)).length, 1);
    });

for (const kind of ['chromium', 'firefox']) {
    describe(`what goes wrong in ${kind}`, () => {
        before(async () => {
            browser = await openBrowser(kind);
        });
        after(() => browser.close());
        const own = rows.filter(({ kinds }) => kinds.includes(kind));
        for (const { name, run } of own) {
            test(kind === 'firefox' ? `${name} (Firefox)` : name, run);
        }
    });
}

test('M118: the log of a call window arrives in time order, while it is collected', async (t) => {
    browser = await openBrowser();
    t.after(() => browser.close());
    const cookie = cookieOf(await server.login('anna', 'visavis-demo'));
    const lines = () => server.log.split('\n').filter((line) => line.includes('from a page'));
    assert.deepEqual(lines(), []); // The calls of the tests before were not collected.
    const { json } = await server.request('GET', '/api/admin/webrtc', { cookie });
    const body = { ...json, collectLog: true };
    assert.equal((await server.request('PUT', '/api/admin/webrtc', { cookie, body })).status, 204);
    const people = await johnAndMary(server, [browser, browser]);
    await connected(people);
    await people.close();
    const ofJohn = () => lines().filter((line) => line.includes(' user=john '));
    await until('its end has arrived', () => ofJohn().some((line) => line.includes(' over ')));
    for (const line of ofJohn()) { // The first as well: before the server has the call.
        assert.match(line, /(info|warn) .*connector="webrtc" user=john client="\w+" time=\d+ /);
    }
    assert.match(ofJohn()[0], /info /);
    assert.ok(ofJohn().some((line) => line.includes('active')));
    const times = ofJohn().map((line) => Number(/time=(\d+) text/.exec(line)[1]));
    assert.deepEqual(times, [...times].sort((a, b) => a - b));
});
