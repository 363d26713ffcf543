// SPDX-License-Identifier: Apache-2.0
// Offers to set up calls, once: until somebody has done it in this browser, or does not want it.
// Event: vv-set-up (opens the sheet, in the frame).
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { Page } from './page.ts';
import { services } from './services.ts';

export class VvSetupOffer extends Page {
    private refuse(): void {
        services.get().preferences.setUp = 'refused';
        this.requestUpdate();
    }

    protected override render(): TemplateResult | typeof nothing {
        if (services.get().preferences.setUp !== 'open') {
            return nothing;
        }
        return html`<section class="card offer" aria-label=${t('setup-title')}>
            <p>${t('setup-offer')}</p>
            <div class="form-row">
                <button
                    type="button"
                    class="button primary"
                    @click=${() => this.emit('vv-set-up')}
                >
                    ${t('setup-title')}
                </button>
                <button type="button" class="button quiet" @click=${() => this.refuse()}>
                    ${t('setup-later')}
                </button>
            </div>
        </section>`;
    }
}
define('vv-setup-offer', VvSetupOffer);
