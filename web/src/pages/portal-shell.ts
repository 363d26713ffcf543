// SPDX-License-Identifier: Apache-2.0
// The frame of all portal pages: header, router, ringing cards, toast, banner. It lives as long as
// the document.
import { html, nothing, type TemplateResult } from 'lit';
import { chooseLanguage, setLanguage, t } from '../text/text.ts';
import '../ui/call-message.ts';
import { VvLightElement } from '../ui/element.ts';
import '../ui/header.ts';
import '../ui/incoming-call.ts';
import '../ui/toast.ts';
import type { Theme } from '../ui/types.ts';
import { DocumentTitle } from './document-title.ts';
import { offlineBanner } from './parts.ts';
import { pathOfClick } from './links.ts';
import { pageOf } from './page-of.ts';
import { services, type MeView, type ProfileView, type Ringing } from './services.ts';
import { asProblem, problemText, routeOf, safeReturn, type Route } from './shared.ts';

const TOAST_MS = 6000;

export class VvPortal extends VvLightElement {
    static override properties = {
        me: { state: true },
        ready: { state: true },
        route: { state: true },
        told: { state: true },
        blocked: { state: true },
    };
    declare me: MeView | undefined;
    declare ready: boolean;
    declare route: Route;
    declare told: { text: string; kind: 'done' | 'problem' };
    /** Whose call window the browser has blocked. */
    declare blocked: string;
    private toastTimer = 0;
    private readonly head = new DocumentTitle();
    private readonly onPop = (): void => this.show(location.pathname);
    private readonly onClick = (event: MouseEvent): void => {
        const path = pathOfClick(event, location.href);
        if (path !== undefined) {
            event.preventDefault();
            this.go(path);
        }
    };

    constructor() {
        super();
        this.me = undefined;
        this.ready = false;
        this.route = routeOf(location.pathname);
        this.told = { text: '', kind: 'done' };
        this.blocked = '';
    }

    override connectedCallback(): void {
        super.connectedCallback();
        window.addEventListener('popstate', this.onPop);
        this.addEventListener('click', this.onClick);
        services.get().live.onChange(() => this.onLive());
        this.listen();
        void this.begin();
    }

    private listen(): void {
        const on = <D>(type: string, act: (detail: D) => void): void =>
            this.addEventListener(type, (event) => act((event as CustomEvent<D>).detail));
        on<{ me: MeView }>('vv-signed-in', ({ me }) => void this.enter(me));
        on<{ user: ProfileView }>('vv-me', ({ user }) => {
            this.me = this.me && { ...this.me, user };
        });
        on<{ text: string; kind: 'done' | 'problem' }>('vv-tell', (told) => this.tell(told));
        on<{ name: string }>('vv-call', ({ name }) => {
            this.blocked = services.get().live.call(name) ? '' : name;
        });
    }

    private async begin(): Promise<void> {
        const { api } = services.get();
        try {
            this.me = await api.me();
        } catch (thrown) {
            this.tell({ text: problemText(asProblem(thrown)), kind: 'problem' });
        }
        if (this.me) {
            await this.speak(this.me.settings.language);
            services.get().live.start();
        }
        this.ready = true;
        this.show(location.pathname);
    }

    private speak(chosen: string): Promise<void> {
        return setLanguage(chooseLanguage(chosen, navigator.languages));
    }

    private async enter(me: MeView): Promise<void> {
        const wanted = safeReturn(new URLSearchParams(location.search).get('return'));
        if (wanted.startsWith('/call/')) {
            location.assign(wanted); // A document of its own.
            return;
        }
        this.me = me;
        await this.speak(me.settings.language);
        services.get().live.start();
        this.go(wanted);
    }

    private async signOut(): Promise<void> {
        const { api, live } = services.get();
        try {
            await api.logout();
        } catch (thrown) {
            this.tell({ text: problemText(asProblem(thrown)), kind: 'problem' });
            return;
        }
        live.stop();
        this.me = undefined;
        this.go('/login');
        this.tell({ text: t('sign-out-done'), kind: 'done' });
    }

