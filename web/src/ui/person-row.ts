// SPDX-License-Identifier: Apache-2.0
// A person in a list: picture, name (link to the profile), position, status, Call button, and what
// stands in its slot.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './avatar.ts';
import { callButton } from './call-button.ts';
import { controlStyles, define, VvElement } from './element.ts';
import './status.ts';
import type { CallOffer, PersonView } from './types.ts';

export class VvPersonRow extends VvElement {
    static override properties = {
        person: { attribute: false },
        offer: { attribute: false },
        self: { type: Boolean },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
                container-type: inline-size;
            }
            .row {
                position: relative;
                display: flex;
                flex-wrap: wrap;
                align-items: center;
                gap: var(--vv-gap-m);
                padding: 0.75rem;
                border-radius: var(--vv-radius-m);
                transition: background var(--vv-fast);
            }
            .row:hover {
                background: var(--vv-hover);
            }
            .who {
                flex: 1 1 7.5rem;
                min-width: 0;
            }
            .acts {
                display: flex;
                gap: var(--vv-gap-s);
                margin-inline-start: auto;
            }
            @container (max-width: 18rem) {
                .row {
                    gap: var(--vv-gap-s);
                    padding: 0.5rem 0;
                }
            }
            a {
                color: var(--vv-text);
                font-weight: 600;
                text-decoration: none;
            }
            /* The whole row leads to the profile, but only the name is read out as the link. */
            a::after {
                content: '';
                position: absolute;
                inset: 0;
                border-radius: var(--vv-radius-m);
            }
            a:hover {
                text-decoration: underline;
            }
            a:focus-visible {
                outline: none;
            }
            a:focus-visible::after {
                outline: 3px solid var(--vv-focus);
                outline-offset: -3px;
            }
            .line {
                display: flex;
                flex-wrap: wrap;
                gap: 0 0.75rem;
                align-items: center;
            }
            vv-call-button,
            ::slotted(*) {
                position: relative;
                z-index: 1;
            }
        `,
    ];
    declare person: PersonView | undefined;
    declare offer: CallOffer;
    declare self: boolean;

    constructor() {
        super();
        this.person = undefined;
        this.offer = { state: 'absent' };
        this.self = false;
    }

    protected override render(): TemplateResult | typeof nothing {
        const person = this.person;
        if (!person) {
            return nothing;
        }
        return html`<div class="row">
            <vv-avatar
                decorative
                .name=${person.name}
                .fullName=${person.fullName}
                .hash=${person.avatar}
            >
            </vv-avatar>
            <div class="who">
                <a href="/people/${encodeURIComponent(person.name)}" dir="auto"
                    >${person.fullName}</a>
                <div class="line">
                    <vv-status .status=${person.status}></vv-status>
                    <span class="muted small" dir="auto">${person.position}</span>
                    ${this.self
                        ? html`<span class="muted small">${t('profile-you')}</span>`
                        : nothing}
                </div>
            </div>
            ${this.acts(person)}
        </div>`;
    }

    /** Nothing around nothing: an empty place would take room in the row. */
    private acts(person: PersonView): TemplateResult {
        const slot = html`<slot @slotchange=${() => this.requestUpdate()}></slot>`;
        const call = !this.self && this.offer.state !== 'absent';
        return call || this.children.length > 0
            ? html`<div class="acts">
                  ${call ? callButton(person, this.offer, true) : nothing} ${slot}
              </div>`
            : slot;
    }
}
define('vv-person-row', VvPersonRow);
