// SPDX-License-Identifier: Apache-2.0
// Messages for each second of the server's processor time and memory for each socket: Visavis
// and a relay on Node and `ws` in turn, round by round. Only the server's own processor time
// (/proc/PID/stat) counts. --write puts the table into docs/performance.md.
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { newId } from '../e2e/api/tab.mjs';
import { marks, Relay, sleep, Visavis } from './sides.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: {
    seconds: { type: 'string', default: '0.5' }, rounds: { type: 'string', default: '5' },
    idle: { type: 'string', default: '0,5000' }, pairs: { type: 'string', default: '64' },
    window: { type: 'string', default: '4' }, only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
} });
const [seconds, rounds, pairs, outstanding] =
    [values.seconds, values.rounds, values.pairs, values.window].map(Number);
const idleCounts = values.idle.split(',').map(Number);

const on = { microphone: true, camera: true };
const sdpOf = (size) => {
    let sdp = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n';
    while (JSON.stringify(sdp).length < size) {
        sdp += 'a=rtcp-fb:96 transport-cc\r\n';
    }
    return sdp;
};
const candidate = (call, size = 0) => {
    const fields = { call, candidate: 'candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host',
        mid: '0', line: 0, ufrag: 'abcd' };
    const lacks = size - JSON.stringify({ type: 'call.trickle', id: 9, ...fields }).length;
    fields.candidate += ' '.repeat(Math.max(0, lacks));
    return fields;
};
const describe = (call, bytes, kind = 'offer') =>
    ({ type: 'call.describe', id: 9, call, kind, sdp: sdpOf(bytes) });

/**
 * The steps from the click to the end: who sends what, and what both wait for. On the relay each
 * waits for the same: its reply where Visavis has one that a page needs, and what the other sent.
 */
function callSteps(side, call, callee) {
    const is = (state, relayed) => (side.own ? `"state":"${state}"` : `"type":"${relayed}"`);
    const reply = side.own ? '"type":"call.is"' : '"type":"ok"';
    const passed = (own, relayed) => `"type":"${side.own ? own : relayed}"`;
    const steps = [
        [0, { type: 'call.start', id: 2, call, callee, ...on }, reply, is('ringing', 'call.start')],
        [1, { type: 'call.accept', id: 2, call, ...on }, is('connecting', 'call.accept'), reply],
        [0, describe(call, 3900), '-', passed('call.description', 'call.describe')],
        [1, describe(call, 3900, 'answer'), passed('call.description', 'call.describe'), '-'],
    ];
    for (let n = 0; n < 3; n++) {
        const trickle = { type: 'call.trickle', id: 9, ...candidate(call) };
        steps.push([0, trickle, '-', passed('call.candidate', 'call.trickle')],
            [1, trickle, passed('call.candidate', 'call.trickle'), '-']);
    }
    const connected = { type: 'call.connected', id: 3, call };
    if (side.own) {
        steps.push([0, connected, '-', '-'], [1, connected, is('active'), is('active')]);
    } else {
        steps.push([0, connected, '-', '"type":"call.connected"'],
            [1, connected, '"type":"call.connected"', '-']);
    }
    steps.push([0, { type: 'call.end', id: 4, call, reason: 'hung-up' },
        side.own ? is('ended') : '"type":"ok"', is('ended', 'call.end')]);
    return steps;
}

/** Opens a call of a pair that is active: with the relay there is nothing to do. */
async function openCall(side, i, both, call) {
    const steps = side.own ? callSteps(side, call, side.callee(i)) : [];
    for (const [from, message, ...expected] of [...steps.slice(0, 2), ...steps.slice(-3, -1)]) {
        await side.say(both[from], message, expected[from]);
    }
}

/** A running call of each pair, and messages on the way in both directions. */
async function startRelays(side, size) {
    const all = [];
    for (let i = 0; i < pairs; i++) {
        all.push({ both: await side.pair(i), call: newId() });
        await openCall(side, i, all[i].both, all[i].call);
    }
    for (const { both, call } of all) {
        // A description resets the count of candidates.
        const large = JSON.stringify(describe(call, size - 110));
        const usual = size > 1000 ? large
            : JSON.stringify({ type: 'call.trickle', id: 9, ...candidate(call, size) });
        for (const line of both) {
            await side.driver.tell(`pump ${line} ${outstanding} ${usual}\t${large}`);
        }
    }
}

async function startSetUps(side) {
    await side.driver.tell('forget');
    for (const [from, message, ...expected] of callSteps(side, marks.call, marks.callee)) {
        await side.driver.tell(`step ${from} ${expected.join('\t')}\t${JSON.stringify(message)}`);
    }
    const all = [];
    for (let i = 0; i < pairs; i++) {
        all.push(await side.pair(i));
    }
    for (const [i, both] of all.entries()) {
        await side.driver.tell(`pair ${both.join(' ')} ${side.callee(i)}`);
    }
}

