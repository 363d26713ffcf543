// SPDX-License-Identifier: Apache-2.0
import { t } from './text.ts';

const NAMED = /^(Edge|Opera|Firefox|Chrome|Safari|Browser)(?: on (\w+))?$/;

/** "Firefox on Windows", as the server calls a browser, in the reader's words; other names stay. */
export function deviceName(name: string): string {
    const [, known = '', system] = NAMED.exec(name) ?? [];
    const browser = known === 'Browser' ? t('device-browser') : known;
    return known === '' ? name : system ? t('device-named', { browser, system }) : browser;
}
