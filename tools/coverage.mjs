// SPDX-License-Identifier: Apache-2.0
// Which branches of src/ were taken, from what gcov has counted (tools/coverage.sh): by folder, and
// of what must be whole. Ends with 1 when one is below what was reached before.
//   node tools/coverage.mjs BUILD [--missing PATTERN]     the lines with branches that nobody takes
//
// Counted is what an outside can bring about. Not counted: what an ASSERT does when it fails, for
// that is a fault of ours and ends the program; the way out of a `switch` over all values of an
// enum, which has no code; a "second lock", which is a check that another one in front of it makes
// (the comment in its line says whose) and that is kept because what it guards matters; the faults
// that the simulator puts in on purpose; and tests. The same file in several programs (the
// simulator builds the call engine anew) is one file.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname ?? new URL('..', import.meta.url).pathname, '..');
const [build, flag, wanted] = process.argv.slice(2);
/** Percent that the tests have reached; below it this fails. */
const GROUPS = [
    ['src', 90, /^src\//],
    ...Object.entries({ base: 95, wire: 100, crypto: 95, model: 98, net: 88, store: 88, turn: 94,
        portal: 92, connectors: 90, server: 85, app: 86 })
        .map(([name, least]) => [`src/${name}`, least, new RegExp(`^src/${name}/`)]),
    ['decoders', 100, /^src\/(wire\/|net\/http_parse|store\/match|portal\/icefilter)/],
    ['policy of TURN', 100,
        /^src\/turn\/(peerfilter|permission|quota|auth|nonce|credential|strangers)/],
    ['call core', 100, /^src\/portal\/call\.[ch]$/],
];
const NOT_OURS = /_test\.c$|\/test[a-z]*\.[ch]$|\/virtualnet\.[ch]$/;

/** The folders with counts: the libraries, the program, and what builds their sources anew. */
function objects() {
    const wanted = new RegExp(['(^|/)lib[a-z_]*\\.a\\.p/', 'app/visavis\\.p/',
        'visavis_failing\\.p/.*src_app', 'calls_sim\\.p/.*src_portal'].join('|'));
    return readdirSync(build, { recursive: true }).map(String)
        .filter((name) => name.endsWith('.gcno') && !/fast_|_fast/.test(name) && wanted.test(name))
        .sort((a, b) => Number(!a.includes('.a.p/')) - Number(!b.includes('.a.p/')))
        .map((name) => join(build, name));
}

/** Gives each file of the sources that an object has. */
function* counted(notes) {
    const { stdout } = spawnSync('gcov', ['--branch-counts', '--branch-probabilities',
        '--json-format', '--stdout', ...notes], { maxBuffer: 1 << 30, encoding: 'utf8' });
    for (const text of stdout.split('\n').filter((line) => line.startsWith('{'))) {
        const { files, current_working_directory: folder } = JSON.parse(text);
        for (const { file, lines } of files) {
            const name = relative(root, resolve(folder ?? build, file));
            if (name.startsWith('src/') && !NOT_OURS.test(name)) {
                yield { name, lines };
            }
        }
    }
}

/** By file, by line: how often each branch was taken. Where builds differ, the first one counts. */
function merge(notes) {
    const all = new Map();
    for (let i = 0; i < notes.length; i += 40) {
        for (const { name, lines } of counted(notes.slice(i, i + 40))) {
            const file = all.get(name) ?? new Map();
            all.set(name, file);
            for (const { line_number: line, branches } of lines) {
                const old = file.get(line);
                if (old === undefined) {
                    file.set(line, branches.map(({ count }) => count));
                } else if (old.length === branches.length) {
                    branches.forEach(({ count }, n) => (old[n] += count));
                }
            }
        }
    }
    return all;
}

/** The lines from one with an opening bracket to that with its closing one. */
function span(lines, from, open, close) {
    let depth = 0;
    for (let at = from; at < lines.length; at++) {
        for (const letter of lines[at]) {
            depth += letter === open ? 1 : letter === close ? -1 : 0;
            if (depth === 0 && letter === close) {
                return at;
            }
        }
    }
    return from;
}

/** Of a source: lines that are not counted, and those with a `switch` that has no default. */
function exceptions(name) {
    const lines = readFileSync(join(root, name), 'utf8').split('\n');
    const skipped = new Set();
    const whole = new Set();
    lines.forEach((line, at) => {
        if (/\bCALL_HAS_FAULT\(|second lock/.test(line)) {
            const begins = lines.slice(0, at + 1).findLastIndex((one) => /\bif \(/.test(one));
            const ends = begins < 0 ? at : Math.max(at, span(lines, begins, '(', ')'));
            for (let next = begins; next <= ends; next++) {
                skipped.add(next + 1);
            }
        } else if (/\bASSERT\(/.test(line)) {
            for (let next = at; next <= span(lines, at, '(', ')'); next++) {
                skipped.add(next + 1);
            }
        } else if (/\bswitch \(/.test(line)) {
            const body = lines.slice(at, span(lines, at, '{', '}') + 1).join('\n');
            if (!/\bdefault:/.test(body)) {
                whole.add(at + 1);
            }
        }
    });
    return { skipped, whole };
}

function branchesOf(name, file) {
    const { skipped, whole } = exceptions(name);
    const result = { name, all: 0, taken: 0, missing: [] };
    for (const [line, counts] of file) {
        if (skipped.has(line) || counts.length === 0) {
            continue;
        }
        let missed = counts.filter((count) => count === 0).length;
        let all = counts.length;
        if (whole.has(line) && missed > 0) {
            missed--;
            all--;
        }
        result.all += all;
        result.taken += all - missed;
        if (missed > 0) {
            result.missing.push({ line, missed });
        }
    }
    return result;
}

const files = [...merge(objects())].map(([name, file]) => branchesOf(name, file))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
if (flag === '--missing') {
    for (const { name, all, taken, missing } of files.filter((one) => one.name.match(wanted))) {
        console.log(`${name}: ${taken} of ${all}`);
        const lines = readFileSync(join(root, name), 'utf8').split('\n');
        for (const { line, missed } of missing.sort((a, b) => a.line - b.line)) {
            console.log(`  ${line} (${missed}): ${lines[line - 1].trim()}`);
        }
    }
    process.exit(0);
}
let low = 0;
console.log('| branches of | all | taken | % |\n|---|---:|---:|---:|');
for (const [title, least, pattern] of GROUPS) {
    const some = files.filter(({ name }) => pattern.test(name));
    const all = some.reduce((sum, file) => sum + file.all, 0);
    const taken = some.reduce((sum, file) => sum + file.taken, 0);
    const percent = all === 0 ? 0 : Math.floor(1000 * taken / all) / 10;
    console.log(`| ${title} | ${all} | ${taken} | ${percent.toFixed(1)} |`);
    if (percent < least) {
        console.error(`${title}: ${percent} % of the branches, and it was ${least} %`);
        low++;
    }
}
if (flag === '--files') {
    for (const { name, all, taken } of files.toSorted((a, b) =>
        (b.all - b.taken) - (a.all - a.taken))) {
        console.log(`${name} ${all - taken} of ${all} missing`);
    }
}
process.exit(low === 0 ? 0 : 1);
