// SPDX-License-Identifier: Apache-2.0
// What the page that opened a window has ready for it. Pages of one origin that know each other
// share their objects; without an opener, or once that has gone, there is nothing to take, and
// nobody depends on it.
const KEY = 'visavisHandover';

type Ready = (call: string) => unknown;

declare global {
    interface Window {
        [KEY]?: Ready;
    }
}

/** In the page that opens windows. */
export function offerHandover(ready: Ready): void {
    window[KEY] = ready;
}

/** In the window that was opened: what its opener has ready for the call. */
export function takeHandover<T>(call: string): T | undefined {
    try {
        const opener = window.opener as Window | null;
        return opener?.[KEY]?.(call) as T | undefined;
    } catch {
        return undefined; // Another origin.
    }
}
