// SPDX-License-Identifier: Apache-2.0
// The own IM accounts: of the types that connectors offer now. The first of a type is the one used.
import { html, nothing, type TemplateResult } from 'lit';
import { hasText, t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import '../ui/field.ts';
import { trashIcon } from '../ui/icons.ts';
import { plusIcon } from '../ui/portal-icons.ts';
import { accountTitle } from './account-title.ts';
import { Page } from './page.ts';
import type { AccountType, ApiProblem, ImAccount } from './services.ts';

/** As many as the server takes (docs/api.md). */
const ACCOUNTS_MAX = 8;
const VALUE_MAX = 256;
/** The server's word where a connector has been switched off since the form was opened. */
const NO_TYPE = 'there is no such kind of account';

export class VvImAccounts extends Page {
    static override properties = {
        types: { state: true },
        accounts: { state: true },
        wrong: { state: true },
    };
    declare types: readonly AccountType[];
    declare accounts: readonly ImAccount[];
    /** What the server has said against the account at a place. */
    declare wrong: { place: number; text: string } | undefined;

    constructor() {
        super();
        this.types = [];
        this.accounts = [];
        this.wrong = undefined;
    }

    protected override firstUpdated(): void {
        void this.attempt(() => this.load());
    }

    private async load(): Promise<void> {
        const { types, accounts } = await this.api.accounts();
        this.types = types;
        this.accounts = accounts;
    }

    private edit(accounts: readonly ImAccount[]): void {
        this.accounts = accounts;
        this.wrong = undefined;
    }

    private change(place: number, part: Partial<ImAccount>): void {
        this.edit(this.accounts.map((one, i) => (i === place ? { ...one, ...part } : one)));
    }

    private async add(): Promise<void> {
        this.edit([...this.accounts, { type: this.types[0]?.type ?? '', value: '' }]);
        await this.updateComplete;
        this.querySelector<HTMLElement>('.account:last-of-type select')?.focus();
    }

    private async drop(place: number): Promise<void> {
        this.edit(this.accounts.toSpliced(place, 1));
        await this.updateComplete;
        this.querySelector<HTMLElement>('.add')?.focus(); // The pressed button is gone.
    }

    private save(event: Event): Promise<void> {
        event.preventDefault();
        const accounts = this.accounts.map(({ type, value }) => ({ type, value: value.trim() }));
        return this.attempt(
            async () => {
                await this.api.saveAccounts(accounts);
                this.edit(accounts);
                this.toast(t('saved'));
            },
            (problem) => this.atAccount(problem),
        );
    }

    private atAccount({ field = '', message = '' }: ApiProblem): boolean {
        const place = Number(/^accounts\.(\d+)$/.exec(field)?.[1] ?? -1);
        if (place < 0 || place >= this.accounts.length) {
            return false;
        }
        const type = this.accounts[place]?.type ?? '';
        this.wrong = { place, text: refusalOf(type, message) };
        this.querySelectorAll('vv-field')[place]?.focus();
        return true;
    }

    protected override render(): TemplateResult | typeof nothing {
        const full = this.accounts.length >= ACCOUNTS_MAX;
        return this.types.length === 0
            ? nothing
            : html`<section class="card">
                  <h2>${t('accounts-title')}</h2>
                  <p class="muted small">${t('accounts-hint')}</p>
                  <form class="form" @submit=${(event: Event) => this.save(event)}>
                      ${this.accounts.map((account, place) => this.row(account, place))}
                      <div class="form-row">
                          <button
                              type="button"
                              class="button add"
                              ?disabled=${full}
                              @click=${() => this.add()}
                          >
                              ${plusIcon}${t('account-add')}
                          </button>
                          <button class="button primary">${t('save')}</button>
                      </div>
                  </form>
              </section>`;
    }

    private row({ type, value }: ImAccount, place: number): TemplateResult {
        const number = place + 1;
        return html`<fieldset class="form account">
            <legend>${t('account-number', { number })}</legend>
            <label
                ><span class="field-label">${t('account-type')}</span
                ><select
                    class="input"
                    @change=${(event: Event) =>
                        this.change(place, { type: (event.target as HTMLSelectElement).value })}
                >
                    ${this.types.map(
                        (one) =>
                            html`<option value=${one.type} .selected=${one.type === type}>
                                ${accountTitle(one.type, this.types)}
                            </option>`,
                    )}
                </select></label
            >
            <vv-field
                required
                .max=${VALUE_MAX}
                .label=${t('account-value')}
                .value=${value}
                .error=${this.wrong?.place === place ? this.wrong.text : ''}
                @input=${(event: Event) =>
                    this.change(place, { value: (event.target as HTMLInputElement).value })}
            ></vv-field>
            <div class="form-row">
                <button
                    type="button"
                    class="button quiet danger"
                    title=${t('account-remove-title', { number })}
                    @click=${() => this.drop(place)}
                >
                    ${trashIcon}${t('account-remove')}
                </button>
            </div>
        </fieldset>`;
    }
}
define('vv-im-accounts', VvImAccounts);

/** What is asked of an account of a built-in type, or what the connector says itself. */
function refusalOf(type: string, why: string): string {
    const key = why === NO_TYPE ? 'account-invalid-type' : `account-invalid-${type}`;
    return hasText(key) ? t(key) : t('account-invalid', { why });
}
