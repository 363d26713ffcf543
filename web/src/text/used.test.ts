// SPDX-License-Identifier: Apache-2.0
// Every text of a page comes from the tables, and every entry of the tables is asked for.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const here = import.meta.dirname;
const sources = join(here, '..');
/** The gallery has invented people and what they say. */
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts') && !name.endsWith('.test.ts') && !/^pages\/gallery/.test(name)
    && !/fakes?[.-]/.test(name));

function tableKeys(): Set<string> {
    const tables = readdirSync(here).filter((name) => /(^|-)en\.ftl$/.test(name));
    return new Set(tables.flatMap((name) =>
        [...readFileSync(join(here, name), 'utf8').matchAll(/^([a-z][\w-]*) =/gm)]
            .map(([, key]) => key!)));
}

/** The fixed parts of a text in backquotes, with one sign for what is put in. */
const HOLE = '\u0000';
function withHoles(template: ts.TemplateLiteral): string {
    return ts.isNoSubstitutionTemplateLiteral(template) ? template.text
        : template.head.text + template.templateSpans.map((span) => HOLE + span.literal.text)
            .join('');
}

const literals = new Set<string>();
const patterns: RegExp[] = [];
const asked: { key: string; at: string }[] = [];
const pieces: { page: string; at: string }[] = [];

function look(node: ts.Node, at: string): void {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
        literals.add(node.text);
    } else if (ts.isTemplateExpression(node)) {
        const parts = withHoles(node).split(HOLE);
        // Such as `ended-${reason}` or `${key}-of`; not a class or an address.
        if (/^[a-z][\w-]*-$/.test(parts[0] ?? '') || /^-[a-z-]+$/.test(parts.at(-1) ?? '')) {
            patterns.push(new RegExp(`^${parts.join('.+')}$`));
        }
    }
    if (ts.isCallExpression(node) && node.expression.getText() === 't') {
        const [first] = node.arguments;
        if (first && ts.isStringLiteral(first)) {
            asked.push({ key: first.text, at });
        }
    }
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'html') {
        pieces.push({ page: withHoles(node.template), at });
    }
    node.forEachChild((child) => look(child, at));
}

for (const name of files) {
    const text = readFileSync(join(sources, name), 'utf8');
    look(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true), name);
}

/** What a reader would see or hear of a template that is written in it. */
function wordsOf(page: string): string[] {
    const shown = page.replace(/<!--[\s\S]*?-->/g, '').replace(/<[^>]*>/g, '\n').split(/[\n\0]/);
    const told = [...page.matchAll(
        /\s\.?(?:title|aria-label|placeholder|alt|label|heading|text|action|hint)="([^"\0]*)"/g)]
        .map(([, value]) => value!);
    return [...shown, ...told].map((words) => words.trim())
        .filter((words) => /\p{L}{2}/u.test(words));
}

test('there is no entry that nobody asks for', () => {
    const left = [...tableKeys()].filter((key) =>
        !literals.has(key) && !patterns.some((pattern) => pattern.test(key)));
    expect(left).toEqual([]);
});

test('there is an entry for each key that is asked for', () => {
    const known = tableKeys();
    expect(asked.length).toBeGreaterThan(200);
    expect(asked.filter(({ key }) => !known.has(key))).toEqual([]);
});

test('no page has words of its own', () => {
    expect(pieces.length).toBeGreaterThan(200);
    expect(wordsOf('<p title="Hello">Good <b>day\0</b></p>')).toEqual(['Good', 'day', 'Hello']);
    expect(pieces.map(({ page, at }) => ({ at, words: wordsOf(page) }))
        .filter(({ words }) => words.length > 0)).toEqual([]);
});
