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

/**
 * Opens the call's window in the click, or brings it to the front; false: the browser blocked it.
 */
export function openCallWindow(call: string): boolean {
    const opened = window.open(
        `/call/${call}`,
        `visavis-call-${call}`,
        placeOf(screen.availWidth, screen.availHeight),
    );
    opened?.focus();
    return opened !== null;
}
