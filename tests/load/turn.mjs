// SPDX-License-Identifier: Apache-2.0
// Processor time of STUN and TURN for each relayed packet, allocation and Binding: Visavis beside
// Debian's coturn and a bare forwarder, in the same run, each server on the same core, the load on
// another. Rounds alternate between the servers; the table has the medians. --write puts it into
// docs/performance.md. --first (by root) lets servers and load run before what else the machine
// does. TURNLOAD names the load generator (meson option `load`).
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { makeCertificate } from '../e2e/api/server.mjs';
import { newId, Tab } from '../e2e/api/tab.mjs';
import { startCall, startRelay } from '../e2e/turn/relay.mjs';
import { circumstances, format, median, writeTable } from './table.mjs';

const { values } = parseArgs({ options: {
    seconds: { type: 'string', default: '0.5' }, rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' }, write: { type: 'boolean', default: false },
    core: { type: 'string', default: '1' }, load: { type: 'string', default: '0' },
    first: { type: 'boolean', default: false },
} });
const ORDER = values.first ? ['chrt', '--rr', '1'] : [];
const pinned = (core, ...command) => [...ORDER, 'taskset', '-c', core, ...command];
const generator = resolve(process.env.TURNLOAD ?? 'build-load/tests/load/turnload');
const run = promisify(execFile);
const sleep = (ms) => new Promise((next) => setTimeout(next, ms));

/** What is measured: arguments of the generator, and what is wanted of coturn's figure. */
const CASES = [
    { name: 'ChannelData, 172 B, saturated', goal: 0.67, forward: true,
        args: ['relay', '--flows', '128', '--window', '2', '--size', '172'] },
    { name: 'ChannelData, 1,200 B, saturated', goal: 0.67, forward: true,
        args: ['relay', '--flows', '128', '--window', '2', '--size', '1200'] },
    { name: 'video bursts, 8 x 1,200 B of one flow', goal: 0.6, forward: true,
        args: ['relay', '--flows', '4', '--window', '32', '--burst', '8', '--size', '1200'] },
    { name: 'video bursts by indications',
        args: ['relay', '--flows', '4', '--window', '32', '--burst', '8', '--size', '1200',
            '--send', '1'] },
    { name: 'indications, 172 B, saturated',
        args: ['relay', '--flows', '128', '--window', '2', '--size', '172', '--send', '1'] },
    { name: 'indications, 1,200 B, saturated',
        args: ['relay', '--flows', '128', '--window', '2', '--size', '1200', '--send', '1'] },
    { name: 'both ends relayed here, 172 B, saturated', goal: 0.4,
        args: ['pair', '--flows', '128', '--window', '2', '--size', '172'] },
    { name: 'ChannelData by TCP, 172 B, saturated',
        args: ['relay', '--flows', '64', '--window', '2', '--size', '172', '--transport', 'tcp'] },
    { name: 'ChannelData by TLS, 172 B, saturated', goal: 0.8, tls: true,
        args: ['relay', '--flows', '64', '--window', '2', '--size', '172', '--transport', 'tls'] },
    { name: 'half of what it relays at most, 172 B', half: true, open: true,
        args: ['relay', '--flows', '128', '--size', '172', '--rate'] },
    { name: 'open loop, 20,000 packets/s of 172 B', goal: 0.45, forward: true, open: true,
        args: ['relay', '--flows', '50', '--rate', '20000', '--size', '172'] },
    { name: 'open loop, 2,000 packets/s of 172 B', forward: true, open: true,
        args: ['relay', '--flows', '10', '--rate', '2000', '--size', '172'] },
    { name: 'allocation with its 401, given back, 32 at once', goal: 0.35,
        args: ['allocate', '--flows', '32'] },
    { name: 'allocation with its 401, given back, one after the other', args: ['allocate'] },
    { name: 'Binding, 64 at once', args: ['binding'] },
];
const PEER = '127.0.0.2:9999';

const start = ([program, ...args]) => spawn(program, args, { stdio: 'ignore' });

