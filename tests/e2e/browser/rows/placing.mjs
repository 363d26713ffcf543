// SPDX-License-Identifier: Apache-2.0
// Rows M32 to M53 of the acceptance table, "Placing a call", M113 and N8. Each runs in Chromium and
// in Firefox ESR.
import assert from 'node:assert/strict';
import { Server } from '../../api/server.mjs';
import { connected, fillSignIn, johnAndMary, mediaFlow, ownConnection, pathOf, pressAnswer,
    pressCall, pressPrompt, received, until } from '../browser.mjs';
import { calledBy, tellMore } from '../portal.mjs';
import { card, control, endedBy, isOn, isSilent, loops, nothingArrives, pressAndClose,
    promised } from './world.mjs';

const SOON_MS = 1000;
const own = (page) => page.locator('vv-own-picture');
const picture = (place) => place.evaluate((element) =>
    element.shadowRoot.querySelector('video').videoWidth);
const size = (page) => page.evaluate(() => ({ width: innerWidth, height: innerHeight }));

/** In John's page: what window.open was asked for, and whether that was within the click. */
function watchOpening() {
    let clicking = false;
    window.opening = [];
    window.clickedAt = 0;
    const open = window.open.bind(window);
    window.addEventListener('click', () => {
        clicking = true;
        window.clickedAt = Date.now();
    }, true);
    window.addEventListener('click', () => (clicking = false));
    window.open = (...args) => {
        const opened = open(...args);
        window.opening.push({ clicking, opened: opened !== null, features: args[2] ?? '' });
        return opened;
    };
}

