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
    timer = on ? setInterval(shake, EVERY_MS) : undefined;
    if (on) {
        shake();
    } else if (isTouched()) {
        navigator.vibrate(0);
    }
}

/** Before it browsers refuse, and say so in the console. */
const isTouched = (): boolean => navigator.userActivation?.hasBeenActive ?? false;

function shake(): void {
    if (isTouched()) {
        navigator.vibrate(PATTERN_MS);
    }
}
