// SPDX-License-Identifier: Apache-2.0
// Where the cards of calls and the toast stand: over everything, popovers too. A popover of its
// own, which comes to the top again whenever another one has opened (ui/above.ts).
import { css, html, type TemplateResult } from 'lit';
import { above } from './above.ts';
import { define, VvElement } from './element.ts';

export class VvAbove extends VvElement {
    static override styles = css`
        :host {
            position: fixed;
            inset: 0;
            width: auto;
            height: auto;
            margin: 0;
            padding: 0;
            border: 0;
            overflow: visible;
            background: none;
            color: inherit;
            pointer-events: none;
        }
        .cards,
        .toasts {
            position: fixed;
        }
        ::slotted(*) {
            pointer-events: auto;
        }
        /* Several that are higher than the screen are scrolled; the edge is for their shadows. */
        .cards {
            z-index: 2;
            inset-inline-end: 0;
            inset-block: var(--vv-cards-inset, auto 0);
            display: grid;
            gap: var(--vv-gap-s);
            box-sizing: border-box;
            width: min(24rem + 2 * var(--vv-gap-m), 100vw);
            max-height: 100dvh;
            padding: var(--vv-gap-m);
            overflow: auto;
        }
        .toasts {
            z-index: 1;
            left: 50%;
            inset-block: var(--vv-toasts-inset, 4.5rem auto);
            transform: translateX(-50%);
            width: min(28rem, calc(100vw - 2 * var(--vv-gap-m)));
        }
    `;

    override connectedCallback(): void {
        super.connectedCallback();
        this.popover = 'manual';
        this.showPopover();
        above.stands(this);
    }

    override disconnectedCallback(): void {
        above.goes(this);
        super.disconnectedCallback();
    }

    /** Over the popover that has just opened; not while somebody is in a card by keyboard. */
    raise(): void {
        if (!this.matches(':focus-within')) {
            this.hidePopover();
            this.showPopover();
        }
    }

    protected override render(): TemplateResult {
        return html`<div class="toasts"><slot name="toast"></slot></div>
            <div class="cards"><slot></slot></div>`;
    }
}
define('vv-above', VvAbove);
