// SPDX-License-Identifier: Apache-2.0
// The server's time for what a page asks, with 10,000 people, 1,000 rooms and 1,000,000 messages in
// the database and 200 living tabs: they watch people, type, change their status, and write.
// Measured inside the server: visavis_http_request_seconds, from the turn of the loop that has read
// a request to its answer, also while a thread of the store looks. --write puts the table into
// docs/performance.md. --folder keeps the database, and uses the one that is there; CHATLOAD names
// the program that makes it, VISAVIS_BIN the server. What a first load is, Chromium says: all that
// it asks for and sends by the socket until the page stands is recorded, and asked again and again.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Server } from '../e2e/api/server.mjs';
import { Tab, newId } from '../e2e/api/tab.mjs';
import { openBrowser } from '../e2e/browser/browser.mjs';
import { circumstances, format, percentile, writeTable } from './table.mjs';

const { values } = parseArgs({ options: {
    messages: { type: 'string', default: '1000000' }, folder: { type: 'string', default: '' },
    requests: { type: 'string', default: '400' }, tabs: { type: 'string', default: '200' },
    write: { type: 'boolean', default: false },
} });
const program = resolve(process.env.CHATLOAD ?? 'build-load/tests/load/chatload');
const TABS = Number(values.tabs);
const REQUESTS = Number(values.requests);
const ABREAST = 2; // requests at one time, without a pause
const LIFE_MS = 50; // one tab does something: 20 a second
const sleep = (ms) => new Promise((next) => setTimeout(next, ms));
const pick = (list) => list[Math.floor(Math.random() * list.length)];
const below = (count) => Math.floor(Math.random() * count);

/** As chatload makes them: the token of number N is N and zeros; rooms are 2 and their number. */
function cookieOf(number) {
    const token = Buffer.alloc(32);
    token.writeUInt32LE(number);
    return `visavis=${token.toString('base64url')}`;
}

function roomId(number) {
    const id = Buffer.alloc(16);
    id[0] = 2;
    id.writeUInt32LE(number, 8);
    return id.toString('base64url');
}
const roomsOf = (person) => [0, ...Array.from({ length: 20 }, (_, j) =>
    1 + (person * 7 + j * 47) % 999)];

const WORDS = ['often', 'word7', 'rare77', 'said seen4', 'wo', 'even odd'];
/** Each kind: the paths that one person asks for, one after the other. */
const KINDS = [
    { name: 'search in the directory', paths: () =>
        [`/api/people?q=${pick(['ann', 'person1', '99', 'finn%20p', 'zz'])}&offset=0&limit=50`] },
    { name: 'a page of a room\'s history', paths: (person) => [
        `/api/rooms/${roomId(pick(roomsOf(person)))}/messages`
        + pick(['', `?before=${100 + below(600)}`])] },
    { name: 'search in one room', paths: (person) => [`/api/chat/search?q=${
        encodeURIComponent(pick(WORDS))}&room=${roomId(pick(roomsOf(person)))}`] },
    { name: 'search in all one\'s rooms (21)', paths: () =>
        [`/api/chat/search?q=${encodeURIComponent(pick(WORDS))}`] },
];
const agent = new http.Agent({ keepAlive: true, maxSockets: ABREAST });

/** One request on a kept connection; gives how long it took here, in ms. */
function get(server, path, person) {
    const began = performance.now();
    return new Promise((done, failed) => {
        http.get({ host: '127.0.0.1', port: server.port, path, agent,
            headers: { Host: server.url.host, Cookie: cookieOf(person),
                'Accept-Encoding': 'br, gzip' } }, (answer) => {
            let bytes = 0;
            answer.on('data', (data) => (bytes += data.length));
            answer.on('end', () => (answer.statusCode === 200 && bytes > 0
                ? done(performance.now() - began)
                : failed(new Error(`${path}: ${answer.statusCode}`))));
        }).on('error', failed);
    });
}