const figures = {
    small: (side) => startRelays(side, 300),
    large: (side) => startRelays(side, 4096),
    setUps: startSetUps,
};

/** One figure of all sides in turn, round by round. */
async function compare(sides, key, idle, results) {
    const compared = sides.slice(0, key === 'setUps' ? 2 : 3);
    const lists = compared.map(() => []);
    for (const side of compared) {
        await figures[key](side);
    }
    for (let round = 0; round < rounds; round++) {
        for (const [n, side] of compared.entries()) {
            lists[n].push(await side.measure(seconds));
        }
    }
    for (const side of compared) {
        await side.driver.tell('settle 300');
        await side.driver.tell(`cut ${idle}`);
    }
    await sleep(2500); // calls whose windows are gone end
    results[key] = lists;
}

async function suite(tls, idle) {
    const params = { tls, pairs, idle };
    const sides = [await Visavis.start(params), await Relay.start(params, 'same'),
        await Relay.start(params, 'bare')];
    const results = { tls, idle, rss: sides.map((side) => [side.rssAfterStart / 1024]) };
    try {
        // The memory first: what a load has freed would be taken again without being seen.
        if (idle > 50) results.perSocket = [];
        for (const side of sides) {
            for (let i = 0; i < Math.min(50, idle); i++) await side.idle(i);
            await sleep(500);
            const before = side.rss;
            for (let i = 50; i < idle; i++) await side.idle(i);
            await sleep(1000);
            results.perSocket?.push([(side.rss - before) / (idle - 50)]);
        }
        for (const key of Object.keys(figures)) {
            if (values.only === '' || values.only === key) {
                await compare(sides, key, idle, results);
            }
        }
    } finally {
        for (const side of sides) await side.stop();
    }
    console.error(JSON.stringify(results));
    return results;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const number = (x, digits = 0) => (x === undefined ? '–'
    : x.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }));

/** Medians of the rounds; the ratio is the median of those of each round. */
function row(title, how, lists, digits = 0) {
    if (lists === undefined) return '';
    const ratios = lists[0].map((x, round) => x / lists[1][round]);
    const cells = [0, 1, 2].map((n) => number(lists[n] && median(lists[n]), digits));
    return `| ${title} | ${how} | ${cells.join(' | ')} | ${number(median(ratios), 2)} |\n`;
}

const load = os.loadavg()[0];
const all = [];
for (const idle of idleCounts) {
    for (const tls of [false, true]) all.push(await suite(tls, idle));
}
let table = '| | | Visavis | ws, same work | ws, bare | Visavis : ws, same work |\n' +
    '|---|---|---:|---:|---:|---:|\n';
for (const idle of idleCounts) {
    const beside = idle === 0 ? '' : `, ${number(idle)} idle sockets`;
    for (const [key, title] of [['small', 'messages of 300 B / CPU s'],
        ['large', 'messages of 4 KB / CPU s'], ['setUps', 'call set-ups / CPU s']]) {
        for (const results of all.filter((one) => one.idle === idle)) {
            table += row(title + beside, results.tls ? 'TLS' : 'plain', results[key]);
        }
    }
}
for (const results of all) {
    table += row(`RSS of an idle socket of ${number(results.idle)}, KiB`,
        results.tls ? 'TLS' : 'plain', results.perSocket, 1);
}
for (const results of all.slice(0, 2)) {
    table += row('RSS after start, MiB', results.tls ? 'TLS' : 'plain', results.rss, 1);
}
table += `\n${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores ` +
    `(${os.cpus()[0].model.trim()}), Linux ${os.release().split('-')[0]}, ` +
    `Node ${process.version}, ` +
    `${pairs} pairs with ${outstanding} messages on the way in each direction, medians of ` +
    `${rounds} rounds of ${seconds} s of the processor, load average before: ` +
    `${load.toFixed(2)}, after: ${os.loadavg()[0].toFixed(2)}.\n`;
console.log(table);
if (values.write) {
    const path = resolve(here, '../../docs/performance.md');
    const text = readFileSync(path, 'utf8');
    const [begin, end] = ['<!-- load: begin -->\n', '<!-- load: end -->'];
    const [first, last] = [text.indexOf(begin), text.indexOf(end)];
    if (first < 0 || last < first) throw new Error(`${path} has no place for the table`);
    writeFileSync(path, `${text.slice(0, first)}${begin}${table}${text.slice(last)}`);
}
