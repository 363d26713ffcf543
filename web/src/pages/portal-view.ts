// SPDX-License-Identifier: Apache-2.0
// What the frame shows around the pages.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import '../ui/header.ts';
import type { OwnStatus, Theme } from '../ui/types.ts';
import '../ui/user-menu.ts';
import { offlineBanner } from './parts.ts';
import { services, type MeView, type Ringing } from './services.ts';

export interface HeaderActions {
    signOut(): void;
    theme(theme: Theme): void;
    language(language: string): void;
    status(status: OwnStatus): void;
    skip(event: Event): void;
}

export function portalHeader(me: MeView, page: string, actions: HeaderActions): TemplateResult {
    const { live, chat, calls, preferences } = services.get();
    const on = <D>(act: (detail: D) => void) => (event: CustomEvent<D>) => act(event.detail);
    return html`<header>
        <a class="button skip" href="#main" @click=${actions.skip}>${t('skip-to-content')}</a>
        <vv-header .page=${page} .unread=${chat.unread} .missed=${calls.missed}
            ><vv-user-menu
                .me=${live.latest(me.user)}
                .status=${live.status}
                .theme=${preferences.theme}
                .language=${me.settings.language}
                @vv-sign-out=${() => actions.signOut()}
                @vv-theme=${on<{ theme: Theme }>(({ theme }) => actions.theme(theme))}
                @vv-language=${on<{ language: string }>((one) => actions.language(one.language))}
                @vv-status=${on<{ status: OwnStatus }>(({ status }) => actions.status(status))}
                >${me.administrator
                    ? html`<a class="button" href="/admin">${t('menu-admin')}</a>`
                    : nothing}</vv-user-menu
            ></vv-header
        >${live.connected ? nothing : offlineBanner()}
    </header>`;
}

export function popupBlocked(
    name: string,
    reference: string,
    close: () => void,
): TemplateResult {
    void import('../ui/call-message.ts'); // Few people ever see it.
    return html`<vv-call-message
        what="popup"
        .reference=${reference}
        .actions=${['here', 'close']}
        @vv-here=${() => services.get().live.callHere(name)}
        @vv-close=${close}
    ></vv-call-message>`;
}

export function ringingCard(
    { id, caller, here, waiting }: Ringing,
    decline: (text: string) => void,
): TemplateResult {
    const { live } = services.get();
    return html`<vv-incoming-call
        .caller=${caller}
        ?elsewhere=${!here}
        ?soundBlocked=${live.soundBlocked}
        ?waiting=${waiting}
        @vv-answer=${(event: CustomEvent<{ camera: boolean }>) =>
            live.answer(id, event.detail.camera)}
        @vv-decline=${(event: CustomEvent<{ text: string }>) => decline(event.detail.text)}
        @vv-ignore=${() => live.ignore(id)}
        @vv-unlock=${() => live.unlockSound()}
    ></vv-incoming-call>`;
}

/** The page's code did not come: no network, or a newer front end. */
export function pageFailed(): TemplateResult {
    return html`<div class="card empty">
        <h1 tabindex="-1">${t('page-failed-title')}</h1>
        <p class="muted">${t('error-network')}</p>
        <button type="button" class="button" @click=${() => location.reload()}>
            ${t('try-again')}
        </button>
    </div>`;
}
