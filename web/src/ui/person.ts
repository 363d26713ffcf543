// SPDX-License-Identifier: Apache-2.0
// A name or a picture of a person: a link to the profile, over which a popover opens by pointer,
// keyboard focus or a tap. It stands beside the link, so the next Tab goes into it. Event:
// vv-person-opens, before it opens: whoever holds the page gives what is known now.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import './person-card.ts';
import { placeBeside } from './place.ts';
import type { CallOffer, PersonView } from './types.ts';

const OPEN_MS = 350;
const CLOSE_MS = 250;

export class VvPerson extends VvElement {
    static override properties = {
        person: { attribute: false },
        offer: { attribute: false },
        self: { type: Boolean },
        /** A picture beside the name: reached by pointer only. */
        quiet: { type: Boolean },
        shown: { state: true },
    };
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
                min-width: 15rem;
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
    declare person: PersonView | undefined;
    declare offer: CallOffer;
    declare self: boolean;
    declare quiet: boolean;
    declare shown: boolean;
    private timer = 0;
    private readonly onScroll = (): void => this.hide();

    constructor() {
        super();
        this.person = undefined;
        this.offer = { state: 'absent' };
        this.self = false;
        this.quiet = false;
        this.shown = false;
    }

    override disconnectedCallback(): void {
        window.clearTimeout(this.timer);
        window.removeEventListener('scroll', this.onScroll, true);
        super.disconnectedCallback();
    }

    private get card(): HTMLElement | null {
        return this.shadowRoot?.querySelector('.card') ?? null;
    }

    private later(ms: number, act: () => void): void {
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(act, ms);
    }

    /** Opens the popover now. */
    async show(): Promise<void> {
        window.clearTimeout(this.timer);
        if (this.shown || !this.isConnected) {
            return;
        }
        this.emit('vv-person-opens');
        this.shown = true;
        await this.updateComplete;
        const { card } = this;
        const link = this.shadowRoot?.querySelector('a');
        if (card && link) {
            card.showPopover();
            placeBeside(card, link.getBoundingClientRect());
            window.addEventListener('scroll', this.onScroll, true);
        }
    }

    hide(): void {
        window.clearTimeout(this.timer);
        this.card?.hidePopover();
    }

    private onToggle(event: Event): void {
        if ((event as ToggleEvent).newState === 'closed') {
            window.removeEventListener('scroll', this.onScroll, true);
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

    /** A finger has no hover: the first tap opens, and the popover has the link. */
    private onClick(event: PointerEvent): void {
        if (event.pointerType === 'touch' && !this.shown) {
            event.preventDefault();
            void this.show();
        } else {
            this.hide();
        }
    }

    protected override render(): TemplateResult | typeof nothing {
        const person = this.person;
        if (!person) {
            return nothing;
        }
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
                href="/people/${encodeURIComponent(person.name)}"
                dir="auto"
                tabindex=${this.quiet ? -1 : nothing}
                aria-hidden=${this.quiet ? 'true' : nothing}
                aria-expanded=${this.quiet ? nothing : String(this.shown)}
                @click=${(event: PointerEvent) => this.onClick(event)}
                ><slot>${person.fullName}</slot></a
            >${this.shown ? this.popup(person) : nothing}</span
        >`;
    }

    private popup(person: PersonView): TemplateResult {
        return html`<div
            class="card"
            popover
            role="dialog"
            aria-label=${t('person-card', { name: person.fullName })}
            @toggle=${(event: Event) => this.onToggle(event)}
            @vv-chat=${() => this.hide()}
        >
            <vv-person-card
                .person=${person}
                .offer=${this.offer}
                ?self=${this.self}
            ></vv-person-card>
        </div>`;
    }
}
define('vv-person', VvPerson);
