// SPDX-License-Identifier: Apache-2.0
// One short message at the bottom; it is read out. Event: vv-dismiss.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { checkIcon, closeIcon, warningIcon } from './icons.ts';

export class VvToast extends VvElement {
    static override properties = { text: {}, kind: { reflect: true } };
    static override styles = [
        controlStyles,
        css`
            .toast {
                display: flex;
                align-items: center;
                gap: 0.75rem;
                padding: 0.5rem 0.5rem 0.5rem 1rem;
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-m);
                background: var(--vv-raised);
                color: var(--vv-text);
                box-shadow: var(--vv-shadow-l);
            }
            .toast > .icon {
                color: var(--vv-available);
            }
            .toast.problem > .icon {
                color: var(--vv-danger);
            }
            .words {
                flex: 1;
                min-width: 0;
            }
        `,
    ];
    declare text: string;
    declare kind: 'done' | 'problem';

    constructor() {
        super();
        this.text = '';
        this.kind = 'done';
    }

    protected override render(): TemplateResult {
        return html`<div role="status">
            ${this.text
                ? html`<div class="toast ${this.kind}">
                      ${this.kind === 'done' ? checkIcon : warningIcon}
                      <span class="words">${this.text}</span>
                      <button
                          type="button"
                          class="button quiet round"
                          title=${t('close')}
                          aria-label=${t('close')}
                          @click=${() => this.emit('vv-dismiss')}
                      >
                          ${closeIcon}
                      </button>
                  </div>`
                : nothing}
        </div>`;
    }
}
define('vv-toast', VvToast);
