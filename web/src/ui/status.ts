// SPDX-License-Identifier: Apache-2.0
// A dot and its word: colour is never the only sign. Compact, on a picture, the dot alone is seen;
// its word is read out and shown to the pointer.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define, VvElement } from './element.ts';
import type { StatusView } from './types.ts';

export class VvStatus extends VvElement {
    static override properties = {
        status: { reflect: true },
        compact: { type: Boolean, reflect: true },
    };
    static override styles = css`
        :host {
            display: inline-flex;
            align-items: center;
            gap: 0.4rem;
            color: var(--vv-muted);
            font-size: var(--vv-size-s);
            white-space: nowrap;
        }
        :host([compact]) {
            gap: 0;
            padding: 2px;
            border-radius: 50%;
            background: var(--vv-surface);
            font-size: 0;
        }
        .dot {
            box-sizing: border-box;
            width: 0.625rem;
            height: 0.625rem;
            border-radius: 50%;
            border: 2px solid var(--vv-offline);
        }
        :host([status='available']) .dot {
            background: var(--vv-available);
            border-color: var(--vv-available);
        }
        :host([status='away']) .dot {
            background: var(--vv-away);
            border-color: var(--vv-away);
        }
        :host([status='do-not-disturb']) .dot {
            background: linear-gradient(var(--vv-surface), var(--vv-surface)) center / 60% 2px
                no-repeat var(--vv-in-call);
            border-color: var(--vv-in-call);
        }
        :host([status='in-call']) .dot {
            background: var(--vv-in-call);
            border-color: var(--vv-in-call);
        }
        @media (forced-colors: active) {
            .dot {
                forced-color-adjust: none;
            }
        }
    `;
    /** `invisible` is told to oneself only. */
    declare status: StatusView | 'invisible';
    declare compact: boolean;

    constructor() {
        super();
        this.status = 'offline';
        this.compact = false;
    }

    protected override render(): TemplateResult {
        const word = t(`status-${this.status}`);
        return html`<span
                class="dot"
                aria-hidden="true"
                title=${this.compact ? word : nothing}
            ></span
            >${word}`;
    }
}
define('vv-status', VvStatus);
