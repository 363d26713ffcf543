// SPDX-License-Identifier: Apache-2.0
// The one sheet before the first call: microphone and camera, the sound, ringing without a page,
// and a ring to oneself. Each step can be left out. Event: vv-close.
import { html, nothing, type TemplateResult } from 'lit';
import type { DeviceProblem } from '../platform/devices.ts';
import type { CallRingingHow } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import '../ui/dialog.ts';
import { define } from '../ui/element.ts';
import { cameraIcon, checkIcon, soundIcon, warningIcon } from '../ui/icons.ts';
import '../ui/level.ts';
import { bellIcon } from '../ui/portal-icons.ts';
import type { LevelSource } from '../ui/types.ts';
import { Page } from './page.ts';
import './push-settings.ts';
import { services, type MeView } from './services.ts';

type DeviceState = 'closed' | 'asked' | 'open' | DeviceProblem;

export class VvCallSetup extends Page {
    static override properties = {
        me: { attribute: false },
        open: { type: Boolean },
        devices: { state: true },
        picture: { state: true },
        heard: { state: true },
        rang: { state: true },
    };
    declare me: MeView | undefined;
    declare open: boolean;
    declare devices: Record<'microphone' | 'camera', DeviceState>;
    declare picture: MediaStream | null;
    declare heard: 'no' | 'yes' | 'blocked';
    /** How the test rang; undefined: there was none. */
    declare rang: CallRingingHow | undefined;
    private readonly tracks: MediaStreamTrack[] = [];
    private stopLevel: (() => void) | undefined;
    private show: (level: number) => void = () => undefined;
    private readonly level: LevelSource = (listener) => {
        this.show = listener;
        return () => (this.show = () => undefined);
    };

    constructor() {
        super();
        this.me = undefined;
        this.open = false;
        this.devices = { microphone: 'closed', camera: 'closed' };
        this.picture = null;
        this.heard = 'no';
        this.rang = undefined;
    }

    override disconnectedCallback(): void {
        this.release();
        super.disconnectedCallback();
    }

    protected override updated(): void {
        const video = this.querySelector('video');
        if (video && video.srcObject !== this.picture) {
            video.srcObject = this.picture;
            video.play().catch(() => undefined); // Closed meanwhile.
        }
    }

    /** Off is off: the devices are closed with the sheet. */
    private release(): void {
        this.stopLevel?.();
        this.stopLevel = undefined;
        this.tracks.splice(0).forEach((track) => track.stop());
        this.picture = null;
        this.devices = { microphone: 'closed', camera: 'closed' };
    }

    private close(event?: Event): void {
        event?.stopPropagation();
        this.open = false;
        this.release();
        this.emit('vv-close');
    }

    private async openDevices(): Promise<void> {
        const { checks } = services.get();
        for (const kind of ['microphone', 'camera'] as const) {
            this.devices = { ...this.devices, [kind]: 'asked' };
            const got = await checks.open(kind);
            const track = typeof got === 'string' ? undefined : got;
            this.devices = { ...this.devices, [kind]: typeof got === 'string' ? got : 'open' };
            if (track && !this.isConnected) {
                track.stop();
                return;
            }
            if (track) {
                this.tracks.push(track);
            }
            if (track && kind === 'camera') {
                this.picture = new MediaStream([track]);
            } else if (track) {
                this.stopLevel = await checks.level(track, (level) => this.show(level));
            }
        }
    }

    private async hear(): Promise<void> {
        try {
            await services.get().preferences.hear('chime');
            this.heard = 'yes';
        } catch {
            this.heard = 'blocked';
        }
    }

    private async ring(): Promise<void> {
        const { me } = this;
        if (me) {
            this.rang = await this.live.testRing(me.user);
        }
    }

    protected override render(): TemplateResult {
        return html`<vv-dialog
            .heading=${t('setup-title')}
            ?open=${this.open}
            @vv-close=${(event: Event) => this.close(event)}
        >
            <p class="muted">${t('setup-text')}</p>
            ${this.devicesStep()} ${this.soundStep()}
            <vv-push-settings></vv-push-settings>
            ${this.ringStep()}
            <div class="form-row end">
                <button type="button" class="button primary" @click=${() => this.close()}>
                    ${t('setup-done')}
                </button>
            </div>
        </vv-dialog>`;
    }

    private step(icon: TemplateResult, key: string, content: unknown): TemplateResult {
        return html`<section class="card step">
            <h3>${icon}${t(key)}</h3>
            ${content}
        </section>`;
    }

    private devicesStep(): TemplateResult {
        const { microphone, camera } = this.devices;
        const idle = microphone !== 'open' && microphone !== 'asked';
        return this.step(
            cameraIcon,
            'setup-devices',
            html`${this.device('microphone')} ${this.device('camera')}
                ${microphone === 'open'
                    ? html`<p class="small">${t('setup-speak')}</p>
                          <vv-level .source=${this.level}></vv-level>`
                    : nothing}
                ${this.picture
                    ? html`<video
                          class="own"
                          .muted=${true}
                          playsinline
                          aria-label=${t('call-own-picture')}
                      ></video>`
                    : nothing}
                ${idle && camera !== 'asked'
                    ? html`<button
                          type="button"
                          class="button"
                          @click=${() => void this.openDevices()}
                      >
                          ${t(microphone === 'closed' ? 'setup-allow' : 'try-again')}
                      </button>`
                    : nothing}`,
        );
    }

    private device(kind: 'microphone' | 'camera'): TemplateResult | typeof nothing {
        const state = this.devices[kind];
        if (state === 'closed') {
            return nothing;
        }
        const text = state === 'asked' ? t('setup-asked')
            : state === 'open' ? t(`setup-${kind}`) : t(`notice-${state}`, { device: kind });
        return this.result(state === 'open', state === 'asked', text);
    }

    private result(good: boolean, open: boolean, text: string): TemplateResult {
        return html`<p class="result ${good ? 'good' : ''}" role="status">
            ${open ? nothing : good ? checkIcon : warningIcon}${text}
        </p>`;
    }

    private soundStep(): TemplateResult {
        const { heard } = this;
        return this.step(
            soundIcon,
            'setup-sound',
            html`<button type="button" class="button" @click=${() => void this.hear()}>
                    ${t('setup-hear')}
                </button>
                ${heard === 'no'
                    ? nothing
                    : this.result(heard === 'yes', false, t(heard === 'yes'
                        ? 'setup-heard' : 'sound-blocked'))}`,
        );
    }

    private ringStep(): TemplateResult {
        const { rang } = this;
        const { status } = this.live;
        return this.step(
            bellIcon,
            'setup-ring',
            html`<p class="small">${t('setup-ring-text')}</p>
                ${status === 'invisible' || status === 'do-not-disturb'
                    ? this.result(false, false, t(`setup-status-${status}`))
                    : nothing}
                <button type="button" class="button" @click=${() => void this.ring()}>
                    ${t('setup-ring-me')}
                </button>
                ${rang
                    ? this.result(rang === 'audible', false, t(`setup-rang-${rang}`))
                    : nothing}`,
        );
    }
}
define('vv-call-setup', VvCallSetup);
