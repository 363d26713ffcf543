// SPDX-License-Identifier: Apache-2.0
// What the rows of the acceptance table about calling run in: a server, one browser of either
// kind, and John and Mary, each in a context of their own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { cookieOf, Server } from '../../api/server.mjs';
import { newId, Tab } from '../../api/tab.mjs';
import { changeDevices, closing, endAll, mediaFlow, openBrowser, pressAnswer, pressCall, received,
    signIn, until, watchPeers } from '../browser.mjs';

/** In the page: keeps what sounds, what was asked of the devices, and what they gave. */
function watchDevices() {
    window.sounds = [];
    window.asked = [];
    window.tracks = [];
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
        if (this instanceof HTMLAudioElement && !this.srcObject) {
            this.playedAt = Date.now();
            window.sounds.push(this);
        }
        return play.call(this);
    };
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        window.asked.push(wanted);
        const stream = await real(wanted);
        window.tracks.push(...stream.getTracks());
        return stream;
    };
}

/** Longer than the 30 s after which a window without media ends its call by itself. */
const OPTIONS = { 'portal.rejoin_ms': 40_000 };

async function watch(context) {
    await watchPeers(context);
    await context.addInitScript(watchDevices);
}

export class World {
    /** Other browsers of a row, closed after it. */
    extra = [];
    cookies = {};

    static async open(kind) {
        const world = new World();
        world.kind = kind;
        await Promise.all([
            openBrowser(kind, 'tone').then((opened) => (world.browser = opened)),
            Server.start({ demo: true, options: OPTIONS }).then((one) => (world.server = one)),
        ]);
        world.anna = await world.cookie('anna');
        world.mary = await world.enter('mary');
        world.john = await world.enter('john', '/people/mary');
        return world;
    }

    async close() {
        await this.browser?.close();
        assert.equal(await this.server?.stop(), 0);
    }

    /** Somebody signs in; `browser`: which; `prepare`: his context; the rest are its options. */
    enter(name, path = '/people', { browser = this.browser, prepare, ...options } = {}) {
        const both = async (context) => {
            await watch(context);
            await prepare?.(context);
        };
        return signIn(browser, this.server, name, path, { ...options, prepare: both });
    }

    /** A further browser of this kind, for this row. */
    async another(devices) {
        const browser = await openBrowser(this.kind, devices);
        this.extra.push(() => browser.close());
        return browser;
    }

    /**
     * A browser with other devices, for this row; nobody else may need some meanwhile. Firefox
     * takes many seconds to start, and changes its own as it runs.
     */
    async with(devices) {
        if (this.kind !== 'firefox') {
            return this.another(devices);
        }
        const before = this.browser.contexts();
        this.extra.push(async () => {
            const added = this.browser.contexts().filter((context) => !before.includes(context));
            await Promise.all(added.map((context) => context.close()));
            await changeDevices(this.browser, 'tone');
        });
        await changeDevices(this.browser, devices);
        return this.browser;
    }

    /** Nobody calls, both are available, on pages from which calls are made and rung. */
    async ready() {
        await Promise.all(this.extra.splice(0).map((close) => close().catch(() => undefined)));
        await endAll(this.server, this.john, this.mary);
        await this.remember('mary');
        await this.remember('john');
        await Promise.all([this.mary.goto('/people'), this.john.goto('/people/mary')]);
        await this.mary.locator('vv-person-row').first().waitFor();
        await this.canCall(this.john);
    }

    /** The Call button of the page is there, and the other would be rung. */
    canCall(page) {
        return page.locator('vv-call-button button[title*="It rings"]').first().waitFor();
    }

    /** One sign-in of each beside the browser: too many would end the oldest. */
    async cookie(name) {
        this.cookies[name] ??= cookieOf(await this.server.login(name, 'visavis-demo'));
        return this.cookies[name];
    }

    async settings(name) {
        const cookie = await this.cookie(name);
        const { json } = await this.server.request('GET', '/api/me', { cookie });
        return { cookie, settings: json.settings };
    }

    /** Microphone and camera are on in the memory again, and the status is as at first. */
    async remember(name) {
        const { cookie, settings } = await this.settings(name);
        if (settings.microphone && settings.camera && settings.status === 'available') {
            return;
        }
        const tab = await Tab.open(this.server, cookie);
        const call = newId();
        const on = { microphone: true, camera: true };
        const callee = name === 'mary' ? 'john' : 'mary'; // Somebody who is there.
        await tab.ask('status.set', { status: 'available' });
        await tab.ask('call.start', { call, callee, ...on });
        const told = await tab.ask('call.media',
            { call, ...on, screen: false, trouble: false, pressed: 'both' });
        assert.equal(told.type, 'ok');
        await tab.ask('call.end', { call, reason: 'hung-up' });
        tab.leave();
    }

    async settingsAre(name, wanted) {
        await until(`${name}'s memory is ${JSON.stringify(wanted)}`, async () => {
            const { settings } = await this.settings(name);
            return Object.entries(wanted).every(([key, value]) => settings[key] === value);
        });
    }

    /** John has pressed Call, and Mary's card is there: his window, which stands. */
    async ringing() {
        const caller = await pressCall(this.john);
        await Promise.all([card(this.mary).waitFor(), control(caller, 'end').waitFor()]);
        return caller;
    }

