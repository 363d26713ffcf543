#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// For work on the front end: pages come from the sources by Vite and reload when one is saved; the
// API comes from a debug build behind it, which is built again and restarted when C code is saved.
//   tools/dev      http://localhost:5173, with five invented people
// VISAVIS_DEV_PORT is another port (the server takes the next), VISAVIS_DEV_BUILD another build.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const build = process.env.VISAVIS_DEV_BUILD ?? join(root, 'build-dev');
const data = join(build, 'data');
const binary = join(build, 'src/app/visavis');
const PAGE_PORT = Number(process.env.VISAVIS_DEV_PORT ?? 5173);
const SERVER_PORT = PAGE_PORT + 1;
const SETTLE_MS = 200; // editors write a file in several steps

let server;
let timer;

function run(command, ...args) {
    return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}

function compile() {
    if (!existsSync(join(build, 'build.ninja')))
        run('meson', 'setup', build, '--buildtype=debug');
    return run('ninja', '-C', build, 'src/app/visavis').status === 0;
}

function start() {
    const config = join(data, 'visavis.conf');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(config, `listen.port = ${SERVER_PORT}\norigin = http://localhost:${PAGE_PORT}\n`);
    server = spawn(binary, ['serve', '--demo', '--config', config, '--data', data],
        { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** The old server goes on when the new code does not compile. */
function restart() {
    if (!compile())
        return;
    const old = server;
    if (old === undefined || old.exitCode !== null) {
        start();
        return;
    }
    old.once('exit', start);
    old.kill('SIGTERM');
}

function stop(status) {
    server?.kill('SIGTERM');
    process.exit(status);
}

/** Only /call/<id> is another document; all other paths of pages are index.html. */
const documents = {
    name: 'visavis-documents',
    configureServer(vite) {
        vite.middlewares.use((request, _response, next) => {
            if (/^\/call\/[\w-]+(\?|$)/.test(request.url))
                request.url = '/call.html';
            next();
        });
    },
};

if (!compile())
    process.exit(1);
const vitePath = join(root, 'web/node_modules/vite/dist/node/index.js');
if (!existsSync(vitePath)) {
    console.error('dev: first install the packages of the front end: npm --prefix web ci');
    process.exit(1);
}
const { createServer } = await import(pathToFileURL(vitePath).href);
const target = `http://127.0.0.1:${SERVER_PORT}`;
const vite = await createServer({
    root: join(root, 'web'),
    plugins: [documents],
    server: {
        host: 'localhost', port: PAGE_PORT, strictPort: true,
        // The Host of the page is kept: the server compares it with its origin.
        proxy: { '/api': { target }, '/avatar': { target }, '/ws': { target, ws: true } },
    },
});
process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));
start();
await vite.listen();
vite.printUrls();
watch(join(root, 'src'), { recursive: true }, (_event, name) => {
    if (!/\.(c|h|def|build)$/.test(name ?? ''))
        return;
    clearTimeout(timer);
    timer = setTimeout(restart, SETTLE_MS);
});
