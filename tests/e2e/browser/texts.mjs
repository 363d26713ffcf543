// SPDX-License-Identifier: Apache-2.0
// The texts of the portal: those of its tables, and those that a page shows.
import { readdirSync, readFileSync } from 'node:fs';

const TEXTS = new URL('../../../web/src/text/', import.meta.url);
/** All tables of a language, one behind the other. */
const tables = (language) => readdirSync(TEXTS)
    .filter((name) => name === `${language}.ftl` || name.endsWith(`-${language}.ftl`))
    .map((name) => readFileSync(new URL(name, TEXTS), 'utf8')).join('\n');

/** What a text can be: one for each variant of its choices. */
function variants(text) {
    const choice = /\{\s*\$\w+\s*->\s*\n([\s\S]*?)\n\s*\}/.exec(text);
    if (choice === null) {
        return [text];
    }
    const [whole, list] = choice;
    return list.split('\n').flatMap((line) => {
        const own = line.replace(/^\s*\*?\[\w+\]\s*/, '');
        return variants(text.replace(whole, () => own));
    });
}

const PUT_IN = /\{(?:"[^"]*"|[^}"])*\}/g;

/** Each text of a language that has a word, by its key; what is put in may be anything. */
export function patterns(language) {
    const blocks = tables(language).replace(/^#.*$/gm, '')
        .split(/^(?=[a-z][A-Za-z-]* =)/m).slice(1);
    const texts = blocks.flatMap((block) => variants(block.replace(/^[^=]*= ?/, '').trim())
        .map((text) => ({ key: /^[^ ]+/.exec(block)[0], text })));
    const worded = texts.filter(({ text }) => /\p{L}{3}/u.test(text.replace(PUT_IN, '')));
    return worded.map(({ key, text }) => ({ key, pattern: new RegExp(`^${text.trim().split(PUT_IN)
        .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+'))
        .join('.+')}$`, 'u') }));
}

export const isOf = (table, text) => table.some(({ pattern }) => pattern.test(text));

/** In the page: every text, also those of titles and labels, through all shadow trees. */
export function textsOfPage() {
    const found = new Set([document.title]);
    const visit = (node) => {
        if (node.nodeType === Node.TEXT_NODE) {
            found.add(node.data.trim());
        }
        if (node.nodeType === Node.ELEMENT_NODE) {
            if (['STYLE', 'SCRIPT'].includes(node.localName.toUpperCase())) {
                return;
            }
            for (const name of ['title', 'aria-label', 'placeholder', 'alt']) {
                found.add((node.getAttribute(name) ?? '').trim());
            }
            node.shadowRoot?.childNodes.forEach(visit);
        }
        node.childNodes.forEach(visit);
    };
    visit(document.body);
    return [...found].filter((text) => text !== '');
}
