// SPDX-License-Identifier: Apache-2.0
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { inviteIcon } from '../ui/icons.ts';
import '../ui/invitation.ts';
import '../ui/person-row.ts';
import '../ui/search.ts';
import { Page } from './page.ts';
import { services, type MeView, type PeoplePage } from './services.ts';

const PAGE_SIZE = 25;

export class VvPagePeople extends Page {
    static override properties = {
        me: { attribute: false },
        query: { state: true },
        offset: { state: true },
        found: { state: true },
        inviting: { state: true },
        invitation: { state: true },
        busy: { state: true },
        copied: { state: true },
    };
    declare me: MeView | undefined;
    declare query: string;
    declare offset: number;
    declare found: PeoplePage | undefined;
    declare inviting: boolean;
    declare invitation: { url: string; expires: number } | undefined;
    declare busy: boolean;
    declare copied: boolean;
    private asked = 0;

    constructor() {
        super();
        this.me = undefined;
        this.query = '';
        this.offset = 0;
        this.found = undefined;
        this.inviting = false;
        this.invitation = undefined;
        this.busy = false;
        this.copied = false;
    }

    protected override firstUpdated(): void {
        void this.load('', 0);
    }

    /** What could not be had while the server was away. */
    protected override onFresh(): void {
        if (!this.found) {
            void this.load('', 0);
        }
    }

    private load(query: string, offset: number): Promise<void> {
        const turn = ++this.asked;
        return this.attempt(async () => {
            const found = await this.api.people(query, offset, PAGE_SIZE);
            // A slow answer to an older question must not replace the newer one.
            if (turn === this.asked) {
                this.query = query;
                this.offset = offset;
                this.found = found;
            }
        });
    }

    private onInvite(event: CustomEvent<{ kind: string }>): Promise<void> {
        this.busy = true;
        return this.attempt(async () => {
            this.invitation = await this.api.invite(event.detail.kind);
        }).finally(() => (this.busy = false));
    }

    private onCopy(event: CustomEvent<{ text: string }>): Promise<void> {
        return this.attempt(async () => {
            await services.get().preferences.copy(event.detail.text);
            this.copied = true;
        });
    }

    private openInvitation(): void {
        this.invitation = undefined;
        this.copied = false;
        this.inviting = true;
    }

    protected override render(): TemplateResult {
        return html`<div class="page-head">
                <h1 tabindex="-1">${t('people-title')}</h1>
                ${this.me?.administrator
                    ? html`<button
                          type="button"
                          class="button"
                          @click=${() => this.openInvitation()}
                      >
                          ${inviteIcon}${t('invite')}
                      </button>`
                    : nothing}
            </div>
            <vv-search
                .label=${t('people-search')}
                @vv-search=${(event: CustomEvent<{ query: string }>) =>
                    this.load(event.detail.query, 0)}
            ></vv-search>
            ${this.list()}
            <vv-invitation
                ?open=${this.inviting}
                ?busy=${this.busy}
                ?copied=${this.copied}
                .url=${this.invitation?.url ?? ''}
                .expires=${this.invitation?.expires ?? 0}
                @vv-invite=${(event: CustomEvent<{ kind: string }>) => this.onInvite(event)}
                @vv-copy=${(event: CustomEvent<{ text: string }>) => this.onCopy(event)}
                @vv-close=${() => (this.inviting = false)}
            ></vv-invitation>`;
    }

    private list(): TemplateResult {
        const found = this.found;
        if (!found) {
            return html`<p class="empty">${t('loading')}</p>`;
        }
        if (found.people.length === 0) {
            const text = this.query
                ? t('people-none', { query: this.query })
                : t('people-empty');
            return html`<p class="empty" role="status">${text}</p>`;
        }
        return html`<ul class="card list">
                ${found.people.map((person) => {
                    const offer = this.live.callOffer(person.name);
                    return offer.gone
                        ? nothing
                        : html`<li>
                              <vv-person-row
                                  .person=${this.live.latest(person)}
                                  .offer=${offer}
                                  ?self=${person.name === this.self}
                              ></vv-person-row>
                          </li>`;
                })}
            </ul>
            ${this.pager(found)}`;
    }

    private pager(found: PeoplePage): TemplateResult {
        const to = this.offset + found.people.length;
        if (found.total <= PAGE_SIZE) {
            return html`<p class="pager muted small" role="status">
                ${t('people-count', { count: found.total })}
            </p>`;
        }
        const step = (key: string, offset: number, possible: boolean): TemplateResult =>
            html`<button
                type="button"
                class="button"
                ?disabled=${!possible}
                @click=${() => this.load(this.query, offset)}
            >
                ${t(key)}
            </button>`;
        return html`<div class="pager">
            ${step('previous-page', Math.max(0, this.offset - PAGE_SIZE), this.offset > 0)}
            <span class="muted small" role="status"
                >${t('page-range', { from: this.offset + 1, to, total: found.total })}</span
            >
            ${step('next-page', this.offset + PAGE_SIZE, to < found.total)}
        </div>`;
    }
}
define('vv-page-people', VvPagePeople);
