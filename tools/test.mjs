// SPDX-License-Identifier: Apache-2.0
// Runs every kind of test and adds up: each piece is a command and a reader of its last words.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';

const env = { ...process.env, VISAVIS_BIN: 'build/src/app/visavis' };
const RESULTS = 'build/results.json'; // read by tools/acceptance.mjs
const results = [];
let passed = 0;
let failed = 0;
let skipped = 0;

function run(title, command, args) {
    const began = Date.now();
    const result = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 });
    const output = `${result.stdout}${result.stderr}`;
    return { title, output, status: result.status, seconds: (Date.now() - began) / 1000 };
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
function check(title, command, ...args) {
    const result = run(title, command, args);
    count(result, result.status === 0 ? 1 : 0, result.status === 0 ? 0 : 1);
}

function sum(output, pattern) {
    return [...output.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
}

/** Unit tests, scenarios and replayed corpora, one program each. */
function meson() {
    const result = run('unit tests and scenarios', 'meson', ['test', '-C', 'build', '--no-rebuild',
        '--print-errorlogs', '--num-processes', '2', '--verbose']);
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

/** node:test files, one after the other; counts words of their TAP summaries. */
function node(title, folder) {
    if (!existsSync(folder)) {
        return;
    }
    const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs')).sort();
    for (const name of files) {
        const args = ['--test', '--test-reporter=tap', '--test-concurrency=1'];
        const result = run(`${title}, ${name}`, 'node', [...args, `${folder}/${name}`]);
        collect(result.output, `${folder}/${name}`);
        skipped += sum(result.output, /^# skipped (\d+)$/gm);
        const good = sum(result.output, /^# pass (\d+)$/gm);
        count(result, good, sum(result.output, /^# fail (\d+)$/gm));
    }
}

function vitest() {
    const args = ['--prefix', 'web', 'test', '--', '--reporter=tap-flat'];
    const result = run('front end', 'npm', args);
    const good = (result.output.match(/^ok \d+/gm) ?? []).length;
    collect(result.output, 'web/src');
    count(result, good, (result.output.match(/^not ok \d+/gm) ?? []).length);
}

check('generated messages', 'node', 'tools/protogen.mjs', '--check');
check('generated options', 'node', 'tools/gen-options.mjs', '--check');
for (const tool of ['check-layers', 'tidy', 'check-docs']) {
    if (existsSync(`tools/${tool}.mjs`)) {
        check(tool, 'node', `tools/${tool}.mjs`);
    }
}
check('budgets of the front end', 'node', 'web/tools/budget.mjs');
check('front end types', 'npm', '--prefix', 'web', 'run', 'check');
vitest();
meson();
node('protocol tests', 'tests/e2e/api');
node('browser tests', 'tests/e2e/browser');
node('TURN tests', 'tests/e2e/turn');
node('fault tests', 'tests/fault');
node('package tests', 'tests/package');
writeFileSync(RESULTS, JSON.stringify(results, null, 1));
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
