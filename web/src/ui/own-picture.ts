// SPDX-License-Identifier: Apache-2.0
// The own picture, mirrored: large and dim behind everything while one waits for the other, then
// small, to be dragged to one of four corners. Event: vv-corner {corner}.
import { css, html, type PropertyValues, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define, VvElement } from './element.ts';
import type { Corner } from './types.ts';

export const CORNERS: readonly Corner[] =
    ['bottom-right', 'bottom-left', 'top-left', 'top-right'];

/** The corner of a field of `width` and `height` that is nearest to a point in it. */
export function nearestCorner(x: number, y: number, width: number, height: number): Corner {
    return `${y < height / 2 ? 'top' : 'bottom'}-${x < width / 2 ? 'left' : 'right'}`;
}

export class VvOwnPicture extends VvElement {
    static override properties = {
        stream: { attribute: false },
        corner: { reflect: true },
        large: { type: Boolean, reflect: true },
    };
    static override styles = css`
        :host {
            position: absolute;
            width: 25%;
            min-width: 6rem;
            max-width: 20rem;
            cursor: grab;
            touch-action: none;
        }
        :host([corner^='bottom']) {
            bottom: max(1rem, env(safe-area-inset-bottom));
        }
        :host([corner^='top']) {
            top: 4.5rem;
        }
        :host([corner$='right']) {
            right: max(1rem, env(safe-area-inset-right));
        }
        :host([corner$='left']) {
            left: max(1rem, env(safe-area-inset-left));
        }
        video {
            display: block;
            width: 100%;
            max-height: 40vh;
            border-radius: var(--vv-radius-m);
            background: #000;
            box-shadow: 0 6px 24px rgb(0 0 0 / 50%);
            object-fit: cover;
            transform: scaleX(-1);
        }
        /* On a phone it stands above the controls. */
        @media (max-width: 48rem) {
            :host([corner^='bottom']) {
                bottom: 6.5rem;
            }
        }
        :host([large]) {
            inset: 0;
            z-index: -1;
            width: 100%;
            max-width: none;
            cursor: default;
        }
        :host([large]) video {
            height: 100%;
            max-height: none;
            border-radius: 0;
            filter: brightness(0.45);
        }
    `;
    declare stream: MediaStream | null;
    declare corner: Corner;
    declare large: boolean;
    private from: { x: number; y: number } | undefined;

    constructor() {
        super();
        this.stream = null;
        this.corner = 'bottom-right';
        this.large = false;
        this.addEventListener('pointerdown', (event) => this.grab(event));
        this.addEventListener('pointermove', (event) => this.drag(event));
        this.addEventListener('pointerup', (event) => this.drop(event));
        this.addEventListener('pointercancel', () => this.letGo());
    }

    private grab(event: PointerEvent): void {
        if (this.large) {
            return;
        }
        this.from = { x: event.clientX, y: event.clientY };
        this.setPointerCapture(event.pointerId);
        event.preventDefault();
    }

    private drag(event: PointerEvent): void {
        if (this.from) {
            const x = event.clientX - this.from.x;
            const y = event.clientY - this.from.y;
            this.style.setProperty('translate', `${x}px ${y}px`);
        }
    }

    private drop(event: PointerEvent): void {
        const field = this.offsetParent?.getBoundingClientRect();
        if (!this.from || !field) {
            return;
        }
        this.letGo();
        const { clientX, clientY } = event;
        const { left, top, width, height } = field;
        const corner = nearestCorner(clientX - left, clientY - top, width, height);
        this.emit('vv-corner', { corner });
    }

    private letGo(): void {
        this.from = undefined;
        this.style.removeProperty('translate');
    }

    protected override updated(changed: PropertyValues<this>): void {
        const video = this.shadowRoot?.querySelector('video');
        if (video && changed.has('stream') && video.srcObject !== this.stream) {
            video.srcObject = this.stream;
            video.play().catch(() => undefined); // Another stream may interrupt it.
        }
    }

    protected override render(): TemplateResult {
        return html`<video
            .muted=${true}
            autoplay
            playsinline
            aria-label=${t('call-own-picture')}
        ></video>`;
    }
}
define('vv-own-picture', VvOwnPicture);
