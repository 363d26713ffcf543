// SPDX-License-Identifier: Apache-2.0
// A call that is over, in a list: with whom, in which direction, what became of it, when, and a
// button that calls back. Events: vv-call of its button, vv-details.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { callButton } from './call-button.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { callInIcon, callMissedIcon, callOutIcon, detailsIcon } from './portal-icons.ts';
import './portrait.ts';
import { shownName } from './shown-name.ts';
import type { CallOffer, PersonView } from './types.ts';

const SIGNS = { missed: callMissedIcon, in: callInIcon, out: callOutIcon } as const;

export class VvPastCall extends VvElement {
    static override properties = {
        person: { attribute: false },
        offer: { attribute: false },
        sign: { reflect: true },
        words: {},
        when: {},
        at: {},
        open: { attribute: false },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
            }
            .row {
                position: relative;
                display: flex;
                align-items: center;
                gap: 0.75rem;
                padding: 0.625rem 0.5rem;
                border-radius: var(--vv-radius-m);
            }
            .row:hover {
                background: var(--vv-hover);
            }
            .who {
                flex: 1;
                min-width: 0;
            }
            a {
                color: var(--vv-text);
                font-weight: 600;
                text-decoration: none;
                overflow-wrap: anywhere;
            }
            a:hover {
                text-decoration: underline;
            }
            :host([sign='missed']) a,
            :host([sign='missed']) .line {
                color: var(--vv-danger);
            }
            .line {
                display: flex;
                gap: 0.375rem;
                align-items: flex-start;
                color: var(--vv-muted);
                font-size: var(--vv-size-s);
            }
            .line .icon {
                margin-block-start: 0.125em;
            }
            .buttons {
                display: flex;
                flex: none;
                gap: 0.25rem;
            }
            .details[aria-expanded='true'] {
                background: var(--vv-accent-soft);
                color: var(--vv-accent);
            }
        `,
    ];
    declare person: PersonView | undefined;
    declare offer: CallOffer;
    declare sign: keyof typeof SIGNS;
    /** What became of it. */
    declare words: string;
    /** The hour as it is read, and the moment for machines. */
    declare when: string;
    declare at: string;
    /** Its details are shown; undefined: there are none. */
    declare open: boolean | undefined;

    constructor() {
        super();
        this.person = undefined;
        this.offer = { state: 'absent' };
        this.sign = 'out';
        this.words = '';
        this.when = '';
        this.at = '';
        this.open = undefined;
    }

    protected override render(): TemplateResult | typeof nothing {
        const { person, sign, words } = this;
        if (!person) {
            return nothing;
        }
        const name = shownName(person);
        return html`<div class="row">
            <vv-portrait .person=${person}></vv-portrait>
            <div class="who">
                ${person.guest
                    ? html`<strong dir="auto">${name}</strong>`
                    : html`<a href="/people/${encodeURIComponent(person.name)}" dir="auto"
                          >${name}</a
                      >`}
                <div class="line">
                    ${SIGNS[sign]}
                    <span
                        >${sign === 'missed'
                            ? nothing
                            : html`<span class="hidden-text">${t(`past-${sign}`)}, </span>`}${words}
                        · <time datetime=${this.at}>${this.when}</time></span
                    >
                </div>
            </div>
            <div class="buttons">
                ${this.open === undefined ? nothing : this.details(name)}
                ${person.guest ? nothing : callButton(person, this.offer, true)}
            </div>
        </div>`;
    }

    private details(name: string): TemplateResult {
        const label = t('past-details', { name, when: this.when });
        return html`<button
            type="button"
            class="button quiet round details"
            title=${label}
            aria-label=${label}
            aria-expanded=${String(this.open)}
            @click=${() => this.emit('vv-details')}
        >
            ${detailsIcon}
        </button>`;
    }
}
define('vv-past-call', VvPastCall);
