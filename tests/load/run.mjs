// SPDX-License-Identifier: Apache-2.0
// Messages for each second of the server's processor time and memory for each socket: Visavis
// and a relay on Node and `ws`, one after the other in the same run. Only the server's own
// processor time (/proc/PID/stat) counts, so a slow load generator does not change the sense of
// the figures. --write puts the table into docs/performance.md.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Server, makeCertificate } from '../e2e/api/server.mjs';
import { newId } from '../e2e/api/tab.mjs';
import { Line, textFrame } from './line.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: {
    seconds: { type: 'string', default: '3' }, idle: { type: 'string', default: '1000' },
    pairs: { type: 'string', default: '16' }, window: { type: 'string', default: '4' },
    write: { type: 'boolean', default: false },
} });
const [seconds, idleCount, pairs, outstanding] =
    [values.seconds, values.idle, values.pairs, values.window].map(Number);
const perPerson = 1000; // tabs of one person, the largest that the option allows
const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const sleep = (ms) => new Promise((next) => setTimeout(next, ms));

const statOf = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
const cpuOf = (pid) => (Number(statOf(pid)[11]) + Number(statOf(pid)[12])) / ticks;
const rssOf = (pid) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

class Visavis {
    static async start(tls) {
        const side = new Visavis();
        side.server = await Server.start({ tls, options: {
            'log.level': 'warn', 'signalling.resume_s': 1, 'signalling.rate_per_s': 10000,
            'signalling.burst': 10000, 'portal.candidates_max': 1000,
            'portal.calls_max': 1000000,
            'portal.sessions_per_user_max': perPerson, 'http.connections_max': 100000,
            'http.connections_per_address_max': 100000,
        } });
        const root = await side.server.createAdministrator('root');
        side.people = [];
        for (let i = 0; i < 2 * pairs + Math.ceil(idleCount / perPerson); i++) {
            side.people.push(await side.server.createPerson(root, `person${i}`));
        }
        // A fresh process: the memory of hashing passwords would be taken again without being seen.
        await side.server.stop('SIGTERM', true);
        await side.server.run();
        side.pid = side.server.child.pid;
        process.on('exit', () => side.server.child.kill('SIGKILL'));
        await sleep(500);
        side.rss = rssOf(side.pid);
        return side;
    }

    async open(person) {
        const line = await Line.open(this.server, this.people[person]);
        const welcome = line.next((m) => m.type === 'welcome', 'welcome');
        line.send('hello', 1, { version: 1 });
        await welcome;
        return line;
    }

    idle(i) {
        return this.open(2 * pairs + Math.floor(i / perPerson));
    }

    pair(i) {
        return Promise.all([this.open(2 * i), this.open(2 * i + 1)]);
    }

    callee = (i) => `person${2 * i + 1}`;

    stop() {
        return this.server.stop();
    }
}

class Relay {
    static async start(tls, mode) {
        const side = new Relay();
        side.folder = mkdtempSync(join(os.tmpdir(), 'visavis-load-'));
        const own = tls ? makeCertificate(side.folder, 'localhost') : undefined;
        side.child = spawn(process.execPath, [join(here, 'relay.mjs')], {
            env: { PATH: process.env.PATH, NODE_ENV: 'production', MODE: mode,
                ...(tls ? { CERT: own.cert, KEY: own.key } : {}) },
            stdio: ['ignore', 'pipe', 'inherit'],
        });
        side.pid = side.child.pid;
        process.on('exit', () => side.child.kill('SIGKILL'));
        const port = Number((await once(side.child.stdout, 'data'))[0]);
        side.server = { tls, port, url: new URL(`http://localhost:${port}`),
            origin: `http://localhost:${port}` };
        await sleep(500);
        side.rss = rssOf(side.pid);
        side.round = 0;
        return side;
    }

    idle() {
        return Line.open(this.server);
    }

    pair(i) {
        const path = `/ws?pair=${i}-${this.round++}`;
        return Promise.all([Line.open(this.server, undefined, path),
            Line.open(this.server, undefined, path)]);
    }

    callee = () => 'nobody';

    async stop() {
        const exit = once(this.child, 'exit');
        this.child.kill('SIGKILL');
        await exit;
        rmSync(this.folder, { recursive: true, force: true });
    }
}

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

