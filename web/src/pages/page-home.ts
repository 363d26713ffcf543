// SPDX-License-Identifier: Apache-2.0
import { html, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import './feed.ts';
import { Page } from './page.ts';
import './setup-offer.ts';
import type { MeView } from './services.ts';

export class VvPageHome extends Page {
    static override properties = { me: { attribute: false } };
    declare me: MeView | undefined;

    constructor() {
        super();
        this.me = undefined;
    }

    protected override render(): TemplateResult {
        return html`<h1 class="hidden-text" tabindex="-1">${t('home-title')}</h1>
            <vv-setup-offer></vv-setup-offer>
            <vv-feed ?administrator=${this.me?.administrator ?? false}></vv-feed>`;
    }
}
define('vv-page-home', VvPageHome);
