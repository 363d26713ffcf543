// SPDX-License-Identifier: Apache-2.0
// A room in the list of rooms: a link with picture or sign, title, latest words, what is unread.
import { css, html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { peopleIcon } from './icons.ts';
import { spacesIcon } from './portal-icons.ts';
import './portrait.ts';
import type { PersonView } from './types.ts';

export interface RoomView {
    readonly id: string;
    readonly kind: 'direct' | 'team' | 'space';
    readonly title: string;
    readonly unread: number;
}

export class VvRoomRow extends VvElement {
    static override properties = {
        room: { attribute: false },
        peer: { attribute: false },
        line: {},
        when: {},
        chosen: { type: Boolean, reflect: true },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
            }
            a {
                display: flex;
                align-items: center;
                gap: 0.75rem;
                padding: 0.5rem 0.625rem;
                border-radius: var(--vv-radius-m);
                color: var(--vv-text);
                text-decoration: none;
            }
            a:hover {
                background: var(--vv-hover);
            }
            :host([chosen]) a {
                background: var(--vv-accent-soft);
            }
            .sign {
                display: grid;
                place-items: center;
                flex: none;
                width: 2.75rem;
                height: 2.75rem;
                border-radius: var(--vv-radius-m);
                background: var(--vv-sunken);
                color: var(--vv-muted);
            }
            .words {
                flex: 1;
                min-width: 0;
                display: grid;
                grid-template-columns: minmax(0, 1fr);
            }
            .top {
                display: flex;
                gap: var(--vv-gap-s);
                align-items: baseline;
            }
            .title,
            .line {
                overflow: hidden;
                white-space: nowrap;
                text-overflow: ellipsis;
            }
            .title {
                flex: 1;
                font-weight: 600;
            }
            .when {
                font-size: 0.75rem;
            }
            .bottom {
                display: flex;
                gap: var(--vv-gap-s);
                align-items: center;
                min-height: 1.25rem;
            }
            .line {
                flex: 1;
            }
            .unread .line {
                color: var(--vv-text);
                font-weight: 600;
            }
            .count {
                min-width: 1.25rem;
                padding: 0 0.375rem;
                border-radius: var(--vv-radius-full);
                background: var(--vv-accent);
                color: var(--vv-on-accent);
                font-size: 0.75rem;
                line-height: 1.25rem;
                text-align: center;
            }
        `,
    ];
    declare room: RoomView | undefined;
    declare peer: PersonView | undefined;
    /** The latest words. */
    declare line: string;
    declare when: string;
    declare chosen: boolean;

    constructor() {
        super();
        this.room = undefined;
        this.peer = undefined;
        this.line = '';
        this.when = '';
        this.chosen = false;
    }

    protected override render(): TemplateResult | typeof nothing {
        const { room, peer } = this;
        if (!room) {
            return nothing;
        }
        return html`<a
            href="/chat/${room.id}"
            class=${room.unread > 0 ? 'unread' : ''}
            aria-current=${this.chosen ? 'true' : nothing}
        >
            ${peer
                ? html`<vv-portrait .person=${peer}></vv-portrait>`
                : this.sign(room)}
            <span class="words">
                <span class="top"
                    ><span class="title" dir="auto">${peer?.fullName ?? room.title}</span
                    ><span class="when muted">${this.when}</span></span
                >
                <span class="bottom"
                    ><span class="line muted small" dir="auto">${this.line}</span>${room.unread > 0
                        ? html`<b class="count" aria-hidden="true"
                                  >${formatNumber(Math.min(room.unread, 999))}</b
                              ><span class="hidden-text"
                                  >${t('unread-messages', { count: room.unread })}</span
                              >`
                        : nothing}</span
                >
            </span>
        </a>`;
    }

    private sign(room: RoomView): TemplateResult {
        return html`<span class="sign" aria-hidden="true"
            >${room.kind === 'team' ? peopleIcon : spacesIcon}</span
        >`;
    }
}
define('vv-room-row', VvRoomRow);
