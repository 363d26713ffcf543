// SPDX-License-Identifier: Apache-2.0
// One activity with its likes and comments. Event: vv-remove, once that was confirmed.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { randomId } from '../base/id.ts';
import type { ActivityInfo, CommentInfo, ServerEvent } from '../protocol/messages.ts';
import { formatAgo, formatMoment, formatNumber, t } from '../text/text.ts';
import '../ui/avatar.ts';
import '../ui/composer.ts';
import type { VvComposer } from '../ui/composer.ts';
import '../ui/confirm.ts';
import { controlStyles, define } from '../ui/element.ts';
import { trashIcon } from '../ui/icons.ts';
import '../ui/person.ts';
import { chatIcon, heartIcon } from '../ui/portal-icons.ts';
import '../ui/text-block.ts';
import { activityStyle } from './activity-style.ts';
import { Part } from './part.ts';

const COMMENT_BYTES = 2000;

export class VvActivity extends Part {
    static override properties = {
        activity: { attribute: false },
        within: { type: Boolean },
        administrator: { type: Boolean },
        liked: { state: true },
        all: { state: true },
        writing: { state: true },
        busy: { state: true },
        asking: { state: true },
    };
    static override styles = [controlStyles, activityStyle];
    declare activity: ActivityInfo | undefined;
    /** On the page of its space: that is not named again. */
    declare within: boolean;
    declare administrator: boolean;
    /** What was pressed and is not confirmed yet. */
    declare liked: boolean | undefined;
    /** All comments so far and where more begin, once they were asked for. */
    declare all: { comments: readonly CommentInfo[]; next: string } | undefined;
    declare writing: boolean;
    declare busy: boolean;
    /** What is to be deleted: the activity's id or a comment's. */
    declare asking: string;
    private stopEvents: (() => void) | undefined;
    private draft = { text: '', id: '' };

    constructor() {
        super();
        this.activity = undefined;
        this.within = false;
        this.administrator = false;
        this.liked = undefined;
        this.all = undefined;
        this.writing = false;
        this.busy = false;
        this.asking = '';
    }

    override connectedCallback(): void {
        super.connectedCallback();
        this.setAttribute('role', 'article');
        this.stopEvents = this.live.onEvent((event) => this.follow(event));
    }

    override disconnectedCallback(): void {
        this.stopEvents?.();
        super.disconnectedCallback();
    }

    protected override willUpdate(changed: PropertyValues<this>): void {
        const before = changed.get('activity');
        if (before && before.id !== this.activity?.id) {
            this.all = undefined;
            this.writing = false;
            this.liked = undefined;
        }
        const { activity } = this;
        if (activity) {
            this.setAttribute('aria-label', t('activity-of', { name: activity.author.fullName }));
        }
    }

    /** The comments beyond the latest ones are this card's own to keep. */
    private follow(event: ServerEvent): void {
        if (!this.all) {
            return;
        }
        const { comments, next } = this.all;
        if (event.type === 'activity.commented' && event.comment.activity === this.activity?.id) {
            const others = comments.filter(({ id }) => id !== event.comment.id);
            this.all = next ? this.all : { comments: [...others, event.comment], next };
        } else if (event.type === 'activity.uncommented') {
            this.all = { comments: comments.filter(({ id }) => id !== event.comment), next };
        }
    }

    private async like(activity: ActivityInfo): Promise<void> {
        const wanted = !(this.liked ?? activity.liked);
        this.liked = wanted;
        await this.attempt(() => this.talkApi.like(activity.id, wanted));
        this.liked = undefined;
    }

    private showAll(activity: ActivityInfo): Promise<void> {
        return this.attempt(async () => {
            const answer = await this.talkApi.comments(activity.id, this.all?.next ?? '');
            const before = this.all?.comments ?? [];
            this.all = { comments: [...before, ...answer.comments], next: answer.next };
        });
    }

