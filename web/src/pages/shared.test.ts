// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { problemText, routeOf, safeReturn, shortName } from './shared.ts';

test('every address of the interface leads to its page', () => {
    expect(routeOf('/')).toEqual({ page: 'home' });
    expect(routeOf('/chat')).toEqual({ page: 'chat', room: '' });
    expect(routeOf('/chat/abc')).toEqual({ page: 'chat', room: 'abc' });
    expect(routeOf('/spaces')).toEqual({ page: 'spaces' });
    expect(routeOf('/spaces/design')).toEqual({ page: 'space', name: 'design' });
    expect(routeOf('/people/')).toEqual({ page: 'people' });
    expect(routeOf('/people/zo%C3%AB')).toEqual({ page: 'profile', name: 'zoë' });
    expect(routeOf('/people/%')).toEqual({ page: 'profile', name: '%' });
    expect(routeOf('/join/abc')).toEqual({ page: 'join', token: 'abc' });
    expect(routeOf('/calls')).toEqual({ page: 'calls', missed: false });
    expect(routeOf('/calls/missed')).toEqual({ page: 'calls', missed: true });
    expect(routeOf('/calls/x')).toEqual({ page: 'not-found' });
    expect(routeOf('/login')).toEqual({ page: 'login' });
    expect(routeOf('/settings/x')).toEqual({ page: 'not-found' });
    expect(routeOf('/people/a/b')).toEqual({ page: 'not-found' });
});

test('sign-in returns to a page of this site and never to a foreign one', () => {
    expect(safeReturn('/call/123?to=mary')).toBe('/call/123?to=mary');
    for (const bad of [null, '', 'https://evil.example', '//evil.example', '/\\evil.example',
        'javascript:alert(1)', '/login?return=/login']) {
        expect(safeReturn(bad)).toBe('/');
    }
});

test('a refusal is told by its field, then its kind, and with its reference', () => {
    expect(problemText({ error: 'invalid', field: 'email' })).toContain('e-mail');
    expect(problemText({ error: 'invalid', field: 'unknown' })).toBe('Check this field.');
    expect(problemText({ error: 'never-heard', reference: 'a1b2' })).toContain('a1b2');
});

test('the name of a space is made from its title', () => {
    expect(shortName('Été à la mer!')).toBe('ete-a-la-mer');
    expect(shortName('  --  ')).toBe('');
    expect(shortName('x'.repeat(40))).toHaveLength(32);
});
