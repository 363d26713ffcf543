// SPDX-License-Identifier: Apache-2.0
export type BrowserName = 'chromium' | 'firefox' | 'safari';

/** Whose menus the person sees, for sentences that say where to click. */
export function browserName(userAgent = navigator.userAgent): BrowserName {
    if (/\bFirefox\//.test(userAgent)) {
        return 'firefox';
    }
    return /\bChrom(e|ium)\//.test(userAgent) || !/\bSafari\//.test(userAgent)
        ? 'chromium'
        : 'safari';
}
