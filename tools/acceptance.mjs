#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Writes docs/acceptance.md from the results of the last ./test: each row of
// tests/acceptance/rows.json with the tests that are named by it ('M36, M76: ...'), those of
// Firefox ESR ('M36: ... (Firefox)') in a column of their own. With --check it writes nothing, and
// fails while a row of M has no passing test in Chromium, or a row about calling none in Firefox,
// or while a test of a row fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIREFOX = / \(Firefox\)$/;
const IN_BROWSER = 'tests/e2e/browser/';
/** The rows of M that need no test in Firefox, first and last, and why: all others are of calls. */
const NOT_OF_CALLS = [
    ['M98', 'M112', 'a page of administration'],
    ['M114', 'M114', 'what the server gives is the same for each browser'],
    ['M115', 'M117', 'a page of administration'],
    ['M118', 'M119', 'what the server does is the same for each browser'],
    ['M120', 'M120', 'texts are the same in each browser'],
];
const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path) => JSON.parse(readFileSync(join(top, path), 'utf8'));

/** The rows that the name of a test begins with, maybe after a number; none: it is not named so. */
function rowsOf(name) {
    const listed = /^(?:\d+ )?((?:[MN]\d+)(?:, [MN]\d+)*): /.exec(name);
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

const number = (row) => Number(row.slice(1));

/** Why the row needs no test in Firefox; empty: it is about calling. */
function exemption(row) {
    const found = NOT_OF_CALLS.find(([first, last]) =>
        number(first) <= number(row) && number(row) <= number(last));
    return found?.[2] ?? '';
}

const passes = (tests) => tests.some(({ passed, skipped }) => passed && skipped === undefined);

/** What a row of M is still without, in words; nothing when all is there. */
function lacks(row, tests) {
    const lacking = [];
    if (!passes(tests.usual.filter(({ file }) => file.startsWith(IN_BROWSER)))) {
        lacking.push('a passing test in Chromium');
    }
    if (exemption(row) === '' && !passes(tests.firefox)) {
        lacking.push('a passing test in Firefox');
    }
    if (!isShown(tests) && lacking.length === 0) {
        lacking.push('all of its tests passing');
    }
    return lacking;
}

function line({ row, text }, { usual, firefox }) {
    const said = (name) => cell(name.replace(/^[^:]*: /, ''));
    const names = usual.map(({ file, name }) => `${said(name)} (${file})`);
    const without = row.startsWith('M') ? exemption(row) || 'no test yet' : '';
    return `| ${row} | ${cell(text)} | ${names.join('<br>')} | ${outcome(usual, 'no test yet')} | `
        + `${outcome(firefox, without)} |`;
}

function page(rows, found) {
    const proved = rows.filter(({ row }) => isShown(found.get(row) ?? NONE)).length;
    const out = ['# Acceptance', '',
        'What the product must do, row by row, and the tests that show it. Given, When, Then are',
        'G, W, T; A, B, C are ordinary users, R an administrator. The page is written by',
        '`node tools/acceptance.mjs` from the results of the last `./test`; with `--check` it',
        'fails while a row of M has no passing test in Chromium, or one about calling has none in',
        'Firefox ESR.', '',
        'Browser tests run in Chromium. Those of rows about calling run a second time, in',
        'Firefox ESR, by the same code (`tests/e2e/browser/rows`): the last column has that',
        'result, or why the row needs none: it is not about calling.', '',
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
    let failed = false;
    for (const { row } of rows.filter((each) => each.row.startsWith('M'))) {
        for (const what of lacks(row, found.get(row) ?? NONE)) {
            console.error(`acceptance: ${row} is without ${what}`);
            failed = true;
        }
    }
    if (failed) {
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
