// SPDX-License-Identifier: Apache-2.0
// Real browsers with fake devices, and two people who can use them. The driver's default flags,
// which allow sound and windows that people's browsers do not, are left out.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync }
    from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cookieOf, until as untilTrue } from '../api/server.mjs';
import { chromium, firefox } from './driver.mjs';

const HABITS = ['--mute-audio', '--disable-popup-blocking', '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows',
    '--disable-back-forward-cache'];
const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-domain-reliability', '--no-pings',
    '--autoplay-policy=document-user-activation-required'];
const FIREFOX_PREFS = {
    'media.navigator.streams.fake': true,
    // Allowed for ever: only then Firefox lets a window sound that nobody has clicked in.
    'permissions.default.microphone': 1,
    'permissions.default.camera': 1,
    'dom.disable_open_during_load': true, // The driver switches the blocking of windows off.
    'media.peerconnection.ice.loopback': true,
    'media.peerconnection.ice.obfuscate_host_addresses': false,
};
/** What each kind of devices changes in Firefox. */
const FIREFOX_DEVICES = {
    fake: {},
    tone: {},
    none: { 'media.navigator.streams.fake': false },
    // A camera of that name is looked for, and the fake one left out.
    'no-camera': { 'media.video_loopback_dev': 'no such camera' },
    denied: { 'permissions.default.microphone': 2, 'permissions.default.camera': 2 },
    asked: { 'permissions.default.microphone': 0, 'permissions.default.camera': 0 },
};
export const LIMIT_MS = 20_000;
const ANSWER_MS = 8000;
const LOOK_EVERY_MS = 100;

/** A file of a second that stands in for a microphone: silence, or a steady tone. */
function microphone(folder, hz = 0) {
    const path = join(folder, `microphone-${hz}.wav`);
    const rate = 48_000;
    const bytes = Buffer.alloc(44 + rate * 2);
    bytes.write('RIFF', 0);
    bytes.writeUInt32LE(bytes.length - 8, 4);
    bytes.write('WAVEfmt ', 8);
    bytes.writeUInt32LE(16, 16);
    bytes.writeUInt16LE(1, 20);
    bytes.writeUInt16LE(1, 22);
    bytes.writeUInt32LE(rate, 24);
    bytes.writeUInt32LE(rate * 2, 28);
    bytes.writeUInt16LE(2, 32);
    bytes.writeUInt16LE(16, 34);
    bytes.write('data', 36);
    bytes.writeUInt32LE(rate * 2, 40);
    for (let i = 0; i < rate; i++) {
        const level = Math.sin(2 * Math.PI * hz * i / rate);
        bytes.writeInt16LE(Math.round(level * 8000), 44 + i * 2);
    }
    writeFileSync(path, bytes);
    return path;
}

/** Chromium takes the authorities of its home's certificate store, Firefox of its profile's. */
function trust(store, authority) {
    mkdirSync(store, { recursive: true });
    const certutil = (...args) => execFileSync('certutil', ['-d', `sql:${store}`, ...args]);
    certutil('-N', '--empty-password');
    certutil('-A', '-t', 'C,,', '-n', 'test', '-i', authority);
}

/** A Firefox whose every context is one of its own, in a profile that trusts the authority. */
function trustingFirefox(home, env, authority) {
    const contexts = [];
    return {
        home,
        newContext: async (options) => {
            const profile = join(home, `profile-${contexts.length}`);
            trust(profile, authority);
            contexts.push(await firefox.launchPersistentContext(profile, { ...options,
                channel: 'moz-firefox', executablePath: '/usr/bin/firefox-esr', env,
                firefoxUserPrefs: FIREFOX_PREFS }));
            return contexts.at(-1);
        },
        close: async () => {
            await Promise.all(contexts.map((context) => context.close()));
            rmSync(home, { recursive: true, force: true });
        },
    };
}

/**
 * `devices`: 'fake', 'tone' (a microphone that is always heard), 'none', 'denied', 'no-camera';
 * only of Chromium 'silent'; only of Firefox 'asked', whose question `pressPrompt` answers.
 * `net`: a file for Chromium's record of the network; `resolve`: its rules for names; `prefs`:
 * further ones of Firefox.
 */
