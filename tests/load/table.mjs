// SPDX-License-Identifier: Apache-2.0
// What the load tests share: figures as text, and the tables of docs/performance.md.
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const top = resolve(here, '../..');
export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
export const percentile = (list, share) =>
    [...list].sort((a, b) => a - b)[Math.min(list.length, Math.ceil(list.length * share)) - 1];
export const format = (number, digits = 1) => number.toLocaleString('en',
    { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** When, where, and what else ran: the last line of a table. */
export const circumstances = (loadBefore) => `${new Date().toISOString().slice(0, 10)}, `
    + `${os.cpus().length} cores (${os.cpus()[0].model.trim()}), Linux ${os.release()}, load `
    + `average before: ${loadBefore.toFixed(2)}, after: ${os.loadavg()[0].toFixed(2)}.`;

/** The same; empty in a part of calls.mjs, which has one line for all its tables. */
export const ownCircumstances = (loadBefore) =>
    process.env.LOAD_ONE_RUN ? '' : circumstances(loadBefore);

/** Replaces what stands between the marks `name: begin` and `name: end`. */
export function writeTable(name, text) {
    const path = resolve(top, 'docs/performance.md');
    const page = readFileSync(path, 'utf8');
    const [begin, end] = [`<!-- ${name}: begin -->\n`, `<!-- ${name}: end -->`];
    const [first, last] = [page.indexOf(begin), page.indexOf(end)];
    if (first < 0 || last < first) {
        throw new Error(`${path} has no place for the table ${name}`);
    }
    writeFileSync(path, `${page.slice(0, first)}${begin}${text.trimEnd()}\n${page.slice(last)}`);
}
