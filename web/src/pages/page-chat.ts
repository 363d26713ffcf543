// SPDX-License-Identifier: Apache-2.0
// All one's rooms, and the talk of the one that is chosen; on a narrow screen one of both.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { RoomInfo } from '../protocol/messages.ts';
import { formatNumber, formatShort, t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { peopleIcon } from '../ui/icons.ts';
import '../ui/person.ts';
import { backIcon, plusIcon } from '../ui/portal-icons.ts';
import '../ui/room-row.ts';
import '../ui/search.ts';
import '../ui/space.ts';
import '../ui/status.ts';
import './chat-search.ts';
import './conversation.ts';
import { Page } from './page.ts';
import './room-dialog.ts';
import { lineOf, roomCallButton, roomTitle } from './room-title.ts';
import './team-dialog.ts';

export class VvPageChat extends Page {
    static override properties = {
        room: {},
        visit: { attribute: false },
        at: { state: true },
        query: { state: true },
        dialog: { state: true },
    };
    /** The chosen one; empty: none. */
    declare room: string;
    /** Another one for each time that somebody comes here. */
    declare visit: unknown;
    /** Which message of the room the address names; undefined: the latest. */
    declare at: { seq: number } | undefined;
    declare query: string;
    declare dialog: '' | 'team' | 'room';

    constructor() {
        super();
        this.room = '';
        this.visit = undefined;
        this.at = undefined;
        this.query = '';
        this.dialog = '';
    }

    protected override willUpdate(changed: PropertyValues<this>): void {
        if (changed.has('visit')) {
            const seq = Number(new URLSearchParams(location.search).get('at'));
            this.at = seq > 0 ? { seq } : undefined;
        }
    }

    protected override updated(changed: PropertyValues<this>): void {
        const before = changed.get('room');
        if (!changed.has('room') || before === undefined) {
            return;
        }
        this.dialog = '';
        if (this.room) {
            // From one room into another: writing goes on there.
            const talk = this.querySelector('vv-conversation');
            void talk?.updateComplete.then(() => talk.focus());
        } else {
            this.querySelector('h1')?.focus();
        }
    }

    protected override render(): TemplateResult {
        return html`<div class="chat" ?data-room=${this.room !== ''}>
            <section class="chat-list" aria-label=${t('chat-rooms')}>
                <div class="chat-head">
                    <h1 tabindex="-1">${t('chat-title')}</h1>
                    <button
                        type="button"
                        class="button round"
                        title=${t('team-new')}
                        aria-label=${t('team-new')}
                        @click=${() => (this.dialog = 'team')}
                    >
                        ${plusIcon}
                    </button>
                </div>
                <vv-search
                    .label=${t('chat-search')}
                    @vv-search=${(event: CustomEvent<{ query: string }>) =>
                        (this.query = event.detail.query)}
                ></vv-search>
                <div class="chat-rooms">
                    ${this.query
                        ? html`<vv-chat-search .query=${this.query}></vv-chat-search>`
                        : this.rooms()}
                </div>
            </section>
            <section class="chat-room" aria-label=${t('chat-room')}>${this.talk()}</section>
            <vv-team-dialog
                ?open=${this.dialog === 'team'}
                @vv-close=${() => (this.dialog = '')}
                @vv-made=${(event: CustomEvent<{ room: string }>) => {
                    this.dialog = '';
                    this.go(`/chat/${event.detail.room}`);
                }}
            ></vv-team-dialog>
            <vv-room-dialog
                ?open=${this.dialog === 'room'}
                .room=${this.room}
                @vv-close=${() => (this.dialog = '')}
            ></vv-room-dialog>
        </div>`;
    }

    private rooms(): TemplateResult {
        const { rooms } = this.chat;
        if (!rooms) {
            return html`<p class="empty">${t('loading')}</p>`;
        }
        if (rooms.length === 0) {
            return html`<div class="empty">
                <p>${t('chat-no-rooms')}</p>
                <p><a class="button primary" href="/people">${t('chat-find-people')}</a></p>
            </div>`;
        }
        const now = Date.now();
        return html`<ul class="plain">
            ${rooms.map(
                (room) =>
                    html`<li>
                        <vv-room-row
                            .room=${room}
                            .peer=${room.peer && this.latest(room.peer)}
                            .line=${lineOf(room.last, this.self)}
                            .when=${room.last ? formatShort(room.last.at, now) : ''}
                            ?chosen=${room.id === this.room}
                        ></vv-room-row>
                    </li>`,
            )}
        </ul>`;
    }

    private talk(): TemplateResult {
        if (!this.room) {
            return html`<div class="empty chat-none"><p>${t('chat-choose')}</p></div>`;
        }
        return html`${this.head(this.chat.room(this.room))}
            <vv-conversation .room=${this.room} .at=${this.at}></vv-conversation>`;
    }

    private head(room: RoomInfo | undefined): TemplateResult {
        const peer = room?.peer && this.latest(room.peer);
        const count = room?.members ?? 0;
        return html`<header class="chat-head room-head">
            <a
                class="button quiet round chat-back"
                href="/chat"
                title=${t('chat-back')}
                aria-label=${t('chat-back')}
                >${backIcon}</a
            >
            <div class="room-who">
                <h2 dir="auto">
                    ${peer
                        ? html`<vv-person .person=${peer}></vv-person>`
                        : room?.kind === 'space'
                          ? html`<vv-space
                                .space=${{ name: room.space, title: room.title }}
                            ></vv-space>`
                          : roomTitle(room)}
                </h2>
                ${peer
                    ? html`<vv-status .status=${peer.status}></vv-status>`
                    : nothing}
            </div>
            ${room && !peer
                ? html`<button
                      type="button"
                      class="button"
                      title=${t('room-people', { count })}
                      aria-label=${t('room-people', { count })}
                      @click=${() => (this.dialog = 'room')}
                  >
                      ${peopleIcon}${formatNumber(count)}
                  </button>`
                : nothing}
            ${roomCallButton(room, false)}
        </header>`;
    }
}
define('vv-page-chat', VvPageChat);
