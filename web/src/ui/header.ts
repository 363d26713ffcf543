// SPDX-License-Identifier: Apache-2.0
// The head of every portal page. Events: vv-sign-out, vv-theme {theme}, vv-language {language}.
import { css, html, nothing, type TemplateResult } from 'lit';
import { LANGUAGES, t } from '../text/text.ts';
import './avatar.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { downIcon, peopleIcon, settingsIcon, signOutIcon } from './icons.ts';
import type { PersonView, Theme } from './types.ts';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

export class VvHeader extends VvElement {
    static override properties = {
        me: { attribute: false },
        page: {},
        theme: {},
        language: {},
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
                position: relative;
                z-index: 10;
                background: var(--vv-surface);
                border-bottom: 1px solid var(--vv-line);
            }
            .bar {
                display: flex;
                align-items: center;
                gap: var(--vv-gap-s);
                max-width: 60rem;
                min-height: 3.75rem;
                margin: 0 auto;
                padding: 0 var(--vv-gap-m);
            }
            .brand {
                display: flex;
                align-items: center;
                gap: 0.5rem;
                margin-right: var(--vv-gap-s);
                color: var(--vv-text);
                font-size: var(--vv-size-l);
                font-weight: 700;
                letter-spacing: -0.02em;
                text-decoration: none;
            }
            .brand img {
                width: 1.75rem;
                height: 1.75rem;
            }
            nav {
                display: flex;
                flex: 1;
                gap: 0.25rem;
            }
            .link {
                padding: 0 0.875rem;
                color: var(--vv-muted);
            }
            .link[aria-current] {
                background: var(--vv-accent-soft);
                color: var(--vv-accent);
            }
            .user {
                padding: 0 0.5rem 0 0.25rem;
                gap: 0.25rem;
            }
            .menu {
                position: fixed;
                inset: 4rem max(1rem, calc(50vw - 29rem)) auto auto;
                width: min(17rem, calc(100vw - 2rem));
                margin: 0;
                padding: var(--vv-gap-m);
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-m);
                background: var(--vv-raised);
                color: var(--vv-text);
                box-shadow: var(--vv-shadow-l);
            }
            .name {
                display: block;
                margin-bottom: var(--vv-gap-m);
                font-weight: 600;
                color: var(--vv-text);
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
            .leave {
                width: 100%;
            }
            @media (max-width: 40rem) {
                .brand span,
                .link span {
                    display: none;
                }
                .brand {
                    margin-right: 0;
                }
            }
        `,
    ];
    declare me: PersonView | undefined;
    declare page: string;
    declare theme: Theme;
    declare language: string;

    constructor() {
        super();
        this.me = undefined;
        this.page = '';
        this.theme = 'auto';
        this.language = '';
    }

    protected override render(): TemplateResult | typeof nothing {
        const me = this.me;
        if (!me) {
            return nothing;
        }
        return html`<div class="bar">
                <a class="brand" href="/people" aria-label=${t('app-name')}
                    ><img src="/icon.svg" alt="" /><span>${t('app-name')}</span></a
                >
                <nav aria-label=${t('menu')}>
                    ${this.link('people', '/people', peopleIcon)}
                    ${this.link('settings', '/settings', settingsIcon)}
                </nav>
                <button
                    type="button"
                    class="button quiet user"
                    popovertarget="menu"
                    title=${t('user-menu', { name: me.fullName })}
                    aria-label=${t('user-menu', { name: me.fullName })}
                >
                    <vv-avatar
                        decorative
                        size="s"
                        .name=${me.name}
                        .fullName=${me.fullName}
                        .hash=${me.avatar}
                    ></vv-avatar
                    >${downIcon}
                </button>
            </div>
            ${this.menu(me)}`;
    }

    private link(page: string, href: string, icon: TemplateResult): TemplateResult {
        return html`<a
            class="button quiet link"
            href=${href}
            title=${t(`menu-${page}`)}
            aria-label=${t(`menu-${page}`)}
            aria-current=${this.page === page ? 'page' : nothing}
            >${icon}<span>${t(`menu-${page}`)}</span></a
        >`;
    }

    private menu(me: PersonView): TemplateResult {
        const pick = (type: string, key: string) => (event: Event) =>
            this.emit(type, { [key]: (event.target as HTMLSelectElement).value });
        const languages = ['', ...LANGUAGES];
        const hide = (): void => this.shadowRoot?.getElementById('menu')?.hidePopover();
        return html`<div id="menu" class="menu" popover>
            <a
                class="name"
                href="/people/${encodeURIComponent(me.name)}"
                dir="auto"
                @click=${hide}
                >${me.fullName}</a
            >
            <label
                >${t('theme')}<select class="input" @change=${pick('vv-theme', 'theme')}>
                    ${THEMES.map(
                        (theme) =>
                            html`<option value=${theme} ?selected=${theme === this.theme}>
                                ${t(`theme-${theme}`)}
                            </option>`,
                    )}
                </select></label
            >
            <label
                >${t('language')}<select class="input" @change=${pick('vv-language', 'language')}>
                    ${languages.map(
                        (tag) =>
                            html`<option value=${tag} ?selected=${tag === this.language}>
                                ${t(`language-${tag || 'auto'}`)}
                            </option>`,
                    )}
                </select></label
            >
            <button type="button" class="button leave" @click=${() => this.emit('vv-sign-out')}>
                ${signOutIcon}${t('sign-out')}
            </button>
        </div>`;
    }
}
define('vv-header', VvHeader);
