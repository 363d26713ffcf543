// SPDX-License-Identifier: Apache-2.0
// Four documents, hashed assets, nothing inline: the server's Content-Security-Policy allows
// 'self' only.
import { defineConfig } from 'vite';

export default defineConfig({
    build: {
        target: ['chrome123', 'firefox128'],
        cssTarget: ['chrome123', 'firefox128'],
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rollupOptions: { input: ['index.html', 'call.html', 'guest.html', 'gallery.html'] },
    },
});
