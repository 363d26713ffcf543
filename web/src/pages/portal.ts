// SPDX-License-Identifier: Apache-2.0
// The portal's first script: gives the pages their services, then shows the frame.
import { readSetUp, writeSetUp, type SetUp } from '../model/setup.ts';
import { background } from '../platform/background.ts';
import { showBadge } from '../platform/badge.ts';
import { storage } from '../platform/storage.ts';
import { speakers } from '../platform/speakers.ts';
import { createTones, readSounds, writeSounds, type SoundSettings } from '../platform/tones.ts';
import { chooseLanguage, setLanguage } from '../text/text.ts';
import { define } from '../ui/element.ts';
import type { Theme } from '../ui/types.ts';
import { BrowserLive } from './browser-live.ts';
import { ChatKeeper } from './chat-keeper.ts';
import { checks } from './call-checks.ts';
import { createCallsApi } from './calls-api.ts';
import { CallsKeeper } from './calls-keeper.ts';
import { createHttpApi, createHttpTalkApi, createRequest } from './http-api.ts';
import { MiniWindows } from './mini-windows.ts';
import { VvPortal } from './portal-shell.ts';
import { services } from './services.ts';
import { chooseTheme, readTheme, showTheme } from './theme.ts';

showTheme(readTheme());
await setLanguage(chooseLanguage('', navigator.languages), navigator.languages);
// What one listens to in the settings is heard once, whatever is switched off.
const tones = createTones(() => ({ off: [], second: '' }), false);
const ask = (path: string, init: RequestInit): Promise<Response> => fetch(path, init);
const live = new BrowserLive();
const talkApi = createHttpTalkApi(ask);
const callsApi = createCallsApi(createRequest(ask));
services.give({
    api: createHttpApi(ask),
    talkApi,
    live,
    chat: new ChatKeeper(talkApi, live),
    calls: new CallsKeeper(callsApi, live, (count) => void showBadge(count)),
    minis: new MiniWindows(storage),
    preferences: {
        get theme(): Theme {
            return readTheme();
        },
        set theme(theme: Theme) {
            chooseTheme(theme);
        },
        get sounds(): SoundSettings {
            return readSounds(storage);
        },
        set sounds(sounds: SoundSettings) {
            writeSounds(storage, sounds);
        },
        hear: (name) => tones.play(name),
        speakers,
        copy: (text) => navigator.clipboard.writeText(text),
        get setUp(): SetUp {
            return readSetUp(storage, live.self);
        },
        set setUp(state: SetUp) {
            writeSetUp(storage, live.self, state === 'refused' ? 'refused' : 'done');
        },
    },
    background,
    checks,
});
define('vv-portal', VvPortal);
