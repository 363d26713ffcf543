#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Writes docs/acceptance.md from the results of the last ./test: each row of
// tests/acceptance/rows.json with the tests that are named by it ('M36, M76: ...').
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path) => JSON.parse(readFileSync(join(top, path), 'utf8'));

/** The rows that the name of a test begins with; none when it is not named by rows. */
function rowsOf(name) {
    const listed = /^((?:[MN]\d+)(?:, [MN]\d+)*): /.exec(name);
    return listed ? listed[1].split(', ') : [];
}

function byRow(results) {
    const found = new Map();
    for (const result of results) {
        for (const row of rowsOf(result.name)) {
            found.set(row, [...(found.get(row) ?? []), result]);
        }
    }
    return found;
}

const cell = (text) => text.replaceAll('|', '\\|');

function line({ row, text }, tests) {
    const said = (name) => cell(name.replace(/^[^:]*: /, ''));
    const names = tests.map(({ file, name }) => `${said(name)} (${file})`);
    const outcome = tests.length === 0 ? 'no test yet'
        : tests.every((test) => test.passed) ? 'passed' : '**failed**';
    return `| ${row} | ${cell(text)} | ${names.join('<br>')} | ${outcome} |`;
}

function page(rows, found) {
    const shown = ({ row }) => found.get(row)?.every((test) => test.passed);
    const proved = rows.filter(shown).length;
    const out = ['# Acceptance', '',
        'What the product must do, row by row, and the tests that show it. Given, When, Then are',
        'G, W, T; A, B, C are ordinary users, R an administrator. The page is written by',
        '`node tools/acceptance.mjs` from the results of the last `./test`.', '',
        `${proved} of ${rows.length} rows are shown by a passing test of their name.`];
    for (const section of new Set(rows.map((row) => row.section))) {
        out.push('', `## ${section}`, '');
        out.push('| row | must hold | test | result |', '|---|---|---|---|');
        for (const row of rows.filter((each) => each.section === section)) {
            out.push(line(row, found.get(row.row) ?? []));
        }
    }
    return `${out.join('\n')}\n`;
}

const rows = read('tests/acceptance/rows.json');
const known = new Set(rows.map(({ row }) => row));
const found = byRow(read('build/results.json'));
const strangers = [...found.keys()].filter((row) => !known.has(row));
if (strangers.length > 0) {
    console.error(`acceptance: tests are named by unknown rows: ${strangers.join(', ')}`);
    process.exit(1);
}
writeFileSync(join(top, 'docs/acceptance.md'), page(rows, found));
console.log(`acceptance: ${found.size} of ${rows.length} rows have a test`);
