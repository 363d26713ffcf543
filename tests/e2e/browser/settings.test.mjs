// SPDX-License-Identifier: Apache-2.0
// What one switches about calls in the settings, and what it changes at the next call; and how
// often somebody may ring in vain.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { newId, Tab } from '../api/tab.mjs';
import { closeOthers, connected, endAll, mediaFlow, openBrowser, ownConnection, pressCall, signIn,
    until, watchPeers } from './browser.mjs';
import { follow } from './portal.mjs';

const CHROMEBOOK = 'Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 (KHTML, like Gecko) '
    + 'Chrome/140.0.0.0 Safari/537.36';

let server;
let browsers;
let john;
let mary;
/** What has sounded in any page of Mary's since the last look. */
const heard = [];
before(async () => {
    server = await Server.start({ demo: true, options: { 'portal.unanswered_max': 3 } });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
    john = await signIn(browsers[0], server, 'john', '/people/mary');
    mary = await signIn(browsers[1], server, 'mary', '/settings');
    await Promise.all([john, mary].map((page) => watchPeers(page.context())));
    await mary.context().exposeBinding('noteSound', (_, sound) => heard.push(sound));
    await mary.context().addInitScript(watchSounds);
    await mary.reload();
});
afterEach(() => endAll(server, john, mary));
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

const card = (page) => page.locator('vv-incoming-call');
const line = (caller) => caller.locator('vv-call-stage .line');
/** What the tooltip of the Call button on the page of a profile says. */
const saysOf = (page, words, timeout) =>
    page.locator(`vv-call-button button[title*="${words}"]`).first().waitFor({ timeout });
const isIdle = (page) => saysOf(page, 'Start a video call');

/** Mary's switch is kept, and a page of hers that is loaded after shows it so. */
async function choose(name, on) {
    const choice = mary.getByRole('switch', { name });
    await choice.setChecked(on);
    await mary.reload();
    await until('it is kept', async () => await choice.isChecked() === on);
}

/** John's call is there, and he gives up. */
async function ringInVain() {
    await isIdle(john);
    const caller = await pressCall(john);
    await card(mary).waitFor();
    await caller.locator('button.control.end').click();
    await card(mary).waitFor({ state: 'detached' });
    await until('the window is gone', () => caller.isClosed());
}

test('parts 5 and 12: three calls in vain ring, the fourth is only a missed call, which looks to '
    + 'its caller as one at a device without sound', async () => {
    for (let i = 0; i < 3; i++) {
        await ringInVain();
    }
    await isIdle(john);
    const caller = await pressCall(john);
    await until('it seems to ring', async () =>
        /^Shown on .+, without sound/.test(await line(caller).textContent()));
    assert.equal(await card(mary).count(), 0);
    await caller.locator('button.control.end').click();
    await until('the window is gone', () => caller.isClosed());
    const missed = mary.locator('vv-header a[href^="/calls"] .count');
    await until('four are missed', async () => await missed.textContent() === '4');
    assert.equal(await card(mary).count(), 0);
    // She calls back: then he may ring again.
    await mary.goto('/people/john');
    const back = await pressCall(mary);
    await card(john).getByRole('button', { name: 'Answer without camera' }).click();
    await back.getByRole('timer').waitFor();
    await endAll(server, john, mary);
    await mary.goto('/settings');
    await ringInVain();
});

test('part 5: a ring that is switched off here shows the card without a sound, and the caller is '
    + 'told so', async () => {
    await mary.locator('h1').click(); // From a click on it may sound.
    const ring = mary.getByRole('checkbox', { name: 'Ring of a call to you' });
    await ring.uncheck();
    await isIdle(john);
    const caller = await pressCall(john);
    await card(mary).waitFor();
    await until('it is said', async () => /without sound/.test(await line(caller).textContent()));
    await endAll(server, john, mary);
    await ring.check();
    await isIdle(john);
    const again = await pressCall(john);
    await until('it is heard', async () => /^Ringing on /.test(await line(again).textContent()));
});

