// SPDX-License-Identifier: Apache-2.0
// What a search in all one's rooms has found.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { HitInfo } from '../protocol/messages.ts';
import { formatAgo, t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { Page } from './page.ts';

export class VvChatSearch extends Page {
    static override properties = {
        query: {},
        hits: { state: true },
        next: { state: true },
        busy: { state: true },
    };
    declare query: string;
    declare hits: readonly HitInfo[];
    declare next: string;
    declare busy: boolean;

    constructor() {
        super();
        this.query = '';
        this.hits = [];
        this.next = '';
        this.busy = false;
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('query')) {
            void this.load('');
        }
    }

    private load(before: string): Promise<void> {
        const { query } = this;
        this.busy = true;
        return this.attempt(async () => {
            const { hits, next } = await this.talkApi.searchChat(query, '', before);
            if (query === this.query) {
                this.hits = before ? [...this.hits, ...hits] : hits;
                this.next = next;
            }
        }).finally(() => {
            this.busy = query !== this.query;
        });
    }

    protected override render(): TemplateResult {
        if (this.hits.length === 0) {
            const text = this.busy ? t('loading') : t('chat-search-none', { query: this.query });
            return html`<p class="empty" role="status">${text}</p>`;
        }
        return html`<ul class="plain" aria-label=${t('chat-search-found')}>
                ${this.hits.map((hit) => this.hit(hit))}
            </ul>
            ${this.next
                ? html`<button
                      type="button"
                      class="button quiet"
                      ?disabled=${this.busy}
                      @click=${() => this.load(this.next)}
                  >
                      ${t('more')}
                  </button>`
                : nothing}`;
    }

    private hit({ room, title, message }: HitInfo): TemplateResult {
        return html`<li>
            <a class="hit" href="/chat/${room}?at=${message.seq}">
                <span class="hit-head"
                    ><b dir="auto">${title}</b
                    ><span class="muted small">${formatAgo(message.at, Date.now())}</span></span
                >
                <span class="hit-text small" dir="auto"
                    >${t('chat-said', { name: message.author.fullName, text: message.text })}</span
                >
            </a>
        </li>`;
    }
}
define('vv-chat-search', VvChatSearch);
