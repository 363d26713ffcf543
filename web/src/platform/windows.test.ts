// @vitest-environment jsdom
// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test, vi } from 'vitest';
import { openCallWindow, raiseCallWindow } from './windows.ts';

function opens(href: () => string) {
    const replace = vi.fn();
    const focus = vi.fn();
    const opened = { focus, location: { get href() { return href(); }, replace } };
    vi.spyOn(window, 'open').mockReturnValue(opened as unknown as Window);
    return { replace, focus };
}

afterEach(() => {
    vi.restoreAllMocks();
    sessionStorage.clear();
});

test('a window that this tab has opened is raised as it is', () => {
    const { replace, focus } = opens(() => 'https://x/call/c');
    openCallWindow('c');
    expect(raiseCallWindow('c')).toBe(true);
    expect(replace).not.toHaveBeenCalled();
    expect(focus).toHaveBeenCalledTimes(2);
});

test('one that is gone is opened again, instead of an empty one', () => {
    const { replace } = opens(() => 'about:blank');
    openCallWindow('c');
    expect(raiseCallWindow('c')).toBe(true);
    expect(String(replace.mock.calls[0]?.[0])).toBe(new URL('/call/c', location.href).href);
});

test('one that has gone to another site stays there', () => {
    const { replace } = opens(() => {
        throw new DOMException('of another origin', 'SecurityError');
    });
    openCallWindow('c');
    expect(raiseCallWindow('c')).toBe(true);
    expect(replace).not.toHaveBeenCalled();
});

test('the window of another tab is not for this one to raise', () => {
    const { focus } = opens(() => 'about:blank');
    expect(raiseCallWindow('c')).toBe(false);
    expect(focus).not.toHaveBeenCalled();
});
