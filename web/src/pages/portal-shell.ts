// SPDX-License-Identifier: Apache-2.0
// The frame of all portal pages: header, router, mini windows, ringing cards, toast, banner. It
// lives as long as the document.
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { CallInfo, PersonInfo } from '../protocol/messages.ts';
import { CALL_TEXTS, END_TEXTS, WINDOW_TEXTS } from '../text/more-texts.ts';
import { deviceName } from '../text/device.ts';
import { addTexts, t } from '../text/text.ts';
import { above } from '../ui/above.ts';
import '../ui/above-frame.ts';
import type { VvLightElement } from '../ui/element.ts';
import '../ui/toast.ts';
import type { Theme } from '../ui/types.ts';
import { DocumentTitle } from './document-title.ts';
import { pathOfClick } from './links.ts';
import { meet, type Meeting } from './meeting.ts';
import { OpenCards } from './open-cards.ts';
import { loadPage, pageOf } from './page-of.ts';
import { PortalSession, type Told } from './portal-session.ts';
import { pageFailed, popupBlocked, portalHeader, ringingCard } from './portal-view.ts';
import { reportProblem } from './problem-report.ts';
import { services, type MeView, type ProfileView, type Ringing } from './services.ts';
import { routeOf, type Route } from './shared.ts';

/** Beside which there is no room for mini windows. */
const NARROW = '(max-width: 48rem)';

export class VvPortal extends PortalSession {
    static override properties = {
        ...PortalSession.properties,
        ready: { state: true },
        route: { state: true },
        blocked: { state: true },
        failed: { state: true },
        docked: { state: true },
        settingUp: { state: true },
    };
    declare ready: boolean;
    declare route: Route;
    /** Whose call window the browser has blocked. */
    declare blocked: string;
    /** The page could not be fetched. */
    declare failed: boolean;
    /** The mini windows' code is here. */
    declare docked: boolean;
    /** The sheet "Set up calls": not there, fetched and open, or closed again. */
    declare settingUp: 'no' | 'open' | 'closed';
    /** Of the message that says so. */
    private reference = '';
    private shows = 0;
    private readonly cards = new OpenCards(this, (act) => this.attempt(act));
    private readonly head = new DocumentTitle();
    private readonly onPop = (): void => void this.show(location.pathname);
    private readonly onClick = (event: MouseEvent): void => {
        const path = pathOfClick(event, location.href);
        if (path !== undefined) {
            event.preventDefault();
            this.go(path);
        }
    };

    constructor() {
        super();
        this.ready = false;
        this.route = routeOf(location.pathname);
        this.blocked = '';
        this.failed = false;
        this.docked = false;
        this.settingUp = 'no';
    }

    override connectedCallback(): void {
        super.connectedCallback();
        window.addEventListener('popstate', this.onPop);
        this.addEventListener('click', this.onClick);
        const { live, chat, calls, minis } = services.get();
        live.onChange(() => this.onLive());
        live.onEvent((event) => {
            if (event.type === 'call.changed') {
                void this.onElsewhere(event.call);
            } else if (event.type === 'person.available') {
                this.onAvailable(event.person);
            }
        });
        chat.onChange(() => this.requestUpdate());
        calls.onChange(() => this.requestUpdate());
        minis.onChange(() => void this.dock());
        this.listen();
        void this.begin().then(() => {
            this.ready = true;
            return this.show(location.pathname);
        });
    }

    private listen(): void {
        const on = <D>(type: string, act: (detail: D) => void): void =>
            this.addEventListener(type, (event) => act((event as CustomEvent<D>).detail));
        on<{ me: MeView }>('vv-signed-in', ({ me }) => void this.enter(me));
        on<{ user: ProfileView }>('vv-me', ({ user }) => {
            this.me = this.me && { ...this.me, user };
        });
        on<Told>('vv-tell', (told) => this.tell(told));
        on<{ path: string }>('vv-go', ({ path }) => this.go(path));
        on<{ name: string }>('vv-chat', ({ name }) => void this.openChat(name));
        on<Parameters<typeof this.call>[0]>('vv-call', (wanted) => this.call(wanted));
        on<Meeting>('vv-meet', (wanted) => void this.meet(wanted));
        this.addEventListener('vv-set-up', () => void this.setUp());
    }

    private call({ name, connector, picked }: {
        name: string;
        connector: string;
        picked: boolean;
    }): void {
        const result = services.get().live.call(name, connector, picked);
        this.blocked = result === 'blocked' ? name : '';
        this.reference = this.blocked && reportProblem('popup-blocked');
        if (result === 'elsewhere') {
            this.tell({ text: t('call-button-elsewhere'), kind: 'done' });
        }
    }

    private decline({ id, caller }: Ringing, text: string): void {
        void this.attempt(async () => {
            await services.get().live.decline(id, text);
            if (text) {
                const name = caller.fullName;
                this.tell({ text: t('incoming-reply-sent', { name }), kind: 'done' });
            }
        });
    }

    private meet(wanted: Meeting): Promise<void> {
        return this.attempt(async () => {
            if (await meet(wanted) === 'blocked') {
                this.go(`/chat/${wanted.room}`);
                this.tell({ text: t('meeting-blocked'), kind: 'done' });
            }
        });
    }

