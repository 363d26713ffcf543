// SPDX-License-Identifier: Apache-2.0
// The person's own menu: status, appearance, language, settings, leaving. Events: vv-status
// {status}, vv-theme {theme}, vv-language {language}, vv-sign-out. What stands in its slot comes
// before the settings.
import { css, html, nothing, type TemplateResult } from 'lit';
import { LANGUAGES, t } from '../text/text.ts';
import { above } from './above.ts';
import './avatar.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { checkIcon, downIcon, settingsIcon, signOutIcon } from './icons.ts';
import { focusBack } from './keep-focus.ts';
import './status.ts';
import { OWN_STATUSES, type OwnStatus, type PersonView, type Theme } from './types.ts';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export class VvUserMenu extends VvElement {
    static override properties = {
        me: { attribute: false },
        status: {},
        theme: {},
        language: {},
    };
    static override styles = [
        controlStyles,
        css`
            .user {
                padding: 0 0.5rem 0 0.25rem;
                gap: 0.25rem;
            }
            .face {
                position: relative;
                display: flex;
            }
            .face vv-status {
                position: absolute;
                inset-block-end: -2px;
                inset-inline-end: -2px;
                padding: 2px;
                border-radius: 50%;
                background: var(--vv-surface);
                font-size: 0;
                gap: 0;
            }
            .menu {
                position: fixed;
                inset-block: 4rem auto;
                inset-inline: auto max(1rem, calc(50vw - var(--vv-wide) / 2 + 1rem));
                width: min(17rem, calc(100vw - 2rem));
                max-height: calc(100dvh - 5rem);
                margin: 0;
                padding: var(--vv-gap-m);
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-m);
                background: var(--vv-raised);
                color: var(--vv-text);
                box-shadow: var(--vv-shadow-l);
                overflow: auto;
            }
            .name {
                display: block;
                margin-bottom: var(--vv-gap-s);
                font-weight: 600;
                color: var(--vv-text);
            }
            .choices {
                display: grid;
                margin: 0 -0.5rem var(--vv-gap-s);
                padding: 0 0 var(--vv-gap-s);
                border: 0;
                border-block-end: 1px solid var(--vv-line);
            }
            .choice {
                justify-content: space-between;
                padding: 0 0.5rem;
                border-radius: var(--vv-radius-s);
                font-weight: 400;
            }
            .choice vv-status {
                color: var(--vv-text);
                font-size: var(--vv-size-m);
            }
            label {
                display: block;
                margin-bottom: 0.75rem;
                font-size: var(--vv-size-s);
                color: var(--vv-muted);
            }
            select {
                margin-top: 0.25rem;
                min-height: 2.5rem;
            }
            .foot {
                display: grid;
                gap: var(--vv-gap-s);
            }
        `,
    ];
    declare me: PersonView | undefined;
    declare status: OwnStatus;
    declare theme: Theme;
    declare language: string;

    constructor() {
        super();
        this.me = undefined;
        this.status = 'available';
        this.theme = 'auto';
        this.language = '';
    }

    private hide(): void {
        this.shadowRoot?.getElementById('menu')?.hidePopover();
    }

    protected override render(): TemplateResult | typeof nothing {
        const me = this.me;
        if (!me) {
            return nothing;
        }
        const label = t('user-menu', { name: me.fullName });
        return html`<button
                type="button"
                class="button quiet user"
                popovertarget="menu"
                title=${label}
                aria-label=${`${label}, ${t(`status-${this.status}`)}`}
            >
                <span class="face"
                    ><vv-avatar
                        decorative
                        size="s"
                        .name=${me.name}
                        .fullName=${me.fullName}
                        .hash=${me.avatar}
                    ></vv-avatar
                    ><vv-status aria-hidden="true" .status=${this.status}></vv-status></span
                >${downIcon}
            </button>
            <div
                id="menu"
                class="menu"
                popover
                @toggle=${() => above.raise()}
                @beforetoggle=${(event: Event) =>
                    focusBack(event, this.shadowRoot?.querySelector<HTMLElement>('.user'))}
            >
                ${this.menu(me)}
            </div>`;
    }

    private menu(me: PersonView): TemplateResult {
        return html`<a
                class="name"
                href="/people/${encodeURIComponent(me.name)}"
                dir="auto"
                @click=${() => this.hide()}
                >${me.fullName}</a
            >
            <div class="choices" role="group" aria-label=${t('status')}>
                ${OWN_STATUSES.map((status) => this.choice(status))}
            </div>
            ${this.select('theme', THEMES, this.theme, (one) => `theme-${one}`)}
            ${this.select(
                'language',
                ['', ...LANGUAGES],
                this.language,
                (one) => `language-${one || 'auto'}`,
            )}
            <div class="foot" @click=${() => this.hide()}>
                <slot></slot>
                <a class="button" href="/settings">${settingsIcon}${t('menu-settings')}</a>
                <button type="button" class="button" @click=${() => this.emit('vv-sign-out')}>
                    ${signOutIcon}${t('sign-out')}
                </button>
            </div>`;
    }

    private choice(status: OwnStatus): TemplateResult {
        const chosen = status === this.status;
        const choose = (): void => {
            this.emit('vv-status', { status });
            this.hide();
        };
        return html`<button
            type="button"
            class="button quiet choice"
            aria-pressed=${String(chosen)}
            title=${t(`status-${status}-hint`)}
            @click=${choose}
        >
            <vv-status .status=${status}></vv-status>${chosen ? checkIcon : nothing}
        </button>`;
    }

    private select(
        key: string,
        values: readonly string[],
        chosen: string,
        word: (value: string) => string,
    ): TemplateResult {
        const pick = (event: Event): void =>
            this.emit(`vv-${key}`, { [key]: (event.target as HTMLSelectElement).value });
        return html`<label
            >${t(key)}<select class="input" @change=${pick}>
                ${values.map(
                    (value) =>
                        html`<option value=${value} ?selected=${value === chosen}>
                            ${t(word(value))}
                        </option>`,
                )}
            </select></label
        >`;
    }
}
define('vv-user-menu', VvUserMenu);