/** In the page: tells of each sound that is played, by its length and loudness, and where. */
function watchSounds() {
    const blobs = new Map();
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
        const url = make(blob);
        blobs.set(url, blob);
        return url;
    };
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = async function () {
        const blob = blobs.get(this.src);
        await play.call(this);
        if (blob) {
            const samples = new Int16Array((await blob.arrayBuffer()).slice(44));
            const soft = samples.every((one) => Math.abs(one) < 8000);
            const { sinkId, loop } = this;
            window.noteSound({ ms: samples.length / 16, soft, loop, sinkId });
            (window.elements ??= []).push(this);
        }
    };
}

/** Each sound by the words of its switch: milliseconds, looping, loudness. */
const SOUNDS = { 'Ring of a call to you': '3000 true', 'While the other side rings': '5000 true',
    'The call has ended': '500 false', 'You have declined': '300 false',
    'The other side is busy': '550 false',
    'Somebody calls while you are in a call': '500 false soft' };
const named = ({ ms, soft, loop }) => Object.keys(SOUNDS).find((name) =>
    SOUNDS[name] === `${ms} ${loop}${soft ? ' soft' : ''}`) ?? `${ms} ms`;

const enter = async (name) =>
    Tab.open(server, cookieOf(await server.login(name, 'visavis-demo')));
const on = { microphone: true, camera: true };

/** Each sound has its cause at Mary, once: only she has pages, the others are connections. */
async function causeAll(luc, sofia, ringsBack) {
    // Mary's page says how it rings once the browser has let it sound, or it was to be silent.
    const rung = (tab, id) => tab.event(({ type, call }) => type === 'call.changed'
        && call.id === id && call.rings.some(({ how }) => how !== 'by-autoplay'));
    const ring = newId();
    await luc.ask('call.start', { call: ring, callee: 'mary', ...on });
    await rung(luc, ring);
    await card(mary).getByRole('button', { name: 'Decline', exact: true }).click();
    await luc.call(ring, 'ended');
    const called = async (tab) => {
        const window = await pressCall(mary);
        const { call } = await tab.event(({ type, call }) => type === 'call.changed'
            && call.state === 'ringing' && call.peer.name === 'mary'
            && window.url().includes(call.id));
        return { window, call: call.id };
    };
    await saysOf(mary, 'Start a video call');
    const { window, call } = await called(luc);
    await window.getByText(/^\s*(Ringing|Calling|Shown)/).first().waitFor();
    await until('it rings back', () => !ringsBack || heard.some((one) =>
        named(one) === 'While the other side rings'));
    await luc.ask('call.accept', { call, ...on });
    const second = newId();
    await sofia.ask('call.start', { call: second, callee: 'mary', ...on });
    await rung(sofia, second);
    await sofia.ask('call.end', { call: second, reason: 'hung-up' });
    await luc.ask('call.end', { call, reason: 'hung-up' });
    await window.locator('vv-call-message').waitFor();
    const between = newId(); // Luc does not want a second call while he has one.
    await luc.ask('call.start', { call: between, callee: 'sofia', ...on });
    await sofia.ask('call.accept', { call: between, ...on });
    const busy = await pressCall(mary);
    await busy.getByText('is in another call').waitFor();
    await luc.ask('call.end', { call: between, reason: 'hung-up' });
}

test('part 11: each sound is heard, and silenced by its own switch only', async () => {
    const luc = await enter('luc');
    const sofia = await enter('sofia');
    await luc.ask('call.prefer', { waiting: false, relayOnly: false });
    const names = Object.keys(SOUNDS);
    // Three rounds: each sound has switches off in rounds of its own, and is heard in another.
    for (const round of [0, 1, 2]) {
        const off = names.filter((_, i) => ((i + 1) >> round) & 1);
        await follow(mary, '/settings');
        for (const name of names) {
            await mary.getByRole('checkbox', { name }).setChecked(!off.includes(name));
        }
        await follow(mary, '/people/luc');
        heard.length = 0;
        await causeAll(luc, sofia, !off.includes('While the other side rings'));
        const expected = names.filter((name) => !off.includes(name)).sort();
        const found = () => [...new Set(heard.map(named))].sort();
        await until('all that is on was heard', async () =>
            expected.every((name) => found().includes(name))).catch(() => undefined);
        assert.deepEqual(found(), expected, `without ${off.join(', ')}`);
        await closeOthers(john, mary);
    }
    await follow(mary, '/settings');
    for (const name of names) {
        await mary.getByRole('checkbox', { name }).check();
    }
    luc.leave();
    sofia.leave();
});