async function startCoturn(folder) {
    const [port, tlsPort] = [9478, 9479];
    const { cert, key } = makeCertificate(folder, 'localhost');
    const child = start(pinned(values.core,
        'turnserver', '-n', '--no-cli', '--no-dtls', '-L', '127.0.0.1',
        '-E', '127.0.0.1', '-p', String(port), '--tls-listening-port', String(tlsPort),
        '--cert', cert, '--pkey', key, '-m', '1',
        '--min-port=21000', '--max-port=32500', '--use-auth-secret',
        '--static-auth-secret=north', '-r', 'visavis', '--allow-loopback-peers', '--no-rfc5780',
        '--log-file', join(folder, 'coturn.log'), '--simple-log',
        '--pidfile', join(folder, 'coturn.pid'), '--userdb', join(folder, 'db')));
    await sleep(2000);
    const name = `${Math.floor(Date.now() / 1000) + 3600}:bench:call`;
    const password = createHmac('sha1', 'north').update(name).digest('base64');
    const itself = { title: 'coturn', pid: child.pid, port, name, password };
    return { ...itself, tls: { ...itself, port: tlsPort },
        stop: () => child.kill('SIGKILL') };
}

async function startVisavis(tls) {
    const server = await startRelay({ tls, options: {
        'log.level': 'warn', 'turn.workers': 1, 'turn.allocation_kbps': 0, 'turn.user_kbps': 0,
        'turn.call_kbps': 0, 'turn.total_kbps': 0,
        'turn.call_allocations_max': 1000, 'turn.user_allocations_max': 1000,
        'turn.allocations_max': 20000, 'turn.answers_per_s': 1000000,
        'turn.allow': '127.0.0.2/32',
        'turn.relay_port_min': 10000, 'turn.relay_port_max': 20999,
    } });
    const call = await startCall(server);
    const pid = String(server.child.pid);
    execFileSync('taskset', ['-acp', values.core, pid]);
    if (values.first) {
        execFileSync('chrt', ['--all-tasks', '--rr', '--pid', '1', pid]);
    }
    return { title: 'Visavis', pid: server.child.pid, port: server.port, name: call.name,
        password: call.password, server, stop: async () => {
            await call.end();
            await server.stop();
        } };
}

/** Credentials of ten people of Visavis: one may have a thousand allocations. */
async function credentials({ server, name, password }) {
    const list = server === undefined ? Array(10).fill({ name, password }) : [];
    while (list.length < 10) {
        const names = [`c${list.length}`, `c${list.length + 1}`];
        const tabs = [];
        for (const one of names) {
            const cookie = await server.createPerson(server.cookies.ann, one);
            tabs.push(await Tab.open(server, cookie));
        }
        const on = { call: newId(), microphone: true, camera: true };
        for (const reply of [await tabs[0].ask('call.start', { ...on, callee: names[1] }),
            await tabs[1].ask('call.accept', on)]) {
            const [{ username, credential }] = reply.iceServers;
            list.push({ name: username, password: credential });
        }
    }
    return list;
}

function startForwarder() {
    const port = 9998;
    const child = start(pinned(values.core, generator, 'forward', '--server',
        `127.0.0.1:${port}`, '--peer', PEER));
    return { title: 'forwarder', pid: child.pid, port, forward: true,
        stop: () => child.kill('SIGKILL') };
}

/** What a server relayed at most in the first case, packets a second. */
const saturated = new Map();

async function measure(whole, test) {
    const server = test.tls ? whole.tls : whole;
    const args = [...test.args];
    if (test.half) {
        args.push(String(Math.floor((saturated.get(server.title) ?? 40000) / 2)));
    }
    if (server.forward) {
        args[0] = 'bare';
    }
    const [program, ...rest] = pinned(values.load, generator);
    const { stdout } = await run(program, [...rest, ...args, '--server',
        `127.0.0.1:${server.port}`, '--peer', PEER, '--user', server.name ?? '',
        '--password', server.password ?? '', '--pid', String(server.pid),
        '--seconds', values.seconds]);
    const result = JSON.parse(stdout);
    if (test === CASES[0]) {
        saturated.set(server.title, result.packets / result.seconds);
    }
    return result;
}

