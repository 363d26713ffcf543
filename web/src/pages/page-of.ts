// SPDX-License-Identifier: Apache-2.0
import { html, type TemplateResult } from 'lit';
import { notFound } from './not-found.ts';
import './page-join.ts';
import './page-people.ts';
import './page-profile.ts';
import './page-settings.ts';
import './page-sign-in.ts';
import type { MeView } from './services.ts';
import type { Route } from './shared.ts';

export function pageOf(route: Route, me: MeView | undefined): TemplateResult {
    switch (route.page) {
        case 'login':
            return html`<vv-page-sign-in></vv-page-sign-in>`;
        case 'join':
            return html`<vv-page-join .token=${route.token}></vv-page-join>`;
        case 'people':
            return html`<vv-page-people .me=${me}></vv-page-people>`;
        case 'profile':
            return html`<vv-page-profile .me=${me} .name=${route.name}></vv-page-profile>`;
        case 'settings':
            return html`<vv-page-settings .me=${me}></vv-page-settings>`;
        case 'not-found':
            return notFound();
    }
}
