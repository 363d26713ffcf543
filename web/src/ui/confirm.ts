// SPDX-License-Identifier: Apache-2.0
// Asks before what cannot be taken back. Events: vv-confirm, vv-close.
import { css, html, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './dialog.ts';
import { controlStyles, define, VvElement } from './element.ts';

export class VvConfirm extends VvElement {
    static override properties = {
        open: { type: Boolean },
        heading: {},
        text: {},
        action: {},
    };
    static override styles = [
        controlStyles,
        css`
            p {
                margin: 0 0 var(--vv-gap-l);
            }
            .actions {
                display: flex;
                flex-wrap: wrap;
                justify-content: flex-end;
                gap: var(--vv-gap-s);
            }
        `,
    ];
    declare open: boolean;
    declare heading: string;
    declare text: string;
    /** The word on the button that does it. */
    declare action: string;

    constructor() {
        super();
        this.open = false;
        this.heading = '';
        this.text = '';
        this.action = '';
    }

    protected override render(): TemplateResult {
        return html`<vv-dialog .heading=${this.heading} ?open=${this.open}>
            <p>${this.text}</p>
            <div class="actions">
                <button type="button" class="button" @click=${() => this.emit('vv-close')}>
                    ${t('cancel')}
                </button>
                <button type="button" class="button end" @click=${() => this.emit('vv-confirm')}>
                    ${this.action}
                </button>
            </div>
        </vv-dialog>`;
    }
}
define('vv-confirm', VvConfirm);