export async function openBrowser(kind = 'chromium', devices = 'fake',
    { authority, net, resolve, launch = {}, prefs = {} } = {}) {
    const home = mkdtempSync(join(tmpdir(), 'visavis-browser-'));
    const env = { ...process.env, HOME: home };
    if (authority !== undefined) {
        trust(join(home, '.pki/nssdb'), authority);
    }
    const media = {
        fake: ['--use-fake-device-for-media-stream=fps=15,device-count=2',
            '--use-fake-ui-for-media-stream'],
        silent: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
            `--use-file-for-fake-audio-capture=${microphone(home)}`],
        // Chromium's own fake microphone is heard only while the fake camera runs.
        tone: ['--use-fake-device-for-media-stream=fps=15', '--use-fake-ui-for-media-stream',
            `--use-file-for-fake-audio-capture=${microphone(home, 440)}`],
        none: ['--use-fake-ui-for-media-stream'],
        'no-camera': ['--use-fake-device-for-media-stream=device-count=0',
            '--use-fake-ui-for-media-stream',
            `--use-file-for-fake-audio-capture=${microphone(home, 440)}`],
        denied: ['--use-fake-device-for-media-stream', '--deny-permission-prompts'],
    }[devices];
    if (kind === 'firefox' && authority !== undefined) {
        return trustingFirefox(home, env, authority);
    }
    const browser = kind === 'chromium'
        ? await chromium.launch({ executablePath: '/usr/lib/chromium/chromium', env,
            args: [...CHROMIUM_FLAGS, ...media, ...net ? [`--log-net-log=${net}`] : [],
                ...resolve ? [`--host-resolver-rules=${resolve}`] : []],
            ignoreDefaultArgs: HABITS, ...launch })
        : await firefox.launch({ channel: 'moz-firefox', executablePath: '/usr/bin/firefox-esr',
            env, args: ['--remote-allow-system-access'],
            firefoxUserPrefs: { ...FIREFOX_PREFS, ...FIREFOX_DEVICES[devices], ...prefs } });
    browser.home = home;
    browser.on('disconnected', () => rmSync(home, { recursive: true, force: true }));
    return browser;
}

/** Ends all processes of a browser at once, as a crash of the machine does. */
export async function killBrowser(browser) {
    const gone = new Promise((resolve) => browser.on('disconnected', resolve));
    killProcesses(browser);
    await gone;
}

/** The same, and no wait for the driver to see it. */
export function killProcesses(browser) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
            const own = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
            if (own.includes(`HOME=${browser.home}`)) {
                process.kill(Number(pid), 'SIGKILL');
            }
        } catch {
            // It has ended already, or is somebody else's.
        }
    }
}

/** Asks the windows of Firefox itself, one after the other, until one has an answer. */
async function askFirefox(browser, expression) {
    const session = browser._connection.toImpl(browser)._browserSession;
    const { contexts } = await session.send('browsingContext.getTree',
        { 'moz:scope': 'chrome', maxDepth: 0 });
    for (const { context } of contexts) {
        const { result } = await session.send('script.evaluate',
            { target: { context }, expression, awaitPromise: false });
        if (result?.value) {
            return result.value;
        }
    }
    return '';
}

/**
 * Presses a button of Firefox's own question ('button': Allow, 'secondaryButton': Block) and gives
 * its label. Only the browser's own document can reach it; the driver's connection may ask that.
 */
export async function pressPrompt(browser, button) {
    return until('the browser asks', () => askFirefox(browser, `(() => {
        const question = PopupNotifications.panel?.querySelector('popupnotification');
        const button = question?.id.startsWith('webRTC') ? question.${button} : undefined;
        button?.click();
        return button?.label ?? '';
    })()`));
}

/** From now on a running Firefox has other devices, or gives them to other pages. */
export async function changeDevices(browser, devices) {
    const own = Object.keys({ ...FIREFOX_DEVICES.none, ...FIREFOX_DEVICES.denied });
    const prefs = { ...Object.fromEntries(own.map((name) => [name, FIREFOX_PREFS[name]])),
        ...FIREFOX_DEVICES[devices] };
    const done = await askFirefox(browser, `(() => {
        for (const [name, value] of Object.entries(${JSON.stringify(prefs)})) {
            Services.prefs[typeof value === 'boolean' ? 'setBoolPref' : 'setIntPref'](name, value);
        }
        return true;
    })()`);
    assert.equal(done, true);
}

