// SPDX-License-Identifier: Apache-2.0
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ServerEvent } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import '../ui/avatar.ts';
import '../ui/call-button.ts';
import { define } from '../ui/element.ts';
import { chatIcon } from '../ui/portal-icons.ts';
import '../ui/status.ts';
import { accountTitle } from './account-title.ts';
import { notFound } from './not-found.ts';
import { Page } from './page.ts';
import './person-acts.ts';
import type { AccountType, MeView, ProfileView } from './services.ts';
import { asProblem, problemText } from './shared.ts';

export class VvPageProfile extends Page {
    static override properties = {
        me: { attribute: false },
        name: {},
        profile: { state: true },
        types: { state: true },
        problem: { state: true },
    };
    declare me: MeView | undefined;
    declare name: string;
    declare profile: ProfileView | undefined;
    /** The kinds of accounts that connectors know now. */
    declare types: readonly AccountType[];
    declare problem: string;

    constructor() {
        super();
        this.me = undefined;
        this.name = '';
        this.profile = undefined;
        this.types = [];
        this.problem = '';
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('name')) {
            void this.load();
        }
    }

    protected override onEvent(event: ServerEvent): void {
        if (event.type === 'person.gone' && event.name === this.name) {
            void this.load(); // There is nobody of this name.
        }
    }

    /** What could not be had while the server was away. */
    protected override onFresh(): void {
        if (this.problem) {
            void this.load();
        }
    }

    private async load(): Promise<void> {
        const name = this.name;
        this.profile = undefined;
        this.problem = '';
        try {
            const profile = await this.api.profile(name);
            if (profile.imAccounts?.length) {
                this.types = (await this.api.accounts()).types;
            }
            if (name === this.name) {
                this.profile = profile;
                document.title = `${profile.fullName} – ${t('app-name')}`;
            }
        } catch (thrown) {
            const problem = asProblem(thrown);
            this.problem = problem.error === 'not-found' ? 'not-found' : problemText(problem);
        }
    }

    protected override render(): TemplateResult {
        if (this.problem === 'not-found') {
            return notFound();
        }
        if (this.problem) {
            return html`<p class="problem" role="alert">${this.problem}</p>`;
        }
        return this.profile
            ? this.card(this.live.latest(this.profile))
            : html`<p class="empty">${t('loading')}</p>`;
    }

    private card(person: ProfileView): TemplateResult {
        const self = person.name === this.self;
        return html`<article class="card profile">
            <vv-avatar size="l" .name=${person.name} .fullName=${person.fullName}
                .hash=${person.avatar}>
            </vv-avatar>
            <div class="profile-facts">
                <div class="profile-name">
                    <h1 tabindex="-1" dir="auto">${person.fullName}</h1>
                    ${self
                        ? html`<a class="button" href="/settings">${t('profile-edit')}</a>`
                        : html`<vv-call-button
                              .name=${person.name}
                              .fullName=${person.fullName}
                              .status=${person.status}
                              .reach=${person}
                              .offer=${this.live.callOffer(person.name)}
                          ></vv-call-button>
                          <button
                              type="button"
                              class="button"
                              title=${t('chat-with', { name: person.fullName })}
                              @click=${() => this.emit('vv-chat', { name: person.name })}
                          >
                              ${chatIcon}${t('chat')}
                          </button>`}
                </div>
                <vv-status .status=${person.status}></vv-status>
                <dl class="facts">
                    ${this.fact(t('position'), person.position)}
                    ${person.email
                        ? this.fact(
                              t('e-mail'),
                              html`<a href="mailto:${encodeURIComponent(person.email)}"
                                  >${person.email}</a
                              >`,
                          )
                        : nothing}
                    ${this.fact(t('user-name'), person.name)}
                    ${person.imAccounts?.map(({ type, value }) =>
                        this.fact(accountTitle(type, this.types), value),
                    )}
                </dl>
                ${self ? nothing : html`<vv-person-acts .person=${person}></vv-person-acts>`}
            </div>
        </article>`;
    }

    private fact(title: string, value: string | TemplateResult): TemplateResult | typeof nothing {
        return value === ''
            ? nothing
            : html`<dt>${title}</dt>
                  <dd dir="auto">${value}</dd>`;
    }
}
define('vv-page-profile', VvPageProfile);
