// SPDX-License-Identifier: Apache-2.0
// A link over which a card opens by pointer, keyboard focus or a tap. The card stands beside the
// link, so the next Tab goes into it.
import { css, html, nothing, type TemplateResult } from 'lit';
import { controlStyles, VvElement } from './element.ts';
import { focusBack } from './keep-focus.ts';
import { placeBeside } from './place.ts';

const OPEN_MS = 350;
const CLOSE_MS = 250;

/** What stands where. */
export interface HoverCard {
    readonly href: string;
    readonly words: TemplateResult;
    readonly label: string;
    readonly card: TemplateResult;
    /** Beside the same in words: reached by pointer only. */
    readonly quiet: boolean;
}

export abstract class VvHoverCard extends VvElement {
    static override properties = { shown: { state: true } };
    static override styles = [
        controlStyles,
        css`
            a {
                color: inherit;
                text-decoration: none;
                border-radius: var(--vv-radius-s);
            }
            a:hover {
                text-decoration: underline;
            }
            .card {
                position: fixed;
                inset: auto;
                margin: 0;
                width: max-content;
                min-width: min(15rem, calc(100vw - 1rem));
                max-width: min(22rem, calc(100vw - 1rem));
                padding: var(--vv-gap-m);
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-m);
                background: var(--vv-raised);
                color: var(--vv-text);
                font-size: var(--vv-size-m);
                font-weight: 400;
                box-shadow: var(--vv-shadow-l);
            }
        `,
    ];
    declare shown: boolean;
    private timer = 0;
    private sizes: ResizeObserver | undefined;
    private readonly onScroll = (): void => this.hide();

    constructor() {
        super();
        this.shown = false;
    }

    /** Before the card opens: whoever holds the page gives what is known now. */
    protected abstract opens(): void;

    override disconnectedCallback(): void {
        window.clearTimeout(this.timer);
        this.forget();
        super.disconnectedCallback();
    }

    private forget(): void {
        window.removeEventListener('scroll', this.onScroll, true);
        this.sizes?.disconnect();
    }

    private get card(): HTMLElement | null {
        return this.shadowRoot?.querySelector('.card') ?? null;
    }

    private later(ms: number, act: () => void): void {
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(act, ms);
    }

    /** Opens the card now. */
    async show(): Promise<void> {
        window.clearTimeout(this.timer);
        if (this.shown || !this.isConnected) {
            return;
        }
        this.opens();
        this.shown = true;
        await this.updateComplete;
        this.card?.showPopover();
        this.place();
        // What is in it is drawn after it, and again when more is known: it stays on the screen.
        this.sizes = new ResizeObserver(() => this.place());
        this.sizes.observe(this.card ?? this);
        window.addEventListener('scroll', this.onScroll, true);
    }

    hide(): void {
        window.clearTimeout(this.timer);
        this.card?.hidePopover();
    }

    /** Where there is room for what the card has now. */
    private place(): void {
        const link = this.shadowRoot?.querySelector('a');
        if (this.card && link) {
            placeBeside(this.card, link.getBoundingClientRect());
        }
    }

    private onToggle(event: Event): void {
        if ((event as ToggleEvent).newState === 'closed') {
            this.forget();
            this.shown = false;
        }
    }

    private onLeave(): void {
        // Who is in it by keyboard stays in it.
        if (!this.shadowRoot?.activeElement?.closest('.card')) {
            this.later(CLOSE_MS, () => this.hide());
        }
    }

    private onFocusOut(event: FocusEvent): void {
        const next = event.relatedTarget;
        if (!(next instanceof Node && this.shadowRoot?.contains(next))) {
            this.later(CLOSE_MS, () => this.hide());
        }
    }

    private onFocusIn(event: FocusEvent): void {
        const link = event.target as HTMLElement;
        if (!this.shown && link.matches(':focus-visible')) {
            this.later(OPEN_MS, () => void this.show());
        } else if (this.shown) {
            window.clearTimeout(this.timer);
        }
    }

    /** A finger has no hover: the first tap opens, and the card has the link. */
    private onClick(event: PointerEvent): void {
        if (event.pointerType === 'touch' && !this.shown) {
            event.preventDefault();
            void this.show();
        } else {
            this.hide();
        }
    }

    protected draw({ href, words, label, card, quiet }: HoverCard): TemplateResult {
        const enter = (event: PointerEvent): void => {
            if (event.pointerType !== 'touch') {
                this.later(OPEN_MS, () => void this.show());
            }
        };
        return html`<span
            @focusin=${(event: FocusEvent) => this.onFocusIn(event)}
            @focusout=${(event: FocusEvent) => this.onFocusOut(event)}
            @pointerenter=${enter}
            @pointerleave=${() => this.onLeave()}
            ><a
                href=${href}
                dir="auto"
                tabindex=${quiet ? -1 : nothing}
                aria-hidden=${quiet ? 'true' : nothing}
                aria-expanded=${quiet ? nothing : String(this.shown)}
                @click=${(event: PointerEvent) => this.onClick(event)}
                >${words}</a
            >${this.shown
                ? html`<div
                      class="card"
                      popover
                      role="dialog"
                      aria-label=${label}
                      @toggle=${(event: Event) => this.onToggle(event)}
                      @beforetoggle=${(event: Event) =>
                          focusBack(event, this.shadowRoot?.querySelector('a'))}
                      @vv-chat=${() => this.hide()}
                  >
                      ${card}
                  </div>`
                : nothing}</span
        >`;
    }
}
