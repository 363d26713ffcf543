// SPDX-License-Identifier: Apache-2.0
// Small things of all pages.
import { hasText, t } from '../text/text.ts';
import type { ApiProblem } from './services.ts';

export function asProblem(thrown: unknown): ApiProblem {
    const known = typeof thrown === 'object' && thrown !== null && 'error' in thrown;
    return known && typeof thrown.error === 'string'
        ? (thrown as ApiProblem)
        : { error: 'internal' };
}

/** The sentence for a refusal: that of its field first, then `key`: that of its kind. */
export function problemText(problem: ApiProblem, key = `error-${problem.error}`): string {
    const keys = [
        ...(problem.error === 'invalid' && problem.field ? [`error-invalid-${problem.field}`] : []),
        key,
    ];
    const sentence = t(keys.find(hasText) ?? 'error-internal');
    return problem.reference
        ? `${sentence} ${t('ended-reference', { reference: problem.reference })}`
        : sentence;
}

/** The name in an address for a title: its letters and digits; may be empty. */
export function shortName(title: string): string {
    const plain = title.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    const parts = plain.split(/[^a-z0-9]+/).filter(Boolean);
    return parts.join('-').slice(0, 32).replace(/-+$/, '');
}

/** The values of a form's named fields. */
export function formValues(form: HTMLFormElement): (name: string) => string {
    const data = new FormData(form);
    return (name) => {
        const value = data.get(name);
        return typeof value === 'string' ? value : '';
    };
}

/** A path on this site to return to; anything else, or a foreign one, leads home. */
export function safeReturn(wanted: string | null): string {
    return wanted !== null && /^\/(?![/\\])[^\\]*$/.test(wanted) && !wanted.startsWith('/login')
        ? wanted
        : '/';
}

export type Route =
    | { page: 'home' | 'people' | 'spaces' | 'settings' | 'login' | 'not-found' }
    | { page: 'profile' | 'space'; name: string }
    | { page: 'chat'; room: string }
    | { page: 'calls'; missed: boolean }
    | { page: 'admin'; tab: string }
    | { page: 'join'; token: string };

export function routeOf(path: string): Route {
    const [first = '', second = '', ...more] = path.split('/').filter(Boolean).map(decoded);
    if (more.length > 0) {
        return { page: 'not-found' };
    }
    if (first === 'chat') {
        return { page: 'chat', room: second };
    }
    if (first === 'calls' && (second === '' || second === 'missed')) {
        return { page: 'calls', missed: second !== '' };
    }
    if (second) {
        switch (first) {
            case 'people':
                return { page: 'profile', name: second };
            case 'spaces':
                return { page: 'space', name: second };
            case 'admin':
                return { page: 'admin', tab: second };
            case 'join':
                return { page: 'join', token: second };
        }
        return { page: 'not-found' };
    }
    switch (first) {
        case '':
            return { page: 'home' };
        case 'admin':
            return { page: 'admin', tab: 'conferencing' };
        case 'people':
        case 'spaces':
        case 'settings':
        case 'login':
            return { page: first };
    }
    return { page: 'not-found' };
}

function decoded(part: string): string {
    try {
        return decodeURIComponent(part);
    } catch {
        return part;
    }
}