/** Asks and waits for what the other side (and with Visavis the own) gets by it. */
async function step(own, [from, to], type, fields, seen, replied) {
    const waits = [to.next(seen(type), `${type} over there`)];
    if (own && replied !== undefined) {
        waits.push(from.next(replied, `${type} here`));
    }
    from.send(type, 2, fields);
    await Promise.all(waits);
}

/** From the click to `connecting`; both ways of descriptions and candidates follow. */
async function setUp(side, i, [a, b]) {
    const own = side instanceof Visavis;
    const call = newId();
    const state = (what) => (own ? () => (m) => m.type === 'call.changed' && m.call.state === what
        : (type) => (m) => m.type === type);
    const passed = (name) => (type) => (m) => m.type === (own ? name : type);
    await step(own, [a, b], 'call.start', { call, callee: side.callee(i), ...on },
        state('ringing'), (m) => m.type === 'call.is');
    await step(own, [b, a], 'call.accept', { call, ...on }, state('connecting'),
        (m) => m.type === 'call.is');
    const sdp = sdpOf(3900);
    await step(own, [a, b], 'call.describe', { call, kind: 'offer', sdp },
        passed('call.description'));
    await step(own, [b, a], 'call.describe', { call, kind: 'answer', sdp },
        passed('call.description'));
    for (let n = 0; n < 3; n++) {
        await step(own, [a, b], 'call.trickle', candidate(call), passed('call.candidate'));
        await step(own, [b, a], 'call.trickle', candidate(call), passed('call.candidate'));
    }
    if (own) {
        const active = [a, b].map((line) => line.next(state('active')(), 'active'));
        a.send('call.connected', 3, { call });
        b.send('call.connected', 3, { call });
        await Promise.all(active);
    } else {
        await step(own, [a, b], 'call.connected', { call }, passed());
        await step(own, [b, a], 'call.connected', { call }, passed());
    }
    return call;
}

async function hangUp(side, [a, b], call) {
    const own = side instanceof Visavis;
    const ended = own ? (m) => m.type === 'call.changed' && m.call.state === 'ended' : undefined;
    await step(own, [a, b], 'call.end', { call, reason: 'hung-up' },
        () => ended ?? ((m) => m.type === 'call.end'), ended);
}

/** Counts `value()` and the processor's seconds for some time, after a time to warm up. */
async function measure(pid, value) {
    await sleep(1500);
    const [count, cpu] = [value(), cpuOf(pid)];
    await sleep(seconds * 1000);
    const [done, used] = [value() - count, cpuOf(pid) - cpu];
    if (done === 0 || used < 0.2) {
        throw new Error(`too little was measured: ${done} in ${used} s`);
    }
    return done / used;
}

async function relays(side, size, bare) {
    const all = [];
    let count = 0;
    let stop = false;
    let refused;
    for (let i = 0; i < pairs; i++) {
        const both = await side.pair(i);
        const call = bare ? newId() : await setUp(side, i, both);
        const describe = (bytes) => textFrame(JSON.stringify(
            { type: 'call.describe', id: 9, call, kind: 'offer', sdp: sdpOf(bytes) }));
        const large = describe(size - 110);
        const small = textFrame(JSON.stringify(
            { type: 'call.trickle', id: 9, ...candidate(call, size) }));
        both.forEach((line, n) => {
            const other = both[1 - n];
            let sent = 0;
            const send = () => {
                // A description resets the count of candidates.
                const which = size > 1000 || sent++ % 100 === 0 ? large : small;
                other.socket.write(which);
            };
            line.onText = (payload) => {
                const head = payload.latin1Slice(0, Math.min(24, payload.length));
                if (head.startsWith('{"type":"ok"')) return;
                if (head.startsWith('{"type":"error"')) {
                    refused ??= payload.toString();
                } else if (head.startsWith('{"type":"call.c') && head[15] !== 'a') {
                    // call.changed cannot come here
                } else if (head.startsWith('{"type":"call.')) {
                    count++;
                    if (!stop) send();
                }
            };
            all.push({ line, send, both, call, n });
        });
    }
    for (const { send } of all) {
        for (let n = 0; n < outstanding; n++) send();
    }
    const rate = await measure(side.pid, () => count);
    stop = true;
    await sleep(300);
    const closed = all.find(({ line }) => line.closed)?.line.closed;
    if (refused !== undefined || closed !== undefined) {
        throw new Error(`the load was refused: ${refused ?? `closed with ${closed}`}`);
    }
    for (const { both, call, n } of all) {
        if (n === 0 && !bare) await hangUp(side, both, call);
    }
    all.forEach(({ line }) => line.cut());
    return rate;
}

