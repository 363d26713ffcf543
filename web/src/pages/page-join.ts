// SPDX-License-Identifier: Apache-2.0
// From an invitation or a password link to a signed-in person.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import '../ui/field.ts';
import { entryBrand } from './parts.ts';
import { Page } from './page.ts';
import type { InvitationView } from './services.ts';
import { asProblem, formValues, problemText } from './shared.ts';

export class VvPageJoin extends Page {
    static override properties = {
        token: {},
        invitation: { state: true },
        problem: { state: true },
        busy: { state: true },
    };
    declare token: string;
    declare invitation: InvitationView | 'loading' | 'expired';
    declare problem: string;
    declare busy: boolean;

    constructor() {
        super();
        this.token = '';
        this.invitation = 'loading';
        this.problem = '';
        this.busy = false;
    }

    protected override firstUpdated(): void {
        void this.load();
    }

    private async load(): Promise<void> {
        try {
            this.invitation = await this.api.invitation(this.token);
        } catch (thrown) {
            const problem = asProblem(thrown);
            this.invitation = 'expired';
            this.problem = problem.error === 'not-found' ? '' : problemText(problem);
        }
    }

    private async onSubmit(event: SubmitEvent, reset: boolean): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const value = formValues(form);
        const password = value('password');
        this.busy = true;
        this.problem = '';
        try {
            const joined = reset
                ? this.api.resetPassword(this.token, password)
                : this.api.join(this.token, {
                      name: value('name').trim(),
                      fullName: value('fullName').trim(),
                      email: value('email').trim(),
                      password,
                  });
            this.signedIn(await joined);
        } catch (thrown) {
            const problem = asProblem(thrown);
            const field = problem.error === 'taken' ? 'name' : problem.field;
            if (!this.showAtField(form, { ...problem, field })) {
                this.problem = problemText(problem);
            }
        }
        this.busy = false;
    }

    protected override render(): TemplateResult {
        const invitation = this.invitation;
        return html`<div class="entry">
            ${entryBrand()}
            <div class="card">
                ${invitation === 'loading'
                    ? html`<p class="muted">${t('loading')}</p>`
                    : invitation === 'expired'
                      ? html`<h1 tabindex="-1">${t('join-expired-title')}</h1>
                            <p class="muted">${this.problem || t('join-expired-text')}</p>`
                      : this.form(invitation)}
            </div>
        </div>`;
    }

    private form(invitation: InvitationView): TemplateResult {
        const reset = invitation.kind === 'password';
        const text = reset
            ? t('reset-text', { name: invitation.name })
            : t(invitation.kind === 'member' ? 'join-text' : 'join-administrator-text');
        return html`<h1 tabindex="-1">${t(reset ? 'reset-title' : 'join-title')}</h1>
            <p class="muted">${text}</p>
            <form class="form" @submit=${(event: SubmitEvent) => this.onSubmit(event, reset)}>
                ${this.problem
                    ? html`<p class="problem" role="alert">${this.problem}</p>`
                    : nothing}
                ${reset
                    ? html`<input
                          type="hidden"
                          name="name"
                          autocomplete="username"
                          .value=${invitation.name}
                      />`
                    : this.person()}
                <vv-field
                    required
                    name="password"
                    type="password"
                    complete="new-password"
                    .label=${t('password')}
                    .hint=${t('password-hint')}
                ></vv-field>
                <button class="button primary" ?disabled=${this.busy}>
                    ${t(reset ? 'reset' : 'join')}
                </button>
            </form>`;
    }

    private person(): TemplateResult {
        return html`<vv-field
                required
                name="name"
                complete="username"
                .max=${32}
                .label=${t('user-name')}
                .hint=${t('user-name-hint')}
            ></vv-field>
            <vv-field required name="fullName" complete="name" .max=${128} .label=${t('full-name')}>
            </vv-field>
            <vv-field
                name="email"
                type="email"
                complete="email"
                .label=${t('optional-label', { label: t('e-mail') })}
            ></vv-field>`;
    }
}
define('vv-page-join', VvPageJoin);
