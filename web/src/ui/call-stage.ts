// SPDX-License-Identifier: Apache-2.0
// A running call: the other's picture full, the own one in a corner, the controls over it.
// Events: those of vv-call-controls, and vv-unlock, vv-talk {down}, vv-corner {corner}.
import { html, nothing, type TemplateResult } from 'lit';
import { formatDuration, t } from '../text/text.ts';
import './avatar.ts';
import { shownName } from './shown-name.ts';
import type { VvCallControls } from './call-controls.ts';
import './call-controls.ts';
import { holdIcon } from './call-icons.ts';
import { stageStyles } from './call-stage-style.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { microphoneOffIcon, soundIcon, warningIcon } from './icons.ts';
import { keyCommand, keyIsTaken } from './keys.ts';
import { CORNERS } from './own-picture.ts';
import './quality.ts';
import type { VvRemotePicture } from './remote-picture.ts';
import './remote-picture.ts';
import type {
    ControlsView,
    Corner,
    HintView,
    PersonView,
    QualityView,
    StageState,
    TroubleView,
} from './types.ts';

const IDLE_MS = 3000;

export class VvCallStage extends VvElement {
    static override properties = {
        peer: { attribute: false },
        state: {},
        ringLine: {},
        trouble: {},
        quality: { attribute: false },
        hint: {},
        controls: { attribute: false },
        localStream: { attribute: false },
        remoteStream: { attribute: false },
        peerMicrophone: { attribute: false },
        peerCamera: { attribute: false },
        peerScreen: { attribute: false },
        peerAway: { attribute: false },
        peerTrouble: { attribute: false },
        held: { type: Boolean },
        seconds: { type: Number },
        soundBlocked: { type: Boolean },
        corner: {},
        idle: { state: true },
    };
    static override styles = [controlStyles, stageStyles];
    declare peer: PersonView | undefined;
    declare state: StageState;
    /** While it rings: where and how. */
    declare ringLine: string;
    declare trouble: TroubleView;
    declare quality: QualityView | undefined;
    declare hint: HintView;
    declare controls: ControlsView | undefined;
    declare localStream: MediaStream | null;
    declare remoteStream: MediaStream | null;
    declare peerMicrophone: boolean;
    declare peerCamera: boolean;
    declare peerScreen: boolean;
    declare peerAway: boolean;
    declare peerTrouble: boolean;
    /** The other side holds the call. */
    declare held: boolean;
    declare seconds: number;
    declare soundBlocked: boolean;
    declare corner: Corner;
    declare idle: boolean;
    private timer = 0;
    private readonly onKey = (event: KeyboardEvent): void => {
        const command = keyCommand(event, this.controls?.singleKeys);
        if (command && !keyIsTaken(event.composedPath()[0], event.key)) {
            event.preventDefault();
            this.emit(`vv-${command}`, { down: true });
        }
    };
    private readonly onKeyUp = (event: KeyboardEvent): void => {
        if (event.key === ' ') {
            this.stopTalking();
        }
    };
    private readonly stopTalking = (): void => this.emit('vv-talk', { down: false });
    private readonly wake = (): void => {
        this.idle = false;
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => this.rest(), IDLE_MS);
    };

    constructor() {
        super();
        this.peer = undefined;
        this.state = 'preparing';
        this.ringLine = '';
        this.trouble = 'none';
        this.quality = undefined;
        this.hint = 'none';
        this.controls = undefined;
        this.localStream = null;
        this.remoteStream = null;
        this.peerMicrophone = true;
        this.peerCamera = true;
        this.peerScreen = false;
        this.peerAway = false;
        this.peerTrouble = false;
        this.held = false;
        this.seconds = 0;
        this.soundBlocked = false;
        this.corner = 'bottom-right';
        this.idle = false;
    }

    override connectedCallback(): void {
        super.connectedCallback();
        window.addEventListener('keydown', this.onKey);
        window.addEventListener('keyup', this.onKeyUp);
        window.addEventListener('blur', this.stopTalking);
        for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const) {
            this.addEventListener(type, this.wake);
        }
        this.addEventListener('vv-move', () => this.nextCorner());
        this.wake();
    }

    override disconnectedCallback(): void {
        window.removeEventListener('keydown', this.onKey);
        window.removeEventListener('keyup', this.onKeyUp);
        window.removeEventListener('blur', this.stopTalking);
        window.clearTimeout(this.timer);
        super.disconnectedCallback();
    }

    /** To be called in the click of vv-unlock. */
    playRemote(): Promise<void> {
        return this.remote?.play() ?? Promise.resolve();
    }

    soundAt(speaker: string): Promise<void> {
        return this.remote?.soundAt(speaker) ?? Promise.resolve();
    }

    private get remote(): VvRemotePicture | null {
        return this.shadowRoot?.querySelector<VvRemotePicture>('vv-remote-picture') ?? null;
    }

    /** Controls hide only in a running call, and never under the keyboard's focus. */
    private rest(): void {
        const controls = this.shadowRoot?.querySelector<VvCallControls>('vv-call-controls');
        const inUse = controls?.inUse || this.shadowRoot?.querySelector('.top :focus-visible');
        this.idle = this.state === 'active' && !inUse;
        if (!this.idle) {
            this.timer = window.setTimeout(() => this.rest(), IDLE_MS);
        }
    }

    private nextCorner(): void {
        const corner = CORNERS[(CORNERS.indexOf(this.corner) + 1) % CORNERS.length];
        this.emit('vv-corner', { corner });
    }

    private get line(): string {
        const name = this.peer ? shownName(this.peer) : '';
        if (this.peerAway) {
            return t('call-peer-away', { name });
        }
        if (this.state === 'ringing') {
            return this.ringLine;
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
        const name = shownName(peer);
        const live = this.state === 'active';
        const shows = this.peerCamera || this.peerScreen;
        const seen = live && shows && !this.held && this.remoteStream !== null;
        const idle = this.idle && this.trouble === 'none' ? 'idle' : '';
        return html`<div class="stage ${idle} ${seen ? 'seen' : ''}">
            <vv-remote-picture
                class=${seen ? '' : 'unseen'}
                .stream=${this.remoteStream}
                .label=${t('call-peer-picture', { name })}
                ?zoomable=${seen && this.peerScreen}
            ></vv-remote-picture>
            ${seen ? nothing : this.face(peer, live)} ${this.top(name, live)}
            ${this.localStream
                ? html`<vv-own-picture
                      .stream=${this.localStream}
                      .corner=${this.corner}
                      ?large=${!live}
                  ></vv-own-picture>`
                : nothing}
            ${this.chips(name)}
            <vv-call-controls .view=${this.controls}></vv-call-controls>
        </div>`;
    }

    private top(name: string, live: boolean): TemplateResult {
        const pill = (shown: boolean, key: string, icon: unknown): unknown =>
            shown
                ? html`<span class="pill" role="status">${icon}${t(key, { name })}</span>`
                : nothing;
        return html`<div class="top">
            <h1 dir="auto">${name}</h1>
            <span class="line" role=${live ? 'timer' : 'status'}>${this.line}</span>
            <vv-quality .quality=${live ? this.quality : undefined} .name=${name}></vv-quality>
            ${pill(live && this.held, 'call-held-by-peer', holdIcon)}
            ${pill(live && !this.held && !this.peerMicrophone, 'call-peer-muted',
                microphoneOffIcon)}
            ${pill(this.peerTrouble, 'call-peer-trouble', warningIcon)}
            ${pill(this.trouble === 'pill', 'call-reconnecting', warningIcon)}
            ${this.trouble === 'banner'
                ? html`<p class="banner" role="alert">${t('call-lost', { name })}</p>`
                : nothing}
        </div>`;
    }

    private chips(name: string): TemplateResult {
        return html`<div class="chips">
            ${this.hint === 'none'
                ? nothing
                : html`<p class="chip" role="status">
                      ${microphoneOffIcon}${t(`hint-${this.hint}`)}
                  </p>`}
            ${this.soundBlocked
                ? html`<button
                      type="button"
                      class="button chip"
                      @click=${() => this.emit('vv-unlock')}
                  >
                      ${soundIcon}${t('call-sound-blocked', { name })}
                  </button>`
                : nothing}
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
}
define('vv-call-stage', VvCallStage);
