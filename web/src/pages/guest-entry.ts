// SPDX-License-Identifier: Apache-2.0
// What a guest sees first: who invites, the name to be shown as, Ask to join.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import '../ui/avatar.ts';
import { VvLightElement } from '../ui/element.ts';
import '../ui/field.ts';
import type { VvField } from '../ui/field.ts';
import { entryBrand } from './parts.ts';
import { asProblem, formValues, problemText } from './shared.ts';

export interface GuestHost {
    readonly name: string;
    readonly fullName: string;
    readonly avatar: string;
}

export interface GuestView {
    readonly host: GuestHost;
    /** Who is signed in here, or empty. */
    readonly signedIn: string;
}

export interface GuestDoors {
    look(): Promise<GuestView>;
    enter(name: string): Promise<void>;
    call(host: GuestHost): void;
}

const NAME_MAX = 64;

export class VvGuestPage extends VvLightElement {
    static override properties = {
        view: { attribute: false },
        problem: {},
        busy: { type: Boolean },
        over: { type: Boolean },
    };
    /** `dead`: the link does not work, for whatever reason. */
    declare view: GuestView | 'loading' | 'dead';
    declare problem: string;
    declare busy: boolean;
    /** The tab comes from the call of this link. */
    declare over: boolean;
    private doors: GuestDoors | undefined;

    constructor() {
        super();
        this.view = 'loading';
        this.problem = '';
        this.busy = false;
        this.over = false;
    }

    open(doors: GuestDoors, over: boolean): void {
        this.doors = doors;
        this.over = over;
        doors.look().then(
            (view) => (this.view = view),
            (thrown: unknown) => this.refused(thrown),
        );
    }

    private refused(thrown: unknown): void {
        const problem = asProblem(thrown);
        if (problem.error === 'not-found') {
            this.view = 'dead';
            return;
        }
        this.problem = problemText(problem);
        this.view = this.view === 'loading' ? 'dead' : this.view;
    }

    protected override updated(): void {
        const view = this.view;
        if (typeof view === 'object') {
            document.title = t('guest-title', { name: view.host.fullName });
        }
    }

    private async onSubmit(event: SubmitEvent, host: GuestHost): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const name = formValues(form)('name').trim();
        const field = form.querySelector<VvField>('vv-field');
        if (name === '' && field) {
            field.error = t('guest-name-needed');
            field.focus();
            return;
        }
        this.busy = true;
        this.problem = '';
        try {
            await this.doors?.enter(name);
            this.doors?.call(host);
        } catch (thrown) {
            this.refused(thrown);
            this.busy = false;
        }
    }

    protected override render(): TemplateResult {
        const view = this.view;
        return html`<main class="entry">
            ${entryBrand()}
            <div class="card">
                ${view === 'loading'
                    ? html`<p class="muted" role="status">${t('loading')}</p>`
                    : view === 'dead'
                      ? this.dead()
                      : this.entry(view)}
            </div>
        </main>`;
    }

    private dead(): TemplateResult {
        const title = t(this.over ? 'guest-over-title' : 'guest-dead-title');
        return html`<h1 tabindex="-1">${title}</h1>
            <p class="muted" role="alert">${this.problem || t('guest-dead-text')}</p>`;
    }

    private entry({ host, signedIn }: GuestView): TemplateResult {
        const name = host.fullName;
        return html`<div class="guest-host">
                <vv-avatar decorative .name=${host.name} .fullName=${name}
                    .hash=${host.avatar}></vv-avatar>
                <h1 tabindex="-1" dir="auto">${t('guest-title', { name })}</h1>
            </div>
            ${signedIn
                ? html`<p class="muted">${t('guest-signed-in', { own: signedIn, name })}</p>
                      <a class="button primary" href="/people/${encodeURIComponent(host.name)}"
                          >${t('guest-open-portal')}</a
                      >`
                : this.form(host)}`;
    }

    private form(host: GuestHost): TemplateResult {
        return html`<p class="muted">${t('guest-text', { name: host.fullName })}</p>
            <form
                class="form"
                novalidate
                @submit=${(event: SubmitEvent) => this.onSubmit(event, host)}
            >
                ${this.problem
                    ? html`<p class="problem" role="alert">${this.problem}</p>`
                    : nothing}
                <vv-field
                    required
                    name="name"
                    complete="name"
                    .max=${NAME_MAX}
                    .label=${t('guest-own-name')}
                    .hint=${t('guest-own-name-hint')}
                ></vv-field>
                <button class="button primary" ?disabled=${this.busy}>${t('guest-ask')}</button>
                <p class="muted small">${t('guest-devices')}</p>
            </form>`;
    }
}
