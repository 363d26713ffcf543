#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Checks that what documents name exists: each file of the paths in docs/architecture.md, each
// path of this tree in backquotes, and each relative link. `check-docs.mjs [FOLDER]` checks another
// tree.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const GUIDE = 'docs/architecture.md';
const MIN_STAGES = 30; // fewer: the block of paths was not found or has changed its form
const BROWSER = /^(browser|call window)\b/;

const problems = [];
const exists = (path) => existsSync(join(top, path));
const read = (path) => readFileSync(join(top, path), 'utf8');

function checkPaths() {
    const block = /^## The paths$[\s\S]*?^```\n([\s\S]*?)^```$/m.exec(read(GUIDE))?.[1] ?? '';
    let stages = 0;
    for (const line of block.split('\n')) {
        const [base, ends] = BROWSER.test(line) ? ['web/src', ['.ts']] : ['src', ['.c', '.h']];
        for (const [stage] of line.matchAll(/[\w-]+\/[\w-]+/g)) {
            stages++;
            if (!ends.some((end) => exists(`${base}/${stage}${end}`)))
                problems.push(`${GUIDE}: the path names ${stage}, which is not in ${base}/`);
        }
    }
    if (stages < MIN_STAGES)
        problems.push(`${GUIDE}: only ${stages} stages of paths were found`);
}

/** Only names that begin with a folder of the tree; patterns and examples in <> are no names. */
function checkDocument(path) {
    const prose = read(path).replace(/^```[\s\S]*?^```$/gm, '');
    for (const [, name] of prose.matchAll(/`([^`\s]+)`/g)) {
        const ours = /^(src|web|tests|tools|docs|protocol|packaging)\//.test(name);
        if (ours && !/[*<>{}]|\.\.|^web\/dist/.test(name) && !exists(name))
            problems.push(`${path}: ${name} does not exist`);
    }
    for (const [, target] of prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g))
        if (!/^[a-z]+:/.test(target) && !exists(normalize(join(dirname(path), target))))
            problems.push(`${path}: a link leads to ${target}, which does not exist`);
}

checkPaths();
const listed = execFileSync('git', ['-C', top, 'ls-files', '-z', '*.md'], { encoding: 'utf8' });
const documents = listed.split('\0').filter((path) => path !== '' && exists(path));
documents.forEach(checkDocument);
for (const problem of problems)
    console.error(problem);
console.log(`check-docs: ${documents.length} documents, ${problems.length} problems`);
process.exit(problems.length === 0 && documents.length > 0 ? 0 : 1);
