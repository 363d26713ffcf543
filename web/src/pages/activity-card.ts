// SPDX-License-Identifier: Apache-2.0
// One activity with its likes and comments. Event: vv-remove, once that was confirmed.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ActivityInfo } from '../protocol/messages.ts';
import { formatAgo, formatMoment, formatNumber, t } from '../text/text.ts';
import '../ui/confirm.ts';
import { controlStyles, define } from '../ui/element.ts';
import { trashIcon } from '../ui/icons.ts';
import '../ui/person.ts';
import { chatIcon, heartIcon } from '../ui/portal-icons.ts';
import '../ui/portrait.ts';
import '../ui/space.ts';
import '../ui/text-block.ts';
import './activity-comments.ts';
import { activityStyle } from './activity-style.ts';
import { Part } from './part.ts';

export class VvActivity extends Part {
    static override properties = {
        activity: { attribute: false },
        within: { type: Boolean },
        administrator: { type: Boolean },
        liked: { state: true },
        writing: { state: true },
        asking: { state: true },
    };
    static override styles = [controlStyles, activityStyle];
    declare activity: ActivityInfo | undefined;
    /** On the page of its space: that is not named again. */
    declare within: boolean;
    declare administrator: boolean;
    /** What was pressed and is not confirmed yet. */
    declare liked: boolean | undefined;
    declare writing: boolean;
    /** What is to be deleted: the activity's id or a comment's. */
    declare asking: string;

    constructor() {
        super();
        this.activity = undefined;
        this.within = false;
        this.administrator = false;
        this.liked = undefined;
        this.writing = false;
        this.asking = '';
    }

    override connectedCallback(): void {
        super.connectedCallback();
        this.setAttribute('role', 'article');
    }

    protected override willUpdate(changed: PropertyValues<this>): void {
        const before = changed.get('activity');
        if (before && before.id !== this.activity?.id) {
            this.writing = false;
            this.liked = undefined;
        }
        const { activity } = this;
        if (activity) {
            this.setAttribute('aria-label', t('activity-of', { name: activity.author.fullName }));
        }
    }

    private async like(activity: ActivityInfo): Promise<void> {
        const wanted = !(this.liked ?? activity.liked);
        this.liked = wanted;
        await this.attempt(() => this.talkApi.like(activity.id, wanted));
        this.liked = undefined;
    }

    private async write(): Promise<void> {
        this.writing = true;
        await this.updateComplete;
        this.shadowRoot?.querySelector<HTMLElement>('vv-comments')?.focus();
    }

    private take(activity: ActivityInfo): void {
        const id = this.asking;
        this.asking = '';
        if (id === activity.id) {
            this.emit('vv-remove');
        } else {
            void this.attempt(() => this.talkApi.removeComment(activity.id, id));
        }
    }

    protected override render(): TemplateResult | typeof nothing {
        const { activity } = this;
        if (!activity) {
            return nothing;
        }
        return html`<div class="card">
            ${this.head(activity)}
            <vv-text .text=${activity.text} .mentions=${activity.mentions}></vv-text>
            ${this.actions(activity)}
            <vv-comments
                .activity=${activity}
                ?writing=${this.writing}
                ?administrator=${this.administrator}
                @vv-delete=${(event: CustomEvent<{ id: string }>) =>
                    (this.asking = event.detail.id)}
            ></vv-comments>
            <vv-confirm
                ?open=${this.asking !== ''}
                .heading=${t(this.asking === activity.id ? 'activity-delete' : 'comment-delete')}
                .text=${t('delete-text')}
                .action=${t('delete')}
                @vv-confirm=${() => this.take(activity)}
                @vv-close=${() => (this.asking = '')}
            ></vv-confirm>
        </div>`;
    }

    private head({ author, at, space, id }: ActivityInfo): TemplateResult {
        const person = this.latest(author);
        return html`<div class="head">
            <vv-portrait link .person=${person}></vv-portrait>
            <div class="who">
                <vv-person class="name" .person=${person}></vv-person>
                <span class="muted small"
                    ><time datetime=${new Date(at * 1000).toISOString()} title=${formatMoment(at)}
                        >${formatAgo(at, Date.now())}</time
                    >${space && !this.within
                        ? html` · <vv-space .space=${space}></vv-space>`
                        : nothing}</span
                >
            </div>
            ${author.name === this.self || this.administrator
                ? html`<button
                      type="button"
                      class="button quiet round bin"
                      title=${t('activity-delete')}
                      aria-label=${t('activity-delete')}
                      @click=${() => (this.asking = id)}
                  >
                      ${trashIcon}
                  </button>`
                : nothing}
        </div>`;
    }

    private actions(activity: ActivityInfo): TemplateResult {
        const liked = this.liked ?? activity.liked;
        const likes = activity.likes + Number(liked) - Number(activity.liked);
        const label = t('activity-likes', { count: likes });
        return html`<div class="actions">
            <button
                type="button"
                class="button quiet like"
                aria-pressed=${String(liked)}
                aria-label=${`${t('activity-like')}, ${label}`}
                title=${label}
                @click=${() => this.like(activity)}
            >
                ${heartIcon}${likes > 0 ? formatNumber(likes) : t('activity-like')}
            </button>
            <button type="button" class="button quiet" @click=${() => this.write()}>
                ${chatIcon}${activity.comments > 0
                    ? t('activity-comments', { count: activity.comments })
                    : t('activity-comment')}
            </button>
        </div>`;
    }

}
define('vv-activity', VvActivity);
