// SPDX-License-Identifier: Apache-2.0
import { html, nothing, type TemplateResult } from 'lit';
import { deviceName } from '../text/device.ts';
import { formatMoment, t } from '../text/text.ts';
import '../ui/avatar.ts';
import { define } from '../ui/element.ts';
import '../ui/field.ts';
import { pictureIcon, trashIcon } from '../ui/icons.ts';
import './call-preferences.ts';
import './im-accounts.ts';
import { Page } from './page.ts';
import './push-settings.ts';
import './sound-settings.ts';
import { squarePicture } from './picture.ts';
import type { LoginView, MeView, ProfileView } from './services.ts';
import { formValues, problemText } from './shared.ts';

export class VvPageSettings extends Page {
    static override properties = { me: { attribute: false }, logins: { state: true } };
    declare me: MeView | undefined;
    declare logins: LoginView[];

    constructor() {
        super();
        this.me = undefined;
        this.logins = [];
    }

    protected override firstUpdated(): void {
        void this.attempt(() => this.loadLogins());
    }

    private async loadLogins(): Promise<void> {
        this.logins = await this.api.logins();
    }

    private changed(user: ProfileView): void {
        this.emit('vv-me', { user });
    }

    private onProfile(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const value = formValues(form);
        return this.attempt(
            async () => {
                this.changed(
                    await this.api.saveProfile({
                        fullName: value('fullName').trim(),
                        email: value('email').trim(),
                        position: value('position').trim(),
                        language: this.me?.settings.language ?? '',
                    }),
                );
                this.toast(t('saved'));
            },
            (problem) => this.showAtField(form, problem),
        );
    }

    private onPassword(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const value = formValues(form);
        return this.attempt(
            async () => {
                await this.api.savePassword(value('old'), value('new'));
                form.querySelectorAll('vv-field').forEach((field) => (field.value = ''));
                this.toast(t('settings-password-done'));
                await this.loadLogins();
            },
            (problem) => {
                const wrong = problem.error === 'wrong-login';
                const field = form.querySelectorAll('vv-field')[wrong ? 0 : 1];
                if (!field || (!wrong && problem.error !== 'invalid')) {
                    return false;
                }
                field.error = wrong
                    ? t('error-wrong-old-password')
                    : problemText({ error: 'invalid', field: 'password' });
                field.focus();
                return true;
            },
        );
    }

    private onPicture(event: Event): Promise<void> {
        const input = event.target as HTMLInputElement;
        const file = input.files?.[0];
        input.value = '';
        return this.attempt(async () => {
            const picture = file && (await squarePicture(file));
            if (picture) {
                this.changed(await this.api.saveAvatar(picture));
            } else if (file) {
                this.toast(t('settings-picture-bad'), 'problem');
            }
        });
    }

    private removePicture(): Promise<void> {
        return this.attempt(async () => this.changed(await this.api.removeAvatar()));
    }

    private endLogin(id: string): Promise<void> {
        return this.attempt(async () => {
            await this.api.endLogin(id);
            this.toast(t('settings-logins-ended'));
            await this.loadLogins();
        });
    }

    protected override render(): TemplateResult | typeof nothing {
        const user = this.me?.user;
        return user
            ? html`<div class="page-head"><h1 tabindex="-1">${t('settings-title')}</h1></div>
                  ${this.picture(user)} ${this.profile(user)}
                  <vv-im-accounts></vv-im-accounts>
                  ${this.password(user)}
                  ${this.setUp()}
                  <vv-call-preferences></vv-call-preferences>
                  <vv-push-settings></vv-push-settings>
                  <vv-sound-settings></vv-sound-settings>
                  ${this.loginList()}`
            : nothing;
    }

