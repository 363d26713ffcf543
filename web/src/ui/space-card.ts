// SPDX-License-Identifier: Apache-2.0
// What is shown of a space in the popover. Event: vv-meet {room, connector}.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './call-button.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { chatIcon } from './portal-icons.ts';
import type { CallOffer, SpaceView } from './types.ts';

export class VvSpaceCard extends VvElement {
    static override properties = { space: { attribute: false }, offer: { attribute: false } };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: grid;
                gap: var(--vv-gap-xs);
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
            p {
                margin: 0;
                overflow-wrap: anywhere;
                display: -webkit-box;
                -webkit-box-orient: vertical;
                -webkit-line-clamp: 4;
                overflow: hidden;
            }
            .actions {
                display: flex;
                flex-wrap: wrap;
                gap: var(--vv-gap-s);
                margin-block-start: var(--vv-gap-s);
            }
            .actions:empty {
                display: none;
            }
        `,
    ];
    declare space: SpaceView | undefined;
    declare offer: CallOffer;

    constructor() {
        super();
        this.space = undefined;
        this.offer = { state: 'absent' };
    }

    protected override render(): TemplateResult | typeof nothing {
        const { space } = this;
        if (!space) {
            return html`<span class="muted">${t('loading')}</span>`;
        }
        return html`<a class="name" dir="auto" href="/spaces/${encodeURIComponent(space.name)}"
                >${space.title}</a
            >
            ${space.description ? html`<p dir="auto">${space.description}</p>` : nothing}
            <span class="muted small">${t('space-members', { count: space.members })}</span>
            ${space.member
                ? html`<div class="actions">
                      <a class="button" href="/chat/${space.room}">${chatIcon}${t('chat')}</a>
                      <vv-call-button
                          .room=${space.room}
                          .fullName=${space.title}
                          .offer=${this.offer}
                      ></vv-call-button>
                  </div>`
                : nothing}`;
    }
}
define('vv-space-card', VvSpaceCard);