/** In Mary's page: when a card was there. */
function watchCard() {
    window.cardAt = 0;
    const look = () => {
        window.cardAt ||= document.querySelector('vv-incoming-call') === null ? 0 : Date.now();
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
}

async function notifiedAfter(world) {
    await world.ready();
    await world.mary.evaluate(watchCard);
    await world.john.evaluate(watchOpening);
    const caller = await world.ringing();
    const [opened] = await world.john.evaluate(() => window.opening);
    assert.deepEqual({ clicking: opened.clicking, opened: opened.opened },
        { clicking: true, opened: true });
    // How long Firefox itself takes to open a window on a busy machine is not the product's time.
    const began = world.kind === 'firefox' ? await caller.evaluate(() => performance.timeOrigin)
        : await world.john.evaluate(() => window.clickedAt);
    return Math.round(await world.mary.evaluate(() => window.cardAt) - began);
}

/** The way of a call of somebody of that browser whose microphone does not open. */
async function interrupted(world, browser, title) {
    const john = await world.enter('john', '/people/mary', { browser });
    await world.canCall(john);
    const caller = await pressCall(john);
    await caller.getByRole('heading', { name: title }).waitFor();
    await assertNotRung(world);
    await pressAndClose(caller.getByRole('button', { name: 'Close' }), caller);
    await assertNotRung(world);
}

/** No card, and nothing that the server would know of a call. */
async function assertNotRung(world) {
    assert.equal(await card(world.mary).count(), 0);
    const { json } = await world.server.request('GET', '/api/admin/calls', { cookie: world.anna });
    assert.deepEqual(json.calls, []);
}

const opening = [
    {
        name: 'M32: a press of Call opens a window at once, and the other is notified within 1 s',
        run: (world) => promised(SOON_MS, () => notifiedAfter(world)),
    },
    {
        name: 'M33: the window has 80 % of the screen, centred, and is titled "Call to ..."',
        run: async (world) => {
            const caller = await world.ringing();
            await until('it is titled', async () =>
                await caller.title() === 'Call to Mary Whitfield');
            const at = await caller.evaluate(() => ({ width: innerWidth, height: innerHeight,
                x: screenX + outerWidth / 2, y: screenY + outerHeight / 2, popup: !toolbar.visible,
                screen: { width: screen.availWidth, height: screen.availHeight } }));
            const near = (value, wanted) =>
                assert.ok(Math.abs(value - wanted) < 48, JSON.stringify(at)); // The frame's width.
            near(at.width, at.screen.width * 0.8);
            near(at.height, at.screen.height * 0.8);
            near(at.x, at.screen.width / 2);
            near(at.y, at.screen.height / 2);
            assert.equal(at.popup, true);
        },
    },
    {
        name: 'M33: on a screen of at most 760 px the window is full',
        run: async (world) => {
            const viewport = { width: 390, height: 800 };
            const luc = await world.enter('luc', '/people/mary', { viewport, screen: viewport });
            await world.canCall(luc);
            await luc.evaluate(watchOpening);
            const caller = await pressCall(luc);
            await control(caller, 'end').waitFor();
            // No size asked for: a tab of its own, as large as the browser.
            assert.deepEqual(await luc.evaluate(() => window.opening),
                [{ clicking: true, opened: true, features: '' }]);
            assert.deepEqual(await size(caller), viewport);
            await luc.context().close();
        },
    },
    {
        name: 'M34: the window shows the own picture when the camera was on in the last call',
        run: async (world) => {
            const first = await world.ringing();
            await isOn(first, 'camera');
            await pressAndClose(control(first, 'end'), first);
            await card(world.mary).waitFor({ state: 'detached' });
            const caller = await world.ringing();
            await until('the own picture is there', () => picture(own(caller)));
        },
    },
    {
        name: 'M35: a ring-back sounds in the window, again and again',
        run: async (world) => {
            const caller = await world.ringing();
            await until('it sounds', async () => await loops(caller) === 1);
            const ring = await caller.evaluateHandle(() => window.sounds.find((one) => one.loop));
            const heard = () => ring.evaluate(({ currentTime, paused, muted, volume }) =>
                ({ at: currentTime, on: !paused && !muted && volume > 0 }));
            await until('it advances', async () => (await heard()).at > 0);
            await ring.evaluate((one) => (one.currentTime = one.duration - 0.3));
            await until('it begins again', async () => {
                const { at, on } = await heard();
                return on && at > 0 && at < 3;
            });
        },
    },
    {
        name: 'M36: an answer stops the ring-back',
        run: async (world) => {
            const caller = await world.ringing();
            await until('it sounds', async () => await loops(caller) === 1);
            await pressAnswer(world.mary);
            await isSilent(caller);
        },
    },
];

const asking = [
    {
        name: 'M37, M38: the browser asks for microphone and camera in the window; allowed, the '
            + 'call goes on without another click',
        run: async (world) => {
            const asks = world.kind === 'firefox';
            const browser = asks ? await world.with('asked') : world.browser;
            const john = await world.enter('luc', '/people/mary', { browser });
            await world.canCall(john);
            const caller = await pressCall(john);
            if (asks) {
                await until('the microphone is asked for', () =>
                    caller.evaluate(() => window.asked.length === 1));
                await assertNotRung(world);
                assert.equal(await pressPrompt(browser, 'button'), 'Allow');
                assert.equal(await pressPrompt(browser, 'button'), 'Allow');
            } // Chromium's stand-in for its question says Allow at once.
            await card(world.mary).waitFor();
            // The page has placed the call: the window opens the devices when it is loaded.
            const asked = () => caller.evaluate(() => window.asked.map(Object.keys));
            await until('both are asked for', async () => (await asked()).length > 1);
            assert.deepEqual(await asked(), [['audio'], ['video']]);
            if (asks) { // The page opens nothing that the browser would ask for.
                assert.deepEqual(await john.evaluate(() => window.asked), []);
            } else {
                await john.context().close();
            }
        },
    },
    {
        name: 'M39: a block of the microphone interrupts the call and says so; the other never '
            + 'rings',
        run: async (world) =>
            interrupted(world, await world.with('denied'), 'Your microphone is blocked'),
    },
    {
        name: 'M39: Block in the question of the browser interrupts the call',
        skip: { chromium: 'its driver cannot press the buttons of its question' },
        run: async (world) => {
            const browser = await world.with('asked');
            const luc = await world.enter('luc', '/people/mary', { browser });
            await world.canCall(luc);
            const caller = await pressCall(luc);
            assert.equal(await pressPrompt(browser, 'secondaryButton'), 'Block');
            await caller.getByRole('heading', { name: /Your microphone (is blocked|was not)/ })
                .waitFor();
            await assertNotRung(world);
        },
    },
    {
        name: 'M46: without a camera it is a call of voices',
        run: async (world) => {
            const john = await world.enter('john', '/people/mary',
                { browser: await world.another('no-camera') });
            await world.canCall(john);
            const caller = await pressCall(john);
            const callee = await pressAnswer(world.mary);
            await Promise.all([mediaFlow(caller), mediaFlow(callee, { video: false })]);
            assert.equal(await control(caller, 'camera').isDisabled(), true);
            assert.equal((await received(callee)).frames, 0);
        },
    },
    {
        name: 'M47: a missing microphone is told, and the call is not made',
        run: async (world) =>
            interrupted(world, await world.with('none'), 'No microphone found'),
    },
];

const memory = [
    {
        name: 'M40, M41: muted and without a camera in the last call, the next one begins so',
        run: async (world) => {
            const before = await world.ringing();
            await Promise.all([isOn(before, 'microphone'), isOn(before, 'camera')]);
            await control(before, 'microphone').click();
            await control(before, 'camera').click();
            await isOn(before, 'camera', false);
            await world.settingsAre('john', { microphone: false, camera: false });
            await pressAndClose(control(before, 'end'), before);
            await card(world.mary).waitFor({ state: 'detached' });
            const caller = await world.ringing();
            await isOn(caller, 'microphone', false);
            await isOn(caller, 'camera', false);
            const callee = await pressAnswer(world.mary);
            await mediaFlow(caller); // The call runs: what the other sends arrives.
            assert.equal((await received(callee)).frames, 0);
            assert.equal(await nothingArrives(world, callee, 'energy'), true);
            assert.equal(await caller.evaluate(() => window.tracks.some((one) =>
                one.kind === 'video')), false);
        },
    },
    {
        name: 'M42: two people of one browser profile have separate memories',
        run: async (world) => {
            const page = await world.enter('luc', '/people/mary');
            const begins = async (on) => {
                await world.canCall(page);
                const caller = await pressCall(page);
                await card(world.mary).waitFor();
                await isOn(caller, 'microphone', on);
                await isOn(caller, 'camera', on);
                return caller;
            };
            const over = async (caller) => {
                await pressAndClose(control(caller, 'end'), caller);
                await card(world.mary).waitFor({ state: 'detached' });
            };
            const change = async (name) => {
                // Not awaited: the page leaves as soon as the server says so.
                await page.evaluate(() => void fetch('/api/logout', { method: 'POST' }));
                await page.waitForURL('**/login**');
                await page.goto('/login?return=/people/mary');
                await fillSignIn(page, name);
                await page.waitForURL('**/people/mary');
            };
            const lucs = await begins(true);
            await control(lucs, 'microphone').click();
            await control(lucs, 'camera').click();
            await world.settingsAre('luc', { microphone: false, camera: false });
            await over(lucs);
            await change('sofia');
            await over(await begins(true));
            await change('luc');
            await over(await begins(false));
            await page.context().close();
            await world.remember('luc');
        },
    },
];

const pictures = [
    {
        name: 'M43: the other’s picture fills the window, and the own one shrinks to the bottom '
            + 'right corner',
        run: async (world) => {
            const caller = await world.ringing();
            await until('the own picture is there', () => picture(own(caller)));
            const before = await own(caller).boundingBox();
            await pressAnswer(world.mary);
            await mediaFlow(caller);
            const remote = caller.locator('vv-remote-picture:not(.unseen) video');
            await remote.waitFor();
            const view = await size(caller);
            const { x, y, width, height } = await remote.boundingBox();
            assert.deepEqual({ x, y, width, height }, { x: 0, y: 0, ...view });
            const box = await until('the own picture is small', async () => {
                const now = await own(caller).boundingBox();
                return now.width < before.width && now.width <= view.width / 3 ? now : undefined;
            });
            assert.ok(box.x + box.width > view.width - 40, JSON.stringify({ box, view }));
            // In a small window it stands above the controls.
            assert.ok(box.y + box.height > view.height - 120, JSON.stringify({ box, view }));
        },
    },
    {
        name: 'M44: of who answers without a camera no picture is seen, and the sound is heard',
        run: async (world) => {
            const caller = await world.ringing();
            await card(world.mary).getByRole('button', { name: 'Answer without camera' }).click();
            await mediaFlow(caller, { video: false });
            await caller.locator('vv-call-stage .face vv-avatar').waitFor();
            await caller.locator('vv-remote-picture.unseen').waitFor({ state: 'attached' });
            assert.equal((await received(caller)).frames, 0);
        },
    },
    {
        name: 'M45: the own picture is mirrored, the other’s is not',
        run: async (world) => {
            const { caller } = await world.connected();
            const across = (place) => place.evaluate((element) =>
                new DOMMatrix(getComputedStyle(element).transform).a);
            assert.equal(await across(own(caller).locator('video')), -1);
            const whole = ['vv-remote-picture video', 'vv-remote-picture'];
            for (const place of whole) {
                assert.equal(await across(caller.locator(place)), 1);
            }
            assert.equal(await across(own(caller)), 1); // Mirrored once, not twice.
        },
    },
];

const refusing = [
    {
        name: 'M48, N16: a window that the browser blocks is told; nobody rings, and the call can '
            + 'be made in the page',
        run: async (world) => {
            const { john } = world;
            await john.bringToFront(); // Firefox gives devices to the page in front only.
            // A click that no person has made, and none lately: browsers open no window for it.
            await john.waitForFunction(() => !navigator.userActivation.isActive);
            await john.locator('vv-call-button button').first().evaluate((one) => one.click());
            await john.getByRole('heading', { name: 'The call window was blocked' }).waitFor();
            assert.equal(john.context().pages().length, 1);
            await assertNotRung(world);
            await john.getByRole('button', { name: 'Call in this page' }).click();
            await john.waitForURL('**/call/*');
            await card(world.mary).waitFor();
        },
    },
    {
        name: 'M49: a call that the server refuses shows title, advice and a reference, and its '
            + 'window closes',
        run: async (world) => {
            const held = (context) => context.addInitScript(() => {
                const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
                const free = new Promise((resolve) => (window.free = resolve));
                navigator.mediaDevices.getUserMedia = (wanted) => free.then(() => real(wanted));
            });
            const luc = await world.enter('luc', '/people/mary', { prepare: held });
            await world.canCall(luc);
            const caller = await pressCall(luc);
            await control(caller, 'end').waitFor();
            const activate = (active) => world.server.request('PUT',
                '/api/admin/connectors/webrtc', { cookie: world.anna, body: { active } });
            await activate(false); // Between the press and the call.
            await luc.locator('vv-call-button button').first().waitFor({ state: 'detached' });
            await caller.evaluate(() => window.free());
            try {
                await endedBy(caller,
                    'This way to call has been switched off by the administrator.');
            } finally {
                await activate(true);
            }
            await caller.getByRole('heading', { name: 'The call did not work' }).waitFor();
            const text = await caller.getByText(/Reference: /).innerText();
            const reference = /Reference: ([\w-]{8,16})/.exec(text)[1];
            const lines = () => world.server.log.split('\n').filter((line) =>
                line.includes(reference));
            await until('the log has the reference', () => lines().length === 1);
            await pressAndClose(caller.getByRole('button', { name: 'Close' }), caller);
            await luc.context().close();
        },
    },
    {
        name: 'M50: a second call of the two from another browser is refused as already started, '
            + 'and the first is untouched',
        run: async (world) => {
            const { caller, callee } = await world.connected();
            const elsewhere = await world.enter('john', '/people/mary');
            await elsewhere.locator('vv-call-button button').first().waitFor();
            const second = await pressCall(elsewhere);
            await endedBy(second, 'You are in a call already.');
            await second.getByText(/Reference: /).waitFor();
            assert.equal(await card(world.mary).count(), 0);
            await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
            await elsewhere.context().close();
            await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
        },
    },
    {
        name: 'M51: with a certificate the page of a call is served over https only',
        run: async (world) => {
            const server = await Server.start({ tls: true });
            const context = await world.browser.newContext({ ignoreHTTPSErrors: true });
            const page = await context.newPage();
            const path = `localhost:${server.port}/call/AAAAAAAAAAAAAAAAAAAAAA`;
            await assert.rejects((await context.newPage()).goto(`http://${path}`));
            const answer = await page.goto(`https://${path}`);
            assert.equal(answer.status(), 401);
            assert.match(answer.headers()['strict-transport-security'], /max-age/);
            await page.locator('vv-field[name=name]').waitFor();
            await context.close();
            await server.stop();
        },
    },
    {
        name: 'M52: without a sign-in the address of a call is a page with 401 whose sign-in '
            + 'returns to the call',
        run: async (world) => {
            const caller = await world.ringing();
            const context = await world.browser.newContext({ baseURL: world.server.origin,
                locale: 'en-GB' });
            const page = await context.newPage();
            const answer = await page.goto(caller.url());
            assert.equal(answer.status(), 401);
            await fillSignIn(page, 'mary');
            await page.waitForURL(caller.url());
            await page.getByText('John Okafor is calling you').waitFor();
            await context.close();
        },
    },
    {
        name: 'M53: the call is one and the same, whoever presses Call',
        run: async (world) => {
            const { john, mary } = world;
            await mary.goto('/people/john'); // Not while it rings: nobody would be there meanwhile.
            await world.canCall(mary);
            const caller = await world.ringing();
            const callee = await pressCall(mary); // Instead of Answer.
            await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
            assert.equal(callee.url(), caller.url());
            assert.deepEqual(await calledBy(mary), ['john']);
            await world.ready();
            await mary.goto('/people/john');
            await world.canCall(mary);
            await world.canCall(john);
            const both = await Promise.all([pressCall(john), pressCall(mary)]);
            for (const window of both) { // Firefox gives devices to the window in front only.
                await window.bringToFront();
                await until('its devices are open', () => window.evaluate(() =>
                    window.tracks.length === 2));
            }
            await Promise.all(both.map((window) => mediaFlow(window)));
            assert.equal(both[0].url(), both[1].url());
            const { json } = await world.server.request('GET', '/api/admin/calls',
                { cookie: world.anna });
            assert.equal(json.calls.length, 1);
        },
    },
    {
        name: 'M113: without any ICE server two on one network talk from browser to browser',
        run: async ({ browser }) => {
            const server = await Server.start({ demo: true, options: { 'turn.on': 0 } });
            const people = await johnAndMary(server, [browser, browser]);
            const { caller, callee } = await connected(people);
            for (const window of [caller, callee]) {
                assert.deepEqual(await window.evaluate(() =>
                    window.peers.at(-1).getConfiguration().iceServers ?? []), []);
                const { local, remote } = await until('a path is in use', () => pathOf(window));
                const kinds = [local.candidateType, remote.candidateType];
                assert.ok(kinds.every((kind) => ['host', 'prflx'].includes(kind)), kinds.join());
            }
            await people.close();
            assert.equal(await server.stop(), 0);
        },
    },
];

/** ICE servers of which none answers: no such name, and nothing behind the ports. */
const DEAD = [{ urls: ['stun:no-such-host.invalid:3478'] }, { urls: ['stun:127.0.0.1:3'] },
    { urls: ['turn:127.0.0.1:4?transport=udp', 'turn:127.0.0.1:4?transport=tcp',
        'turns:127.0.0.1:5?transport=tcp'], credentials: true, username: 'u', password: 'p' }]
    .map((server) => ({ credentials: false, username: '', ...server }));
/** Firefox makes no connection with a server whose port it blocks. */
const BLOCKED = 'stun:127.0.0.1:9';
/** Firefox counts the servers. */
const SLOW = /five or more STUN\/TURN servers/;
/** What no browser can read, and what leads nowhere: addresses kept for examples, no such name. */
const BAD = ['junk', 'candidate:', 'candidate:1 1 udp 1 192.0.2.1 5000 typ wormhole',
    'candidate:1 1 udp 1 no address 5000 typ host', 'candidate:1 1 udp 1 192.0.2.1 99999 typ host',
    ...['udp 2122260223 192.0.2.1 5000 typ host', 'udp 2122260222 2001:db8::1 5000 typ host',
        'udp 2122260221 3a7a5f4e-0000-4000-8000-000000000000.local 5000 typ host',
        'tcp 1518280447 127.0.0.1 9 typ host tcptype passive',
        'udp 41885439 192.0.2.9 5000 typ relay raddr 0.0.0.0 rport 0']
        .map((rest) => `candidate:1 1 ${rest}`)];

const badCandidates = (event) => event.type !== 'call.candidate' ? [] : [
    ...BAD.map((candidate) => ({ ...event, candidate })),
    { ...event, candidate: BAD.at(-1), mid: 'no-such', line: 99 },
    { ...event, candidate: BAD.at(-1), ufrag: 'nobody' }];

/** In a page: counts what its connections have been given, and what of it they refused. */
function watchCandidates() {
    window.candidates = { given: 0, refused: 0 };
    const add = RTCPeerConnection.prototype.addIceCandidate;
    RTCPeerConnection.prototype.addIceCandidate = function given(...args) {
        window.candidates.given++;
        const added = add.apply(this, args);
        added.catch(() => window.candidates.refused++);
        return added;
    };
}

const mending = [
    {
        name: 'N8: among bad candidates, and with ICE servers that are dead, the call connects and '
            + 'goes on',
        run: async (world) => {
            const webrtc = (method, body) => world.server.request(method, '/api/admin/webrtc',
                { cookie: world.anna, body });
            const { json: before } = await webrtc('GET');
            const blocked = { urls: [BLOCKED], credentials: false, username: '' };
            const body = { ...before, servers: [blocked, ...DEAD] };
            assert.equal((await webrtc('PUT', body)).status, 204);
            try {
                const prepare = async (context) => {
                    await tellMore(context, badCandidates);
                    await context.addInitScript(watchCandidates);
                };
                const sofia = await world.enter('sofia', '/people', { prepare });
                const luc = await world.enter('luc', '/people/sofia', { prepare });
                await world.canCall(luc);
                const caller = await pressCall(luc);
                const callee = await pressAnswer(sofia);
                const windows = [caller, callee];
                await Promise.all(windows.map((window) => mediaFlow(window)));
                for (const window of windows) {
                    const { given, refused } = await until('bad ones came', () =>
                        window.evaluate((least) => window.candidates.given > least
                            && window.candidates, BAD.length));
                    assert.ok(refused > 0, `${refused} of ${given}`);
                    const urls = await window.evaluate(() => window.peers.flatMap((peer) =>
                        peer.getConfiguration().iceServers.flatMap((server) => server.urls)));
                    for (const url of DEAD.flatMap((server) => server.urls)) {
                        assert.ok(urls.includes(url), `${url} is not among ${urls}`);
                    }
                }
                // Also by the connection that is left when the one of the ring has gone.
                await Promise.all(windows.map(ownConnection));
                await Promise.all(windows.map((window) => mediaFlow(window)));
                const faults = [...luc.faults, ...sofia.faults];
                assert.deepEqual(faults.filter((one) => !SLOW.test(one)), []);
                await Promise.all([luc.context().close(), sofia.context().close()]);
            } finally {
                assert.equal((await webrtc('PUT', before)).status, 204);
            }
        },
    },
];

export const placing = [opening, asking, memory, pictures, refusing, mending].flat();
