// SPDX-License-Identifier: Apache-2.0
// The first script of a guest's page: from a link to the lobby, without anything of the portal.
import { prepareCall } from '../call/intent.ts';
import { storage, tabStorage } from '../platform/storage.ts';
import { GUEST_TEXTS } from '../text/more-texts.ts';
import { addTexts, chooseLanguage, setLanguage } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { createRequest } from './http-api.ts';
import { GUEST_LINK } from './guest-link.ts';
import { VvGuestPage, type GuestDoors } from './guest-entry.ts';
import { readTheme, showTheme } from './theme.ts';

const request = createRequest((path, init) => fetch(path, init));
const token = location.pathname.split('/')[2] ?? '';
const path = `/api/guest/${encodeURIComponent(token)}`;

const doors: GuestDoors = {
    look: async () => (await request('GET', path)) as Awaited<ReturnType<GuestDoors['look']>>,
    enter: async (name) => void (await request('POST', path, { name })),
    call: ({ name, fullName, avatar }) => {
        const peer = { name, fullName, avatar, position: '', status: 'offline', accounts: '',
            devices: 0, push: false } as const;
        tabStorage.write(GUEST_LINK, location.pathname);
        location.assign(`/call/${prepareCall(storage, peer, Date.now())}`);
    },
};

showTheme(readTheme());
await addTexts(GUEST_TEXTS);
await setLanguage(chooseLanguage('', navigator.languages), navigator.languages);
define('vv-guest-page', VvGuestPage);
const page = document.querySelector<VvGuestPage>('vv-guest-page');
page?.open(doors, tabStorage.read(GUEST_LINK) === location.pathname);
