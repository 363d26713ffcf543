// SPDX-License-Identifier: Apache-2.0
const NARROW_PX = 760;

/** Where a window of 80 % of the screen stands in its middle; undefined: as large as the screen. */
export function placeOf(width: number, height: number): string | undefined {
    if (width <= NARROW_PX) {
        return undefined;
    }
    const w = Math.round(width * 0.8);
    const h = Math.round(height * 0.8);
    const left = Math.round((width - w) / 2);
    const top = Math.round((height - h) / 2);
    return `popup,width=${w},height=${h},left=${left},top=${top}`;
}

const nameOf = (call: string): string => `visavis-call-${call}`;

/** The note that this tab opened the window; it lives through a reload of the tab. */
function noted(call: string, write: boolean): boolean {
    try {
        if (write) {
            sessionStorage.setItem(nameOf(call), '1');
        }
        return sessionStorage.getItem(nameOf(call)) !== null;
    } catch {
        return false;
    }
}

/** Opens the call's window, in the click; null: the browser blocked it. */
export function openCallWindow(call: string): Window | null {
    const place = placeOf(screen.availWidth, screen.availHeight);
    const opened = window.open(`/call/${call}`, nameOf(call), place);
    if (opened) {
        noted(call, true);
        opened.focus();
    }
    return opened;
}

/** A window of that name was gone, and an empty one has been opened. */
function isEmpty(opened: Window): boolean {
    try {
        return opened.location.href === 'about:blank';
    } catch {
        return false; // It has gone to another site.
    }
}

/**
 * Brings the window that this tab has opened to the front as it is, or opens it again when it is
 * gone; false: it has opened none.
 */
export function raiseCallWindow(call: string): boolean {
    if (!noted(call, false)) {
        return false;
    }
    const opened = window.open('', nameOf(call));
    if (opened && isEmpty(opened)) {
        opened.location.replace(new URL(`/call/${call}`, location.href));
    }
    opened?.focus();
    return opened !== null;
}

export interface BlankTab {
    /** Shows an https address there; this page cannot reach it any more, nor be reached by it. */
    show(link: string): void;
    close(): void;
}

/** A tab for an address that is not known yet, opened in the click; null: blocked. */
export function openBlankTab(): BlankTab | null {
    const opened = window.open('about:blank', '_blank');
    if (!opened) {
        return null;
    }
    opened.opener = null;
    const close = (): void => opened.close();
    return {
        close,
        show: (link) =>
            new URL(link).protocol === 'https:' ? opened.location.replace(link) : close(),
    };
}