    private send(activity: ActivityInfo, composer: VvComposer, text: string): Promise<void> {
        if (this.draft.text !== text) {
            this.draft = { text, id: randomId() };
        }
        this.busy = true;
        return this.attempt(
            async () => {
                const comment = await this.talkApi.comment(activity.id, this.draft.id, text);
                this.draft = { text: '', id: '' };
                if (this.all && !this.all.comments.some(({ id }) => id === comment.id)) {
                    this.all = { ...this.all, comments: [...this.all.comments, comment] };
                }
            },
            () => {
                composer.value = text;
                return false;
            },
        ).finally(() => (this.busy = false));
    }

    private async write(): Promise<void> {
        this.writing = true;
        await this.updateComplete;
        this.shadowRoot?.querySelector<VvComposer>('vv-composer')?.focus();
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
            ${this.actions(activity)} ${this.comments(activity)}
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
            <vv-person quiet .person=${person}
                ><vv-avatar
                    decorative
                    .name=${person.name}
                    .fullName=${person.fullName}
                    .hash=${person.avatar}
                ></vv-avatar
            ></vv-person>
            <div class="who">
                <vv-person class="name" .person=${person}></vv-person>
                <span class="muted small"
                    ><time datetime=${new Date(at * 1000).toISOString()} title=${formatMoment(at)}
                        >${formatAgo(at, Date.now())}</time
                    >${space && !this.within
                        ? html` · <a href="/spaces/${encodeURIComponent(space.name)}" dir="auto"
                                  >${space.title}</a
                              >`
                        : nothing}</span
                >
            </div>
            ${this.bin(author.name, id, 'activity-delete')}
        </div>`;
    }

    private bin(author: string, id: string, key: string): TemplateResult | typeof nothing {
        return author === this.self || this.administrator
            ? html`<button
                  type="button"
                  class="button quiet round bin"
                  title=${t(key)}
                  aria-label=${t(key)}
                  @click=${() => (this.asking = id)}
              >
                  ${trashIcon}
              </button>`
            : nothing;
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

    private comments(activity: ActivityInfo): TemplateResult {
        const shown = this.all?.comments ?? activity.latest;
        const hidden = activity.comments - shown.length;
        return html`${hidden > 0
                ? html`<button
                      type="button"
                      class="button quiet all"
                      @click=${() => this.showAll(activity)}
                  >
                      ${t(this.all ? 'comments-more' : 'comments-all', { count: hidden })}
                  </button>`
                : nothing}
            ${shown.length > 0
                ? html`<ul aria-label=${t('activity-comments', { count: activity.comments })}>
                      ${shown.map((comment) => this.comment(comment))}
                  </ul>`
                : nothing}
            ${this.writing || activity.comments > 0
                ? html`<vv-composer
                      compact
                      .label=${t('comment-write')}
                      .action=${t('send')}
                      .maxBytes=${COMMENT_BYTES}
                      ?busy=${this.busy}
                      @vv-send=${(event: CustomEvent<{ text: string }>) =>
                          this.send(activity, event.target as VvComposer, event.detail.text)}
                  ></vv-composer>`
                : nothing}`;
    }

    private comment(comment: CommentInfo): TemplateResult {
        const author = this.latest(comment.author);
        return html`<li>
            <vv-person quiet .person=${author}
                ><vv-avatar
                    decorative
                    size="s"
                    .name=${author.name}
                    .fullName=${author.fullName}
                    .hash=${author.avatar}
                ></vv-avatar
            ></vv-person>
            <div class="words">
                <vv-person class="name" .person=${author}></vv-person>
                <time
                    class="muted small"
                    datetime=${new Date(comment.at * 1000).toISOString()}
                    title=${formatMoment(comment.at)}
                    >${formatAgo(comment.at, Date.now())}</time
                >
                <vv-text .text=${comment.text} .mentions=${comment.mentions}></vv-text>
            </div>
            ${this.bin(comment.author.name, comment.id, 'comment-delete')}
        </li>`;
    }
}
define('vv-activity', VvActivity);
