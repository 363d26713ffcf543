// SPDX-License-Identifier: Apache-2.0
export interface Storage {
    read(key: string): string | null;
    write(key: string, value: string): void;
    remove(key: string): void;
}

/** A browser that refuses it forgets, and the page goes on. */
const over = (area: () => globalThis.Storage): Storage => ({
    read: (key) => {
        try {
            return area().getItem(key);
        } catch {
            return null;
        }
    },
    write: (key, value) => {
        try {
            area().setItem(key, value);
        } catch {
            // Full or refused: nothing that the page cannot do without is kept here.
        }
    },
    remove: (key) => {
        try {
            area().removeItem(key);
        } catch {
            // As above.
        }
    },
});

/** Of this browser. */
export const storage = over(() => localStorage);
/** Of this tab: it lives through a reload and a crash, and no link has it. */
export const tabStorage = over(() => sessionStorage);
