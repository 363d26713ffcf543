// SPDX-License-Identifier: Apache-2.0
// One's calls that are over: all or the missed ones, of everybody or of one person.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { joinPages, pastSign, pastWords, seenUntil } from '../model/past.ts';
import type { PastCallInfo } from '../protocol/messages.ts';
import { formatDay, formatDuration, formatHour, t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import '../ui/past-call.ts';
import '../ui/search.ts';
import type { PersonView } from '../ui/types.ts';
import { Page } from './page.ts';
import { services } from './services.ts';

/** So many people of a search are offered. */
const FOUND_MAX = 6;

const dayOf = ({ startedAtMs }: PastCallInfo): string => new Date(startedAtMs).toDateString();

export class VvPageCalls extends Page {
    static override properties = {
        missed: { type: Boolean },
        query: { state: true },
        found: { state: true },
        person: { state: true },
        calls: { state: true },
        next: { state: true },
        opened: { state: true },
        inviting: { state: true },
    };
    /** Only missed ones. */
    declare missed: boolean;
    declare query: string;
    /** Who is meant by the words that are searched for; undefined: nothing is searched for. */
    declare found: readonly PersonView[] | undefined;
    /** With whom; undefined: with everybody. */
    declare person: PersonView | undefined;
    /** Undefined until they are known. */
    declare calls: readonly PastCallInfo[] | undefined;
    declare next: string;
    /** Whose timeline is open. */
    declare opened: string;
    /** The links for guests are open. */
    declare inviting: boolean;
    private asked = 0;
    private stopCalls: (() => void) | undefined;
    private readonly onLook = (): void => this.look();

    constructor() {
        super();
        this.missed = false;
        this.query = '';
        this.found = undefined;
        this.person = undefined;
        this.calls = undefined;
        this.next = '';
        this.opened = '';
        this.inviting = false;
    }

    override connectedCallback(): void {
        super.connectedCallback();
        document.addEventListener('visibilitychange', this.onLook);
        this.stopCalls = services.get().calls.onChange(() => void this.load());
    }

    override disconnectedCallback(): void {
        document.removeEventListener('visibilitychange', this.onLook);
        this.stopCalls?.();
        super.disconnectedCallback();
    }

    protected override willUpdate(changed: PropertyValues<this>): void {
        if (changed.has('missed')) {
            this.calls = undefined;
            void this.load();
        }
    }

    protected override updated(): void {
        this.look();
    }

    /** What stands before somebody's eyes counts as seen on all devices. */
    private look(): void {
        if (this.calls && document.visibilityState === 'visible') {
            services.get().calls.seen(seenUntil(this.calls));
        }
    }

    /** The newest page, or the one after those that are shown. */
    private load(before = ''): Promise<void> {
        const turn = ++this.asked;
        return this.attempt(async () => {
            const { missed } = this;
            const wanted = { with: this.person?.name ?? '', missed, before };
            const { calls, next } = await services.get().calls.page(wanted);
            if (turn === this.asked) {
                this.calls = before ? joinPages(this.calls ?? [], calls) : calls;
                this.next = next;
            }
        });
    }

    /** The first person who is meant is taken; the others stand beside. */
    private search(query: string): Promise<void> {
        this.query = query;
        if (!query) {
            this.found = undefined;
            return this.choose(undefined);
        }
        return this.attempt(async () => {
            const { people } = await this.api.people(query, 0, FOUND_MAX + 1);
            if (query === this.query) {
                this.found = people.filter(({ name }) => name !== this.self).slice(0, FOUND_MAX);
                await this.choose(this.found[0]);
            }
        });
    }

    private choose(person: PersonView | undefined): Promise<void> {
        this.person = person;
        this.calls = undefined;
        return this.load();
    }

    protected override render(): TemplateResult {
        const tab = (path: string, key: string, chosen: boolean): TemplateResult =>
            html`<a class="button quiet" href=${path} aria-current=${chosen ? 'page' : nothing}
                >${t(key)}</a
            >`;
        return html`<div class="page-head">
                <h1 tabindex="-1">${t('history-title')}</h1>
                <nav class="form-row" aria-label=${t('history-which')}>
                    ${tab('/calls', 'history-all', !this.missed)}
                    ${tab('/calls/missed', 'history-missed', this.missed)}
                </nav>
                <button type="button" class="button" @click=${() => this.invite()}>
                    ${t('guests-invite')}
                </button>
            </div>
            ${this.inviting
                ? html`<vv-guest-links @vv-close=${() => (this.inviting = false)}></vv-guest-links>`
                : nothing}
            <vv-search
                .label=${t('history-search')}
                @vv-search=${(event: CustomEvent<{ query: string }>) =>
                    this.search(event.detail.query)}
            ></vv-search>
            ${this.people()} ${this.list()}`;
    }

    private invite(): void {
        this.inviting = true;
        void this.attempt(async () => {
            await import('./guest-links.ts');
        });
    }

    private people(): TemplateResult | typeof nothing {
        const { found } = this;
        if (!found || found.length === 0) {
            return nothing;
        }
        return html`<div class="form-row people" role="group" aria-label=${t('history-with')}>
            ${found.map(
                (person) => html`<button
                    type="button"
                    class="button quiet"
                    dir="auto"
                    aria-pressed=${String(person.name === this.person?.name)}
                    @click=${() => this.choose(person)}
                >
                    ${person.fullName}
                </button>`,
            )}
        </div>`;
    }

    private empty(): string {
        if (this.found?.length === 0) {
            return t('history-nobody', { query: this.query });
        }
        if (this.person) {
            return t('history-none-with', { name: this.person.fullName });
        }
        return t(this.missed ? 'history-none-missed' : 'history-none');
    }

    private list(): TemplateResult {
        const { calls, found } = this;
        if (!calls) {
            return html`<p class="empty" role="status">${t('loading')}</p>`;
        }
        if (calls.length === 0 || found?.length === 0) {
            return html`<p class="empty" role="status">${this.empty()}</p>
                ${this.found || this.missed
                    ? nothing
                    : html`<p class="empty">
                          <a class="button" href="/people">${t('history-people')}</a>
                      </p>`}`;
        }
        const days = [...new Set(calls.map(dayOf))];
        return html`${days.map((day) => this.day(calls.filter((call) => dayOf(call) === day)))}
            ${this.next
                ? html`<div class="pager">
                      <button type="button" class="button" @click=${() => this.load(this.next)}>
                          ${t('history-older')}
                      </button>
                  </div>`
                : nothing}`;
    }

    private day(calls: readonly PastCallInfo[]): TemplateResult {
        const at = (calls[0]?.startedAtMs ?? 0) / 1000;
        return html`<h2 class="day-head">${formatDay(at, Date.now())}</h2>
            <ul class="card list">
                ${repeat(
                    calls,
                    ({ id }) => id,
                    (call) => html`<li>${this.row(call)}${this.timeline(call)}</li>`,
                )}
            </ul>`;
    }

    private row(call: PastCallInfo): TemplateResult {
        const { key, why } = pastWords(call);
        const words = t(key, { duration: formatDuration(call.seconds) });
        return html`<vv-past-call
            .person=${this.latest(call.peer)}
            .offer=${this.live.callOffer(call.peer.name)}
            .sign=${pastSign(call)}
            .words=${why ? `${words} · ${t(why)}` : words}
            .when=${formatHour(call.startedAtMs / 1000)}
            .at=${new Date(call.startedAtMs).toISOString()}
            .open=${this.opened === call.id}
            @vv-details=${() => (this.opened = this.opened === call.id ? '' : call.id)}
        ></vv-past-call>`;
    }

    private timeline({ id }: PastCallInfo): TemplateResult | typeof nothing {
        if (this.opened !== id) {
            return nothing;
        }
        void import('./call-timeline.ts');
        return html`<vv-call-timeline .call=${id}></vv-call-timeline>`;
    }
}
define('vv-page-calls', VvPageCalls);
