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

/** The sentence for a refusal: that of its field first, then that of its kind. */
export function problemText(problem: ApiProblem): string {
    const keys = [
        ...(problem.error === 'invalid' && problem.field ? [`error-invalid-${problem.field}`] : []),
        `error-${problem.error}`,
    ];
    const sentence = t(keys.find(hasText) ?? 'error-internal');
    return problem.reference
        ? `${sentence} ${t('ended-reference', { reference: problem.reference })}`
        : sentence;
}

/** The values of a form's named fields. */
export function formValues(form: HTMLFormElement): (name: string) => string {
    const data = new FormData(form);
    return (name) => {
        const value = data.get(name);
        return typeof value === 'string' ? value : '';
    };
}

/** A path on this site to return to; anything else, or a foreign one, leads to the people. */
export function safeReturn(wanted: string | null): string {
    return wanted !== null && /^\/(?![/\\])[^\\]*$/.test(wanted) && !wanted.startsWith('/login')
        ? wanted
        : '/people';
}

export type Route =
    | { page: 'people' | 'settings' | 'login' | 'not-found' }
    | { page: 'profile'; name: string }
    | { page: 'join'; token: string };

export function routeOf(path: string): Route {
    const [first = '', second = '', ...more] = path.split('/').filter(Boolean).map(decoded);
    if (more.length > 0) {
        return { page: 'not-found' };
    }
    if (first === 'people' && second) {
        return { page: 'profile', name: second };
    }
    if (first === 'join' && second) {
        return { page: 'join', token: second };
    }
    if (second === '') {
        switch (first) {
            case '':
            case 'people':
                return { page: 'people' };
            case 'settings':
            case 'login':
                return { page: first };
        }
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
