// SPDX-License-Identifier: Apache-2.0
// Each page is fetched when it is first shown.
import { html, type TemplateResult } from 'lit';
import { CALL_TEXTS, END_TEXTS, WINDOW_TEXTS } from '../text/more-texts.ts';
import { addTexts } from '../text/text.ts';
import { notFound } from './not-found.ts';
import type { MeView } from './services.ts';
import type { Route } from './shared.ts';

const pages: Record<Route['page'], () => Promise<unknown>> = {
    home: () => import('./page-home.ts'),
    chat: () => Promise.all([import('./page-chat.ts'), addTexts(END_TEXTS)]),
    calls: () => Promise.all([import('./page-calls.ts'), addTexts(CALL_TEXTS),
        addTexts(END_TEXTS), addTexts(WINDOW_TEXTS)]),
    people: () => import('./page-people.ts'),
    profile: () => Promise.all([import('./page-profile.ts'), addTexts(CALL_TEXTS)]),
    spaces: () => import('./page-spaces.ts'),
    space: () => import('./page-space.ts'),
    settings: () => Promise.all([import('./page-settings.ts'), addTexts(CALL_TEXTS)]),
    admin: () => import('./page-admin.ts'),
    login: () => import('./page-sign-in.ts'),
    join: () => import('./page-join.ts'),
    'not-found': () => Promise.resolve(),
};

/** Refuses when the server cannot be reached, or has a newer front end. */
export async function loadPage(page: Route['page']): Promise<void> {
    await pages[page]();
}

export function pageOf(route: Route, me: MeView | undefined): TemplateResult {
    switch (route.page) {
        case 'home':
            return html`<vv-page-home .me=${me}></vv-page-home>`;
        case 'chat':
            return html`<vv-page-chat .room=${route.room} .visit=${route}></vv-page-chat>`;
        case 'calls':
            return html`<vv-page-calls ?missed=${route.missed}></vv-page-calls>`;
        case 'login':
            return html`<vv-page-sign-in></vv-page-sign-in>`;
        case 'join':
            return html`<vv-page-join .token=${route.token}></vv-page-join>`;
        case 'people':
            return html`<vv-page-people .me=${me}></vv-page-people>`;
        case 'profile':
            return html`<vv-page-profile .me=${me} .name=${route.name}></vv-page-profile>`;
        case 'spaces':
            return html`<vv-page-spaces></vv-page-spaces>`;
        case 'space':
            return html`<vv-page-space .me=${me} .name=${route.name}></vv-page-space>`;
        case 'settings':
            return html`<vv-page-settings .me=${me}></vv-page-settings>`;
        case 'admin':
            return html`<vv-page-admin .me=${me} .tab=${route.tab}></vv-page-admin>`;
        case 'not-found':
            return notFound();
    }
}
