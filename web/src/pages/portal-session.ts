// SPDX-License-Identifier: Apache-2.0
// Who is signed in on this portal page: coming in, leaving, and what one has chosen for oneself.
import { chooseLanguage, setLanguage, t } from '../text/text.ts';
import { VvLightElement } from '../ui/element.ts';
import type { OwnStatus } from '../ui/types.ts';
import { referenced } from './problem-report.ts';
import { services, type MeView } from './services.ts';
import { asProblem, problemText, safeReturn } from './shared.ts';

const TOAST_MS = 6000;

export interface Told {
    text: string;
    kind: 'done' | 'problem';
}

export abstract class PortalSession extends VvLightElement {
    static override properties = { me: { state: true }, told: { state: true } };
    declare me: MeView | undefined;
    declare told: Told;
    private toastTimer = 0;

    constructor() {
        super();
        this.me = undefined;
        this.told = { text: '', kind: 'done' };
    }

    protected abstract go(path: string): void;

    protected tell(told: Told): void {
        this.told = told;
        window.clearTimeout(this.toastTimer);
        this.toastTimer = window.setTimeout(
            () => (this.told = { text: '', kind: 'done' }),
            TOAST_MS,
        );
    }

    /** What is refused is told. */
    protected async attempt(act: () => Promise<void>): Promise<void> {
        try {
            await act();
        } catch (thrown) {
            const problem = await referenced(asProblem(thrown));
            this.tell({ text: problemText(problem), kind: 'problem' });
        }
    }

    protected begin(): Promise<void> {
        return this.attempt(async () => {
            const me = await services.get().api.me();
            this.me = me?.user.guest ? undefined : me; // A guest has no portal.
            if (this.me) {
                await this.start(this.me);
            }
        });
    }

    protected async enter(me: MeView): Promise<void> {
        const wanted = safeReturn(new URLSearchParams(location.search).get('return'));
        if (wanted.startsWith('/call/')) {
            location.assign(wanted); // A document of its own.
            return;
        }
        this.me = me;
        await this.start(me);
        this.go(wanted);
    }

    protected signOut(): Promise<void> {
        return this.attempt(async () => {
            const { api, live, chat, calls, minis } = services.get();
            await api.logout();
            live.stop();
            chat.stop();
            calls.stop();
            minis.stop();
            this.me = undefined;
            this.go('/login');
            this.tell({ text: t('sign-out-done'), kind: 'done' });
        });
    }

    protected setStatus(status: OwnStatus): Promise<void> {
        return this.attempt(() => services.get().live.setStatus(status));
    }

    protected chooseLanguage(language: string): Promise<void> {
        return this.attempt(async () => {
            const { me } = this;
            if (me) {
                const { fullName, email, position } = me.user;
                const form = { fullName, email, position, language };
                const user = await services.get().api.saveProfile(form);
                this.me = { ...me, user, settings: { ...me.settings, language } };
                await this.speak(language);
            }
        });
    }

    private async start(me: MeView): Promise<void> {
        void import('../ui/incoming-call.ts'); // Behind the first page, before any call rings.
        await this.speak(me.settings.language);
        const { live, chat, calls, minis } = services.get();
        chat.start(me.user.name);
        calls.start();
        minis.start(me.user.name);
        live.start(me.user.name);
    }

    private speak(chosen: string): Promise<void> {
        return setLanguage(chooseLanguage(chosen, navigator.languages), navigator.languages);
    }
}
