// SPDX-License-Identifier: Apache-2.0
// The administrator's way to let somebody in. Events: vv-invite {kind}, vv-copy {text}, vv-close.
import { html, type TemplateResult } from 'lit';
import { formatMoment, t } from '../text/text.ts';
import './dialog.ts';
import { define, VvLightElement } from './element.ts';
import './field.ts';
import { checkIcon, copyIcon } from './icons.ts';

export class VvInvitation extends VvLightElement {
    static override properties = {
        open: { type: Boolean },
        url: {},
        expires: { type: Number },
        busy: { type: Boolean },
        copied: { type: Boolean },
    };
    declare open: boolean;
    declare url: string;
    declare expires: number;
    declare busy: boolean;
    declare copied: boolean;

    constructor() {
        super();
        this.open = false;
        this.url = '';
        this.expires = 0;
        this.busy = false;
        this.copied = false;
    }

    private onSubmit(event: Event): void {
        event.preventDefault();
        const kind = this.querySelector('select')?.value ?? 'member';
        this.emit('vv-invite', { kind });
    }

    protected override render(): TemplateResult {
        return html`<vv-dialog .heading=${t('invite-title')} ?open=${this.open}>
            ${this.url ? this.link() : this.form()}
        </vv-dialog>`;
    }

    private form(): TemplateResult {
        return html`<form class="form" @submit=${(event: Event) => this.onSubmit(event)}>
            <p class="muted">${t('invite-text')}</p>
            <label
                ><span class="field-label">${t('invite-kind')}</span
                ><select class="input">
                    <option value="member">${t('invite-kind-member')}</option>
                    <option value="administrator">${t('invite-kind-administrator')}</option>
                </select></label
            >
            <div class="form-row">
                <button class="button primary" ?disabled=${this.busy}>${t('invite-make')}</button>
            </div>
        </form>`;
    }

    private link(): TemplateResult {
        return html`<div class="form">
            <p class="muted">${t('invite-text')}</p>
            <div class="copy-row">
                <vv-field readonly .label=${t('invite-link')} .value=${this.url}></vv-field>
                <button
                    type="button"
                    class="button primary"
                    @click=${() => this.emit('vv-copy', { text: this.url })}
                >
                    ${this.copied ? checkIcon : copyIcon}${t(this.copied ? 'copied' : 'copy')}
                </button>
            </div>
            <p class="muted small">${t('invite-expires', { when: formatMoment(this.expires) })}</p>
        </div>`;
    }
}
define('vv-invitation', VvInvitation);
