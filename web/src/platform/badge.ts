// SPDX-License-Identifier: Apache-2.0
// The number at the sign of an installed app, where the browser has one; for pages and worker.
interface Badging {
    setAppBadge?(count: number): Promise<void>;
    clearAppBadge?(): Promise<void>;
}

export async function showBadge(count: number): Promise<void> {
    const badging = navigator as Badging;
    try {
        await (count > 0 ? badging.setAppBadge?.(count) : badging.clearAppBadge?.());
    } catch {
        // Not installed, or not allowed: there is none.
    }
}
