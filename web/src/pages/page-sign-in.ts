// SPDX-License-Identifier: Apache-2.0
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import '../ui/field.ts';
import { entryBrand } from './parts.ts';
import { Page } from './page.ts';
import { asProblem, formValues, problemText } from './shared.ts';

export class VvPageSignIn extends Page {
    static override properties = { problem: { state: true }, busy: { state: true } };
    declare problem: string;
    declare busy: boolean;

    constructor() {
        super();
        this.problem = '';
        this.busy = false;
    }

    private async onSubmit(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const value = formValues(form);
        this.busy = true;
        this.problem = '';
        try {
            this.signedIn(await this.api.login(value('name').trim(), value('password')));
        } catch (thrown) {
            this.problem = problemText(asProblem(thrown));
            form.querySelector<HTMLElement>('vv-field[name=password]')?.focus();
        }
        this.busy = false;
    }

    protected override render(): TemplateResult {
        return html`<div class="entry">
            ${entryBrand()}
            <div class="card">
                <h1 tabindex="-1">${t('sign-in-title')}</h1>
                <p class="muted">${t('sign-in-text')}</p>
                <form class="form" @submit=${(event: SubmitEvent) => this.onSubmit(event)}>
                    ${this.problem
                        ? html`<p class="problem" role="alert">${this.problem}</p>`
                        : nothing}
                    <vv-field required name="name" complete="username" .label=${t('user-name')}>
                    </vv-field>
                    <vv-field
                        required
                        name="password"
                        type="password"
                        complete="current-password"
                        .label=${t('password')}
                    ></vv-field>
                    <button class="button primary" ?disabled=${this.busy}>${t('sign-in')}</button>
                </form>
            </div>
        </div>`;
    }
}
define('vv-page-sign-in', VvPageSignIn);
