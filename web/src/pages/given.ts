// SPDX-License-Identifier: Apache-2.0
// What a page is given once, at its start.

/** A value that is given once at the start of the page. */
export function createContextless<T>(): { give(value: T): void; get(): T } {
    let held: T | undefined;
    return {
        give: (value) => void (held = value),
        get: () => {
            if (held === undefined) {
                throw new Error('not started');
            }
            return held;
        },
    };
}
