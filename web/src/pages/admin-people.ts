// SPDX-License-Identifier: Apache-2.0
// People as administrators see them: disable, enable, password link, groups.
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../text/text.ts';
import '../ui/confirm.ts';
import '../ui/dialog.ts';
import { define } from '../ui/element.ts';
import '../ui/field.ts';
import '../ui/search.ts';
import type { AdminPerson } from './admin-api.ts';
import { AdminPart } from './admin-part.ts';
import type { ApiProblem, MeView } from './services.ts';
import { problemText } from './shared.ts';

const PAGE_SIZE = 25;
const ADMINISTRATORS = 'platform/administrators';
const RELAY_ONLY = 'platform/relay-only';
/** Those that mean something here, also while nobody is in one (docs/decisions/0018). */
const STANDARD = [ADMINISTRATORS, 'platform/guests', RELAY_ONLY];

export class VvAdminPeople extends AdminPart {
    static override properties = {
        me: { attribute: false },
        query: { state: true },
        offset: { state: true },
        found: { state: true },
        disabling: { state: true },
        erasing: { state: true },
        grouping: { state: true },
        link: { state: true },
    };
    declare me: MeView | undefined;
    declare query: string;
    declare offset: number;
    declare found: { people: AdminPerson[]; total: number; groups: string[] } | undefined;
    declare disabling: AdminPerson | undefined;
    declare erasing: AdminPerson | undefined;
    /** Whose groups are open: the name. */
    declare grouping: string;
    declare link: { name: string; url: string } | undefined;

    constructor() {
        super();
        this.me = undefined;
        this.query = '';
        this.offset = 0;
        this.found = undefined;
        this.disabling = undefined;
        this.erasing = undefined;
        this.grouping = '';
        this.link = undefined;
    }

    protected override firstUpdated(): void {
        void this.load('', 0);
    }

    private load(query: string, offset: number): Promise<void> {
        return this.attempt(async () => {
            this.found = await this.admin.people(query, offset, PAGE_SIZE);
            this.query = query;
            this.offset = offset;
        });
    }

    private act(action: () => Promise<void>): Promise<void> {
        return this.attempt(async () => {
            await action();
            this.toast(t('saved'));
        }, (problem) => this.tellLast(problem)).then(() => this.load(this.query, this.offset));
    }

    /** What an act on a person can be too late or too early for. */
    private tellLast(problem: ApiProblem): boolean {
        const last = problem.error === 'state';
        if (last) {
            this.toast(problemText(problem, 'last-administrator'), 'problem');
        }
        return last;
    }

    private reset(name: string): Promise<void> {
        return this.attempt(async () => {
            this.link = { name, url: (await this.admin.reset(name)).url };
        });
    }

    protected override render(): TemplateResult {
        const { found } = this;
        return html`<vv-search
                .label=${t('people-search')}
                @vv-search=${(event: CustomEvent<{ query: string }>) =>
                    this.load(event.detail.query, 0)}
            ></vv-search>
            ${this.link
                ? html`<div class="card">
                      <p>${t('people-admin-reset-done', { name: this.link.name })}</p>
                      <vv-field readonly .label=${t('invite-link')} .value=${this.link.url}>
                      </vv-field>
                  </div>`
                : nothing}
            ${found
                ? html`<ul class="card list">
                      ${repeat(
                          found.people,
                          ({ person }) => person.name,
                          (one) => html`<li>${this.row(one)}</li>`,
                      )}
                  </ul>`
                : html`<p class="empty">${t('loading')}</p>`}
            ${found && found.total > PAGE_SIZE ? this.pager(found.total) : nothing}
            ${this.confirm('disable', this.disabling, (name) => this.admin.disable(name, true))}
            ${this.confirm('erase', this.erasing, (name) => this.admin.erase(name))}
            ${this.groups()}`;
    }