async function setUps(side) {
    let count = 0;
    let stop = false;
    const runs = [];
    const lines = [];
    for (let i = 0; i < pairs; i++) {
        const both = await side.pair(i);
        lines.push(...both);
        runs.push((async () => {
            while (!stop) {
                await hangUp(side, both, await setUp(side, i, both));
                count++;
            }
        })());
    }
    const all = Promise.all(runs);
    const rate = await Promise.race([measure(side.pid, () => count),
        all.then(() => { throw new Error('ended early'); })]);
    stop = true;
    await all;
    lines.forEach((line) => line.cut());
    return rate;
}

async function suite(name, start, tls, bare = false) {
    const side = await start();
    const result = { name, tls, rss: side.rss };
    try {
        // The memory first: what a load has freed would be taken again without being seen.
        const idle = [];
        for (let i = 0; i < 50; i++) idle.push(await side.idle(i));
        await sleep(500);
        const before = rssOf(side.pid);
        for (let i = 50; i < idleCount; i++) idle.push(await side.idle(i));
        await sleep(1000);
        result.perSocket = (rssOf(side.pid) - before) / (idleCount - 50);
        result.smallIdle = await relays(side, 300, bare);
        if (!bare) result.setUpsIdle = await setUps(side);
        if (idle.some((line) => line.closed)) {
            throw new Error('an idle socket was closed');
        }
        idle.forEach((line) => line.cut());
        await sleep(3000);
        result.small = await relays(side, 300, bare);
        result.large = await relays(side, 4096, bare);
        if (!bare) result.setUps = await setUps(side);
    } finally {
        await side.stop();
    }
    console.error(JSON.stringify(result));
    return result;
}

const results = [];
const load = os.loadavg()[0];
for (const tls of [false, true]) {
    results.push(await suite('Visavis', () => Visavis.start(tls), tls));
    results.push(await suite('ws, same work', () => Relay.start(tls, 'same'), tls));
    results.push(await suite('ws, bare', () => Relay.start(tls, 'bare'), tls, true));
}

const number = (x, digits = 0) => (x === undefined ? '–'
    : x.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const rows = [
    ['messages of 300 B / CPU s', 'small', 0], ['messages of 4 KB / CPU s', 'large', 0],
    [`messages of 300 B / CPU s, ${idleCount} idle sockets`, 'smallIdle', 0],
    ['call set-ups / CPU s', 'setUps', 0],
    [`call set-ups / CPU s, ${idleCount} idle sockets`, 'setUpsIdle', 0],
    ['RSS of an idle socket, KiB', 'perSocket', 1],
    ['RSS after start, MiB', 'rss', 1],
];
let table = '| | | Visavis | ws, same work | ws, bare | Visavis : ws, same work |\n' +
    '|---|---|---:|---:|---:|---:|\n';
for (const [title, key, digits] of rows) {
    for (const tls of [false, true]) {
        const three = results.filter((r) => r.tls === tls).map((r) =>
            (key === 'rss' ? r[key] / 1024 : r[key]));
        table += `| ${title} | ${tls ? 'TLS' : 'plain'} | ` +
            `${three.map((x) => number(x, digits)).join(' | ')} | ` +
            `${number(three[0] / three[1], 2)} |\n`;
    }
}
table += `\n${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores ` +
    `(${os.cpus()[0].model.trim()}), Linux ${os.release().split('-')[0]}, ` +
    `Node ${process.version}, ` +
    `${pairs} pairs with ${outstanding} messages on the way in each direction, ${seconds} s for ` +
    `each figure, load average before: ${load.toFixed(2)}, after: ${os.loadavg()[0].toFixed(2)}.\n`;
console.log(table);
if (values.write) {
    const path = resolve(here, '../../docs/performance.md');
    const text = readFileSync(path, 'utf8');
    const [begin, end] = ['<!-- load: begin -->\n', '<!-- load: end -->'];
    const [first, last] = [text.indexOf(begin), text.indexOf(end)];
    if (first < 0 || last < first) throw new Error(`${path} has no place for the table`);
    writeFileSync(path, `${text.slice(0, first)}${begin}${table}${text.slice(last)}`);
}