    private async chooseLanguage(language: string): Promise<void> {
        const me = this.me;
        if (me) {
            const { fullName, email, position } = me.user;
            const form = { fullName, email, position, language };
            try {
                const user = await services.get().api.saveProfile(form);
                this.me = { ...me, user, settings: { ...me.settings, language } };
                await this.speak(language);
            } catch (thrown) {
                this.tell({ text: problemText(asProblem(thrown)), kind: 'problem' });
            }
        }
    }

    private tell(told: { text: string; kind: 'done' | 'problem' }): void {
        this.told = told;
        window.clearTimeout(this.toastTimer);
        this.toastTimer = window.setTimeout(
            () => (this.told = { text: '', kind: 'done' }),
            TOAST_MS,
        );
    }

    private go(path: string): void {
        history.pushState(null, '', path);
        this.show(location.pathname);
    }

    private show(path: string): void {
        const route = routeOf(path);
        const open = route.page === 'login' || route.page === 'join';
        if (this.ready && !this.me && !open) {
            const back = encodeURIComponent(location.pathname + location.search);
            history.replaceState(null, '', `/login?return=${back}`);
            this.route = { page: 'login' };
        } else {
            this.route = this.me && route.page === 'login' ? { page: 'people' } : route;
        }
        this.head.show(this.route.page);
        // As after a load: reading begins at the top, at the page's heading.
        void this.focusPage();
    }

    /** The heading, or what will hold it while the page still loads. */
    private async focusPage(): Promise<void> {
        await this.updateComplete;
        await this.querySelector<VvLightElement>('main > *')?.updateComplete;
        window.scrollTo(0, 0);
        const main = this.querySelector<HTMLElement>('main');
        (main?.querySelector<HTMLElement>('h1') ?? main)?.focus();
    }

    private onLive(): void {
        this.requestUpdate();
        const { fullName } = services.get().live.ringing[0]?.caller ?? {};
        this.head.ring(fullName);
    }

    protected override render(): TemplateResult | typeof nothing {
        if (!this.ready) {
            return nothing;
        }
        const { live } = services.get();
        const skip = (event: Event): void => {
            event.preventDefault();
            this.querySelector<HTMLElement>('main')?.focus();
        };
        return html`${this.me
                ? html`<header>
                      <a class="button skip" href="#main" @click=${skip}
                          >${t('skip-to-content')}</a
                      >${this.header(this.me)}${live.connected ? nothing : offlineBanner()}
                  </header>`
                : nothing}
            <main id="main" tabindex="-1">
                ${this.blocked ? this.popup(this.blocked) : pageOf(this.route, this.me)}
            </main>
            <div class="toasts">
                <vv-toast
                    .text=${this.told.text}
                    .kind=${this.told.kind}
                    @vv-dismiss=${() => this.tell({ text: '', kind: 'done' })}
                ></vv-toast>
            </div>
            ${this.me
                ? html`<div class="cards">
                      ${live.ringing.map((ringing) => this.card(ringing))}
                  </div>`
                : nothing}`;
    }

    private header(me: MeView): TemplateResult {
        const { preferences } = services.get();
        return html`<vv-header
            .me=${me.user}
            .page=${this.route.page}
            .theme=${preferences.theme}
            .language=${me.settings.language}
            @vv-sign-out=${() => this.signOut()}
            @vv-theme=${(event: CustomEvent<{ theme: Theme }>) => {
                preferences.theme = event.detail.theme;
                this.requestUpdate();
            }}
            @vv-language=${(event: CustomEvent<{ language: string }>) =>
                this.chooseLanguage(event.detail.language)}
        ></vv-header>`;
    }

    private popup(name: string): TemplateResult {
        return html`<vv-call-message
            what="popup"
            @vv-here=${() => services.get().live.callHere(name)}
            @vv-close=${() => (this.blocked = '')}
        ></vv-call-message>`;
    }

    private card({ id, caller }: Ringing): TemplateResult {
        const { live } = services.get();
        return html`<vv-incoming-call
            .caller=${caller}
            ?soundBlocked=${live.soundBlocked}
            @vv-answer=${(event: CustomEvent<{ camera: boolean }>) =>
                live.answer(id, event.detail.camera)}
            @vv-decline=${() => live.decline(id)}
            @vv-unlock=${() => live.unlockSound()}
        ></vv-incoming-call>`;
    }
}