const rssBytes = (pid) => 1024 * Number(
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

/** Growth of RSS for each of 10,000 allocations with a permission. */
async function memory(server) {
    const people = await credentials(server);
    const before = rssBytes(server.pid);
    const holders = [];
    for (const { name, password } of people) {
        const [program, ...rest] = pinned(values.load, generator, 'hold', '--flows', '1000',
            '--server', `127.0.0.1:${server.port}`, '--peer', PEER, '--user', name,
            '--password', password, '--pid', String(server.pid));
        const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
        holders.push(child);
        await once(child.stdout, 'data');
    }
    const grown = rssBytes(server.pid) - before;
    for (const child of holders) {
        const exited = once(child, 'exit');
        child.stdin.end();
        await exited;
    }
    return grown / 1000 / holders.length;
}

function row(test, results) {
    const of = (title, key) => {
        const list = results.filter((r) => r.title === title).map((r) => r[key]);
        return list.length === 0 ? NaN : median(list);
    };
    const faults = results.filter((r) => r.title === 'Visavis')
        .reduce((sum, r) => sum + (r.lost ?? 0) + (r.corrupted ?? 0) + (r.misrouted ?? 0)
            + (r.reordered ?? 0), 0);
    const [ours, theirs, bare] = ['Visavis', 'coturn', 'forwarder'].map((t) => of(t, 'us'));
    const latency = test.open
        ? `${['Visavis', 'coturn'].map((t) => `${format(of(t, 'p50') / 1000, 2)} / `
            + format(of(t, 'p99') / 1000, 2)).join(', ')}` : '–';
    return `| ${test.name} | ${format(ours)} | ${format(theirs)} `
        + `| ${Number.isNaN(bare) ? '–' : format(bare)} | ${format(ours / theirs, 2)} `
        + `| ${test.goal ?? '–'} | ${latency} | ${test.args[0] === 'allocate'
            || test.args[0] === 'binding' ? '–' : faults} |`;
}

const folder = mkdtempSync(join(os.tmpdir(), 'turnload-'));
const before = os.loadavg()[0];
const servers = [await startVisavis(false), await startCoturn(folder), startForwarder()];
servers[0].tls = await startVisavis(true);
const lines = ['| µs of processor time | Visavis | coturn | bare forwarder | Visavis : coturn '
    + '| goal | p50 / p99 of a round trip, ms (Visavis, coturn) | faults |',
'|---|---:|---:|---:|---:|---:|---|---:|'];
try {
    await sleep(300);
    for (const test of CASES.filter((c) => c.name.includes(values.only))) {
        const results = [];
        for (let round = 0; round < Number(values.rounds); round++) {
            for (const server of servers.filter((s) => !s.forward || test.forward)) {
                results.push({ title: server.title, ...await measure(server, test) });
            }
        }
        lines.push(row(test, results));
        console.log(lines.at(-1));
    }
    if ('memory'.includes(values.only)) {
        const [ours, theirs] = [await memory(servers[0]), await memory(servers[1])];
        lines.push(`| memory for each of 10,000 allocations, bytes (RSS) | ${format(ours, 0)} `
            + `| ${format(theirs, 0)} | – | ${format(ours / theirs, 2)} | 2,048 B | – | – |`);
        console.log(lines.at(-1));
    }
} finally {
    for (const server of [servers[0].tls, ...servers]) {
        await server.stop();
    }
    rmSync(folder, { recursive: true, force: true });
}
if (values.write) {
    const coturn = execFileSync('turnserver', ['--version'], { encoding: 'utf8' });
    writeTable('turn', [...lines, '', `coturn ${coturn.match(/\d+\.\d+\.\d+/)?.[0] ?? ''}, `
        + `${values.rounds} rounds of ${values.seconds} s`
        + `${values.first ? ', before other work' : ''}. ${circumstances(before)}`].join('\n'));
}
