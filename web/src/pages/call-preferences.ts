// SPDX-License-Identifier: Apache-2.0
// What one wants of calls in general, and whom one has blocked.
import { html, nothing, type TemplateResult } from 'lit';
import type { PersonInfo, ServerEvent } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import '../ui/avatar.ts';
import { titleOf } from '../ui/call-button.ts';
import { define } from '../ui/element.ts';
import { Page } from './page.ts';

const SWITCHES = ['waiting', 'relayOnly'] as const;
type Switch = (typeof SWITCHES)[number];

export class VvCallPreferences extends Page {
    static override properties = {
        wanted: { state: true },
        blocked: { state: true },
    };
    declare wanted: Record<Switch, boolean>;
    declare blocked: readonly PersonInfo[];

    constructor() {
        super();
        this.wanted = { waiting: true, relayOnly: false };
        this.blocked = [];
    }

    protected override onEvent(event: ServerEvent): void {
        if (event.type === 'settings.changed') {
            this.wanted = { waiting: event.callWaiting, relayOnly: event.relayOnly };
        }
    }

    protected override firstUpdated(): void {
        void this.attempt(async () => {
            // What this page was started with may be old: another tab may have changed it.
            const { callWaiting = true, relayOnly = false } = (await this.api.me())?.settings ?? {};
            this.wanted = { waiting: callWaiting, relayOnly };
        });
        void this.load().catch(() => undefined); // The list stays empty; the switches work.
    }

    private async load(): Promise<void> {
        this.blocked = (await this.live.request({ type: 'people.blocked' })).people;
    }

    private async onSwitch(name: Switch, input: HTMLInputElement): Promise<void> {
        const on = input.checked;
        await this.attempt(async () => {
            await this.live.request({ type: 'call.prefer', [name]: on });
            this.wanted = { ...this.wanted, [name]: on };
        });
        input.checked = this.wanted[name]; // As it is kept, also after a refusal.
    }

    private async onUsual(select: HTMLSelectElement): Promise<void> {
        await this.attempt(async () => {
            const { value: connector } = select;
            await this.live.request({ type: 'connector.choose', target: '', connector });
        });
        this.requestUpdate();
    }

    private unblock({ name, fullName }: PersonInfo): Promise<void> {
        return this.attempt(async () => {
            await this.live.request({ type: 'person.block', name, on: false });
            this.toast(t('unblocked', { name: fullName }));
            await this.load();
        });
    }

    protected override render(): TemplateResult {
        return html`<section class="card">
            <h2>${t('prefer-title')}</h2>
            ${this.usual()}${SWITCHES.map((name) => this.choice(name))}
            <h3 class="field-label">${t('blocked-title')}</h3>
            ${this.blocked.length === 0
                ? html`<p class="muted small">${t('blocked-none')}</p>`
                : html`<ul class="plain">
                      ${this.blocked.map((person) => this.person(person))}
                  </ul>`}
        </section>`;
    }

    /** By what one calls for whom nothing was picked yet: asked only where there are several. */
    private usual(): TemplateResult | typeof nothing {
        const { connectors = [], chosen = '' } = this.live.usualOffer();
        return connectors.length < 2
            ? nothing
            : html`<label class="field-label"
                  >${t('prefer-connector')}<select
                      class="input"
                      aria-describedby="prefer-connector-hint"
                      @change=${(event: Event) =>
                          void this.onUsual(event.target as HTMLSelectElement)}
                  >
                      ${connectors.map(
                          ({ name, title }) =>
                              html`<option value=${name} .selected=${name === chosen}>
                                  ${titleOf(name, title)}
                              </option>`,
                      )}
                  </select></label
                  ><p id="prefer-connector-hint" class="muted small"
                      >${t('prefer-connector-hint')}</p>`;
    }

    private choice(name: Switch): TemplateResult {
        const hint = `prefer-${name}-hint`;
        return html`<label class="check">
                <input
                    type="checkbox"
                    role="switch"
                    name=${name}
                    aria-describedby=${hint}
                    .checked=${this.wanted[name]}
                    @change=${(event: Event) =>
                        void this.onSwitch(name, event.target as HTMLInputElement)}
                />
                ${t(`prefer-${name}`)}
            </label>
            <p id=${hint} class="muted small">${t(hint)}</p>`;
    }

    private person(person: PersonInfo): TemplateResult {
        const { name, fullName, avatar } = person;
        return html`<li class="login">
            <span class="form-row">
                <vv-avatar decorative size="s" .name=${name} .fullName=${fullName} .hash=${avatar}>
                </vv-avatar>
                <a href="/people/${encodeURIComponent(name)}" dir="auto">${fullName}</a>
            </span>
            <button
                type="button"
                class="button"
                title=${t('unblock-title', { name: fullName })}
                @click=${() => void this.unblock(person)}
            >
                ${t('unblock')}
            </button>
        </li>`;
    }
}
define('vv-call-preferences', VvCallPreferences);
