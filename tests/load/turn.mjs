// SPDX-License-Identifier: Apache-2.0
// Processor time of STUN and TURN for each relayed packet, allocation and Binding: Visavis beside
// Debian's coturn and a bare forwarder, in the same run, each server on the same core, the load on
// another. Rounds alternate between the servers; the table has the medians. --write puts it into
// docs/performance.md. TURNLOAD names the load generator (meson option `load`).
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { startCall, startRelay } from '../e2e/turn/relay.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: {
    seconds: { type: 'string', default: '2' }, rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' }, write: { type: 'boolean', default: false },
    core: { type: 'string', default: '1' }, load: { type: 'string', default: '0' },
} });
const generator = resolve(process.env.TURNLOAD ?? 'build-load/tests/load/turnload');
const run = promisify(execFile);
const sleep = (ms) => new Promise((next) => setTimeout(next, ms));
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** What is measured: arguments of the generator, and what is wanted of coturn's figure. */
const CASES = [
    { name: 'ChannelData, 172 B, saturated', goal: 0.67, forward: true,
        args: ['relay', '--flows', '128', '--window', '2', '--size', '172'] },
    { name: 'ChannelData, 1,200 B, saturated', goal: 0.67, forward: true,
        args: ['relay', '--flows', '128', '--window', '2', '--size', '1200'] },
    { name: 'video bursts, 8 x 1,200 B of one flow', goal: 0.6,
        args: ['relay', '--flows', '4', '--window', '32', '--burst', '8', '--size', '1200'] },
    { name: 'indications, 172 B, saturated',
        args: ['relay', '--flows', '128', '--window', '2', '--size', '172', '--send', '1'] },
    { name: 'both ends relayed here, 172 B, saturated', goal: 0.4,
        args: ['pair', '--flows', '128', '--window', '2', '--size', '172'] },
    { name: 'open loop, 20,000 packets/s of 172 B', goal: 0.45, forward: true, open: true,
        args: ['relay', '--flows', '50', '--rate', '20000', '--size', '172'] },
    { name: 'open loop, 2,000 packets/s of 172 B', forward: true, open: true,
        args: ['relay', '--flows', '10', '--rate', '2000', '--size', '172'] },
    { name: 'allocation with its 401, given back', goal: 0.35, args: ['allocate'] },
    { name: 'Binding, 64 at once', args: ['binding'] },
];
const PEER = '127.0.0.2:9999';

async function startCoturn(folder) {
    const port = 13478;
    const child = spawn('taskset', ['-c', values.core, 'turnserver', '-n', '--no-cli', '--no-tls',
        '--no-dtls', '-L', '127.0.0.1', '-E', '127.0.0.1', '-p', String(port), '-m', '1',
        '--min-port=21000', '--max-port=32000', '--use-auth-secret',
        '--static-auth-secret=north', '-r', 'visavis', '--allow-loopback-peers', '--no-rfc5780',
        '--log-file', join(folder, 'coturn.log'), '--simple-log',
        '--pidfile', join(folder, 'coturn.pid'), '--userdb', join(folder, 'db')],
    { stdio: 'ignore' });
    await sleep(2000);
    const name = `${Math.floor(Date.now() / 1000) + 3600}:bench:call`;
    const password = createHmac('sha1', 'north').update(name).digest('base64');
    return { title: 'coturn', pid: child.pid, port, name, password,
        stop: () => child.kill('SIGKILL') };
}

async function startVisavis() {
    const server = await startRelay({ options: {
        'log.level': 'warn', 'turn.workers': 1, 'turn.allocation_kbps': 0, 'turn.user_kbps': 0,
        'turn.call_allocations_max': 1000, 'turn.user_allocations_max': 1000,
        'turn.allocations_max': 20000, 'turn.answers_per_s': 1000000,
        'turn.allow': '127.0.0.2/32',
        'turn.relay_port_min': 14500, 'turn.relay_port_max': 20999,
    } });
    const call = await startCall(server);
    execFileSync('taskset', ['-acp', values.core, String(server.child.pid)]);
    return { title: 'Visavis', pid: server.child.pid, port: server.port, name: call.name,
        password: call.password, stop: async () => {
            await call.end();
            await server.stop();
        } };
}

function startForwarder() {
    const port = 13999;
    const child = spawn('taskset', ['-c', values.core, generator, 'forward', '--server',
        `127.0.0.1:${port}`, '--peer', PEER], { stdio: 'ignore' });
    return { title: 'forwarder', pid: child.pid, port, forward: true,
        stop: () => child.kill('SIGKILL') };
}

async function measure(server, test) {
    const args = [...test.args];
    if (server.forward) {
        args[0] = 'bare';
    }
    const { stdout } = await run('taskset', ['-c', values.load, generator, ...args,
        '--server', `127.0.0.1:${server.port}`, '--peer', PEER, '--user', server.name ?? '',
        '--password', server.password ?? '', '--pid', String(server.pid),
        '--seconds', values.seconds]);
    return JSON.parse(stdout);
}

/** Growth of RSS for each of 1,000 allocations with a permission. */
async function memory(server) {
    const child = spawn(generator, ['hold', '--flows', '1000', '--server',
        `127.0.0.1:${server.port}`, '--peer', PEER, '--user', server.name, '--password',
        server.password, '--pid', String(server.pid)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const line = await new Promise((done) => child.stdout.once('data', done));
    child.stdin.end();
    return JSON.parse(String(line)).bytes;
}

const format = (number, digits = 1) => number.toLocaleString('en',
    { minimumFractionDigits: digits, maximumFractionDigits: digits });

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
const servers = [await startVisavis(), await startCoturn(folder), startForwarder()];
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
    if (values.only === '') {
        const [ours, theirs] = [await memory(servers[0]), await memory(servers[1])];
        lines.push(`| memory for each of 1,000 allocations, bytes (RSS) | ${format(ours, 0)} `
            + `| ${format(theirs, 0)} | – | ${format(ours / theirs, 2)} | 2,048 B | – | – |`);
        console.log(lines.at(-1));
    }
} finally {
    for (const server of servers) {
        await server.stop();
    }
    rmSync(folder, { recursive: true, force: true });
}
if (values.write) {
    const page = resolve(here, '../../docs/performance.md');
    const table = [...lines, '', `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} `
        + `cores (${os.cpus()[0].model}), Linux ${os.release()}, ${execFileSync('turnserver',
            ['--version'], { encoding: 'utf8' }).match(/\d+\.\d+\.\d+/)?.[0] ?? ''} of coturn, `
        + `${values.rounds} rounds of ${values.seconds} s, load average before: `
        + `${before.toFixed(2)}, after: ${os.loadavg()[0].toFixed(2)}.`].join('\n');
    const text = readFileSync(page, 'utf8');
    writeFileSync(page, text.replace(/(<!-- turn: begin -->\n)[\s\S]*?(<!-- turn: end -->)/,
        (_, begin, end) => `${begin}${table}\n${end}`));
}
