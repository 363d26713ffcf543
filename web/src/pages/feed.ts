// SPDX-License-Identifier: Apache-2.0
// The stream: where one writes, the activities, the newest first, further ones by pages. It
// follows the events; what an interruption has hidden is read again.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { timedId } from '../base/id.ts';
import {
    applyFeedEvent,
    emptyFeed,
    putFirst,
    putPage,
    removeActivity,
    type Feed,
} from '../model/feed.ts';
import type { ServerEvent } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import '../ui/composer.ts';
import type { VvComposer } from '../ui/composer.ts';
import { define } from '../ui/element.ts';
import './activity-card.ts';
import { Page } from './page.ts';
import { asProblem, problemText } from './shared.ts';

export class VvFeed extends Page {
    static override properties = {
        space: {},
        administrator: { type: Boolean },
        feed: { state: true },
        loaded: { state: true },
        busy: { state: true },
        problem: { state: true },
    };
    /** Of this space only; empty: for everybody and of all one's spaces. */
    declare space: string;
    declare administrator: boolean;
    declare feed: Feed;
    declare loaded: boolean;
    declare busy: boolean;
    declare problem: string;
    private asked = 0;
    /** The same for each try of a text, so that a repeated one makes no second activity. */
    private draft = { text: '', id: '' };

    constructor() {
        super();
        this.space = '';
        this.administrator = false;
        this.feed = emptyFeed;
        this.loaded = false;
        this.busy = false;
        this.problem = '';
    }

    protected override onEvent(event: ServerEvent): void {
        this.feed = applyFeedEvent(this.feed, event, this.space, this.self);
    }

    protected override onFresh(): void {
        void this.load();
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('space')) {
            this.feed = emptyFeed;
            this.loaded = false;
            void this.load();
        }
    }

    private async load(): Promise<void> {
        const turn = ++this.asked;
        this.problem = '';
        try {
            const { activities, next } = await this.talkApi.activities(this.space, '');
            if (turn === this.asked) {
                this.feed = { activities, next };
                this.loaded = true;
            }
        } catch (thrown) {
            if (turn === this.asked && !this.loaded) {
                this.problem = problemText(asProblem(thrown));
            }
        }
    }

    private more(): Promise<void> {
        const turn = this.asked;
        this.busy = true;
        return this.attempt(async () => {
            const { activities, next } = await this.talkApi.activities(this.space, this.feed.next);
            if (turn === this.asked) {
                this.feed = putPage(this.feed, activities, next);
            }
        }).finally(() => (this.busy = false));
    }

    private post(composer: VvComposer, text: string): Promise<void> {
        if (this.draft.text !== text) {
            this.draft = { text, id: timedId() };
        }
        this.busy = true;
        return this.attempt(
            async () => {
                const { activity } = await this.talkApi.post(this.draft.id, text, this.space);
                this.feed = putFirst(this.feed, activity);
                this.draft = { text: '', id: '' };
            },
            () => {
                composer.value = text; // What was written is not lost.
                return false;
            },
        ).finally(() => (this.busy = false));
    }

    private async take(id: string): Promise<void> {
        await this.attempt(async () => {
            await this.talkApi.removeActivity(id);
            this.feed = removeActivity(this.feed, id);
            this.toast(t('activity-deleted'));
        });
        this.querySelector('vv-composer')?.focus();
    }

    protected override render(): TemplateResult {
        const label = t(this.space ? 'feed-write-space' : 'feed-write');
        return html`<div class="card feed-compose">
                <vv-composer
                    .label=${label}
                    .action=${t('feed-post')}
                    ?busy=${this.busy}
                    @vv-send=${(event: CustomEvent<{ text: string }>) =>
                        this.post(event.target as VvComposer, event.detail.text)}
                ></vv-composer>
            </div>
            ${this.list()}`;
    }

    private list(): TemplateResult {
        if (this.problem) {
            return html`<div class="empty">
                <p class="problem" role="alert">${this.problem}</p>
                <p>
                    <button type="button" class="button" @click=${() => this.load()}>
                        ${t('try-again')}
                    </button>
                </p>
            </div>`;
        }
        if (!this.loaded) {
            return html`<p class="empty">${t('loading')}</p>`;
        }
        const { activities, next } = this.feed;
        if (activities.length === 0) {
            return html`<div class="empty">
                <p>${t(this.space ? 'feed-empty-space' : 'feed-empty')}</p>
                <p>
                    <button
                        type="button"
                        class="button"
                        @click=${() => this.querySelector('vv-composer')?.focus()}
                    >
                        ${t('feed-first')}
                    </button>
                </p>
            </div>`;
        }
        return html`<div class="feed" role="feed" aria-label=${t('feed')} aria-busy=${this.busy}>
                ${activities.map(
                    (activity) =>
                        html`<vv-activity
                            .activity=${activity}
                            ?within=${this.space !== ''}
                            ?administrator=${this.administrator}
                            @vv-remove=${() => this.take(activity.id)}
                        ></vv-activity>`,
                )}
            </div>
            ${next
                ? html`<button
                      type="button"
                      class="button feed-more"
                      ?disabled=${this.busy}
                      @click=${() => this.more()}
                  >
                      ${t('feed-more')}
                  </button>`
                : nothing}`;
    }
}
define('vv-feed', VvFeed);

declare global {
    interface HTMLElementTagNameMap {
        'vv-composer': VvComposer;
    }
}