test('part 11: the ring sounds at the second output too, and nothing else does', async () => {
    heard.length = 0;
    await mary.context().grantPermissions(['microphone', 'camera', 'notifications']);
    await mary.goto('/settings'); // Pages learn of speakers where they may use the microphone.
    const choice = mary.getByRole('combobox', { name: 'at a second device' });
    await choice.waitFor();
    const [second] = (await choice.locator('option').evaluateAll((options) =>
        options.map(({ value }) => value))).filter((value) => value !== '');
    await choice.selectOption(second);
    await mary.locator('h1').click();
    const luc = await enter('luc');
    const call = newId();
    await luc.ask('call.start', { call, callee: 'mary', ...on });
    await card(mary).waitFor();
    const ringing = () => mary.evaluate(() => (window.elements ?? []).filter((one) =>
        one.loop && !one.paused && one.currentTime > 0).map(({ sinkId }) => sinkId).sort());
    await until('it rings at both', async () => (await ringing()).length === 2);
    assert.deepEqual(await ringing(), ['', second].sort());
    await card(mary).getByRole('button', { name: 'Decline', exact: true }).click();
    await until('both are silent', async () => (await ringing()).length === 0);
    await until('it is refused', async () => heard.some(({ loop }) => !loop));
    assert.ok(heard.every(({ loop, sinkId }) => loop || sinkId === ''), JSON.stringify(heard));
    await choice.selectOption('');
    luc.leave();
});

test('part 4: without call waiting a second caller is told at once, and nothing is shown',
    async () => {
        await choose('Call waiting', false);
        await isIdle(john);
        const { callee } = await connected({ john, mary });
        const luc = await signIn(browsers[0], server, 'luc', '/people/mary');
        const second = await pressCall(luc);
        await second.getByText('Mary Whitfield is in another call.').waitFor();
        assert.equal(await card(mary).count() + await card(callee).count(), 0);
        await luc.context().close();
        await endAll(server, john, mary);
        await choose('Call waiting', true);
    });

test('part 12: who hides the address by its switch sends from a relay only', async () => {
    await choose('Hide my address', true);
    await isIdle(john);
    const { caller, callee } = await connected({ john, mary });
    await Promise.all([caller, callee].map(ownConnection));
    const own = await callee.evaluate(async () => [...(await window.peers.at(-1).getStats())
        .values()].filter(({ type }) => type === 'local-candidate')
        .map(({ candidateType }) => candidateType));
    assert.ok(own.length > 0 && own.every((type) => type === 'relay'), String(own));
    await mediaFlow(caller);
    await endAll(server, john, mary);
    await choose('Hide my address', false);
});

test('part 1: a device whose sign-in is ended in the settings rings no more', async () => {
    const other = await signIn(browsers[1], server, 'mary', '/people', { userAgent: CHROMEBOOK });
    await saysOf(john, 'It rings on 2 devices');
    await mary.reload();
    await mary.locator('.login', { hasText: 'ChromeOS' }).getByRole('button', { name: 'End' })
        .click();
    await other.waitForURL('**/login**');
    await saysOf(john, 'It rings on 1 device.');
    await pressCall(john);
    await card(mary).waitFor();
    assert.equal(await card(other).count(), 0);
    await other.context().close();
});

test('part 1: the window of a call that is over is soon no device any more', async () => {
    const sofia = await signIn(browsers[1], server, 'sofia', '/people');
    await watchPeers(sofia.context());
    await john.goto('/people/sofia');
    const { callee } = await connected({ john, mary: sofia });
    await sofia.close();
    await endAll(server, john);
    await callee.locator('vv-call-message').waitFor();
    await saysOf(john, 'Offline', 40_000);
    await callee.locator('vv-call-message').getByRole('button', { name: 'Close' }).waitFor();
    await callee.context().close();
    await john.goto('/people/mary');
});

test('nothing has failed meanwhile', () => {
    assert.deepEqual([...john.faults, ...mary.faults], []);
});
