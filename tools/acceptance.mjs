#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Writes docs/acceptance.md from the results of the last ./test: each row of
// tests/acceptance/rows.json with the tests that are named by it ('M36, M76: ...'), those of
// Firefox ESR ('M36: ... (Firefox)') in a column of their own. With --check it writes nothing, and
// fails while a row of M is without a passing test or one of its tests fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIREFOX = / \(Firefox\)$/;
const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path) => JSON.parse(readFileSync(join(top, path), 'utf8'));

/** The rows that the name of a test begins with; none when it is not named by rows. */
function rowsOf(name) {
    const listed = /^((?:[MN]\d+)(?:, [MN]\d+)*): /.exec(name);
    return listed ? listed[1].split(', ') : [];
}

/** Row -> {usual, firefox}: its tests. One that was left out in the usual browser says nothing. */
function byRow(results) {
    const found = new Map();
    for (const result of results) {
        const kind = FIREFOX.test(result.name) ? 'firefox' : 'usual';
        for (const row of rowsOf(result.name)) {
            const tests = found.get(row) ?? { usual: [], firefox: [] };
            found.set(row, tests);
            if (kind === 'firefox' || result.skipped === undefined) {
                tests[kind].push(result);
            }
        }
    }
    return found;
}

const cell = (text) => text.replaceAll('|', '\\|');
const NONE = { usual: [], firefox: [] };

function outcome(tests, none) {
    if (tests.length === 0) {
        return none;
    }
    const ran = tests.filter(({ skipped }) => skipped === undefined);
    if (ran.some(({ passed }) => !passed)) {
        return '**failed**';
    }
    return ran.length > 0 ? 'passed' : `not run: ${cell(tests[0].skipped)}`;
}

/** Whether a passing test of any browser shows the row, and none of its tests fails. */
function isShown({ usual, firefox }) {
    const ran = [...usual, ...firefox].filter(({ skipped }) => skipped === undefined);
    return ran.length > 0 && ran.every(({ passed }) => passed);
}

function line({ row, text }, { usual, firefox }) {
    const said = (name) => cell(name.replace(/^[^:]*: /, ''));
    const names = usual.map(({ file, name }) => `${said(name)} (${file})`);
    return `| ${row} | ${cell(text)} | ${names.join('<br>')} | ${outcome(usual, 'no test yet')} | `
        + `${outcome(firefox, '')} |`;
}

function page(rows, found) {
    const proved = rows.filter(({ row }) => isShown(found.get(row) ?? NONE)).length;
    const out = ['# Acceptance', '',
        'What the product must do, row by row, and the tests that show it. Given, When, Then are',
        'G, W, T; A, B, C are ordinary users, R an administrator. The page is written by',
        '`node tools/acceptance.mjs` from the results of the last `./test`; with `--check` it',
        'fails while a row of M has no passing test.', '',
        'Browser tests run in Chromium. Those of rows about calling run a second time, in',
        'Firefox ESR, by the same code (`tests/e2e/browser/rows`): the last column has that',
        'result, or why it cannot be driven there. It is empty for other rows.', '',
        `${proved} of ${rows.length} rows are shown by a passing test of their name.`];
    for (const section of new Set(rows.map((row) => row.section))) {
        out.push('', `## ${section}`, '');
        out.push('| row | must hold | test | result | Firefox ESR |', '|---|---|---|---|---|');
        for (const row of rows.filter((each) => each.section === section)) {
            out.push(line(row, found.get(row.row) ?? NONE));
        }
    }
    return `${out.join('\n')}\n`;
}

function check(rows, found) {
    const lacking = rows.map(({ row }) => row)
        .filter((row) => row.startsWith('M') && !isShown(found.get(row) ?? NONE));
    if (lacking.length > 0) {
        console.error(`acceptance: without a passing test: ${lacking.join(', ')}`);
        process.exit(1);
    }
}

const rows = read('tests/acceptance/rows.json');
const known = new Set(rows.map(({ row }) => row));
const found = byRow(read('build/results.json'));
const strangers = [...found.keys()].filter((row) => !known.has(row));
if (strangers.length > 0) {
    console.error(`acceptance: tests are named by unknown rows: ${strangers.join(', ')}`);
    process.exit(1);
}
if (process.argv.includes('--check')) {
    check(rows, found);
} else {
    writeFileSync(join(top, 'docs/acceptance.md'), page(rows, found));
}
console.log(`acceptance: ${found.size} of ${rows.length} rows have a test`);
