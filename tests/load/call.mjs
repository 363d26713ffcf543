// SPDX-License-Identifier: Apache-2.0
// How fast a call is, in two Chromium: from the press of Call to the card of the other, from Answer
// to sound and picture, connected while it rang and not; how long media and signalling are away
// after a pulled cable, another address and a killed server.
//     node tests/load/call.mjs [--delay MS] [--rounds N] [--late N] [--troubles N] [--write]
// Without --delay everything is on loopback; with it the server and each person have a machine of
// their own (network namespaces, as root), and each of the two a cable that takes so long one way.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { binary } from '../e2e/api/server.mjs';
import { openBrowser, pressAnswer, pressCall, signIn, until } from '../e2e/browser/browser.mjs';
import { makeAuthority } from '../e2e/turn/authority.mjs';
import { Cables, SERVER } from './cables.mjs';
import { watchMarks, watchMedia } from './callmarks.mjs';
import { first, gapsAfter, marksOf } from './marks.mjs';
import { NEVER_MS, measurePlain } from './plain.mjs';
import { ownCircumstances, format, median, percentile, writeTable } from './table.mjs';

const { values } = parseArgs({ options: {
    delay: { type: 'string', default: '0' }, rounds: { type: 'string', default: '10' },
    late: { type: 'string', default: '10' }, // calls that are not connected while it rings
    troubles: { type: 'string', default: '3' }, write: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
} });
const delayMs = Number(values.delay);
const sleep = (ms) => new Promise((next) => setTimeout(next, ms));
const folder = mkdtempSync(join(tmpdir(), 'visavis-call-'));
const loadBefore = os.loadavg()[0];
/** Calls that did not come to all that is measured; more than one of four is no measurement. */
const lost = [];

/** The program with John and Mary, on loopback or in its namespace. */
class Side {
    static async start(relay) {
        const side = new Side();
        side.data = mkdtempSync(join(folder, 'data-'));
        for (const name of ['john', 'mary']) {
            execFileSync(binary, ['--set', `data=${side.data}`, 'user', 'add', name,
                '--password-stdin'], { input: 'visavis-demo\n', stdio: 'pipe' });
        }
        const sets = { data: side.data, 'turn.on': relay ? 1 : 0, 'portal.unanswered_max': 1000,
            'portal.stranger_calls_per_hour': 1000, 'portal.calls_per_minute': 1000 };
        if (delayMs > 0) {
            side.cables = await Cables.lay(folder, ['john', 'mary'], delayMs);
            const { authority, cert, key } = makeAuthority(folder, SERVER.name);
            side.authority = authority;
            side.tls = { cert, key };
            side.origin = `https://${SERVER.name}`;
            Object.assign(sets, { 'listen.address': '0.0.0.0', 'listen.port': 443,
                origin: side.origin, 'tls.cert': cert, 'tls.key': key });
        } else {
            Object.assign(sets, { 'listen.port': 0 });
        }
        side.program = side.cables?.wrapper('server', binary) ?? binary;
        side.args = Object.entries(sets).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
        await side.run();
        return side;
    }

    async run() {
        this.child = spawn(this.program, this.args, { stdio: ['ignore', 'pipe', 'pipe'] });
        this.child.stderr.resume();
        const [line] = await once(this.child.stdout.setEncoding('utf8'), 'data');
        this.child.stdout.resume();
        const url = /ready at (\S+)/.exec(line)?.[1];
        if (url === undefined) {
            throw new Error(`the server says: ${line}`);
        }
        if (this.origin === undefined) {
            this.origin = new URL(url).origin;
            this.args.push('--set', `listen.port=${new URL(url).port}`);
        }
    }

    browser(name) {
        const launch = this.cables === undefined ? {}
            : { executablePath: this.cables.wrapper(name, '/usr/lib/chromium/chromium') };
        return openBrowser('chromium', 'tone', { authority: this.authority, launch });
    }

    async kill() {
        const ended = once(this.child, 'exit');
        this.child.kill('SIGKILL');
        await ended;
    }

    async stop() {
        await this.kill();
        this.cables?.close();
    }
}

const connectedEarly = (page) => until('it is connected while it rings', () =>
    page.evaluate(() => window.peers.some((peer) => peer.connectionState === 'connected')));

async function ready(side) {
    const browsers = [await side.browser('john'), await side.browser('mary')];
    const prepare = async (context) => {
        await context.addInitScript(watchMarks);
        await context.addInitScript(watchMedia);
    };
    const john = await signIn(browsers[0], side, 'john', '/people/mary', { prepare });
    const mary = await signIn(browsers[1], side, 'mary', '/people', { prepare });
    return { john, mary, browsers };
}

async function placeCall({ john, mary }, early) {
    const began = Date.now();
    const caller = await pressCall(john);
    const pressed = await first([john], 'click', began);
    const card = await first([mary], 'card', pressed);
    if (early) {
        await connectedEarly(mary);
        await connectedEarly(caller);
    }
    await sleep(500); // nobody answers in the same moment; the pages are at rest
    const callee = await pressAnswer(mary);
    const answered = await first([mary], 'click', card, 'Answer');
    return { caller, callee, pressed, card, answered };
}

async function endCall({ caller, callee }) {
    const closed = caller.waitForEvent('close');
    await caller.locator('button.control.end').click();
    await closed;
    await callee.close();
}

