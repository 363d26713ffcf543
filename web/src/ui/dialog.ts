// SPDX-License-Identifier: Apache-2.0
// The browser's own dialog: focus stays inside, Escape closes; the page's cards and toast stand in
// it. Event: vv-close, when the person closes it.
import { css, html, type PropertyValues, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { above } from './above.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { closeIcon } from './icons.ts';
import { focused, focusWithin, keepFocus } from './keep-focus.ts';

export class VvDialog extends VvElement {
    static override properties = { heading: {}, open: { type: Boolean } };
    static override styles = [
        controlStyles,
        css`
            dialog {
                width: min(30rem, calc(100vw - 2rem));
                max-height: calc(100dvh - 2rem);
                padding: var(--vv-gap-l);
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-l);
                background: var(--vv-raised);
                color: var(--vv-text);
                box-shadow: var(--vv-shadow-l);
                overflow: auto;
                --vv-toasts-inset: var(--vv-gap-s) auto; /* over the heading only where it is low */
            }
            @media (max-width: 30rem) {
                dialog {
                    padding: var(--vv-gap-m);
                }
            }
            dialog::backdrop {
                background: rgb(8 14 12 / 50%);
            }
            header {
                display: flex;
                align-items: center;
                justify-content: space-between;
                gap: var(--vv-gap-m);
                margin-bottom: var(--vv-gap-m);
            }
            h2 {
                margin: 0;
                font-size: 1.25rem;
            }
        `,
    ];
    declare heading: string;
    declare open: boolean;
    private opener: HTMLElement | null = null;

    constructor() {
        super();
        this.heading = '';
        this.open = false;
    }

    /** A card that had the focus may go while the dialog stays. */
    protected override update(changed: PropertyValues): void {
        const around = focusWithin(this);
        super.update(changed);
        keepFocus(around);
    }

    protected override updated(changed: PropertyValues<this>): void {
        const dialog = this.shadowRoot?.querySelector('dialog');
        if (!dialog || !changed.has('open')) {
            return;
        }
        if (this.open && !dialog.open) {
            this.opener = focused() as HTMLElement | null;
            dialog.showModal();
            above.opened(this);
        } else if (!this.open && dialog.open) {
            dialog.close();
        }
    }

    /** The browser itself gives the focus back only where a dialog is closed before it goes. */
    override disconnectedCallback(): void {
        if (this.shadowRoot?.querySelector('dialog')?.open) {
            this.opener?.focus();
        }
        above.closed(this);
        super.disconnectedCallback();
    }

    /** The browser tells it later: by then who uses it may have closed it, or opened it again. */
    private onClose(): void {
        if (this.shadowRoot?.querySelector('dialog')?.open) {
            return;
        }
        above.closed(this);
        if (this.open) {
            this.open = false;
            this.emit('vv-close');
        }
    }

    protected override render(): TemplateResult {
        return html`<dialog aria-labelledby="heading" @close=${() => this.onClose()}>
            <header>
                <h2 id="heading">${this.heading}</h2>
                <button
                    type="button"
                    class="button quiet round"
                    title=${t('close')}
                    aria-label=${t('close')}
                    @click=${() => this.shadowRoot?.querySelector('dialog')?.close()}
                >
                    ${closeIcon}
                </button>
            </header>
            <slot></slot>
            ${above.inDialog(this)}
        </dialog>`;
    }
}
define('vv-dialog', VvDialog);
