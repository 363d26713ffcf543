// SPDX-License-Identifier: Apache-2.0
import { html, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';

/** The sign above the pages for those who are not signed in. */
export function entryBrand(): TemplateResult {
    return html`<div class="entry-brand"><img src="/icon.svg" alt="" />${t('app-name')}</div>`;
}
