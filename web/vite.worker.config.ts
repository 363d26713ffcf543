// SPDX-License-Identifier: Apache-2.0
// The service worker: one file without imports, at an address that never changes.
import { defineConfig } from 'vite';

export default defineConfig({
    publicDir: false,
    build: {
        target: ['chrome123', 'firefox128'],
        emptyOutDir: false,
        modulePreload: false,
        rollupOptions: {
            input: 'src/worker/sw.ts',
            output: { format: 'iife', entryFileNames: 'sw.js' },
        },
    },
});
