// SPDX-License-Identifier: Apache-2.0
// What the other side sends: the sound by an element of its own, because a browser plays none of an
// element whose picture has not begun. A screen can be made larger: wheel, double click or the
// buttons; then it is dragged. Events: vv-play-refused (the autoplay
// rules), vv-play-began.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { zoomInIcon, zoomOutIcon } from './call-icons.ts';
import { controlStyles, define, VvElement } from './element.ts';

const ZOOM_MAX = 6;
const STEP = 1.5;
const AGAIN_MS = 1000;

/** Plays those tracks; an element that does so already is not disturbed. */
function give(element: HTMLMediaElement, tracks: readonly MediaStreamTrack[] = []): void {
    const before = element.srcObject instanceof MediaStream ? element.srcObject.getTracks() : [];
    if (before.length !== tracks.length || tracks.some((track) => !before.includes(track))) {
        element.srcObject = tracks.length > 0 ? new MediaStream([...tracks]) : null;
    }
}

export class VvRemotePicture extends VvElement {
    static override properties = {
        stream: { attribute: false },
        label: {},
        zoomable: { type: Boolean },
        zoom: { state: true },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
                height: 100%;
                overflow: hidden;
            }
            video {
                display: block;
                width: 100%;
                height: 100%;
                background: #000;
                object-fit: contain;
            }
            .zoomed {
                cursor: grab;
                touch-action: none;
            }
            .zoom {
                position: absolute;
                top: 4.5rem;
                inset-inline-end: 1rem;
                display: flex;
                gap: 0.5rem;
            }
            .zoom .button {
                border-color: transparent;
                background: var(--vv-stage-control);
                color: var(--vv-stage-text);
            }
        `,
    ];
    declare stream: MediaStream | null;
    declare label: string;
    declare zoomable: boolean;
    declare zoom: number;
    private again: number | undefined;
    private x = 0;
    private y = 0;

    constructor() {
        super();
        this.stream = null;
        this.label = '';
        this.zoomable = false;
        this.zoom = 1;
    }

    private get video(): HTMLVideoElement | null {
        return this.shadowRoot?.querySelector('video') ?? null;
    }

    private get audio(): HTMLAudioElement | null {
        return this.shadowRoot?.querySelector('audio') ?? null;
    }

    /** Again in a click, after the browser has refused. */
    play(): Promise<void> {
        return this.audio?.play() ?? Promise.resolve();
    }

    /** Where it sounds; empty: the system's choice. */
    async soundAt(id: string): Promise<void> {
        await this.audio?.setSinkId?.(id);
    }

    protected override willUpdate(changed: PropertyValues<this>): void {
        if (changed.has('zoomable') && !this.zoomable) {
            this.zoom = 1;
        }
    }

    protected override updated(changed: PropertyValues<this>): void {
        const { video, audio } = this;
        if (!video || !audio) {
            return;
        }
        if (changed.has('stream')) {
            give(video, this.stream?.getVideoTracks());
            video.play().catch(() => undefined); // Without a sound nothing refuses it.
            give(audio, this.stream?.getAudioTracks());
            this.sound(audio);
        }
        this.place(video);
    }

    /**
     * A window that nobody has clicked, as one that a notification opened, may sound only once its
     * own microphone runs, which may be a moment later: what was refused is tried again.
     */
    private sound(audio: HTMLAudioElement): void {
        clearTimeout(this.again);
        audio.play().then(
            () => this.emit('vv-play-began'),
            (thrown: unknown) => {
                // Another stream that comes meanwhile interrupts the play (AbortError) and
                // refuses nothing.
                if (thrown instanceof DOMException && thrown.name === 'NotAllowedError') {
                    this.emit('vv-play-refused');
                }
                if (this.isConnected && this.stream) {
                    this.again = window.setTimeout(() => this.sound(audio), AGAIN_MS);
                }
            },
        );
    }

    override disconnectedCallback(): void {
        super.disconnectedCallback();
        clearTimeout(this.again);
    }

    private place(video: HTMLVideoElement): void {
        const limit = (size: number): number => (size * (this.zoom - 1)) / 2;
        const within = (value: number, most: number): number =>
            Math.max(-most, Math.min(most, value));
        this.x = within(this.x, limit(this.clientWidth));
        this.y = within(this.y, limit(this.clientHeight));
        const moved = `translate(${this.x}px, ${this.y}px) scale(${this.zoom})`;
        video.style.setProperty('transform', this.zoom === 1 ? 'none' : moved);
    }

    private scale(by: number): void {
        this.zoom = Math.max(1, Math.min(ZOOM_MAX, this.zoom * by));
    }

    private onWheel(event: WheelEvent): void {
        if (this.zoomable) {
            event.preventDefault();
            this.scale(event.deltaY < 0 ? 1.2 : 1 / 1.2);
        }
    }

    private onDrag(event: PointerEvent): void {
        if (this.zoom > 1 && event.buttons === 1 && this.video) {
            this.x += event.movementX;
            this.y += event.movementY;
            this.place(this.video);
        }
    }

    protected override render(): TemplateResult {
        const step = (key: string, by: number, icon: TemplateResult): TemplateResult =>
            html`<button
                type="button"
                class="button round"
                title=${t(key)}
                aria-label=${t(key)}
                @click=${() => this.scale(by)}
            >
                ${icon}
            </button>`;
        return html`<video
                id="remote"
                class=${this.zoom > 1 ? 'zoomed' : ''}
                .muted=${true}
                autoplay
                playsinline
                aria-label=${this.label}
                @wheel=${(event: WheelEvent) => this.onWheel(event)}
                @dblclick=${() => this.zoomable && this.scale(this.zoom > 1 ? 0 : 2)}
                @pointermove=${(event: PointerEvent) => this.onDrag(event)}
            ></video>
            <audio autoplay></audio>
            ${this.zoomable
                ? html`<div class="zoom">
                      ${step('zoom-out', 1 / STEP, zoomOutIcon)}
                      ${step('zoom-in', STEP, zoomInIcon)}
                  </div>`
                : nothing}`;
    }
}
define('vv-remote-picture', VvRemotePicture);