    /** They talk: both windows. */
    async connected() {
        const caller = await this.ringing();
        const callee = await pressAnswer(this.mary);
        await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
        return { caller, callee };
    }
}

/** What a connection that sends nothing adds in a while: noise, and Firefox's repeated last frame.
 * A tone and a camera add many times as much. */
const NOTHING = { chromium: { energy: 1e-4, frames: 0 }, firefox: { energy: 1e-4, frames: 4 } };

export const card = (page) => page.locator('vv-incoming-call');
export const heading = (page) => page.locator('vv-call-message h1');
export const control = (page, name) => page.locator(`[data-control=${name}]`);
/** Waits until the button of a device says that it is on, or off. */
export const isOn = (page, name, on = true) =>
    page.locator(`[data-control=${name}][aria-pressed=${on}]`).waitFor();
/** How many sounds are heard that go on until they are stopped. */
export const loops = (page) => page.evaluate(() =>
    window.sounds.filter((one) => one.loop && !one.paused).length);
export const isSilent = (page) => until('nothing sounds', async () => await loops(page) === 0);
/** How many sounds were played once, to their end. */
export const shorts = (page) => page.evaluate(() =>
    window.sounds.filter((one) => !one.loop && one.ended).length);
/** A click, as people make one: from then on the page may sound. */
export const unlock = (page) => page.locator('vv-header').click({ position: { x: 2, y: 2 } });

export const pressAndClose = (button, page) =>
    closing(page, () => button.click({ noWaitAfter: true }));

/** Whether nothing of the kind arrives for so long that something else would have. */
export async function nothingArrives({ kind: browser }, page, kind, ms = 2500) {
    const before = await received(page);
    await page.waitForTimeout(ms);
    const more = (await received(page))[kind] - before[kind];
    return more <= NOTHING[browser][kind];
}

export async function endedBy(page, words) {
    await heading(page).waitFor();
    await page.locator('vv-call-message', { hasText: words }).waitFor();
}

/** While more than so many want each processor, others hold up what is measured. */
const CROWD = 2;
const SAMPLE_MS = 25;
const TRIES = 5;

/** Counts who wants a processor, until it is asked: how many want each of them on average. */
function watchCrowd() {
    let [sum, times] = [0, 0];
    const timer = setInterval(() => {
        sum += Number(/(\d+)\//.exec(readFileSync('/proc/loadavg', 'utf8'))[1]);
        times++;
    }, SAMPLE_MS);
    return () => {
        clearInterval(timer);
        return sum / Math.max(1, times) / availableParallelism();
    };
}

/**
 * What people are promised within so many milliseconds; `attempt` measures it. Once too late is too
 * late, except while others crowd the machine: that is tried again.
 */
export async function promised(limit, attempt) {
    const took = [];
    while (took.length < TRIES) {
        const crowd = watchCrowd();
        const ms = await attempt().finally(() => (took.crowd = crowd()));
        took.push(`${ms} ms while ${took.crowd.toFixed(1)} wanted each processor`);
        if (ms <= limit) {
            return;
        }
        assert.ok(took.crowd > CROWD, `more than ${limit} ms: ${took.join(', ')}`);
    }
    assert.fail(`always more than ${limit} ms: ${took.join(', ')}`);
}

/** Where one answers, all others stop within so long (issue 4, part 1). */
export const STOP_MS = 1000;

/** In a page: notes when it is clicked next, and when its card is gone. */
const noteAnswer = (page) => page.evaluate(() => {
    window.clickedAt = new Promise((done) =>
        addEventListener('click', () => done(Date.now()), { capture: true, once: true }));
    window.goneAt = new Promise((done) => {
        new MutationObserver((changes, observer) => {
            if (!document.querySelector('vv-incoming-call')) {
                observer.disconnect();
                done(Date.now());
            }
        }).observe(document, { childList: true, subtree: true });
    });
});

/** Answers on `page`: the call window, and how long after the press none of `pages` had a card, by
 *  the clock of the pages. */
export async function answerAndStop(page, pages) {
    await card(page).waitFor();
    await Promise.all(pages.map(noteAnswer));
    const callee = await pressAnswer(page);
    await Promise.all(pages.map((one) => card(one).waitFor({ state: 'detached' })));
    const clicked = await page.evaluate(() => window.clickedAt);
    const gone = await Promise.all(pages.map((one) => one.evaluate(() => window.goneAt)));
    return { callee, ms: Math.max(...gone) - clicked };
}

/**
 * Runs tables of rows in a browser of the kind. A row is {name, run(world)}; `skip`: why it cannot
 * be run in a kind of browser.
 */
export function runRows(kind, ...tables) {
    const sign = kind === 'firefox' ? ' (Firefox)' : '';
    describe(`calling in ${kind}`, () => {
        let world;
        before(async () => {
            world = await World.open(kind);
        });
        after(() => world?.close());
        for (const { name, run, skip = {} } of tables.flat()) {
            test(name + sign, { skip: skip[kind] ?? false }, async () => {
                await world.ready();
                await run(world);
            });
        }
    });
}
