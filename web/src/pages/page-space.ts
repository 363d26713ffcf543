// SPDX-License-Identifier: Apache-2.0
// A space: banner with its room and its people, and its own stream.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { AnswerSpace, ServerEvent, SpaceInfo } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { peopleIcon } from '../ui/icons.ts';
import { chatIcon, pencilIcon, spacesIcon } from '../ui/portal-icons.ts';
import './feed.ts';
import { notFound } from './not-found.ts';
import { Page } from './page.ts';
import { groupCallButton } from './room-title.ts';
import type { MeView } from './services.ts';
import { asProblem, problemText } from './shared.ts';
import './space-dialog.ts';
import './space-people.ts';

export class VvPageSpace extends Page {
    static override properties = {
        me: { attribute: false },
        name: {},
        known: { state: true },
        problem: { state: true },
        dialog: { state: true },
    };
    declare me: MeView | undefined;
    declare name: string;
    declare known: AnswerSpace | undefined;
    declare problem: string;
    declare dialog: '' | 'edit' | 'people';

    constructor() {
        super();
        this.me = undefined;
        this.name = '';
        this.known = undefined;
        this.problem = '';
        this.dialog = '';
    }

    protected override onEvent(event: ServerEvent): void {
        const changed = event.type === 'space.changed' && event.space.name === this.name;
        if (changed || (event.type === 'space.removed' && event.name === this.name)) {
            void this.load();
        }
    }

    protected override onFresh(): void {
        void this.load();
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('name')) {
            this.known = undefined;
            void this.load();
        }
    }

    private async load(): Promise<void> {
        const { name } = this;
        this.problem = '';
        try {
            const known = await this.talkApi.space(name);
            if (name === this.name) {
                this.known = known;
                document.title = `${known.space.title} – ${t('app-name')}`;
            }
        } catch (thrown) {
            const problem = asProblem(thrown);
            this.problem = problem.error === 'not-found' ? 'not-found' : problemText(problem);
        }
    }

    private act(space: SpaceInfo, act: 'join' | 'refuse' | 'leave'): Promise<void> {
        return this.attempt(async () => {
            await this.talkApi.membership(space.name, act);
            if (act === 'join') {
                await this.load();
            } else {
                this.go('/spaces');
            }
        });
    }

    protected override render(): TemplateResult {
        if (this.problem === 'not-found') {
            return notFound();
        }
        if (this.problem) {
            return html`<p class="problem" role="alert">${this.problem}</p>`;
        }
        const { known } = this;
        if (!known) {
            return html`<p class="empty">${t('loading')}</p>`;
        }
        const { space } = known;
        return html`${this.banner(space)}
            ${space.member
                ? html`<vv-feed
                      .space=${space.name}
                      ?administrator=${this.me?.administrator ?? false}
                  ></vv-feed>`
                : this.invitation(space)}
            <vv-space-dialog
                ?open=${this.dialog === 'edit'}
                .space=${space}
                @vv-changed=${(event: CustomEvent<{ answer: AnswerSpace }>) =>
                    (this.known = event.detail.answer)}
                @vv-close=${() => (this.dialog = '')}
            ></vv-space-dialog>
            <vv-space-people
                ?open=${this.dialog === 'people'}
                .known=${known}
                @vv-renew=${() => this.load()}
                @vv-leave=${() => this.act(space, 'leave')}
                @vv-close=${() => (this.dialog = '')}
            ></vv-space-people>`;
    }

    private banner(space: SpaceInfo): TemplateResult {
        const people = t('space-members', { count: space.members });
        return html`<div class="card space-banner">
            <span class="space-sign" aria-hidden="true">${spacesIcon}</span>
            <div class="space-words">
                <h1 tabindex="-1" dir="auto">${space.title}</h1>
                ${space.description
                    ? html`<p class="muted" dir="auto">${space.description}</p>`
                    : nothing}
            </div>
            ${space.member
                ? html`<div class="form-row">
                      <a class="button" href="/chat/${space.room}">${chatIcon}${t('chat')}</a>
                      <button
                          type="button"
                          class="button"
                          @click=${() => (this.dialog = 'people')}
                      >
                          ${peopleIcon}${people}
                      </button>
                      ${space.owner === this.self
                          ? html`<button
                                type="button"
                                class="button round"
                                title=${t('space-edit')}
                                aria-label=${t('space-edit')}
                                @click=${() => (this.dialog = 'edit')}
                            >
                                ${pencilIcon}
                            </button>`
                          : nothing}
                      ${groupCallButton(space.room, space.title, false)}
                  </div>`
                : nothing}
        </div>`;
    }

    private invitation(space: SpaceInfo): TemplateResult {
        return html`<div class="card empty">
            <p>${t('space-invited', { title: space.title })}</p>
            <div class="form-row centred">
                <button
                    type="button"
                    class="button primary"
                    @click=${() => this.act(space, 'join')}
                >
                    ${t('space-join')}
                </button>
                <button type="button" class="button" @click=${() => this.act(space, 'refuse')}>
                    ${t('space-refuse')}
                </button>
            </div>
        </div>`;
    }
}
define('vv-page-space', VvPageSpace);
