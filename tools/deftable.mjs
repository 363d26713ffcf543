// SPDX-License-Identifier: Apache-2.0
// Tables in C files (src/**/*.def) from which documents are made: NAME(column, "text" "more", ...).
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The columns of one entry, C strings joined and unquoted. */
function splitColumns(text) {
  const found = [];
  const token = /\s*(?:((?:"(?:[^"\\]|\\.)*"\s*)+)|([^",]+))\s*(?:,|$)/gy;
  let match;
  while (token.lastIndex < text.length && (match = token.exec(text)) !== null) {
    const [, quoted, plain] = match;
    found.push(quoted === undefined ? plain.trim()
      : [...quoted.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((part) => JSON.parse(`"${part[1]}"`))
        .join(''));
  }
  return found;
}

/** All entries called `name`, in the order of the table, as objects of `columns`. */
export function readTable(text, name, columns) {
  const table = text.replace(/\/\*[^]*?\*\//g, '');
  const entry = new RegExp(String.raw`^${name}\(((?:"(?:[^"\\]|\\.)*"|[^")])*)\)`, 'gm');
  const entries = [];
  for (const match of table.matchAll(entry)) {
    const values = splitColumns(match[1]);
    if (values.length !== columns.length) {
      throw new Error(`${values.length} columns instead of ${columns.length} in ${match[0]}`);
    }
    entries.push(Object.fromEntries(columns.map((column, i) => [column, values[i]])));
  }
  const starts = [...table.matchAll(new RegExp(`^${name}\\(`, 'gm'))].length;
  if (entries.length === 0 || entries.length !== starts) {
    throw new Error(`${starts} times ${name} begins, ${entries.length} were understood`);
  }
  return entries;
}

/** Writes what was made; with --check it writes nothing and fails when a file is not up to date. */
export function writeOrCheck(tool, outputs) {
  for (const [path, text] of Object.entries(outputs)) {
    if (!process.argv.includes('--check')) {
      writeFileSync(join(root, path), text);
      continue;
    }
    let present = '';
    try {
      present = readFileSync(join(root, path), 'utf8');
    } catch (error) {
      if (error.code !== 'ENOENT') {
        throw error;
      }
    }
    if (present !== text) {
      console.error(`${path} is not up to date: run node tools/${tool}.mjs`);
      process.exitCode = 1;
    }
  }
}
