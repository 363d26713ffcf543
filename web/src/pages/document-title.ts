// SPDX-License-Identifier: Apache-2.0
// The title of the tab: the page's name, and who calls by turns while it rings. Then its sign has a
// dot as well.
import { t } from '../text/text.ts';
import type { Route } from './shared.ts';

const TURN_MS = 1000;
const KEYS = {
    home: 'home-title',
    chat: 'chat-title',
    calls: 'history-title',
    spaces: 'spaces-title',
    space: '',
    people: 'people-title',
    settings: 'settings-title',
    admin: 'menu-admin',
    login: 'sign-in-title',
    join: 'join-title',
    'not-found': 'not-found-title',
    profile: '', // The page writes the person's name as soon as it is known.
} as const;

export class DocumentTitle {
    private quiet = '';
    private timer: number | undefined;
    private caller: string | undefined;

    show(page: Route['page']): void {
        const key = KEYS[page];
        document.title = key ? `${t(key)} – ${t('app-name')}` : t('app-name');
        this.quiet = document.title;
    }

    /** `caller`: full name of who calls, undefined when nobody does any more. */
    ring(caller: string | undefined): void {
        const rings = caller !== undefined;
        const rang = this.caller !== undefined;
        this.caller = caller;
        if (rings === rang) {
            return;
        }
        document.querySelector('link[rel=icon]')
            ?.setAttribute('href', rings ? '/icon-ringing.svg' : '/icon.svg');
        clearInterval(this.timer);
        if (rings) {
            this.timer = window.setInterval(() => this.turn(), TURN_MS);
        } else {
            document.title = this.quiet;
        }
    }

    private turn(): void {
        const loud = t('incoming-page-title', { name: this.caller ?? '' });
        if (document.title === loud) {
            document.title = this.quiet;
        } else {
            this.quiet = document.title;
            document.title = loud;
        }
    }
}