/**
 * A signed-in person in a context of their own, on the page of `path`. `prepare`: before it;
 * `window`: the path is that of a call.
 */
export async function signIn(browser, server, name, path = '/people',
    { prepare = () => undefined, window = false, ...options } = {}) {
    const context = await browser.newContext({ viewport: null, baseURL: server.origin,
        locale: 'en-GB', ...options });
    context.setDefaultTimeout(LIMIT_MS);
    await prepare(context);
    const page = await context.newPage();
    page.faults = [];
    context.on('console', (message) =>
        message.type() === 'error' && page.faults.push(message.text()));
    context.on('weberror', (fault) => page.faults.push(String(fault.error())));
    await signInByRequest(page, name, path);
    await page.locator(window ? 'vv-call-page' : 'vv-header').waitFor();
    page.faults.length = 0; // Asking who one is before the sign-in is answered with 401.
    return page;
}

/**
 * The sign-in without its page, of which a test has many: a click, by which what follows may sound,
 * the request, and on to `path` by a script of the clicked document.
 */
async function signInByRequest(page, name, path) {
    await page.goto('/icon.svg');
    await page.mouse.click(8, 8);
    await page.evaluate(async ([who, next]) => {
        const answer = await fetch('/api/login', { method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ name: who, password: 'visavis-demo' }) });
        if (!answer.ok) {
            throw new Error(`sign-in: ${answer.status}`);
        }
        setTimeout(() => location.assign(next)); // Not before this is answered.
    }, [name, path]);
    await page.waitForURL(`**${path}`);
}

/** On the page of the sign-in; `button`: its word in the page's language. */
export async function fillSignIn(page, name, button = 'Sign in') {
    await page.locator('vv-field[name=name] input').fill(name);
    await page.locator('vv-field[name=password] input').fill('visavis-demo');
    await page.getByRole('button', { name: button }).click();
}

/** The window that a press opens. Both are waited for: a press that fails leaves nothing behind. */
export async function opening(context, press) {
    const [opened] = await Promise.all([context.waitForEvent('page'), press()]);
    return opened;
}

/** A press that closes its window, perhaps before the driver has its answer. */
export async function closing(page, press) {
    await Promise.all([page.waitForEvent('close'), press().catch(() => undefined)]);
}

/** Presses Call on a profile page and gives the call window. */
export async function pressCall(page) {
    return opening(page.context(), () => page.locator('vv-call-button button').first().click());
}

/** Presses Answer on the card and gives the call window. */
export async function pressAnswer(page, word = 'Answer') {
    await page.locator('vv-incoming-call').waitFor();
    return opening(page.context(), () => page.locator('vv-incoming-call')
        .getByRole('button', { name: word, exact: true }).click());
}

/** Before the page's scripts: keeps the peer connections where a test can ask them. */
export async function watchPeers(context) {
    await context.addInitScript(() => {
        window.peers = [];
        const Real = window.RTCPeerConnection;
        window.RTCPeerConnection = class extends Real {
            constructor(...args) {
                super(...args);
                window.peers.push(this);
            }
        };
    });
}

/** What the latest peer connection of a call window has received. */
export function received(page) {
    return page.evaluate(async () => {
        const peer = window.peers.at(-1);
        const got = { frames: 0, energy: 0, bytes: 0, peer: window.peers.length };
        for (const report of peer ? (await peer.getStats()).values() : []) {
            if (report.type === 'inbound-rtp') {
                got.frames += report.framesDecoded ?? 0;
                got.energy += report.totalAudioEnergy ?? 0;
                got.bytes += report.bytesReceived ?? 0;
            }
        }
        return got;
    });
}

/** What a page gives; nothing when it does not answer, as Firefox does not about a connection that
 * closes meanwhile. */
function answer(asked) {
    return Promise.race([asked, wait(ANSWER_MS, undefined, { ref: false })]);
}

/** The pair of candidates that the connection made last uses, and all that it knows; nothing while
 * none is in use. Not a nominated one: a pair that was left for a better one stays nominated. */
