// SPDX-License-Identifier: Apache-2.0
// The Call button, one element for all places. Event: vv-call {name}.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { cameraIcon, phoneIcon } from './icons.ts';
import type { CallButtonState } from './types.ts';

export class VvCallButton extends VvElement {
    static override properties = {
        name: {},
        fullName: {},
        state: { reflect: true },
        compact: { type: Boolean, reflect: true },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: inline-block;
            }
            :host([state='absent']) {
                display: none;
            }
            .in-progress {
                background: var(--vv-accent-soft);
                border-color: transparent;
                color: var(--vv-accent);
            }
        `,
    ];
    declare name: string;
    declare fullName: string;
    declare state: CallButtonState;
    declare compact: boolean;

    constructor() {
        super();
        this.name = '';
        this.fullName = '';
        this.state = 'idle';
        this.compact = false;
    }

    protected override render(): TemplateResult | typeof nothing {
        if (this.state === 'absent') {
            return nothing;
        }
        const busy = this.state === 'in-progress';
        const title = t(busy ? 'call-button-in-progress-title' : 'call-button-title', {
            name: this.fullName,
        });
        const word = t(busy ? 'call-button-in-progress' : 'call-button');
        const look = `button ${busy ? 'in-progress' : 'primary'} ${this.compact ? 'round' : ''}`;
        return html`<button
            type="button"
            class=${look}
            title=${title}
            aria-label=${`${word} – ${title}`}
            @click=${() => this.emit('vv-call', { name: this.name })}
        >
            ${busy ? phoneIcon : cameraIcon}${this.compact ? nothing : word}
        </button>`;
    }
}
define('vv-call-button', VvCallButton);
