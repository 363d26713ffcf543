// SPDX-License-Identifier: Apache-2.0
// Runs every kind of test and adds up: each piece is a command and a reader of its last words.
// A piece has a limit of time, and what it leaves running is ended after it. Two run at a time: one
// of the browser tests with sound and picture, which want a core, and one of the others; browser
// tests without, which give way, are for who is done first.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const RESULTS = 'build/results.json'; // read by tools/acceptance.mjs
const LIMIT_MS = 20 * 60_000; // Of one file; the slowest takes a third of it on two cores.
const LONG_LIMIT_MS = 30 * 60_000; // Of the programs of the build together, and of packages.
/** A browser test with such words waits for sound and picture, or measures how long something
 * takes: it wants a core. */
const MEDIA = /\b(mediaFlow|connected|runRows|took\.push)\(|'firefox'/;
const LONGEST = ['firefox', 'calling'];
const PIECE = 'VISAVIS_TEST_PIECE'; // What runs for a piece has its number in the environment.
const began = Date.now();
const results = [];
let passed = 0;
let failed = 0;
let skipped = 0;
let started = 0;

/** The processes that run for a piece, also those that have left its process group. */
function processesOf(piece) {
    const mark = `\0${PIECE}=${piece}\0`;
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
        try {
            return `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(mark);
        } catch {
            return false; // It has ended meanwhile.
        }
    });
}

function end(piece) {
    for (const pid of processesOf(piece)) {
        try {
            process.kill(pid, 'SIGKILL');
        } catch {
            // It has ended meanwhile.
        }
    }
}

/** Runs a command to its end, or to the limit; gives what it has said. */
async function run(title, command, args, limit = LIMIT_MS) {
    const start = Date.now();
    const piece = `${process.pid}-${started++}`;
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, VISAVIS_BIN: 'build/src/app/visavis', [PIECE]: piece } });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => said.push(chunk));
    }
    const closed = once(child, 'close');
    let late = false;
    const timer = setTimeout(() => {
        late = true;
        end(piece);
    }, limit);
    // Not 'close': a process that was left behind may hold the pipes open.
    const [status] = await once(child, 'exit');
    clearTimeout(timer);
    end(piece);
    await Promise.race([closed, wait(5000, undefined, { ref: false })]);
    const output = Buffer.concat(said).toString() +
        (late ? `\nended after its limit of ${limit / 1000} s\n` : '');
    return { title, output, status, seconds: (Date.now() - start) / 1000 };
}

function count({ title, output, status, seconds }, good, bad) {
    const broken = status !== 0 && bad === 0 ? 1 : bad;
    passed += good;
    failed += broken;
    if (broken > 0) {
        console.log(output);
    }
    console.log(`${title}: ${good} passed, ${broken} failed (${seconds.toFixed(1)} s)`);
}

/** A check that passes or fails as a whole. */
async function check(title, command, ...args) {
    const result = await run(title, command, args);
    count(result, result.status === 0 ? 1 : 0, result.status === 0 ? 0 : 1);
}

function sum(output, pattern) {
    return [...output.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
}

/** Unit tests, scenarios and replayed corpora, one program each. */
async function meson() {
    // They do not ask the real time, so they give way to the browsers beside them. Half of the time
    // that a test may have by itself for its replays (tests/unit/unit.c): few want so much.
    const replays = `UNIT_REPLAY_S=${process.env.UNIT_REPLAY_S ?? 5}`;
    const result = await run('unit tests and scenarios', 'nice', ['env', replays, 'meson', 'test',
        '-C', 'build', '--no-rebuild', '--print-errorlogs', '--num-processes', '2',
        '--timeout-multiplier', '3', '--verbose'], LONG_LIMIT_MS);
    // A unit program counts its tests; a scenario or a replayed corpus counts as one.
    const { output } = result;
    const units = (output.match(/^unit \S+: \d+ passed, \d+ failed$/gm) ?? []).length;
    const programs = sum(output, /^Ok: +(\d+)/gm);
    const good = sum(output, /^unit \S+: (\d+) passed/gm) + Math.max(0, programs - units);
    count(result, good, sum(output, /^(?:Fail|Timeout): +(\d+)/gm));
}

/** The named tests of a TAP output, for the table of acceptance. */
function collect(output, file) {
    for (const [, not, name, rest] of output.matchAll(/^ *(not )?ok \d+ - (.*?)( # .*)?$/gm)) {
        const skipped = /^ # SKIP ?(.*)$/.exec(rest ?? '')?.[1];
        results.push({ file, name, passed: not === undefined, skipped });
    }
}

/** A file of node:test; counts words of its TAP summary. */
async function node(title, file, limit = LIMIT_MS, givesWay = false) {
    const words = [...givesWay ? ['nice'] : [], 'node', '--test', '--test-reporter=tap',
        '--test-concurrency=1', '--test-force-exit', file];
    const result = await run(`${title}, ${basename(file)}`, words[0], words.slice(1), limit);
    collect(result.output, file);
    skipped += sum(result.output, /^# skipped (\d+)$/gm);
    const good = sum(result.output, /^# pass (\d+)$/gm);
    count(result, good, sum(result.output, /^# fail (\d+)$/gm));
}

function testsIn(folder) {
    return readdirSync(folder).filter((name) => name.endsWith('.test.mjs')).sort()
        .map((name) => `${folder}/${name}`);
}

/** The files of a folder, each a piece. */
function files(title, folder, limit) {
    return testsIn(folder).map((file) => () => node(title, file, limit));
}

async function vitest() {
    const args = ['--prefix', 'web', 'test', '--', '--reporter=tap-flat'];
    const result = await run('front end', 'npm', args);
    const good = (result.output.match(/^ok \d+/gm) ?? []).length;
    collect(result.output, 'web/src');
    count(result, good, (result.output.match(/^not ok \d+/gm) ?? []).length);
}

/** The browser tests with sound and picture, the longest first, and those without. */
function browserTests() {
    const all = testsIn('tests/e2e/browser');
    const media = all.filter((file) => MEDIA.test(readFileSync(file, 'utf8')));
    const rank = (file) => LONGEST.filter((name) => !file.endsWith(`/${name}.test.mjs`)).length;
    media.sort((one, other) => rank(one) - rank(other));
    const title = 'browser tests';
    return { media: media.map((file) => () => node(title, file)),
        pages: all.filter((file) => !media.includes(file))
            .map((file) => () => node(title, file, LIMIT_MS, true)) };
}

/** Takes pieces off the list until there is none. */
async function work(list) {
    for (let piece = list.shift(); piece !== undefined; piece = list.shift()) {
        await piece();
    }
}

await check('generated messages', 'node', 'tools/protogen.mjs', '--check');
await check('generated options', 'node', 'tools/gen-options.mjs', '--check');
await check('generated HTTP API', 'node', 'tools/gen-api.mjs', '--check');
for (const tool of ['check-layers', 'tidy', 'check-docs']) {
    if (existsSync(`tools/${tool}.mjs`)) {
        await check(tool, 'node', `tools/${tool}.mjs`);
    }
}
await check('budgets of the front end', 'node', 'web/tools/budget.mjs');
await check('front end types', 'npm', '--prefix', 'web', 'run', 'check');
await vitest();
const { media, pages } = browserTests();
const others = [...files('package tests', 'tests/package', LONG_LIMIT_MS), meson,
    ...files('protocol tests', 'tests/e2e/api'), ...files('TURN tests', 'tests/e2e/turn'),
    ...files('fault tests', 'tests/fault')];
await Promise.all([media, others].map(async (own) => {
    await work(own);
    await work(pages);
}));
results.sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
writeFileSync(RESULTS, JSON.stringify(results, null, 1));
await check('rows of the acceptance table', 'node', 'tools/acceptance.mjs', '--check');
console.log(`took ${((Date.now() - began) / 60_000).toFixed(1)} minutes`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