/** Counts of each bucket of the histogram, by its upper bound in ms. */
async function buckets(server) {
    const text = await (await fetch(server.metrics)).text();
    const found = text.matchAll(/^visavis_http_request_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm);
    let before = 0;
    return [...found].map(([, bound, count]) => {
        const alone = Number(count) - before;
        before = Number(count);
        return { bound: Number(bound) * 1000 || Infinity, count: alone };
    });
}

const cpuMs = (server) => {
    const fields = readFileSync(`/proc/${server.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10; // of a clock of 100 Hz
};

/** The bound of the bucket in which the share lies. */
function boundOf(before, after, share) {
    const counts = after.map(({ bound, count }, i) => ({ bound, count: count - before[i].count }));
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    let seen = 0;
    return counts.find(({ count }) => (seen += count) >= total * share).bound;
}

/** Lets tabs live until it is told to stop: each moment one of them does something. */
function live(tabs) {
    let at = 0;
    let failed = null;
    const timer = setInterval(() => {
        const number = at++ % tabs.length;
        const room = roomId(pick(roomsOf(number)));
        const [type, fields] = pick([['chat.typing', { room }], ['chat.typing', { room }],
            ['chat.send', { room, message: newId(), text: 'what is often said here' }],
            ['status.set', { status: pick(['available', 'away', 'do-not-disturb']) }]]);
        tabs[number].ask(type, fields).then((reply) => {
            if (reply.type === 'error') failed ??= new Error(`${type}: ${reply.error}`);
        }, (error) => (failed ??= error));
    }, LIFE_MS);
    return () => {
        clearInterval(timer);
        if (failed !== null) throw failed;
    };
}

async function start(folder) {
    const began = performance.now();
    const server = await Server.start({ data: folder, options: {
        'log.level': 'info', 'metrics.address': '127.0.0.1', 'metrics.port': 0,
        'portal.searches_per_minute': 100000, 'chat.searches_per_minute': 100000,
    } });
    server.startMs = performance.now() - began;
    server.startCpuMs = cpuMs(server);
    const port = /metrics can be read.*port=(\d+)/.exec(server.log)[1];
    server.metrics = `http://127.0.0.1:${port}/metrics`;
    return server;
}

/** All that a fresh browser asks the server for, and says by the socket, until the page stands. */
async function firstLoad(server) {
    const browser = await openBrowser();
    try {
        const context = await browser.newContext({ baseURL: server.origin });
        const [name, value] = cookieOf(0).split('=');
        await context.addCookies([{ name, value, url: server.origin }]);
        const load = { paths: [], commands: [] };
        context.on('request', (request) => {
            const { origin, pathname, search } = new URL(request.url());
            if (request.method() === 'GET' && origin === server.origin) {
                load.paths.push(pathname + search);
            }
        });
        const page = await context.newPage();
        page.on('websocket', (socket) => socket.on('framesent', ({ payload }) =>
            load.commands.push(JSON.parse(payload))));
        await page.goto('/', { waitUntil: 'networkidle' });
        await page.locator('vv-activity').first().waitFor();
        return load;
    } finally {
        await browser.close();
    }
}

/** The socket of a first load: how long each answer took here, the welcome with its upgrade. */
async function connect(server, person, commands) {
    const times = [];
    const timed = async (act) => {
        const began = performance.now();
        const done = await act();
        times.push(performance.now() - began);
        return done;
    };
    const tab = await timed(() => Tab.open(server, cookieOf(person)));
    for (const { type, id, ...fields } of commands.filter((one) => one.type !== 'hello')) {
        const reply = await timed(() => tab.ask(type, fields));
        if (reply.type === 'error') throw new Error(`${type}: ${reply.error}`);
    }
    tab.cut();
    return times;
}

async function openTabs(server) {
    const tabs = [];
    for (let i = 0; i < TABS; i++) {
        const tab = await Tab.open(server, cookieOf(i));
        tabs.push(tab);
        const names = Array.from({ length: 25 }, () => `p${below(pick([TABS, 10000]))}`);
        await tab.ask('people.watch', { names: [...new Set(names)] });
    }
    return tabs;
}

/** The processor time of a moment in which nobody asks anything, for each ms. */
async function idleShare(server) {
    const [cpu, began] = [cpuMs(server), performance.now()];
    await sleep(2000);
    return (cpuMs(server) - cpu) / (performance.now() - began);
}

/** So many times, ABREAST at one time: `act` for one of the people who have a tab. */
async function repeat(count, act) {
    let left = count;
    await Promise.all(Array.from({ length: ABREAST }, async () => {
        while (left-- > 0) {
            await act(below(TABS));
        }
    }));
}

async function measureSocket(server, { commands }) {
    const times = [];
    await repeat(REQUESTS, async (person) =>
        times.push(...await connect(server, person, commands)));
    return `| portal first load, by the socket: its welcome and ${commands.length - 1} answers `
        + `| – | – | – | ${format(percentile(times, 0.5))} | ${format(percentile(times, 0.99))} `
        + `| ${format(times.length, 0)} |`;
}

async function measure(server, kind, idle) {
    const [before, cpu, began] = [await buckets(server), cpuMs(server), performance.now()];
    const times = [];
    await repeat(REQUESTS, async (person) => {
        for (const path of kind.paths(person)) {
            times.push(await get(server, path, person));
        }
    });
    const after = await buckets(server);
    const spent = cpuMs(server) - cpu - idle * (performance.now() - began);
    const bound = (share) => `≤ ${boundOf(before, after, share)}`;
    return `| ${kind.name} | ${bound(0.5)} | ${bound(0.99)} `
        + `| ${format(Math.max(0, spent) / times.length, 2)} | ${format(percentile(times, 0.5))} `
        + `| ${format(percentile(times, 0.99))} | ${format(times.length, 0)} |`;
}

const loadBefore = os.loadavg()[0];
const folder = values.folder || mkdtempSync(join(os.tmpdir(), 'portalload-'));
mkdirSync(folder, { recursive: true });
let server = null;
try {
    if (!existsSync(join(folder, 'visavis.db'))) {
        execFileSync(program, ['make', folder, values.messages], { stdio: 'inherit' });
    }
    server = await start(folder);
    const rss = server.rssKiB();
    const first = await firstLoad(server);
    console.log(first.paths.join('\n'));
    KINDS.unshift({ name: `portal first load: all ${first.paths.length} requests of Chromium`,
        paths: () => first.paths });
    const tabs = await openTabs(server);
    const stop = live(tabs);
    await sleep(500);
    const idle = await idleShare(server);
    const lines = ['| server time, ms | p50 | p99 (goal: ≤ 50) | processor, a request | p50 at the'
        + ' client | p99 at the client | requests |', '|---|---:|---:|---:|---:|---:|---:|'];
    for (const kind of KINDS) {
        lines.push(await measure(server, kind, idle));
        console.log(lines.at(-1));
    }
    lines.splice(3, 0, await measureSocket(server, first));
    console.log(lines[3]);
    stop();
    lines.push('', `Ready after ${format(server.startMs / 1000)} s (${format(
        server.startCpuMs / 1000)} s of the processor), ${format(rss / 1024)} MiB then, `
        + `${format(server.rssKiB() / 1024)} MiB after all this; the ${TABS} tabs alone took `
        + `${format(idle * 100)} % of a core. ${circumstances(loadBefore)}`);
    console.log(lines.at(-1));
    if (values.write) {
        writeTable('portal', lines.join('\n'));
    }
    for (const tab of tabs) {
        tab.cut();
    }
} finally {
    agent.destroy();
    await server?.stop('SIGTERM', true);
    if (values.folder === '') {
        rmSync(folder, { recursive: true, force: true });
    }
}
