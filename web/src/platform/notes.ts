// SPDX-License-Identifier: Apache-2.0
// Notes from the service worker to a page that it opens. A worker has no localStorage, and an
// address could be written by anybody.
const STORE = 'visavis.notes';

export interface Notes {
    leave(path: string, text: string): Promise<void>;
    /** The note, once. */
    take(path: string): Promise<string | undefined>;
}

export const notes: Notes = {
    leave: async (path, text) => (await caches.open(STORE)).put(path, new Response(text)),
    take: async (path) => {
        if (!('caches' in globalThis) || !(await caches.has(STORE))) {
            return undefined;
        }
        const store = await caches.open(STORE);
        const found = await store.match(path);
        await store.delete(path);
        return found?.text();
    },
};
