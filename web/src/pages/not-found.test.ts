// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { render } from 'lit';
import { expect, test, vi } from 'vitest';
import { notFound } from './not-found.ts';

function headingAt(path: string, secure: boolean): string {
    vi.stubGlobal('isSecureContext', secure);
    history.replaceState(null, '', path);
    const place = document.createElement('div');
    render(notFound(), place);
    vi.unstubAllGlobals();
    return place.querySelector('h1')?.textContent ?? '';
}

test('M51: where the page of a call is refused, the page says that https is wanted', () => {
    expect(headingAt('/call/AAAA', false)).toBe('No calls over plain http');
    expect(headingAt('/call/AAAA', true)).toBe('Nothing here');
    expect(headingAt('/elsewhere', false)).toBe('Nothing here');
});
