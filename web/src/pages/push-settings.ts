// SPDX-License-Identifier: Apache-2.0
// Whether this browser rings while no page of the portal is open, and what stands in the way.
import { html, nothing, type TemplateResult } from 'lit';
import type { RingPermission } from '../platform/background.ts';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { Page } from './page.ts';
import { services } from './services.ts';

export class VvPushSettings extends Page {
    static override properties = {
        permission: { state: true },
        on: { state: true },
        known: { state: true },
        busy: { state: true },
    };
    declare permission: RingPermission;
    declare on: boolean;
    /** The server has said whether it is on. */
    declare known: boolean;
    declare busy: boolean;
    private key = '';

    constructor() {
        super();
        this.permission = services.get().background.permission();
        this.on = false;
        this.known = false;
        this.busy = false;
    }

    protected override firstUpdated(): void {
        void this.attempt(async () => {
            const { key, on } = await this.api.push();
            this.key = key;
            this.on = on && this.permission === 'granted';
            this.known = true;
        });
    }

    private async onSwitch(event: Event): Promise<void> {
        const input = event.target as HTMLInputElement;
        const wanted = input.checked;
        this.busy = true;
        await this.attempt(() => (wanted ? this.switchOn() : this.switchOff()));
        this.busy = false;
        input.checked = this.on;
    }

    private async switchOn(): Promise<void> {
        const { background } = services.get();
        this.permission = await background.ask();
        if (this.permission !== 'granted') {
            return;
        }
        let keys;
        try {
            keys = await background.subscribe(this.key);
        } catch {
            this.toast(t('push-no-service'), 'problem');
            return;
        }
        await this.api.savePush(keys);
        this.on = true;
    }

    private async switchOff(): Promise<void> {
        await this.api.removePush();
        this.on = false;
        await services.get().background.unsubscribe().catch(() => undefined); // Nobody sends to it.
    }

    protected override render(): TemplateResult {
        const { permission } = this;
        const possible = permission === 'default' || permission === 'granted';
        return html`<section class="card">
            <h2>${t('push-title')}</h2>
            <p class="muted small">${t('push-hint')}</p>
            <label class="check">
                <input
                    type="checkbox"
                    role="switch"
                    name="push"
                    aria-describedby="push-state"
                    .checked=${this.on}
                    ?disabled=${!possible || !this.known || this.busy}
                    @change=${(event: Event) => this.onSwitch(event)}
                />
                ${t('push-switch')}
            </label>
            <p id="push-state" class="muted small" aria-live="polite">
                ${this.known || !possible ? this.state() : nothing}
            </p>
        </section>`;
    }

    private state(): string {
        if (this.busy && this.permission === 'default') {
            return t('push-asked');
        }
        return t(this.permission === 'granted' && this.on ? 'push-on' : `push-${this.permission}`);
    }
}
define('vv-push-settings', VvPushSettings);