/** One call: how long each took, in ms. */
async function measureCall(people, early) {
    const call = await placeCall(people, early);
    const { caller, callee, answered } = call;
    const hers = [people.mary, callee];
    const times = { card: call.card - call.pressed };
    let why;
    for (const [key, pages, what] of [['hears', hers, 'audio'], ['sees', hers, 'video'],
        ['heard', [caller], 'audio'], ['seen', [caller], 'video']]) {
        try {
            times[key] = await first(pages, what, answered) - answered;
        } catch (error) {
            why = error;
            break;
        }
    }
    if (values.verbose || why !== undefined) {
        const all = await Promise.all([people.john, caller, people.mary, callee].map(marksOf));
        all.forEach((list, i) => console.error(['john', 'caller', 'mary', 'callee'][i],
            list.filter(({ at }) => at >= call.pressed).map(({ what, at }) =>
                `${what}@${Math.round(at - call.pressed)}`).join(' ')));
        console.error(times, `Answer at ${Math.round(answered - call.pressed)}`);
    }
    if (why !== undefined) {
        lost.push(why.message);
        await Promise.all([call.caller, call.callee].map((page) => page.close()));
        await sleep(5000); // until the server knows that nobody is there
        return undefined;
    }
    await endCall(call);
    await sleep(300);
    return times;
}

async function measureTroubles(side, people) {
    const call = await placeCall(people, true);
    const windows = [call.caller, call.callee];
    const lists = { pull: [], move: [], restart: [] };
    await first([call.caller], 'audio', call.answered);
    await first([people.mary, call.callee], 'audio', call.answered);
    await sleep(5000); // by the direct way
    for (let i = 0; i < Number(values.troubles); i++) {
        let began = Date.now();
        side.cables.pull('mary');
        await sleep(3000);
        side.cables.mend('mary');
        lists.pull.push(await gapsAfter(windows, began));
        await sleep(4000);
        began = Date.now();
        side.cables.move('mary', 10 + i);
        lists.move.push(await gapsAfter(windows, began));
        await sleep(4000);
        await side.kill();
        await side.run();
        began = Date.now();
        const welcomes = await Promise.all(windows.map((page) => first([page], 'welcome', began)));
        lists.restart.push(Math.max(...welcomes) - began);
        await sleep(3000);
    }
    await endCall(call);
    return lists;
}

const text = (ms) => ms === NEVER_MS ? 'not in 30 s' : format(ms, 0);
const row = (title, goal, list) => `| ${title} | ${goal} | ${text(median(list))} `
    + `| ${text(percentile(list, 0.99))} | ${list.length} |`;

/** A plain page's times below ours, and ours as a part of them. */
function plainRows(title, ours, plain) {
    const ratio = median(plain) === NEVER_MS ? '–' : format(median(ours) / median(plain), 2);
    return [row(`${title}, a plain page`, '', plain),
        `| ${title}, Visavis : a plain page |  | ${ratio} |  | ${plain.length} |`];
}

function rowsOf(results) {
    const link = delayMs > 0;
    const goal = link ? '400' : '150';
    const lines = ['| ms | goal | median | p99 | calls |', '|---|---:|---:|---:|---:|',
        row('press of Call to the card of the other', link ? `${4 * delayMs}` : '', results.early
            .map(({ card }) => card))];
    for (const [mode, words] of [['early', 'connected while it rang'], ['late', 'not before']]) {
        for (const [key, what] of [['hears', 'Answer to the first sound at the callee'],
            ['sees', 'Answer to the first frame at the callee'],
            ['heard', 'Answer to the first sound at the caller'],
            ['seen', 'Answer to the first frame at the caller']]) {
            lines.push(row(`${what}, ${words}`, mode === 'early' ? goal : '',
                results[mode].map((times) => times[key])));
        }
    }
    for (const [key, what, wanted] of [['pull', 'a cable pulled for 3 s, to media back', '5,000'],
        ['move', 'another address, to media back', '5,000'],
        ['restart', 'a killed server is ready again, to signalling back', '2,000']]) {
        if (results.troubles?.[key].length > 0) {
            lines.push(row(what, wanted, results.troubles[key]));
            if (results.plain?.[key] !== undefined) {
                lines.push(...plainRows(what, results.troubles[key], results.plain[key]));
            }
        }
    }
    return lines;
}

const results = { early: [], late: [] };
for (const early of [true, false]) {
    const side = await Side.start(early);
    let people;
    try {
        people = await ready(side);
        await measureCall(people, early); // the first one of all is slower: caches, devices
        for (let i = 0; i < Number(early ? values.rounds : values.late); i++) {
            const times = await measureCall(people, early);
            results[early ? 'early' : 'late'].push(...times === undefined ? [] : [times]);
        }
        if (lost.length * 4 > Number(values.rounds) + Number(values.late)) {
            throw new Error(`too many calls were lost: ${lost}`);
        }
        if (early && delayMs > 0 && Number(values.troubles) > 0) {
            results.troubles = await measureTroubles(side, people);
            results.plain = await measurePlain(side, people.browsers, Number(values.troubles));
        }
    } finally {
        await Promise.all((people?.browsers ?? []).map((browser) => browser.close()));
        await side.stop();
    }
}
rmSync(folder, { recursive: true, force: true });
const left = lost.length > 0 ? `${lost.length} calls left out (${lost.join('; ')}). ` : '';
const table = [...rowsOf(results), '', `${left}${ownCircumstances(loadBefore)}`].join('\n');
console.log(table);
if (values.write) {
    writeTable(delayMs > 0 ? 'call-links' : 'call-loopback', table);
}
