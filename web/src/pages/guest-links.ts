// SPDX-License-Identifier: Apache-2.0
// A person's links for guests: makes one, copies it, lists them, withdraws one.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { formatMoment, t } from '../text/text.ts';
import '../ui/dialog.ts';
import { define } from '../ui/element.ts';
import '../ui/field.ts';
import { checkIcon, copyIcon } from '../ui/icons.ts';
import { createRequest } from './http-api.ts';
import { Page } from './page.ts';
import { services } from './services.ts';
import { formValues } from './shared.ts';

export type GuestState = 'open' | 'waiting' | 'talking' | 'used' | 'expired';
export interface GuestLink {
    readonly id: string;
    readonly label: string;
    readonly host: string;
    readonly guest: string;
    readonly state: GuestState;
    readonly expires: number;
}
interface Links {
    readonly on: boolean;
    readonly maxSeconds: number;
    readonly links: readonly GuestLink[];
}

const HOUR_S = 3600;
const TIMES = { hour: HOUR_S, day: 24 * HOUR_S, week: 7 * 24 * HOUR_S } as const;
const EVERY_MS = 3000;
const request = createRequest((path, init) => fetch(path, init));

export class VvGuestLinks extends Page {
    static override properties = {
        links: { attribute: false },
        url: { state: true },
        copied: { state: true },
        busy: { state: true },
        ending: { state: true },
    };
    declare links: Links | undefined;
    declare url: string;
    declare copied: boolean;
    declare busy: boolean;
    /** Which one is to be withdrawn, once that is confirmed. */
    declare ending: string;
    /** By which it asks; the gallery answers by itself. */
    request = request;
    private timer: ReturnType<typeof setInterval> | undefined;

    constructor() {
        super();
        this.links = undefined;
        this.url = '';
        this.copied = false;
        this.busy = false;
        this.ending = '';
    }

    override connectedCallback(): void {
        super.connectedCallback();
        this.timer = setInterval(() => void this.load().catch(() => undefined), EVERY_MS);
        void this.attempt(() => this.load());
    }

    override disconnectedCallback(): void {
        clearInterval(this.timer);
        super.disconnectedCallback();
    }

    private async load(): Promise<void> {
        this.links = (await this.request('GET', '/api/guests')) as Links;
    }

    private async onSubmit(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const value = formValues(event.target as HTMLFormElement);
        const body = { label: value('label').trim(), seconds: value('seconds') };
        this.busy = true;
        await this.attempt(async () => {
            this.url = ((await this.request('POST', '/api/guests', body)) as { url: string }).url;
            this.copied = false;
            await this.load();
        });
        this.busy = false;
    }

    private copy(): Promise<void> {
        return this.attempt(async () => {
            await services.get().preferences.copy(this.url);
            this.copied = true;
        });
    }

    private withdraw(): Promise<void> {
        const id = this.ending;
        this.ending = '';
        return this.attempt(async () => {
            await this.request('DELETE', `/api/guests/${id}`);
            await this.load();
        });
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('ending') && this.ending) {
            this.querySelector<HTMLElement>('.guest-end button')?.focus();
        }
    }

    protected override render(): TemplateResult {
        const heading = t(this.ending ? 'guests-withdraw-title' : 'guests-title');
        return html`<vv-dialog open .heading=${heading}>
            ${this.ending ? this.confirm() : this.content()}
        </vv-dialog>`;
    }

    private content(): TemplateResult {
        const { links } = this;
        return links === undefined
            ? html`<p class="muted" role="status">${t('loading')}</p>`
            : !links.on
              ? html`<p class="muted" role="status">${t('guests-off')}</p>`
              : html`${this.url ? this.link() : this.form(links)} ${this.list(links)}`;
    }

    /** In the same dialog: another one would lie under it. */
    private confirm(): TemplateResult {
        return html`<div class="form guest-end">
            <p>${t('guests-withdraw-text')}</p>
            <div class="form-row">
                <button type="button" class="button" @click=${() => (this.ending = '')}>
                    ${t('cancel')}
                </button>
                <button type="button" class="button end" @click=${() => this.withdraw()}>
                    ${t('guests-withdraw')}
                </button>
            </div>
        </div>`;
    }

    private form({ maxSeconds }: Links): TemplateResult {
        const times = Object.entries(TIMES).filter(([, seconds]) => seconds <= maxSeconds);
        const offered = times.length > 0 ? times : [['most', maxSeconds] as const];
        return html`<form class="form" @submit=${(event: SubmitEvent) => this.onSubmit(event)}>
            <p class="muted">${t('guests-text')}</p>
            <vv-field
                name="label"
                .max=${64}
                .label=${t('optional-label', { label: t('guests-label') })}
                .hint=${t('guests-label-hint')}
            ></vv-field>
            <label
                ><span class="field-label">${t('guests-valid')}</span
                ><select class="input" name="seconds">
                    ${offered.map(
                        ([key, seconds]) =>
                            html`<option value=${seconds}>${t(`guests-valid-${key}`)}</option>`,
                    )}
                </select></label
            >
            <button class="button primary" ?disabled=${this.busy}>${t('guests-make')}</button>
        </form>`;
    }

    private link(): TemplateResult {
        return html`<div class="form">
            <div class="copy-row">
                <vv-field readonly .label=${t('guests-link')} .value=${this.url}></vv-field>
                <button type="button" class="button primary" @click=${() => this.copy()}>
                    ${this.copied ? checkIcon : copyIcon}${t(this.copied ? 'copied' : 'copy')}
                </button>
            </div>
            <p class="muted small">${t('guests-link-once')}</p>
            <button type="button" class="button" @click=${() => (this.url = '')}>
                ${t('guests-another')}
            </button>
        </div>`;
    }

    private list({ links }: Links): TemplateResult | typeof nothing {
        return links.length === 0
            ? nothing
            : html`<h2 class="day-head">${t('guests-mine')}</h2>
                  <ul class="list" tabindex="-1">
                      ${repeat(
                          links,
                          ({ id }) => id,
                          (link) => html`<li class="login">${this.row(link)}</li>`,
                      )}
                  </ul>`;
    }

    private row({ id, label, guest, state, expires }: GuestLink): TemplateResult {
        const over = state === 'used' || state === 'expired';
        const name = guest || label || t('guests-nameless');
        return html`<div dir="auto">
                <strong>${name}</strong>
                <div class="muted small">
                    ${t(`guests-state-${state}`, { when: formatMoment(expires) })}
                </div>
            </div>
            ${over
                ? nothing
                : html`<button
                      type="button"
                      class="button"
                      aria-label=${t('guests-withdraw-of', { name })}
                      @click=${() => (this.ending = id)}
                  >
                      ${t('guests-withdraw')}
                  </button>`}`;
    }
}
define('vv-guest-links', VvGuestLinks);
