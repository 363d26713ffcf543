// SPDX-License-Identifier: Apache-2.0
import { html, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';

/** Also what the server gives instead of the page of a call, where browsers open no devices. */
export function notFound(): TemplateResult {
    const words = location.pathname.startsWith('/call/') && !isSecureContext
        ? 'call-insecure'
        : 'not-found';
    return html`<div class="card empty">
        <h1 tabindex="-1">${t(`${words}-title`)}</h1>
        <p class="muted">${t(`${words}-text`)}</p>
        <p><a href="/">${t('not-found-link')}</a></p>
    </div>`;
}
