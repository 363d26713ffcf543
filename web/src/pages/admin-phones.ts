// SPDX-License-Identifier: Apache-2.0
// Whether phones are offered calls. Event: vv-renew, after it was switched: `phones` is then given
// as the server has it.
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { AdminPart } from './admin-part.ts';

export class VvAdminPhones extends AdminPart {
    static override properties = { phones: { type: Boolean } };
    declare phones: boolean;

    constructor() {
        super();
        this.phones = true;
    }

    /** Whatever becomes of it, the switch shows what the server says. */
    private async toggle(box: HTMLInputElement): Promise<void> {
        await this.attempt(() => this.admin.switchPhones(!box.checked));
        box.checked = !this.phones;
        this.emit('vv-renew');
    }

    protected override render(): TemplateResult {
        return html`<div class="card login">
            <div>
                <strong id="no-phones">${t('admin-no-phones')}</strong>
                <div class="muted small" id="no-phones-hint">${t('admin-no-phones-hint')}</div>
            </div>
            <input
                type="checkbox"
                role="switch"
                aria-labelledby="no-phones"
                aria-describedby="no-phones-hint"
                .checked=${live(!this.phones)}
                @change=${(event: Event) => this.toggle(event.target as HTMLInputElement)}
            />
        </div>`;
    }
}
define('vv-admin-phones', VvAdminPhones);