    /** Asks before somebody is disabled or erased, by the full name. */
    private confirm(
        what: 'disable' | 'erase',
        one: AdminPerson | undefined,
        act: (name: string) => Promise<void>,
    ): TemplateResult {
        const { fullName, name } = one?.person ?? { fullName: '', name: '' };
        const close = (): void => void (this.disabling = this.erasing = undefined);
        return html`<vv-confirm
            ?open=${one !== undefined}
            .heading=${t(`people-admin-${what}-title`, { name: fullName })}
            .text=${t(`people-admin-${what}-text`, { name })}
            .action=${t(`people-admin-${what}`)}
            @vv-close=${close}
            @vv-confirm=${() => {
                close();
                void this.act(() => act(name));
            }}
        ></vv-confirm>`;
    }

    /** In which groups somebody is, of all that there are. */
    private groups(): TemplateResult {
        const { grouping, found } = this;
        const one = found?.people.find(({ person }) => person.name === grouping);
        const all = [...new Set([...STANDARD, ...found?.groups ?? []])].sort();
        const name = one?.person.fullName ?? '';
        return html`<vv-dialog
            .heading=${t('people-admin-groups-of', { name })}
            ?open=${one !== undefined}
            @vv-close=${() => (this.grouping = '')}
        >
            ${one ? all.map((group) => this.group(one, group)) : nothing}
        </vv-dialog>`;
    }

    private group({ person, groups }: AdminPerson, group: string): TemplateResult {
        const change = (event: Event): Promise<void> => {
            const { checked } = event.target as HTMLInputElement;
            return this.act(() => this.admin.group(person.name, group, checked));
        };
        return html`<label class="check">
            <input type="checkbox" .checked=${live(groups.includes(group))} @change=${change} />
            <span dir="ltr">${group}</span>
        </label>`;
    }

    private pager(total: number): TemplateResult {
        const step = (key: string, offset: number, possible: boolean): TemplateResult =>
            this.button(key, () => this.load(this.query, offset), !possible);
        return html`<div class="pager">
            ${step('previous-page', Math.max(0, this.offset - PAGE_SIZE), this.offset > 0)}
            ${step('next-page', this.offset + PAGE_SIZE, this.offset + PAGE_SIZE < total)}
        </div>`;
    }

    private row({ person, disabled, groups }: AdminPerson): TemplateResult {
        const { name } = person;
        const administrator = groups.includes(ADMINISTRATORS);
        const hidden = groups.includes(RELAY_ONLY);
        const hide = hidden ? 'people-admin-show-address' : 'people-admin-hide-address';
        const key = administrator ? 'people-admin-unmake' : 'people-admin-make';
        return html`<div class="login">
            <div>
                <strong dir="auto">${person.fullName}</strong>
                <span class="muted small">${name}</span>
                ${disabled
                    ? html`<span class="muted small">${t('people-admin-disabled')}</span>`
                    : nothing}
                ${groups.length > 0
                    ? html`<div class="muted small">
                          ${t('admin-groups', { groups: groups.join(', ') })}
                      </div>`
                    : nothing}
            </div>
            <div class="form-row">
                ${disabled
                    ? this.button('people-admin-enable', () =>
                          this.act(() => this.admin.disable(name, false)))
                    : html`${this.button('people-admin-reset', () => this.reset(name))}
                      ${this.button(key, () =>
                          this.act(() => this.admin.group(name, ADMINISTRATORS, !administrator)))}
                      ${this.button(hide, () =>
                          this.act(() => this.admin.group(name, RELAY_ONLY, !hidden)))}
                      ${this.button('people-admin-groups', () => (this.grouping = name))}
                      ${this.button('people-admin-disable', () =>
                          (this.disabling = { person, disabled, groups }))}`}
                ${name === this.me?.user.name
                    ? nothing
                    : this.button('people-admin-erase', () =>
                          (this.erasing = { person, disabled, groups }))}
            </div>
        </div>`;
    }

    private button(key: string, act: () => unknown, off = false): TemplateResult {
        return html`<button type="button" class="button" ?disabled=${off} @click=${act}>
            ${t(key)}
        </button>`;
    }
}
define('vv-admin-people', VvAdminPeople);
