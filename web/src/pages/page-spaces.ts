// SPDX-License-Identifier: Apache-2.0
// The spaces of which one is a member, those one is invited to, and making one.
import { html, nothing, type TemplateResult } from 'lit';
import type { AnswerSpaces, ServerEvent, SpaceInfo } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { plusIcon } from '../ui/portal-icons.ts';
import '../ui/space.ts';
import { Page } from './page.ts';
import './space-dialog.ts';

export class VvPageSpaces extends Page {
    static override properties = { known: { state: true }, making: { state: true } };
    declare known: AnswerSpaces | undefined;
    declare making: boolean;

    constructor() {
        super();
        this.known = undefined;
        this.making = false;
    }

    override connectedCallback(): void {
        super.connectedCallback();
        void this.load();
    }

    protected override onEvent({ type }: ServerEvent): void {
        if (type === 'space.changed' || type === 'space.removed') {
            void this.load();
        }
    }

    protected override onFresh(): void {
        void this.load();
    }

    private load(): Promise<void> {
        return this.attempt(async () => {
            this.known = await this.talkApi.spaces();
        });
    }

    private act(space: SpaceInfo, act: 'join' | 'refuse'): Promise<void> {
        return this.attempt(async () => {
            await this.talkApi.membership(space.name, act);
            if (act === 'join') {
                this.go(`/spaces/${encodeURIComponent(space.name)}`);
            } else {
                await this.load();
                this.querySelector('h1')?.focus();
            }
        });
    }

    protected override render(): TemplateResult {
        return html`<div class="page-head">
                <h1 tabindex="-1">${t('spaces-title')}</h1>
                <button type="button" class="button" @click=${() => (this.making = true)}>
                    ${plusIcon}${t('space-new')}
                </button>
            </div>
            ${this.known
                ? this.lists(this.known)
                : html`<p class="empty">${t('loading')}</p>`}
            <vv-space-dialog
                ?open=${this.making}
                @vv-close=${() => (this.making = false)}
            ></vv-space-dialog>`;
    }

    private lists({ spaces, invitations }: AnswerSpaces): TemplateResult {
        const invited =
            invitations.length === 0
                ? nothing
                : html`<h2 class="section-title">${t('space-invitations')}</h2>
                      <ul class="plain space-list">
                          ${invitations.map((space) => this.card(space))}
                      </ul>
                      <h2 class="section-title">${t('spaces-mine')}</h2>`;
        const mine =
            spaces.length === 0
                ? html`<div class="empty">
                      <p>${t('spaces-none')}</p>
                      <p>
                          <button
                              type="button"
                              class="button primary"
                              @click=${() => (this.making = true)}
                          >
                              ${t('space-new')}
                          </button>
                      </p>
                  </div>`
                : html`<ul class="plain space-list">
                      ${spaces.map((space) => this.card(space))}
                  </ul>`;
        return html`${invited}${mine}`;
    }

    private card(space: SpaceInfo): TemplateResult {
        const named = { title: space.title };
        return html`<li class="card space-card">
            <h2>
                ${space.member
                    ? html`<vv-space .space=${space}></vv-space>`
                    : html`<span dir="auto">${space.title}</span>`}
            </h2>
            ${space.description ? html`<p dir="auto">${space.description}</p>` : nothing}
            <span class="muted small">${t('space-members', { count: space.members })}</span>
            ${space.member
                ? nothing
                : html`<div class="form-row">
                      <button
                          type="button"
                          class="button primary"
                          aria-label=${t('space-join-title', named)}
                          @click=${() => this.act(space, 'join')}
                      >
                          ${t('space-join')}
                      </button>
                      <button
                          type="button"
                          class="button"
                          aria-label=${t('space-refuse-title', named)}
                          @click=${() => this.act(space, 'refuse')}
                      >
                          ${t('space-refuse')}
                      </button>
                  </div>`}
        </li>`;
    }
}
define('vv-page-spaces', VvPageSpaces);
