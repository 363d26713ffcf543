// SPDX-License-Identifier: Apache-2.0
// A browser rings by its service worker. No push service can be reached from a test: the page is
// given a subscription at one of ours, what that one receives is handed to the worker as the
// browser would.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PushService } from '../api/push-service.mjs';
import { Server } from '../api/server.mjs';
import { hangUp, mediaFlow, openBrowser, pressCall, signIn, until, watchPeers }
    from './browser.mjs';

let server;
let service;
let subscriber;
let browsers;
let john;
let mary;
let worker;
let tool;
before(async () => {
    service = await PushService.start();
    subscriber = service.browser('mary');
    server = await Server.start({ demo: true, options: { 'push.local': 1 } });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
    john = await signIn(browsers[0], server, 'john', '/people/mary');
    mary = await signIn(browsers[1], server, 'mary', '/people');
    await mary.context().grantPermissions(['notifications', 'camera', 'microphone'],
        { origin: server.origin });
    await watchPeers(mary.context());
    await watchPeers(john.context());
    await mary.context().addInitScript(subscribeAt, subscriber.subscription);
});
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
    await service.stop();
});

/** In the page or the worker: the push service of the browser is the one of the test. */
function subscribeAt({ endpoint, p256dh, auth }) {
    const bytes = (text) => Uint8Array.from(
        atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0)).buffer;
    const keys = { p256dh: bytes(p256dh), auth: bytes(auth) };
    PushManager.prototype.subscribe = async (options) => {
        globalThis.subscribedWith = options;
        return { endpoint, getKey: (name) => keys[name], unsubscribe: async () => true };
    };
}

/** The next message of the server to Mary's browser, delivered to the worker. */
async function deliver() {
    const { body } = await until('a push', () => service.messages.shift());
    const data = subscriber.read(body);
    await tool.send('ServiceWorker.deliverPushMessage', { origin: server.origin,
        registrationId: tool.registration, data });
}

const shown = () => worker.evaluate(async () =>
    (await self.registration.getNotifications()).map((one) => ({ title: one.title, tag: one.tag,
        badge: new URL(one.badge).pathname,
        actions: one.actions.map(({ action }) => action), stays: one.requireInteraction })));

/** Waits until the one notification has this title; '' is none. */
const titled = (title) => until(`“${title}” is shown`, async () => {
    const found = await shown();
    return (found.length === 0 ? title === '' : found[0].title === title) && (found[0] ?? true);
});

/**
 * Presses an action of the notification and gives the path of the window that it opens, if any.
 * Only a real click may open one: the test does it in its place.
 */
const press = (action) => worker.evaluate(async (name) => {
    const [notification] = await self.registration.getNotifications();
    let path = '';
    Clients.prototype.openWindow = async (wanted) => void (path = wanted);
    const event = new NotificationEvent('notificationclick', { notification, action: name });
    const done = [];
    event.waitUntil = (promise) => done.push(promise);
    self.dispatchEvent(event);
    await Promise.all(done);
    return path;
}, action);

/** The worker forgets a page that was left a moment after it. */
async function leavePortal() {
    await mary.goto('about:blank');
    await until('the worker sees no page', () => worker.evaluate(async () =>
        (await self.clients.matchAll({ type: 'window' })).length === 0));
}

async function ring() {
    await worker.evaluate(async () => (await self.registration.getNotifications())
        .forEach((one) => one.close()));
    await titled('');
    service.messages = [];
    const caller = await pressCall(john);
    await deliver();
    await titled('John Okafor is calling you');
    return caller;
}

test('01 the settings switch it on: the worker is there, the server has the keys', async () => {
    await mary.goto('/settings');
    const box = mary.getByRole('switch', { name: 'Ring this browser when no page is open' });
    tool = await mary.context().newCDPSession(mary);
    tool.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        tool.registration = registrations.at(-1)?.registrationId ?? tool.registration;
    });
    await tool.send('ServiceWorker.enable');
    [worker] = await Promise.all([mary.context().waitForEvent('serviceworker'), box.check()]);
    assert.equal(new URL(worker.url()).pathname, '/sw.js');
    await mary.getByText('This browser rings.').waitFor();
    const { key, on } = await mary.evaluate(async () => (await fetch('/api/push')).json());
    assert.equal(on, true);
    assert.deepEqual(await mary.evaluate(() => window.subscribedWith),
        { userVisibleOnly: true, applicationServerKey: key });
    await mary.reload();
    await until('the switch is still on', () => box.isChecked());
    assert.deepEqual(mary.faults, []);
    await until('the worker is registered', () => tool.registration);
});

test('02 N21: a closed browser rings; Answer opens the call, with sound and picture', async () => {
    await leavePortal();
    const caller = await ring();
    const { actions, stays, badge } = await titled('John Okafor is calling you');
    assert.deepEqual({ actions, stays, badge },
        { actions: ['answer', 'decline'], stays: true, badge: '/badge-96.png' });
    const path = await press('answer');
    assert.equal(path, new URL(caller.url()).pathname);
    await titled('');
    const callee = await mary.context().newPage();
    await callee.goto(path);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await deliver(); // It has stopped ringing.
    await titled('');
    await hangUp(john.context());
    await callee.close();
});

