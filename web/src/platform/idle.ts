// SPDX-License-Identifier: Apache-2.0
// Whether somebody uses this tab. A hidden tab says nothing of its own: it becomes idle as well.
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** Tells after `idleMs` without a sign, and at the next sign; the function given back ends it. */
export function watchIdle(idleMs: number, onIdle: (idle: boolean) => void): () => void {
    let idle = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const become = (now: boolean): void => {
        if (now !== idle) {
            idle = now;
            onIdle(now);
        }
    };
    const sign = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => become(true), idleMs);
        become(false);
    };
    for (const type of SIGNS) {
        document.addEventListener(type, sign, { capture: true, passive: true });
    }
    sign();
    return () => {
        clearTimeout(timer);
        for (const type of SIGNS) {
            document.removeEventListener(type, sign, { capture: true });
        }
    };
}
