// SPDX-License-Identifier: Apache-2.0
// The portal's first script: gives the pages their services, then shows the frame.
import { chooseLanguage, setLanguage } from '../text/text.ts';
import { define } from '../ui/element.ts';
import type { Theme } from '../ui/types.ts';
import { BrowserLive } from './browser-live.ts';
import { createHttpApi } from './http-api.ts';
import { VvPortal } from './portal-shell.ts';
import { services } from './services.ts';
import { chooseTheme, readTheme, showTheme } from './theme.ts';

showTheme(readTheme());
await setLanguage(chooseLanguage('', navigator.languages));
services.give({
    api: createHttpApi((path, init) => fetch(path, init)),
    live: new BrowserLive(),
    preferences: {
        get theme(): Theme {
            return readTheme();
        },
        set theme(theme: Theme) {
            chooseTheme(theme);
        },
        copy: (text) => navigator.clipboard.writeText(text),
    },
});
define('vv-portal', VvPortal);
