// SPDX-License-Identifier: Apache-2.0
// What people write is plain text: links of three schemes and mentions of known people are
// recognised, everything else stays as it is.

export type Segment =
    | { kind: 'text'; text: string }
    | { kind: 'link'; text: string; href: string }
    | { kind: 'mention'; text: string; name: string };

const SCHEMES = new Set(['https:', 'http:', 'mailto:']);
const TOKEN = /(?:https?:\/\/|mailto:)[^\s<>"]+|@[a-z0-9][a-z0-9._-]{0,31}/gi;
const WORD_BEFORE = /[\p{L}\p{N}_@/.-]$/u;

/** The end of a sentence is no part of the address before it, nor is a bracket opened before. */
function trimmed(url: string): string {
    let end = url.length;
    for (; end > 0; end--) {
        const last = url[end - 1] ?? '';
        const head = url.slice(0, end);
        const unopened = last === ')' && head.split(')').length > head.split('(').length;
        if (!unopened && !/[.,;:!?'’”»\]}]/.test(last)) {
            break;
        }
    }
    return url.slice(0, end);
}

function safeHref(text: string): string | undefined {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url && SCHEMES.has(url.protocol) ? url.href : undefined;
}

function read(token: string, names: ReadonlySet<string>): Segment | undefined {
    if (token.startsWith('@')) {
        const name = token.slice(1).toLowerCase();
        const known = names.has(name) ? name : name.replace(/[._-]+$/, '');
        return names.has(known)
            ? { kind: 'mention', text: token.slice(0, known.length + 1), name: known }
            : undefined;
    }
    const text = trimmed(token);
    const href = safeHref(text);
    return href === undefined ? undefined : { kind: 'link', text, href };
}

export function segmentsOf(text: string, names: ReadonlySet<string>): Segment[] {
    const found: Segment[] = [];
    let done = 0;
    const plain = (to: number): void => {
        if (to > done) {
            found.push({ kind: 'text', text: text.slice(done, to) });
        }
    };
    for (const match of text.matchAll(TOKEN)) {
        const segment = WORD_BEFORE.test(text.slice(0, match.index).slice(-2))
            ? undefined
            : read(match[0], names);
        if (segment) {
            plain(match.index);
            found.push(segment);
            done = match.index + segment.text.length;
        }
    }
    plain(text.length);
    return found;
}
