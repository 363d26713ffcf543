// SPDX-License-Identifier: Apache-2.0
import { html, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { offlineIcon } from '../ui/icons.ts';

/** The sign above the pages for those who are not signed in. */
export function entryBrand(): TemplateResult {
    return html`<div class="entry-brand"><img src="/icon.svg" alt="" />${t('app-name')}</div>`;
}

/** Shown while the socket reconnects. */
export function offlineBanner(): TemplateResult {
    return html`<div class="banner" role="status">${offlineIcon}${t('offline-banner')}</div>`;
}
