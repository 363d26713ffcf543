// SPDX-License-Identifier: Apache-2.0
import { storage } from '../platform/storage.ts';
import type { Theme } from '../ui/types.ts';

const KEY = 'visavis.theme';

export function readTheme(): Theme {
    const kept = storage.read(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

export function showTheme(theme: Theme): void {
    if (theme === 'auto') {
        delete document.documentElement.dataset['theme'];
    } else {
        document.documentElement.dataset['theme'] = theme;
    }
}

export function chooseTheme(theme: Theme): void {
    storage.write(KEY, theme);
    showTheme(theme);
}