    /** On which other device the call was answered or refused. */
    private async onElsewhere({ id, reason, elsewhere: device }: CallInfo): Promise<void> {
        const known = reason === 'answered-elsewhere' || reason === 'declined-elsewhere';
        if (known && device && !(await services.get().live.hasWindow(id))) {
            const text = t(`incoming-${reason}`, { device: deviceName(device) });
            this.tell({ text, kind: 'done' });
        }
    }

    /** Somebody who was waited for: told here, and in a notification where nobody looks. */
    private onAvailable({ name, fullName }: PersonInfo): void {
        const text = t('person-available', { name: fullName });
        this.tell({ text, kind: 'done' });
        if (document.visibilityState !== 'visible') {
            services.get().background.notify(text, name);
        }
    }

    /** A mini window where there is room for one. */
    private openChat(name: string): Promise<void> {
        const { chat, minis } = services.get();
        return this.attempt(async () => {
            const room = await chat.direct(name);
            if (this.route.page === 'chat' || matchMedia(NARROW).matches) {
                this.go(`/chat/${room}`);
            } else {
                minis.show(room);
            }
        });
    }

    private async dock(): Promise<void> {
        if (services.get().minis.open.length > 0) {
            await Promise.all([import('./mini-dock.ts'), addTexts(END_TEXTS)])
                .catch(() => undefined);
            this.docked = true;
        }
    }

    private setUp(): Promise<void> {
        return this.attempt(async () => {
            await Promise.all([import('./call-setup.ts'), addTexts(CALL_TEXTS),
                addTexts(WINDOW_TEXTS)]);
            this.settingUp = 'open';
        });
    }

    private onSetUp(): void {
        services.get().preferences.setUp = 'done';
        this.settingUp = 'closed';
        this.querySelector<VvLightElement>('vv-setup-offer')?.requestUpdate();
    }

    protected override go(path: string): void {
        history.pushState(null, '', path);
        void this.show(location.pathname);
    }

    private async show(path: string): Promise<void> {
        const turn = ++this.shows;
        const route = this.allowed(routeOf(path));
        const failed = await loadPage(route.page).then(
            () => false,
            () => true,
        );
        if (turn !== this.shows) {
            return; // Somewhere else meanwhile.
        }
        // From room to room the page stays, and looks after the focus itself.
        const same = this.hasUpdated && route.page === 'chat' && this.route.page === 'chat';
        this.route = route;
        this.failed = failed;
        this.blocked = '';
        this.head.show(route.page);
        if (!same) {
            // As after a load: reading begins at the top, at the page's heading.
            await this.focusPage();
        }
    }

    private allowed(route: Route): Route {
        const open = route.page === 'login' || route.page === 'join';
        if (this.ready && !this.me && !open) {
            const back = encodeURIComponent(location.pathname + location.search);
            history.replaceState(null, '', `/login?return=${back}`);
            return { page: 'login' };
        }
        return this.me && route.page === 'login' ? { page: 'home' } : route;
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
        this.cards.freshen();
        const { fullName } = services.get().live.ringing[0]?.caller ?? {};
        this.head.ring(fullName);
    }

    protected override render(): TemplateResult | typeof nothing {
        if (!this.ready) {
            return nothing;
        }
        return html`${this.me ? this.header(this.me) : nothing}
            <main id="main" tabindex="-1" data-page=${this.route.page}>
                ${this.blocked
                    ? popupBlocked(this.blocked, this.reference, () => (this.blocked = ''))
                    : this.page()}
            </main>
            ${this.settingUp === 'no'
                ? nothing
                : html`<vv-call-setup
                      .me=${this.me}
                      .open=${this.settingUp === 'open'}
                      @vv-close=${() => this.onSetUp()}
                  ></vv-call-setup>`}
            ${this.me && this.docked
                ? html`<vv-mini-dock
                      .except=${this.route.page === 'chat' ? this.route.room : ''}
                  ></vv-mini-dock>`
                : nothing}
            ${above.inFrame(this, this.above())}`;
    }

    /** Who calls, and what is told, whatever is open. */
    private above(): TemplateResult {
        return html`<vv-above
            ><vv-toast
                    slot="toast"
                    .text=${this.told.text}
                    .kind=${this.told.kind}
                    @vv-dismiss=${() => this.tell({ text: '', kind: 'done' })}
                ></vv-toast
            >${repeat(
                this.me ? services.get().live.ringing : [],
                ({ id }) => id,
                (one) => ringingCard(one, (text) => this.decline(one, text)),
            )}</vv-above
        >`;
    }

    private page(): TemplateResult {
        return this.failed ? pageFailed() : pageOf(this.route, this.me);
    }

    private header(me: MeView): TemplateResult {
        return portalHeader(me, this.route.page, {
            signOut: () => void this.signOut(),
            theme: (theme: Theme) => {
                services.get().preferences.theme = theme;
                this.requestUpdate();
            },
            language: (language) => void this.chooseLanguage(language),
            status: (status) => void this.setStatus(status),
            skip: (event) => {
                event.preventDefault();
                this.querySelector<HTMLElement>('main')?.focus();
            },
        });
    }
}
