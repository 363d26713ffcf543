// SPDX-License-Identifier: Apache-2.0
export interface Storage {
    read(key: string): string | null;
    write(key: string, value: string): void;
    remove(key: string): void;
}

/** localStorage; a browser that refuses it forgets, and the page goes on. */
export const storage: Storage = {
    read: (key) => {
        try {
            return localStorage.getItem(key);
        } catch {
            return null;
        }
    },
    write: (key, value) => {
        try {
            localStorage.setItem(key, value);
        } catch {
            // Full or refused: nothing that the page cannot do without is kept here.
        }
    },
    remove: (key) => {
        try {
            localStorage.removeItem(key);
        } catch {
            // As above.
        }
    },
};