export function pathOf(page) {
    return page.evaluate(async () => {
        const stats = await window.peers.at(-1).getStats();
        const all = [...stats.values()];
        // Chromium names it in the transport; Firefox marks the pair itself.
        const transport = all.find(({ type }) => type === 'transport');
        const pair = stats.get(transport?.selectedCandidatePairId) ?? all.find(
            ({ type, selected }) => type === 'candidate-pair' && selected);
        return pair && { local: stats.get(pair.localCandidateId),
            remote: stats.get(pair.remoteCandidateId),
            candidates: all.filter(({ type }) => /^(local|remote)-candidate$/.test(type)) };
    });
}

/** Waits until `probe` gives something true; a look at a page costs more than one at a server. */
export function until(what, probe, limit = LIMIT_MS) {
    return untilTrue(() => answer(probe()), limit, what, LOOK_EVERY_MS);
}

/** For the report of a failure: the connections of a window, and what they send and receive. */
function connections(page) {
    return page.evaluate(async () => JSON.stringify(await Promise.all(window.peers.map(
        async (peer) => ({ is: `${peer.connectionState} ${peer.signalingState}`,
            media: peer.connectionState === 'closed' ? [] : [...(await peer.getStats()).values()]
                .filter(({ type }) => /^(in|out)bound-rtp$/.test(type))
                .map(({ type, kind, bytesReceived, bytesSent, totalAudioEnergy, framesDecoded }) =>
                    [type, kind, bytesReceived ?? bytesSent, totalAudioEnergy ?? framesDecoded]),
        })))));
}

/** Pictures and sound arrive and go on arriving; a new connection counts from nothing. */
export async function mediaFlow(page, { video = true, sound = true } = {}) {
    let before = await until('its connection answers', () => received(page));
    await until('media arrive', async () => {
        const now = await received(page);
        before = now.peer === before.peer ? before : { ...now, frames: 0, energy: 0, bytes: 0 };
        const heard = sound ? now.energy > before.energy : now.bytes > before.bytes + 1000;
        return heard && (!video || now.frames > before.frames + 5);
    }).catch(async (problem) => {
        const found = await answer(connections(page));
        throw new Error(`${problem.message} at ${page.url()}: ${found ?? 'no answer'}`);
    });
}

/** Ends what still runs, so that the next test finds nobody in a call. */
export async function hangUp(context) {
    for (const page of context.pages()) {
        const end = page.locator('button.control.end');
        if (await end.count() > 0) {
            await closing(page, () => end.click());
        }
    }
}

/** Closes all windows beside the given pages. */
export async function closeOthers(...pages) {
    const contexts = new Set(pages.map((page) => page.context()));
    const others = [...contexts].flatMap((context) => context.pages())
        .filter((page) => !pages.includes(page));
    await Promise.all(others.map((page) => answer(page.close().catch(() => undefined))));
}

/** Ends every call, however a test has left it, and closes all windows but the given pages. */
export async function endAll(server, ...pages) {
    server.administrator ??= cookieOf(await server.login('anna', 'visavis-demo'));
    const admin = (method, path) =>
        server.request(method, `/api/admin/calls${path}`, { cookie: server.administrator });
    for (const { id } of (await admin('GET', '')).json.calls) {
        await admin('DELETE', `/${id}`);
    }
    await closeOthers(...pages);
}

/** After a test, however it went: nobody is in a call, and nobody of these browsers is there. */
export async function leaveAll(server, ...browsers) {
    await endAll(server);
    const contexts = browsers.flatMap((browser) => browser.contexts());
    await Promise.all(contexts.map((context) =>
        answer(context.close().catch(() => undefined))));
}

/** The connection made while it rang is gone: the last of this window is that of the call. */
export async function ownConnection(page) {
    await until('one connection is left', () => page.evaluate(() =>
        window.peers.filter((peer) => peer.connectionState !== 'closed').length === 1
            && window.peers.at(-1).connectionState === 'connected'));
}

/** John on Mary's profile, Mary on a page of the portal. */
export async function johnAndMary(server, [callers, callees]) {
    const mary = await signIn(callees, server, 'mary');
    const john = await signIn(callers, server, 'john', '/people/mary');
    await watchPeers(mary.context());
    await watchPeers(john.context());
    const close = async () => {
        await hangUp(john.context());
        await Promise.all([mary.context().close(), john.context().close()]);
    };
    return { mary, john, close };
}

/** A running call of the two: their windows. */
export async function connected(people) {
    const caller = await pressCall(people.john);
    const callee = await pressAnswer(people.mary);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    return { caller, callee };
}
