// SPDX-License-Identifier: Apache-2.0
// The comments of an activity: the latest ones, all of them by pages, and writing one. Event:
// vv-delete {id}.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { timedId } from '../base/id.ts';
import type { ActivityInfo, CommentInfo, ServerEvent } from '../protocol/messages.ts';
import { formatAgo, formatMoment, t } from '../text/text.ts';
import '../ui/composer.ts';
import type { VvComposer } from '../ui/composer.ts';
import { controlStyles, define } from '../ui/element.ts';
import { trashIcon } from '../ui/icons.ts';
import '../ui/person.ts';
import '../ui/portrait.ts';
import '../ui/text-block.ts';
import { activityStyle } from './activity-style.ts';
import { Part } from './part.ts';

const COMMENT_BYTES = 2000;

export class VvComments extends Part {
    static override properties = {
        activity: { attribute: false },
        writing: { type: Boolean },
        administrator: { type: Boolean },
        all: { state: true },
        busy: { state: true },
    };
    static override styles = [controlStyles, activityStyle];
    declare activity: ActivityInfo | undefined;
    declare writing: boolean;
    declare administrator: boolean;
    /** All comments so far and where more begin, once they were asked for. */
    declare all: { comments: readonly CommentInfo[]; next: string } | undefined;
    declare busy: boolean;
    /** The same for each try of a text, so that a repeated one makes no second comment. */
    private draft = { text: '', id: '' };

    constructor() {
        super();
        this.activity = undefined;
        this.writing = false;
        this.administrator = false;
        this.all = undefined;
        this.busy = false;
    }

    override focus(): void {
        void this.updateComplete.then(() => this.composer?.focus());
    }

    private get composer(): VvComposer | null {
        return this.shadowRoot?.querySelector<VvComposer>('vv-composer') ?? null;
    }

    protected override willUpdate(changed: PropertyValues<this>): void {
        const before = changed.get('activity');
        if (before && before.id !== this.activity?.id) {
            this.all = undefined;
        }
    }

    /** The comments beyond the latest ones are this element's own to keep. */
    protected override onEvent(event: ServerEvent): void {
        if (!this.all) {
            return;
        }
        const { comments, next } = this.all;
        if (event.type === 'activity.commented' && event.comment.activity === this.activity?.id) {
            const others = comments.filter(({ id }) => id !== event.comment.id);
            this.all = next ? this.all : { comments: [...others, event.comment], next };
        } else if (event.type === 'person.gone' && event.erased) {
            this.all = undefined;
        } else if (event.type === 'activity.uncommented') {
            this.all = { comments: comments.filter(({ id }) => id !== event.comment), next };
        }
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
            this.draft = { text, id: timedId() };
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

    protected override render(): TemplateResult | typeof nothing {
        const { activity } = this;
        if (!activity) {
            return nothing;
        }
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
            <vv-portrait link size="s" .person=${author}></vv-portrait>
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
            ${comment.author.name === this.self || this.administrator
                ? html`<button
                      type="button"
                      class="button quiet round bin"
                      title=${t('comment-delete')}
                      aria-label=${t('comment-delete')}
                      @click=${() => this.emit('vv-delete', { id: comment.id })}
                  >
                      ${trashIcon}
                  </button>`
                : nothing}
        </li>`;
    }
}
define('vv-comments', VvComments);
