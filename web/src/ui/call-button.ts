// SPDX-License-Identifier: Apache-2.0
// The Call button, one element for all places. Events: vv-call {name, connector, picked} for a
// person, vv-meet {room, connector, picked} for a room; `picked`: in the menu, not what is offered
// first.
import { css, html, nothing, type TemplateResult } from 'lit';
import { hasText, t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { cameraIcon, checkIcon, downIcon, phoneIcon } from './icons.ts';
import { focusBack } from './keep-focus.ts';
import { placeBeside } from './place.ts';
import type { CallConnector, CallOffer, PersonView, StatusView } from './types.ts';

/** The page's own text for a connector that comes with the server, or the connector's. */
export function titleOf(name: string, title: string): string {
    const key = `connector-${name}-title`;
    return hasText(key) ? t(key) : title;
}

export class VvCallButton extends VvElement {
    static override properties = {
        name: {},
        fullName: {},
        room: {},
        status: {},
        reach: { attribute: false },
        offer: { attribute: false },
        compact: { type: Boolean, reflect: true },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: inline-flex;
            }
            :host([hidden]) {
                display: none;
            }
            /* The page says where there is no room for the word: the sign has a tooltip. */
            .word {
                display: var(--vv-call-word, inline);
            }
            .in-progress {
                background: var(--vv-accent-soft);
                border-color: transparent;
                color: var(--vv-accent);
            }
            .several {
                border-start-end-radius: 0;
                border-end-end-radius: 0;
            }
            .several.round {
                width: 2.25rem;
            }
            .more {
                width: 1.75rem;
                margin-inline-start: 1px;
                padding: 0;
                border-start-start-radius: 0;
                border-end-start-radius: 0;
            }
            .menu {
                position: fixed;
                inset: auto;
                margin: 0;
                min-width: 11rem;
                max-width: calc(100vw - 1rem);
                padding: var(--vv-gap-xs);
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-m);
                background: var(--vv-raised);
                color: var(--vv-text);
                box-shadow: var(--vv-shadow-l);
            }
            .menu .button {
                width: 100%;
                justify-content: space-between;
                border-radius: var(--vv-radius-s);
            }
        `,
    ];
    declare name: string;
    declare fullName: string;
    /** The id of a room instead of a person; then `fullName` is its title. */
    declare room: string;
    /** Of the person, for a tooltip that tells what a click will do; empty: not known. */
    declare status: StatusView | '';
    /** On how many devices it rings, and whether a push would reach a closed browser. */
    declare reach: { devices: number; push: boolean };
    declare offer: CallOffer;
    declare compact: boolean;

    constructor() {
        super();
        this.name = '';
        this.fullName = '';
        this.room = '';
        this.status = '';
        this.reach = { devices: 0, push: false };
        this.offer = { state: 'idle' };
        this.compact = false;
    }

    protected override willUpdate(): void {
        this.hidden = this.offer.state === 'absent';
    }

    private press(connector: string, picked = false): void {
        this.shadowRoot?.querySelector<HTMLElement>('.menu')?.hidePopover();
        if (this.room) {
            this.emit('vv-meet', { room: this.room, connector, picked });
        } else {
            this.emit('vv-call', { name: this.name, connector, picked });
        }
    }

    private tip(busy: boolean): string {
        if (busy) {
            return t('call-button-in-progress-title', { name: this.fullName });
        }
        if (this.room) {
            return t('call-button-room-title', { name: this.fullName });
        }
        const start = t('call-button-title', { name: this.fullName });
        const truth = this.truth();
        return truth ? `${start}. ${truth}` : start;
    }

    /** What will happen at the other side; empty: not known. */
    private truth(): string {
        const { status } = this;
        const { devices: count, push } = this.reach;
        if (count > 0 && (status === 'available' || status === 'away')) {
            return t(`call-button-${status}-on`, { count });
        }
        const key = status === 'offline' && push ? 'call-button-push' : `call-button-${status}`;
        return hasText(key) ? t(key) : '';
    }

    protected override render(): TemplateResult | typeof nothing {
        const { state, connectors = [], chosen } = this.offer;
        if (state === 'absent') {
            return nothing;
        }
        const busy = state === 'in-progress';
        const title = this.tip(busy);
        const word = t(busy ? 'call-button-in-progress' : 'call-button');
        const several = !busy && connectors.length > 1;
        const first = connectors.find(({ name }) => name === chosen) ?? connectors[0];
        const look = [
            'button',
            busy ? 'in-progress' : 'primary',
            this.compact ? 'round' : '',
            several ? 'several' : '',
        ].join(' ');
        return html`<button
                type="button"
                class=${look}
                title=${title}
                aria-label=${`${word} – ${title}`}
                @click=${() => this.press(first?.name ?? '')}
            >
                ${busy ? phoneIcon : cameraIcon}
                ${this.compact ? nothing : html`<span class="word">${word}</span>`}
            </button>
            ${several ? this.pulldown(connectors, first?.name ?? '') : nothing}`;
    }

    private pulldown(connectors: readonly CallConnector[], chosen: string): TemplateResult {
        const label = t('call-button-more', { name: this.fullName });
        const place = (event: Event): void => {
            const menu = event.target as HTMLElement;
            if ((event as ToggleEvent).newState === 'open') {
                placeBeside(menu, this.getBoundingClientRect());
            }
        };
        const back = (event: Event): void =>
            focusBack(event, this.shadowRoot?.querySelector<HTMLElement>('.more'));
        return html`<button
                type="button"
                class="button primary more"
                popovertarget="menu"
                title=${label}
                aria-label=${label}
            >
                ${downIcon}
            </button>
            <div id="menu" class="menu" popover @toggle=${place} @beforetoggle=${back}>
                ${connectors.map(
                    ({ name, title }) =>
                        html`<button
                            type="button"
                            class="button quiet"
                            aria-pressed=${String(name === chosen)}
                            @click=${() => this.press(name, true)}
                        >
                            <span dir="auto">${titleOf(name, title)}</span>
                            ${name === chosen ? checkIcon : nothing}
                        </button>`,
                )}
            </div>`;
    }
}
define('vv-call-button', VvCallButton);

/** The button of somebody who is shown; compact: the sign alone. */
export const callButton = (
    person: PersonView,
    offer: CallOffer,
    compact: boolean,
): TemplateResult => html`<vv-call-button
    ?compact=${compact}
    .name=${person.name}
    .fullName=${person.fullName}
    .status=${person.status}
    .reach=${person}
    .offer=${offer}
></vv-call-button>`;
