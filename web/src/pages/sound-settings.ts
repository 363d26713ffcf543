// SPDX-License-Identifier: Apache-2.0
// Which sounds are heard, and where the ring sounds as well.
import { html, nothing, type TemplateResult } from 'lit';
import { TONE_NAMES, type SoundSettings, type SwitchedTone } from '../platform/tones.ts';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { soundIcon } from '../ui/icons.ts';
import { Page } from './page.ts';
import { services, type Speaker } from './services.ts';

export class VvSoundSettings extends Page {
    static override properties = { speakers: { state: true } };
    declare speakers: readonly Speaker[];

    constructor() {
        super();
        this.speakers = [];
    }

    protected override firstUpdated(): void {
        void this.attempt(async () => {
            this.speakers = await services.get().preferences.speakers();
        });
    }

    private get sounds(): SoundSettings {
        return services.get().preferences.sounds;
    }

    private keep(change: Partial<SoundSettings>): void {
        services.get().preferences.sounds = { ...this.sounds, ...change };
        this.requestUpdate();
    }

    private hear(name: SwitchedTone): void {
        services
            .get()
            .preferences.hear(name)
            .catch(() => this.toast(t('sound-blocked'), 'problem'));
    }

    protected override render(): TemplateResult {
        return html`<section class="card">
            <h2>${t('settings-sounds')}</h2>
            <p class="muted small">${t('settings-sounds-hint')}</p>
            <ul class="plain sounds">
                ${TONE_NAMES.map((name) => this.sound(name))}
            </ul>
            ${this.speakers.length > 0 ? this.second() : nothing}
        </section>`;
    }

    private sound(name: SwitchedTone): TemplateResult {
        const { off } = this.sounds;
        const title = t(`sound-${name}`);
        const label = t('sound-hear', { title });
        const set = (event: Event): void => {
            const on = (event.target as HTMLInputElement).checked;
            const others = off.filter((one) => one !== name);
            this.keep({ off: on ? others : [...others, name] });
        };
        return html`<li>
            <label
                ><input type="checkbox" .checked=${!off.includes(name)} @change=${set} /> ${title}
            </label>
            <button
                type="button"
                class="button quiet round"
                title=${label}
                aria-label=${label}
                @click=${() => this.hear(name)}
            >
                ${soundIcon}
            </button>
        </li>`;
    }

    private second(): TemplateResult {
        const { second } = this.sounds;
        const choose = (event: Event): void =>
            this.keep({ second: (event.target as HTMLSelectElement).value });
        return html`<label class="field-label"
            >${t('sound-second')}<select class="input" @change=${choose}>
                <option value="" ?selected=${second === ''}>${t('sound-second-none')}</option>
                ${this.speakers.map(
                    ({ id, label }, i) =>
                        html`<option value=${id} ?selected=${second === id}>
                            ${label || t('sound-speaker', { count: i + 1 })}
                        </option>`,
                )}
            </select></label
        >`;
    }
}
define('vv-sound-settings', VvSoundSettings);
