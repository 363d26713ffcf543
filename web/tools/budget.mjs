// SPDX-License-Identifier: Apache-2.0
// Refuses a build whose documents load more (gzip, scripts and styles named by them) than their
// budget. What a page's route fetches after that does not count (docs/decisions/0025-*).
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

// The budgets of the architecture; what is not built yet has its budget waiting.
const budgets = { 'index.html': 60, 'call.html': 80, 'embed.js': 15 };
const LATER = ['embed.js'];
const dist = new URL('../dist/', import.meta.url);

function loaded(page) {
    if (!page.endsWith('.html')) {
        return [page];
    }
    const html = readFileSync(new URL(page, dist), 'utf8');
    const names = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g)];
    return [...new Set(names.map((match) => match[1]))];
}

let over = false;
for (const [page, limit] of Object.entries(budgets)) {
    if (LATER.includes(page) && !existsSync(new URL(page, dist))) {
        continue;
    }
    const sizes = loaded(page).map((name) => gzipSync(readFileSync(new URL(name, dist))).length);
    const kB = sizes.reduce((sum, size) => sum + size, 0) / 1000;
    console.log(`${page}: ${kB.toFixed(1)} kB of ${limit} kB`);
    over ||= kB > limit || sizes.length === 0;
}
process.exit(over ? 1 : 0);
