// SPDX-License-Identifier: Apache-2.0
// Every text by its key. English is always there; another language is fetched when it is chosen.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import english from './en.ftl?raw';

export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];
export type TextArgs = Record<string, FluentVariable>;

const sources: Record<Exclude<Language, 'en'>, () => Promise<{ default: string }>> = {
    fr: () => import('./fr.ftl?raw'),
};

export function makeBundle(language: string, source: string): FluentBundle {
    // No isolating marks: names stand in elements with dir="auto", and titles must stay plain text.
    const bundle = new FluentBundle(language, { useIsolating: false });
    bundle.addResource(new FluentResource(source));
    return bundle;
}

export function format(bundle: FluentBundle, key: string, args?: TextArgs): string | undefined {
    const value = bundle.getMessage(key)?.value;
    return value ? bundle.formatPattern(value, args ?? null, []) : undefined;
}

/** The user's own choice first, then what the browser prefers, then English. */
export function chooseLanguage(chosen: string, preferred: readonly string[]): Language {
    for (const tag of [chosen, ...preferred]) {
        const found = LANGUAGES.find((known) => known === tag.toLowerCase().split('-')[0]);
        if (found) {
            return found;
        }
    }
    return 'en';
}

/** Whether Intl knows this tag; one that is none is refused by it. */
function isLocale(tag: string): boolean {
    try {
        return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
    } catch {
        return false;
    }
}

/** For dates and numbers: the reader's own kind of the language, such as en-GB, if he has one. */
export function localeOf(wanted: Language, preferred: readonly string[]): string {
    const same = (tag: string): boolean => tag.toLowerCase().split('-')[0] === wanted;
    return preferred.find((tag) => same(tag) && isLocale(tag)) ?? wanted;
}

const fallback = makeBundle('en', english);
let current = fallback;
let now: Language = 'en';
let locale: string = now;
const listeners = new Set<() => void>();

export function language(): Language {
    return now;
}

/** Tells `listener` after each change of language; answers the function that stops it. */
export function onLanguage(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

export type TextSources = Record<Language, () => Promise<{ default: string }>>;
const added = new Map<TextSources, Promise<void>>();

/** Texts of pages that few people open; there once the promise is kept. */
export function addTexts(texts: TextSources): Promise<void> {
    const done = added.get(texts) ?? fetchTexts(texts);
    added.set(texts, done);
    return done;
}

async function fetchTexts(texts: TextSources): Promise<void> {
    try {
        fallback.addResource(new FluentResource((await texts.en()).default));
        await setLanguage(now);
    } catch (thrown) {
        added.delete(texts); // The next page that wants them tries again.
        throw thrown;
    }
}

const RIGHT_TO_LEFT = new Set(['ar', 'fa', 'he', 'ur', 'yi', 'ps', 'sd', 'ug', 'dv', 'ckb']);

/** In which direction a language is written. */
export function directionOf(tag: string): 'ltr' | 'rtl' {
    return RIGHT_TO_LEFT.has(tag.toLowerCase().split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

/** `preferred`: what the browser prefers, as long as it was not said before. */
export async function setLanguage(
    wanted: Language,
    preferred: readonly string[] = [locale],
): Promise<void> {
    locale = localeOf(wanted, preferred);
    if (wanted === 'en') {
        current = fallback;
    } else {
        const tables = [sources[wanted], ...[...added.keys()].map((texts) => texts[wanted])];
        const [own, ...more] = await Promise.all(tables.map((fetchTable) => fetchTable()));
        const bundle = makeBundle(locale, own!.default);
        more.forEach((table) => bundle.addResource(new FluentResource(table.default)));
        current = bundle;
    }
    now = wanted;
    document.documentElement.lang = wanted;
    document.documentElement.dir = directionOf(wanted);
    listeners.forEach((listener) => listener());
}

/** The text of `key`; a missing key shows itself, so that it is found. */
export function t(key: string, args?: TextArgs): string {
    return format(current, key, args) ?? format(fallback, key, args) ?? key;
}

export function hasText(key: string): boolean {
    return fallback.hasMessage(key);
}

/** A moment (seconds since 1970) as the reader's language writes it. */
export function formatMoment(seconds: number): string {
    const style = { dateStyle: 'medium', timeStyle: 'short' } as const;
    return new Intl.DateTimeFormat(locale, style).format(seconds * 1000);
}

export function formatNumber(value: number): string {
    return new Intl.NumberFormat(locale).format(value);
}

/** 1234567 as "1.2 MB" (or "1,2 Mo"). */
export function formatBytes(value: number): string {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
    const step = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), units.length - 1);
    const style = { style: 'unit', maximumFractionDigits: 1, unit: units[step] ?? 'byte',
        unitDisplay: 'short' } as const;
    return new Intl.NumberFormat(locale, style).format(value / 1000 ** step);
}

/** The names of people as a list of the reader's language. */
export function formatList(names: readonly string[]): string {
    return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}

/** Only the hour: beside a line that names the day. */
export function formatHour(seconds: number): string {
    return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(seconds * 1000);
}

/** In a narrow column: the hour of today, the date of another day. */
export function formatShort(seconds: number, nowMs: number): string {
    const at = new Date(seconds * 1000);
    return at.toDateString() === new Date(nowMs).toDateString()
        ? formatHour(seconds)
        : new Intl.DateTimeFormat(locale, { dateStyle: 'short' }).format(at);
}

/** A day in words: today, yesterday, then its date. */
export function formatDay(seconds: number, nowMs: number): string {
    const day = (ms: number): number => Math.floor(new Date(ms).setHours(12, 0, 0, 0) / 86_400_000);
    const ago = day(seconds * 1000) - day(nowMs);
    return ago > -2
        ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.min(ago, 0), 'day')
        : new Intl.DateTimeFormat(locale, { dateStyle: 'full' }).format(seconds * 1000);
}

/** How long ago, for a day; then the moment. */
export function formatAgo(seconds: number, nowMs: number): string {
    const minutes = Math.floor((nowMs / 1000 - seconds) / 60);
    const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
    if (minutes < 1) {
        return ago.format(0, 'second');
    }
    if (minutes < 60) {
        return ago.format(-minutes, 'minute');
    }
    const hours = Math.floor(minutes / 60);
    return hours < 24 ? ago.format(-hours, 'hour') : formatMoment(seconds);
}

/** 65 -> "1:05", 3665 -> "1:01:05". */
export function formatDuration(seconds: number): string {
    const whole = Math.max(0, Math.floor(seconds));
    const two = (n: number): string => String(n).padStart(2, '0');
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    const head = hours > 0 ? `${hours}:${two(minutes)}` : `${minutes}`;
    return `${head}:${two(whole % 60)}`;
}