test('03 the address alone, without the click, answers nothing', async () => {
    const caller = await ring();
    const path = new URL(caller.url()).pathname;
    const stranger = await mary.context().newPage();
    await stranger.goto(path);
    await stranger.getByRole('button', { name: 'Answer', exact: true }).waitFor();
    assert.equal(await stranger.evaluate(() => window.peers.length), 0);
    await stranger.close();
    await hangUp(john.context());
    await deliver();
    await titled('Missed call from John Okafor');
});

test('04 Decline refuses the call without a page', async () => {
    const caller = await ring();
    assert.equal(await press('decline'), '');
    await caller.getByText('has declined the call').first().waitFor();
    await deliver();
    await titled('');
    await caller.close();
});

test('05 a call that is given up turns into a missed one, with Call back', async () => {
    await ring();
    await hangUp(john.context());
    await deliver();
    const { actions, stays } = await titled('Missed call from John Okafor');
    assert.deepEqual({ actions, stays }, { actions: ['call-back'], stays: false });
    assert.equal(await press(''), '/people/john');
});

test('06 a page that is looked at rings by itself', async () => {
    await mary.goto('/people');
    await mary.bringToFront();
    await mary.locator('vv-header').waitFor();
    service.messages = [];
    const caller = await pressCall(john);
    await mary.locator('vv-incoming-call').waitFor();
    await deliver();
    assert.deepEqual(await shown(), []);
    await hangUp(john.context());
    await mary.locator('vv-incoming-call').waitFor({ state: 'detached' });
    assert.ok(caller.isClosed());
});

/** In a page: how opaque the corners of a picture are. */
async function cornersFilled(path) {
    const picture = await createImageBitmap(await (await fetch(path)).blob());
    const { width, height } = picture;
    const drawing = new OffscreenCanvas(width, height).getContext('2d');
    drawing.drawImage(picture, 0, 0);
    return [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]]
        .map(([x, y]) => drawing.getImageData(x, y, 1, 1).data[3]);
}

test('07 the portal can be installed', async () => {
    const page = await tool.send('Page.getAppManifest');
    assert.deepEqual(page.errors, []);
    const manifest = JSON.parse(page.data);
    assert.equal(manifest.display, 'standalone');
    for (const { src, sizes, type } of manifest.icons.filter(({ sizes: one }) => one !== 'any')) {
        const size = await mary.evaluate(async (path) => {
            const response = await fetch(path);
            const picture = await createImageBitmap(await response.blob());
            return [`${picture.width}x${picture.height}`, response.headers.get('content-type')];
        }, src);
        assert.deepEqual(size, [sizes, type]);
    }
    const { src } = manifest.icons.find(({ purpose }) => purpose === 'maskable');
    const bleeds = await mary.evaluate(cornersFilled, src);
    assert.deepEqual(bleeds, [255, 255, 255, 255]); // A launcher cuts its own shape out of it.
    assert.deepEqual(await mary.evaluate(cornersFilled, '/badge-96.png'), [0, 0, 0, 0]);
});

test('08 with a page that is hidden the notification is shown as well', async () => {
    await mary.goto('/people');
    await mary.locator('vv-header').waitFor();
    // Headless browsers hide no tab of their own: the worker is told so.
    await worker.evaluate(() => {
        self.seen = Object.getOwnPropertyDescriptor(WindowClient.prototype, 'visibilityState');
        Object.defineProperty(WindowClient.prototype, 'visibilityState',
            { get: () => 'hidden', configurable: true });
    });
    await ring();
    await mary.locator('vv-incoming-call').waitFor(); // The page has it too, for who returns.
    await hangUp(john.context());
    await deliver();
    await titled('Missed call from John Okafor');
    await worker.evaluate(() =>
        Object.defineProperty(WindowClient.prototype, 'visibilityState', self.seen));
});

test('09 another subscription of the push service is told to the server', async () => {
    const { key } = await mary.evaluate(async () => (await fetch('/api/push')).json());
    await leavePortal();
    subscriber = service.browser('mary-renewed');
    await worker.evaluate(subscribeAt, subscriber.subscription);
    const options = await worker.evaluate(async () => {
        const event = new Event('pushsubscriptionchange');
        const done = [];
        event.waitUntil = (promise) => done.push(promise);
        self.dispatchEvent(event);
        await Promise.all(done);
        return self.subscribedWith;
    });
    assert.deepEqual(options, { userVisibleOnly: true, applicationServerKey: key });
    await ring(); // Only the keys of the new one can read what is sent to it.
    await hangUp(john.context());
    const { path } = await until('a push', () => service.messages[0]);
    assert.equal(path, '/push/mary-renewed');
});
