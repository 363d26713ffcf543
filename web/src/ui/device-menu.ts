// SPDX-License-Identifier: Apache-2.0
// Which microphone and speaker, or which camera. Events: vv-choose {kind, id}, vv-speaker-test.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { soundIcon } from './icons.ts';
import './level.ts';
import type { DeviceKindView, DeviceView, LevelSource } from './types.ts';

export class VvDeviceMenu extends VvElement {
    static override properties = {
        kind: {},
        devices: { attribute: false },
        chosen: { attribute: false },
        level: { attribute: false },
        canChooseSpeaker: { attribute: false },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: grid;
                gap: var(--vv-gap-m);
            }
            fieldset {
                display: grid;
                gap: 0.125rem;
                margin: 0;
                padding: 0;
                border: 0;
                min-width: 0;
            }
            legend {
                padding: 0 0 0.25rem;
                font-weight: 600;
                font-size: var(--vv-size-s);
            }
            label {
                display: flex;
                align-items: center;
                gap: 0.625rem;
                min-height: 2.25rem;
                padding: 0 0.375rem;
                border-radius: var(--vv-radius-s);
                cursor: pointer;
                overflow-wrap: anywhere;
            }
            label:hover {
                background: var(--vv-hover);
            }
            input {
                flex: none;
                width: 1.125rem;
                height: 1.125rem;
                margin: 0;
                accent-color: var(--vv-accent);
            }
            p {
                margin: 0;
            }
        `,
    ];
    declare kind: 'microphone' | 'camera';
    declare devices: readonly DeviceView[];
    declare chosen: Record<DeviceKindView, string>;
    declare level: LevelSource | undefined;
    declare canChooseSpeaker: boolean;

    constructor() {
        super();
        this.kind = 'microphone';
        this.devices = [];
        this.chosen = { microphone: '', camera: '', speaker: '' };
        this.level = undefined;
        this.canChooseSpeaker = false;
    }

    protected override render(): TemplateResult {
        if (this.kind === 'camera') {
            return this.list('camera');
        }
        return html`${this.list('microphone')}
            ${this.level ? html`<vv-level .source=${this.level}></vv-level>` : nothing}
            ${this.canChooseSpeaker ? this.list('speaker') : nothing}
            <button
                type="button"
                class="button"
                title=${t('speaker-test')}
                @click=${() => this.emit('vv-speaker-test')}
            >
                ${soundIcon}${t('speaker-test')}
            </button>`;
    }

    private list(kind: DeviceKindView): TemplateResult {
        const found = this.devices.filter((device) => device.kind === kind);
        // The browser's own choice has no id until it is in use.
        const chosen = found.some(({ id }) => id === this.chosen[kind])
            ? this.chosen[kind]
            : found[0]?.id;
        return html`<fieldset>
            <legend>${t(kind)}</legend>
            ${found.length === 0
                ? html`<p class="muted small">${t(`${kind}-none`)}</p>`
                : found.map((device, i) => this.choice(device, i, device.id === chosen))}
        </fieldset>`;
    }

    private choice({ kind, id, label }: DeviceView, i: number, chosen: boolean): TemplateResult {
        return html`<label>
            <input
                type="radio"
                name=${kind}
                .checked=${chosen}
                @change=${() => this.emit('vv-choose', { kind, id })}
            />${label || t('device-numbered', { device: t(kind), number: i + 1 })}
        </label>`;
    }
}
define('vv-device-menu', VvDeviceMenu);