    private picture(user: ProfileView): TemplateResult {
        const choose = (): void => this.querySelector<HTMLElement>('input[type=file]')?.click();
        return html`<section class="card">
            <h2>${t('settings-picture')}</h2>
            <div class="form-row">
                <vv-avatar size="l" .name=${user.name} .fullName=${user.fullName}
                    .hash=${user.avatar}>
                </vv-avatar>
                <div class="form">
                    <p class="muted small">${t('settings-picture-hint')}</p>
                    <div class="form-row">
                        <input
                            type="file"
                            accept="image/*"
                            hidden
                            aria-label=${t('settings-picture-choose')}
                            @change=${(event: Event) => this.onPicture(event)}
                        />
                        <button type="button" class="button" @click=${choose}>
                            ${pictureIcon}${t('settings-picture-choose')}
                        </button>
                        ${user.avatar
                            ? html`<button
                                  type="button"
                                  class="button quiet danger"
                                  @click=${() => this.removePicture()}
                              >
                                  ${trashIcon}${t('settings-picture-remove')}
                              </button>`
                            : nothing}
                    </div>
                </div>
            </div>
        </section>`;
    }

    private profile(user: ProfileView): TemplateResult {
        const optional = (key: string): string => t('optional-label', { label: t(key) });
        return html`<section class="card">
            <h2>${t('settings-profile')}</h2>
            <form class="form" @submit=${(event: SubmitEvent) => this.onProfile(event)}>
                <vv-field
                    required
                    name="fullName"
                    complete="name"
                    .max=${128}
                    .label=${t('full-name')}
                    .value=${user.fullName}
                ></vv-field>
                <vv-field
                    name="position"
                    complete="organization-title"
                    .max=${128}
                    .label=${optional('position')}
                    .value=${user.position}
                ></vv-field>
                <vv-field
                    name="email"
                    type="email"
                    complete="email"
                    .label=${optional('e-mail')}
                    .value=${user.email}
                ></vv-field>
                <div class="form-row"><button class="button primary">${t('save')}</button></div>
            </form>
        </section>`;
    }

    private password(user: ProfileView): TemplateResult {
        return html`<section class="card">
            <h2>${t('settings-password')}</h2>
            <form class="form" @submit=${(event: SubmitEvent) => this.onPassword(event)}>
                <input type="hidden" name="name" autocomplete="username" .value=${user.name} />
                <vv-field
                    required
                    name="old"
                    type="password"
                    complete="current-password"
                    .label=${t('settings-password-old')}
                ></vv-field>
                <vv-field
                    required
                    name="new"
                    type="password"
                    complete="new-password"
                    .label=${t('settings-password-new')}
                    .hint=${t('password-hint')}
                ></vv-field>
                <div class="form-row">
                    <button class="button primary">${t('settings-password-change')}</button>
                </div>
            </form>
        </section>`;
    }

    private setUp(): TemplateResult {
        return html`<section class="card">
            <h2>${t('setup-title')}</h2>
            <p class="muted small">${t('setup-text')}</p>
            <button type="button" class="button" @click=${() => this.emit('vv-set-up')}>
                ${t('setup-open')}
            </button>
        </section>`;
    }

    private loginList(): TemplateResult {
        return html`<section class="card">
            <h2>${t('settings-logins')}</h2>
            <ul class="login-list">
                ${this.logins.map((login) => this.login(login))}
            </ul>
        </section>`;
    }

    private login(login: LoginView): TemplateResult {
        const { agent, address } = login;
        const device = deviceName(login.device);
        const when = formatMoment(login.seen);
        return html`<li class="login">
            <div class="small" title=${agent}>
                ${t('settings-logins-seen', { device, address, when })}
            </div>
            ${login.current
                ? html`<span class="muted small">${t('settings-logins-current')}</span>`
                : html`<button
                      type="button"
                      class="button"
                      title=${t('settings-logins-end-title', { device })}
                      @click=${() => this.endLogin(login.id)}
                  >
                      ${t('settings-logins-end')}
                  </button>`}
        </li>`;
    }
}
define('vv-page-settings', VvPageSettings);
