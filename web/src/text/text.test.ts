// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
    chooseLanguage,
    directionOf,
    format,
    formatBytes,
    formatDuration,
    localeOf,
    makeBundle,
} from './text.ts';

const here = import.meta.dirname;
const read = (name: string): string => readFileSync(join(here, name), 'utf8');

/** Key -> the sorted placeables of its text. */
function shape(source: string): Map<string, string> {
    const keys = new Map<string, string>();
    for (const block of source.split(/^(?=[a-z][A-Za-z-]* =)/m)) {
        const key = /^([a-z][A-Za-z-]*) =/.exec(block)?.[1];
        if (key) {
            const names = [...block.matchAll(/\$([A-Za-z]+)/g)].map((match) => match[1]);
            keys.set(key, [...new Set(names)].sort().join(' '));
        }
    }
    return keys;
}

/** The tables of a language: its own, and those that are fetched with the pages that need them. */
const tablesOf = (language: string): string[] =>
    readdirSync(here).filter((name) => new RegExp(`(^|-)${language}\\.ftl$`).test(name));

describe('texts', () => {
    const english = shape(tablesOf('en').map(read).join('\n'));

    test('every language has the same keys with the same placeables', () => {
        expect(english.size).toBeGreaterThan(100);
        for (const name of tablesOf('en')) {
            const french = name.replace(/en\.ftl$/, 'fr.ftl');
            expect([...shape(read(french))].sort(), name).toEqual([...shape(read(name))].sort());
        }
    });

    test('no key stands twice and every message is understood', () => {
        const keysOfAll = tablesOf('en').flatMap((name) => [...shape(read(name)).keys()]);
        expect(english.size).toBe(keysOfAll.length);
        for (const name of [...tablesOf('en'), ...tablesOf('fr')]) {
            const source = read(name);
            const bundle = makeBundle(name.slice(-6, -4), source);
            const keys = [...source.matchAll(/^([a-z][A-Za-z-]*) =/gm)].map((match) => match[1]!);
            expect(new Set(keys).size).toBe(keys.length);
            for (const key of keys) {
                const names = shape(source).get(key)!.split(' ');
                const args = Object.fromEntries(names.map((name) => [name, 2]));
                expect(format(bundle, key, args), key).not.toMatch(/\{\$|undefined/);
            }
        }
    });

    test('every key written in the sources exists', () => {
        for (const folder of ['ui', 'pages']) {
            for (const file of readdirSync(join(here, '..', folder))) {
                const source = read(join('..', folder, file));
                for (const match of source.matchAll(/\bt\(\s*'([^']+)'/g)) {
                    const key = match[1]!;
                    expect(english.has(key), `${file}: ${key}`).toBe(true);
                }
            }
        }
    });

    test('every end reason of the protocol has its own sentence', () => {
        const path = join(here, '../../../protocol/call.json');
        const reasons: string[] = JSON.parse(readFileSync(path, 'utf8')).structs
            .find((struct: { name: string }) => struct.name === 'call').fields
            .find((field: { name: string }) => field.name === 'reason').values;
        const bundle = makeBundle('en', read('window-en.ftl'));
        const sentences = reasons
            .filter((reason) => reason !== 'none')
            .map((reason) => format(bundle, `ended-${reason}`, { name: 'Ann' }));
        expect(sentences).not.toContain(undefined);
        expect(new Set(sentences).size).toBe(sentences.length);
    });

    test('plurals follow the language', () => {
        const french = makeBundle('fr', read('fr.ftl'));
        expect(format(french, 'people-count', { count: 0 })).toBe('0 personne');
        const bundle = makeBundle('en', read('en.ftl'));
        expect(format(bundle, 'people-count', { count: 0 })).toBe('0 people');
    });
});

test('French signs keep to their word, and apostrophes are curved', () => {
    const lines = tablesOf('fr')
        .flatMap((name) => read(name).split('\n')).filter((line) => !line.startsWith('#'));
    expect(lines.filter((line) => / [?!;:](\s|$)| »|« |\p{L}'\p{L}/u.test(line))).toEqual([]);
});

test('the language is the chosen one, then the first known of the browser, then English', () => {
    expect(chooseLanguage('fr', ['en'])).toBe('fr');
    expect(chooseLanguage('', ['de-DE', 'fr-CA', 'en'])).toBe('fr');
    expect(chooseLanguage('', ['de'])).toBe('en');
});

test('dates and numbers follow the reader’s own kind of the language, if he has one', () => {
    expect(localeOf('en', ['de-DE', 'en-GB', 'en'])).toBe('en-GB');
    expect(localeOf('fr', ['en-GB'])).toBe('fr');
    expect(localeOf('en', ['en-US@posix', 'en-IE'])).toBe('en-IE');
});

test('a duration is written as a clock does', () => {
    expect(formatDuration(5)).toBe('0:05');
    expect(formatDuration(65.9)).toBe('1:05');
    expect(formatDuration(3665)).toBe('1:01:05');
});

test('a language has the direction in which it is written', () => {
    expect(['en', 'fr', 'ar', 'he-IL', 'FA'].map(directionOf))
        .toEqual(['ltr', 'ltr', 'rtl', 'rtl', 'rtl']);
});

test('amounts are written with their unit', () => {
    expect([0, 999, 1000, 123_456_789, 5e12].map(formatBytes))
        .toEqual(['0 byte', '999 byte', '1 kB', '123.5 MB', '5 TB']);
});

describe('findings of the server', () => {
    test('each rule of the doctor has its sentence, and its advice where it has one', () => {
        const doctor = shape(read('doctor-en.ftl'));
        const rules = readFileSync(join(here, '../../../src/app/findings.def'), 'utf8');
        const found = [...rules.matchAll(
            /^FINDING\(\w+, "([\w-]+)", "([\w-]+)", (GOOD|WARNING|FAULT),/gm)];
        expect(found.length).toBe([...rules.matchAll(/^FINDING\(/gm)].length);
        for (const [, rule, check, level] of found) {
            expect(doctor.has(`doctor-${rule!}`), rule).toBe(true);
            expect(doctor.has(`doctor-${rule!}-todo`), rule).toBe(level !== 'GOOD');
            expect(doctor.has(`doctor-check-${check!}`), check).toBe(true);
        }
    });
});
