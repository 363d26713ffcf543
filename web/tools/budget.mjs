// SPDX-License-Identifier: Apache-2.0
// Refuses a build whose documents load more (gzip, scripts and styles named by them) than their
// budget, and one whose first visit as a whole, with the code of the first page, has grown beyond
// its own (docs/decisions/0025-*).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

// The budgets of the architecture; what is not built yet has its budget waiting.
const budgets = { 'index.html': 60, 'call.html': 80, 'guest.html': 40, 'embed.js': 15 };
const LATER = ['embed.js'];
/** What Chromium fetches of the home page beside the document's (tests/load/portal.mjs). */
const FIRST_CHUNKS = ['page-home', 'incoming-call', 'setup-offer'];
const FIRST_VISIT_KB = 80;
const dist = new URL('../dist/', import.meta.url);

function loaded(page) {
    if (!page.endsWith('.html')) {
        return [page];
    }
    const html = readFileSync(new URL(page, dist), 'utf8');
    const names = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)];
    return [...new Set(names.map((match) => match[1]))];
}

/** What a chunk imports by itself, and so on. */
function closure(name, found = new Set()) {
    if (!found.has(name)) {
        found.add(name);
        const text = readFileSync(new URL(name, dist), 'utf8');
        for (const [, other] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
            closure(`assets/${other}`, found);
        }
    }
    return found;
}

/** The portal's first page whole: the document's own, and the chunks that it fetches then. */
function firstVisit() {
    const chunks = readdirSync(new URL('assets/', dist));
    const fetched = FIRST_CHUNKS.map((start) =>
        chunks.find((name) => name.startsWith(`${start}-`) && name.endsWith('.js')));
    return new Set([...loaded('index.html'),
        ...fetched.flatMap((name) => [...closure(`assets/${name}`)])]);
}

let over = false;
function weigh(what, names, limit) {
    const sizes = [...names].map((name) => gzipSync(readFileSync(new URL(name, dist))).length);
    const kB = sizes.reduce((sum, size) => sum + size, 0) / 1000;
    console.log(`${what}: ${kB.toFixed(1)} kB of ${limit} kB`);
    over ||= kB > limit || sizes.length === 0;
}
for (const [page, limit] of Object.entries(budgets)) {
    if (LATER.includes(page) && !existsSync(new URL(page, dist))) {
        continue;
    }
    weigh(page, loaded(page), limit);
}
weigh('first visit of the portal', firstVisit(), FIRST_VISIT_KB);
process.exit(over ? 1 : 0);
