// SPDX-License-Identifier: Apache-2.0
// The mini chat windows at the bottom of every page.
import { css, html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t } from '../text/text.ts';
import { controlStyles, define } from '../ui/element.ts';
import { closeIcon, downIcon } from '../ui/icons.ts';
import { openIcon } from '../ui/portal-icons.ts';
import '../ui/status.ts';
import './conversation.ts';
import type { Mini } from './mini-windows.ts';
import { Part } from './part.ts';
import { roomCallButton, roomTitle } from './room-title.ts';
import { services } from './services.ts';

export class VvMiniDock extends Part {
    static override properties = { except: {} };
    static override styles = [
        controlStyles,
        css`
            :host {
                position: fixed;
                z-index: 15;
                inset-block-end: 0;
                inset-inline-end: var(--vv-gap-m);
                display: flex;
                flex-direction: row-reverse;
                align-items: flex-end;
                gap: var(--vv-gap-s);
                max-width: calc(100vw - 2 * var(--vv-gap-m));
                pointer-events: none;
            }
            section {
                pointer-events: auto;
                display: flex;
                flex-direction: column;
                width: 20rem;
                min-width: 0;
                border: 1px solid var(--vv-line);
                border-block-end: 0;
                border-start-start-radius: var(--vv-radius-m);
                border-start-end-radius: var(--vv-radius-m);
                background: var(--vv-surface);
                box-shadow: var(--vv-shadow-l);
            }
            .whole {
                height: min(26rem, calc(100dvh - 6rem));
            }
            .small-window {
                width: 17.5rem;
            }
            header {
                --vv-control: 2.25rem;
                display: flex;
                align-items: center;
                gap: 0.125rem;
                padding: 0.25rem 0.375rem 0.25rem 0.25rem;
                border-block-end: 1px solid var(--vv-line);
            }
            h2 {
                flex: 1;
                min-width: 0;
                margin: 0;
                font-size: var(--vv-size-m);
            }
            .bar {
                display: flex;
                align-items: center;
                gap: var(--vv-gap-s);
                width: 100%;
                min-height: 2.25rem;
                padding: 0 0.5rem;
                border: 0;
                border-radius: var(--vv-radius-s);
                background: none;
                font-weight: 600;
                text-align: start;
                cursor: pointer;
            }
            .title {
                overflow: hidden;
                white-space: nowrap;
                text-overflow: ellipsis;
            }
            vv-status {
                flex: none;
                gap: 0;
                font-size: 0;
            }
            .count {
                padding: 0 0.375rem;
                border-radius: var(--vv-radius-full);
                background: var(--vv-accent);
                color: var(--vv-on-accent);
                font-size: 0.75rem;
                line-height: 1.25rem;
            }
            @media (max-width: 48rem) {
                :host {
                    display: none;
                }
            }
        `,
    ];
    /** The room that the page shows itself. */
    declare except: string;
    private readonly stop: (() => void)[] = [];

    constructor() {
        super();
        this.except = '';
    }

    override connectedCallback(): void {
        super.connectedCallback();
        this.stop.push(services.get().minis.onChange(() => this.requestUpdate()));
    }

    override disconnectedCallback(): void {
        this.stop.splice(0).forEach((stop) => stop());
        super.disconnectedCallback();
    }

    protected override firstUpdated(): void {
        for (const { room } of services.get().minis.open) {
            void this.chat.open(room).catch(() => services.get().minis.close(room));
        }
    }

    protected override updated(): void {
        const room = services.get().minis.takeFresh();
        const talks = this.shadowRoot?.querySelectorAll('vv-conversation') ?? [];
        const talk = [...talks].find((one) => one.room === room);
        void talk?.updateComplete.then(() => talk.focus());
    }

    protected override render(): TemplateResult {
        const shown = services.get().minis.open.filter(({ room }) => room !== this.except);
        return html`${shown.map((mini) => this.window(mini))}`;
    }

    private window(mini: Mini): TemplateResult {
        const { minis } = services.get();
        const room = this.chat.room(mini.room);
        const title = roomTitle(room) || t('loading');
        const peer = room?.peer && this.latest(room.peer);
        const press = (key: string, icon: TemplateResult, act: () => void): TemplateResult =>
            html`<button
                type="button"
                class="button quiet round"
                title=${t(key)}
                aria-label=${t(`${key}-of`, { title })}
                @click=${act}
            >
                ${icon}
            </button>`;
        return html`<section
            class=${mini.small ? 'small-window' : 'whole'}
            aria-label=${t('chat-with', { name: title })}
            @keydown=${(event: KeyboardEvent) =>
                event.key === 'Escape' && minis.resize(mini.room, true)}
        >
            <header>
                <h2>
                    <button
                        type="button"
                        class="bar"
                        aria-expanded=${String(!mini.small)}
                        @click=${() => minis.resize(mini.room, !mini.small)}
                    >
                        ${peer ? html`<vv-status .status=${peer.status}></vv-status>` : nothing}
                        <span class="title" dir="auto">${title}</span>
                        ${mini.small && room && room.unread > 0
                            ? html`<b class="count">${formatNumber(room.unread)}</b>`
                            : nothing}
                    </button>
                </h2>
                ${roomCallButton(room, true)}
                ${mini.small
                    ? nothing
                    : press('mini-fold', downIcon, () => minis.resize(mini.room, true))}
                ${press('mini-open', openIcon, () => {
                    minis.close(mini.room);
                    this.go(`/chat/${mini.room}`);
                })}
                ${press('mini-close', closeIcon, () => minis.close(mini.room))}
            </header>
            ${mini.small
                ? nothing
                : html`<vv-conversation compact .room=${mini.room}></vv-conversation>`}
        </section>`;
    }
}
define('vv-mini-dock', VvMiniDock);
