// SPDX-License-Identifier: Apache-2.0
// The number at the sign of an installed app, where the browser has one.
interface Badging {
    setAppBadge?(count: number): Promise<void>;
    clearAppBadge?(): Promise<void>;
}

export function showBadge(count: number): void {
    const badging = navigator as Badging;
    const done = count > 0 ? badging.setAppBadge?.(count) : badging.clearAppBadge?.();
    void done?.catch(() => undefined); // Not installed, or not allowed: there is none.
}
