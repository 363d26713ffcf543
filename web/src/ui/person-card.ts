// SPDX-License-Identifier: Apache-2.0
// What is shown of a person in the popover. Events: vv-chat {name}, vv-call {name, connector}.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './avatar.ts';
import { callButton } from './call-button.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { chatIcon } from './portal-icons.ts';
import './status.ts';
import type { CallOffer, PersonView } from './types.ts';

export class VvPersonCard extends VvElement {
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
            }
            .head {
                display: flex;
                gap: 0.875rem;
                align-items: center;
            }
            .who {
                min-width: 0;
                display: grid;
                gap: 0.125rem;
            }
            .name {
                font-weight: 600;
                font-size: var(--vv-size-l);
                line-height: 1.3;
                color: var(--vv-text);
                text-decoration: none;
                overflow-wrap: anywhere;
            }
            .name:hover {
                text-decoration: underline;
            }
            .actions {
                display: flex;
                flex-wrap: wrap;
                gap: var(--vv-gap-s);
                margin-block-start: var(--vv-gap-m);
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
        return html`<div class="head">
                <vv-avatar
                    decorative
                    .name=${person.name}
                    .fullName=${person.fullName}
                    .hash=${person.avatar}
                ></vv-avatar>
                <div class="who">
                    <a class="name" dir="auto" href="/people/${encodeURIComponent(person.name)}"
                        >${person.fullName}</a
                    >
                    ${person.position
                        ? html`<span class="muted small" dir="auto">${person.position}</span>`
                        : nothing}
                    <vv-status .status=${person.status}></vv-status>
                </div>
            </div>
            ${this.self || this.offer.gone ? nothing : this.actions(person)}`;
    }

    private actions(person: PersonView): TemplateResult {
        return html`<div class="actions">
            <button
                type="button"
                class="button"
                title=${t('chat-with', { name: person.fullName })}
                @click=${() => this.emit('vv-chat', { name: person.name })}
            >
                ${chatIcon}${t('chat')}
            </button>
            ${callButton(person, this.offer, false)}
        </div>`;
    }
}
define('vv-person-card', VvPersonCard);
