// SPDX-License-Identifier: Apache-2.0
// A running call: the other's picture full, the own one bottom right, the controls.
// Events: vv-microphone, vv-camera, vv-end, vv-unlock.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { formatDuration, t } from '../text/text.ts';
import './avatar.ts';
import { stageStyles } from './call-stage-style.ts';
import { controlStyles, define, VvElement } from './element.ts';
import {
    cameraIcon,
    cameraOffIcon,
    microphoneIcon,
    microphoneOffIcon,
    phoneOffIcon,
    soundIcon,
} from './icons.ts';
import { keyCommand } from './keys.ts';
import type { PersonView, StageState } from './types.ts';

const IDLE_MS = 3000;

export class VvCallStage extends VvElement {
    static override properties = {
        peer: { attribute: false },
        state: {},
        localStream: { attribute: false },
        remoteStream: { attribute: false },
        microphone: { type: Boolean },
        camera: { type: Boolean },
        hasMicrophone: { attribute: false },
        hasCamera: { attribute: false },
        peerMicrophone: { attribute: false },
        peerCamera: { attribute: false },
        peerAway: { attribute: false },
        seconds: { type: Number },
        soundBlocked: { type: Boolean },
        idle: { state: true },
    };
    static override styles = [controlStyles, stageStyles];
    declare peer: PersonView | undefined;
    declare state: StageState;
    declare localStream: MediaStream | null;
    declare remoteStream: MediaStream | null;
    declare microphone: boolean;
    declare camera: boolean;
    declare hasMicrophone: boolean;
    declare hasCamera: boolean;
    declare peerMicrophone: boolean;
    declare peerCamera: boolean;
    declare peerAway: boolean;
    declare seconds: number;
    declare soundBlocked: boolean;
    declare idle: boolean;
    private timer = 0;
    private readonly onKey = (event: KeyboardEvent): void => {
        const command = keyCommand(event);
        if (command) {
            event.preventDefault();
            this.emit(`vv-${command}`);
        }
    };
    private readonly wake = (): void => {
        this.idle = false;
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.rest(), IDLE_MS);
    };

    constructor() {
        super();
        this.peer = undefined;
        this.state = 'preparing';
        this.localStream = null;
        this.remoteStream = null;
        this.microphone = true;
        this.camera = true;
        this.hasMicrophone = true;
        this.hasCamera = true;
        this.peerMicrophone = true;
        this.peerCamera = true;
        this.peerAway = false;
        this.seconds = 0;
        this.soundBlocked = false;
        this.idle = false;
    }

    override connectedCallback(): void {
        super.connectedCallback();
        window.addEventListener('keydown', this.onKey);
        for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const) {
            this.addEventListener(type, this.wake);
        }
        this.wake();
    }

    override disconnectedCallback(): void {
        window.removeEventListener('keydown', this.onKey);
        window.clearTimeout(this.timer);
        super.disconnectedCallback();
    }

    /** Controls hide only in a running call, and never under the keyboard's focus. */
    private rest(): void {
        const focus = this.shadowRoot?.querySelector('.controls :focus-visible');
        this.idle = this.state === 'active' && !focus;
        if (!this.idle) {
            this.timer = window.setTimeout(() => this.rest(), IDLE_MS);
        }
    }

    protected override updated(changed: PropertyValues<this>): void {
        this.attach('remote', this.remoteStream, changed.has('remoteStream'));
        this.attach('own', this.localStream, changed.has('localStream') || changed.has('camera'));
    }

    private attach(id: string, stream: MediaStream | null, changed: boolean): void {
        const video = this.shadowRoot?.getElementById(id);
        if (changed && video instanceof HTMLVideoElement && video.srcObject !== stream) {
            video.srcObject = stream;
            // A refusal by the autoplay rules is the owner's to tell: it sets soundBlocked. Another
            // stream that comes meanwhile interrupts the play (AbortError) and refuses nothing.
            video.play().catch((thrown: unknown) => {
                const refused = thrown instanceof DOMException && thrown.name === 'NotAllowedError';
                if (refused && id === 'remote') {
                    this.emit('vv-play-refused');
                }
            });
        }
    }

    /** To be called in the click of vv-unlock. */
    playRemote(): Promise<void> {
        const video = this.shadowRoot?.getElementById('remote');
        return video instanceof HTMLVideoElement ? video.play() : Promise.resolve();
    }

    private get line(): string {
        const name = this.peer?.fullName ?? '';
        if (this.peerAway) {
            return t('call-peer-away', { name });
        }
        return this.state === 'active'
            ? formatDuration(this.seconds)
            : t(`call-${this.state}`, { name });
    }

    protected override render(): TemplateResult | typeof nothing {
        const peer = this.peer;
        if (!peer) {
            return nothing;
        }
        const name = peer.fullName;
        const live = this.state === 'active' || this.state === 'reconnecting';
        const seen = live && this.peerCamera && this.remoteStream !== null;
        return html`<div class="stage ${this.idle ? 'idle' : ''} ${seen ? 'seen' : ''}">
            <video
                id="remote"
                class=${seen ? '' : 'unseen'}
                autoplay
                playsinline
                aria-label=${t('call-peer-picture', { name })}
            ></video>
            ${seen ? nothing : this.face(peer, live)}
            <div class="top">
                <h1 dir="auto">${name}</h1>
                <span class="line" role=${this.state === 'active' ? 'timer' : 'status'}
                    >${this.line}</span
                >
                ${live && !this.peerMicrophone
                    ? html`<span class="pill" role="status"
                          >${microphoneOffIcon}${t('call-peer-muted', { name })}</span
                      >`
                    : nothing}
            </div>
            ${this.camera && this.localStream
                ? html`<video
                      id="own"
                      .muted=${true}
                      autoplay
                      playsinline
                      aria-label=${t('call-own-picture')}
                  ></video>`
                : nothing}
            ${this.soundBlocked
                ? html`<button
                      type="button"
                      class="button chip"
                      @click=${() => this.emit('vv-unlock')}
                  >
                      ${soundIcon}${t('call-sound-blocked', { name })}
                  </button>`
                : nothing}
            ${this.controls()}
        </div>`;
    }

    private face(peer: PersonView, live: boolean): TemplateResult {
        return html`<div class="face">
            <vv-avatar
                class=${live ? '' : 'waiting'}
                size="xl"
                .name=${peer.name}
                .fullName=${peer.fullName}
                .hash=${peer.avatar}
            ></vv-avatar>
        </div>`;
    }

    private controls(): TemplateResult {
        return html`<div class="controls" role="toolbar" aria-label=${t('call-controls')}>
            ${this.toggle('microphone', this.microphone, this.hasMicrophone)}
            ${this.toggle('camera', this.camera, this.hasCamera)}
            <button
                type="button"
                class="control end"
                title=${t('call-end')}
                aria-label=${t('call-end')}
                @click=${() => this.emit('vv-end')}
            >
                ${phoneOffIcon}
            </button>
        </div>`;
    }

    private toggle(kind: 'microphone' | 'camera', on: boolean, present: boolean): TemplateResult {
        const icons = {
            microphone: [microphoneOffIcon, microphoneIcon],
            camera: [cameraOffIcon, cameraIcon],
        } as const;
        const lit = on && present;
        return html`<button
            type="button"
            class="control ${lit ? '' : 'off'}"
            data-control=${kind}
            title=${t(present ? `${kind}-${on ? 'on' : 'off'}` : `${kind}-none`)}
            aria-label=${t(kind)}
            aria-pressed=${lit}
            ?disabled=${!present}
            @click=${() => this.emit(`vv-${kind}`)}
        >
            ${icons[kind][lit ? 1 : 0]}
        </button>`;
    }
}
define('vv-call-stage', VvCallStage);
