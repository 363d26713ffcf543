// SPDX-License-Identifier: Apache-2.0
// Telephones shake while they ring, once the page was touched; other devices cannot.
const PATTERN_MS = [600, 300, 600];
const EVERY_MS = 4000;

let timer: ReturnType<typeof setInterval> | undefined;

export function vibrate(on: boolean): void {
    if (!('vibrate' in navigator) || on === (timer !== undefined)) {
        return;
    }
    clearInterval(timer);
    timer = on ? setInterval(() => navigator.vibrate(PATTERN_MS), EVERY_MS) : undefined;
    navigator.vibrate(on ? PATTERN_MS : 0);
}
