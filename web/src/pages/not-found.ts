// SPDX-License-Identifier: Apache-2.0
import { html, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';

export function notFound(): TemplateResult {
    return html`<div class="card empty">
        <h1 tabindex="-1">${t('not-found-title')}</h1>
        <p class="muted">${t('not-found-text')}</p>
        <p><a href="/">${t('not-found-link')}</a></p>
    </div>`;
}
