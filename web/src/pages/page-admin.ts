// SPDX-License-Identifier: Apache-2.0
// Administration: the tabs, and the one that is shown. For others it is a page that does not exist.
import { html, nothing, type TemplateResult } from 'lit';
import { ADMIN_TEXTS } from '../text/more-texts.ts';
import { addTexts, t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import './admin-check.ts';
import './admin-connectors.ts';
import './admin-lists.ts';
import './admin-now.ts';
import './admin-people.ts';
import { notFound } from './not-found.ts';
import { Page } from './page.ts';
import type { MeView } from './services.ts';

const TABS = ['conferencing', 'people', 'invitations', 'calls', 'now', 'audit', 'check'] as const;

export class VvPageAdmin extends Page {
    static override properties = {
        me: { attribute: false },
        tab: {},
        ready: { state: true },
    };
    declare me: MeView | undefined;
    declare tab: string;
    declare ready: boolean;

    constructor() {
        super();
        this.me = undefined;
        this.tab = 'conferencing';
        this.ready = false;
    }

    protected override firstUpdated(): void {
        void addTexts(ADMIN_TEXTS).then(() => (this.ready = true));
    }

    protected override render(): TemplateResult | typeof nothing {
        const known = TABS.some((tab) => tab === this.tab);
        if (!this.me?.administrator || !known) {
            return notFound();
        }
        if (!this.ready) {
            return nothing;
        }
        return html`<div class="page-head">
                <h1 tabindex="-1">${t(`admin-tab-${this.tab}`)}</h1>
            </div>
            <nav class="form-row" aria-label=${t('admin-title')}>
                ${TABS.map(
                    (tab) =>
                        html`<a
                            class="button quiet"
                            href="/admin/${tab}"
                            aria-current=${tab === this.tab ? 'page' : nothing}
                            >${t(`admin-tab-${tab}`)}</a
                        >`,
                )}
            </nav>
            ${this.content()}`;
    }

    private content(): TemplateResult {
        switch (this.tab) {
            case 'people':
                return html`<vv-admin-people .me=${this.me}></vv-admin-people>`;
            case 'invitations':
                return html`<vv-admin-invitations></vv-admin-invitations
                    ><vv-admin-guests></vv-admin-guests>`;
            case 'calls':
                return html`<vv-admin-calls></vv-admin-calls>`;
            case 'now':
                return html`<vv-admin-now></vv-admin-now>`;
            case 'audit':
                return html`<vv-admin-audit></vv-admin-audit>`;
            case 'check':
                return html`<vv-admin-check></vv-admin-check>`;
            default:
                return html`<vv-admin-connectors></vv-admin-connectors>`;
        }
    }
}
define('vv-page-admin', VvPageAdmin);
