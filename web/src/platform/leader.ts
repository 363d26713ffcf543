// SPDX-License-Identifier: Apache-2.0
// Which of a browser's tabs rings: one lock a call; the visible tab asks at once, a hidden one a
// moment later.
const HIDDEN_DELAY_MS = 1500;
const LAST_DELAY_MS = 3000;

/**
 * `onLead` runs in one tab at a time; the function given back lets go. `last`: even a visible one
 * leaves it to others first.
 */
export function leadFor(name: string, onLead: () => void, last = false): () => void {
    let release: (() => void) | undefined;
    let ended = false;
    const ask = (): void => {
        if (ended) {
            return;
        }
        void navigator.locks.request(`visavis-ring-${name}`, () => {
            if (ended) {
                return undefined;
            }
            onLead();
            return new Promise<void>((resolve) => (release = resolve));
        });
    };
    const shown = document.visibilityState === 'visible';
    setTimeout(ask, last ? LAST_DELAY_MS : shown ? 0 : HIDDEN_DELAY_MS);
    return () => {
        ended = true;
        release?.();
    };
}
