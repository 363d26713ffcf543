// SPDX-License-Identifier: Apache-2.0
// A plain page beside ours, on the same machines and cables: how long its media are away after the
// same troubles. It does nothing about them; the browser does what it does by itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SERVER } from './cables.mjs';
import { watchMarks, watchMedia } from './callmarks.mjs';
import { first, gapsAfter } from './marks.mjs';

const PORT = 8443;
const PATIENCE_MS = 30_000;
/** What stands for "not within PATIENCE_MS". */
export const NEVER_MS = 1e9;
const sleep = (ms) => new Promise((next) => setTimeout(next, ms));

async function open(browser, hash) {
    const context = await browser.newContext();
    await context.addInitScript(watchMarks);
    await context.addInitScript(watchMedia);
    const page = await context.newPage();
    await page.goto(`https://${SERVER.name}:${PORT}/${hash}`);
    await page.waitForFunction(() => document.title === 'here');
    return page;
}

/** A call of its own for each trouble, since it may not outlive it. */
async function measure(browsers, trouble) {
    const pages = [await open(browsers[1], '')];
    pages.push(await open(browsers[0], '#call'));
    try {
        await Promise.all(pages.map((page) => first([page], 'audio')));
        await sleep(5000); // as ours has
        const began = Date.now();
        await trouble();
        return await gapsAfter(pages, began, PATIENCE_MS).catch(() => NEVER_MS);
    } finally {
        await Promise.all(pages.map((page) => page.context().close()));
    }
}

/** How long media were away, for each of `count` troubles of a kind. */
export async function measurePlain({ cables, tls }, browsers, count) {
    const program = cables.wrapper('server', process.execPath);
    const server = spawn(program, [fileURLToPath(new URL('plainserver.mjs', import.meta.url)),
        tls.cert, tls.key, String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lists = { pull: [], move: [] };
    try {
        await once(server.stdout, 'data');
        for (let i = 0; i < count; i++) {
            lists.pull.push(await measure(browsers, async () => {
                cables.pull('mary');
                await sleep(3000);
                cables.mend('mary');
            }));
            lists.move.push(await measure(browsers, () => cables.move('mary', 100 + i)));
        }
    } finally {
        server.kill('SIGKILL');
    }
    return lists;
}
