#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Checks that folders only look down: src/ by the table in src/LAYERS, web/src by the order below;
// that no files include each other in a circle, that file names are unique in src/, and that each
// library has one door. `check-layers.mjs [FOLDER]` checks another tree (its own test does).
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, normalize, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = resolve(process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const WEB = [['base'], ['platform'], ['protocol'], ['text', 'style'], ['model'], ['call'],
    ['ui', 'worker'], ['pages']];

/** The folders that may include a library; each is the only door to it. */
const DOORS = [
    [/^uv(\.h|\/)/, ['net']],
    [/^llhttp\.h$/, ['net']],
    [/^curl\//, ['net']],
    [/^seccomp\.h$/, ['net']],
    // TLS and the digests are two needs; neither could hide the other's types without copying.
    [/^openssl\//, ['net', 'crypto']],
    [/^sqlite3\.h$/, ['store']],
    [/^libpq-fe\.h$/, ['store']],
    [/^sodium\.h$/, ['crypto']],
    [/^cjson\//, ['server']],
];
const SYSTEM = new RegExp('^((assert|ctype|dirent|dlfcn|endian|errno|fcntl|float|ifaddrs|inttypes'
    + '|limits|locale|math|netdb|poll|pthread|pwd|grp|sched|setjmp|signal|std[a-z]+|string|strings'
    + '|syslog|termios|threads|time|unistd|wchar)\\.h|(sys|netinet|arpa|net|linux)/.+\\.h)$');

const problems = [];
const complain = (where, what) => problems.push(`${where}: ${what}`);

function walk(folder, ends, found = []) {
    if (!existsSync(join(top, folder)))
        return found;
    for (const entry of readdirSync(join(top, folder), { withFileTypes: true })) {
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory())
            walk(path, ends, found);
        else if (ends.test(entry.name))
            found.push(path);
    }
    return found;
}

function readLayers() {
    const layers = new Map();
    for (const line of readFileSync(join(top, 'src/LAYERS'), 'utf8').split('\n')) {
        const [folder, level, ...below] = line.replace(/#.*/, '').trim().split(/\s+/);
        if (folder)
            layers.set(folder, { level: Number(level), below });
    }
    for (const [folder, { level, below }] of layers)
        for (const other of below)
            if (!(layers.get(other)?.level < level))
                complain('src/LAYERS', `${folder} may not stand above ${other}`);
    return layers;
}

function checkThirdParty(path, folder, header) {
    if (SYSTEM.test(header))
        return;
    const door = DOORS.find(([pattern]) => pattern.test(header));
    if (!door)
        complain(path, `<${header}> has no door in tools/check-layers.mjs`);
    else if (!door[1].includes(folder))
        complain(path, `<${header}> belongs to ${door[1].join(' and ')}`);
}

/** "net/loop.h" from anywhere, or "loop.h" beside the file; null for what stands outside src/. */
function resolveInclude(path, name) {
    for (const candidate of [`src/${name}`, normalize(`${dirname(path)}/${name}`)])
        if (existsSync(join(top, candidate)))
            return candidate;
    return null;
}

function checkC(layers, graph) {
    const owners = new Map();
    for (const path of walk('src', /\.[ch]$/)) {
        const folder = path.split('/')[1];
        const twin = owners.get(basename(path));
        if (twin)
            complain(path, `has the name of ${twin}`);
        owners.set(basename(path), path);
        const layer = layers.get(folder);
        if (!layer) {
            complain(path, 'its folder is not in src/LAYERS');
            continue;
        }
        const edges = [];
        const text = readFileSync(join(top, path), 'utf8');
        for (const [, mark, name] of text.matchAll(/^\s*#\s*include\s*([<"])([^>"]+)[>"]/gm)) {
            if (mark === '<') {
                checkThirdParty(path, folder, name);
                continue;
            }
            const target = resolveInclude(path, name);
            if (!target?.startsWith('src/'))
                continue;
            const other = target.split('/')[1];
            if (other !== folder && !layer.below.includes(other))
                complain(path, `includes ${name}, but ${folder} may not see ${other}`);
            edges.push(target);
        }
        graph.set(path, edges);
    }
    checkStems(owners);
}

/** A stem is a symbol prefix, a log module and a metric prefix: it has one folder. */
function checkStems(owners) {
    const stems = new Map();
    for (const path of owners.values()) {
        const stem = basename(path).replace(/(_test)?\.[ch]$/, '');
        const folder = stems.get(stem) ?? dirname(path);
        if (folder !== dirname(path))
            complain(path, `${stem} is already a name in ${folder}`);
        stems.set(stem, folder);
    }
}

function checkWeb(graph) {
    const level = new Map(WEB.flatMap((names, index) => names.map((name) => [name, index])));
    for (const path of walk('web/src', /\.ts$/)) {
        const folder = path.split('/')[2];
        if (!level.has(folder)) {
            complain(path, 'its folder is not in the order of tools/check-layers.mjs');
            continue;
        }
        const edges = [];
        const text = readFileSync(join(top, path), 'utf8');
        const imports = /(?:\bfrom\s*|\bimport\s*\(?\s*)'(\.[^']+)'/g;
        for (const [, name] of text.matchAll(imports)) {
            const target = normalize(`${dirname(path)}/${name.replace(/\?.*/, '')}`);
            const other = target.startsWith('web/src/') ? target.split('/')[2] : undefined;
            if (other === undefined && !/\.test\.ts$/.test(path))
                complain(path, `imports ${name} from outside web/src`);
            else if (other !== folder && !(level.get(other) < level.get(folder)))
                complain(path, `imports ${name}, but ${folder} may not see ${other}`);
            if (!existsSync(join(top, target)))
                complain(path, `imports ${name}, which does not exist`);
            edges.push(target);
        }
        graph.set(path, edges);
    }
}

function checkCircles(graph) {
    const done = new Set();
    const visit = (path, trail) => {
        const start = trail.indexOf(path);
        if (start >= 0)
            complain(path, `a circle: ${[...trail.slice(start), path].join(' > ')}`);
        if (start >= 0 || done.has(path))
            return;
        trail.push(path);
        for (const next of graph.get(path) ?? [])
            visit(next, trail);
        trail.pop();
        done.add(path);
    };
    for (const path of graph.keys())
        visit(path, []);
}

const graph = new Map();
checkC(readLayers(), graph);
checkWeb(graph);
checkCircles(graph);
for (const problem of problems)
    console.error(problem);
console.log(`check-layers: ${graph.size} files, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
