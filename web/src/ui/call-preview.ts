// SPDX-License-Identifier: Apache-2.0
// A call whose link was followed: who it is with, and what can be done. Nothing is opened before a
// click. Events: vv-answer {camera}, vv-decline, vv-join, vv-picture, vv-close.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './avatar.ts';
import { callBoxStyles } from './call-box-style.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { cameraIcon, cameraOffIcon, closeIcon, phoneIcon, phoneOffIcon } from './icons.ts';
import { shownName } from './shown-name.ts';
import type { PersonView } from './types.ts';

export class VvCallPreview extends VvElement {
    static override properties = {
        peer: { attribute: false },
        rings: { type: Boolean },
        stream: { attribute: false },
    };
    static override styles = [
        controlStyles,
        callBoxStyles,
        css`
            video {
                display: block;
                width: 100%;
                margin-top: var(--vv-gap-m);
                border-radius: var(--vv-radius-m);
                transform: scaleX(-1);
            }
            .actions {
                display: grid;
                gap: var(--vv-gap-s);
                margin-top: var(--vv-gap-l);
            }
        `,
    ];
    declare peer: PersonView | undefined;
    declare rings: boolean;
    declare stream: MediaStream | null;

    constructor() {
        super();
        this.peer = undefined;
        this.rings = false;
        this.stream = null;
    }

    protected override updated(changed: PropertyValues<this>): void {
        const video = this.shadowRoot?.querySelector('video');
        if (video && changed.has('stream')) {
            video.srcObject = this.stream;
            video.play().catch(() => undefined);
        }
    }

    protected override render(): TemplateResult | typeof nothing {
        const peer = this.peer;
        if (!peer) {
            return nothing;
        }
        const name = shownName(peer);
        return html`<div class="box">
            <vv-avatar size="xl" .name=${peer.name} .fullName=${name} .hash=${peer.avatar}>
            </vv-avatar>
            <h1 dir="auto">${name}</h1>
            <p class="muted" role="status">
                ${t(this.rings ? 'incoming-title' : 'preview-elsewhere', { name })}
            </p>
            ${this.stream
                ? html`<video
                      .muted=${true}
                      playsinline
                      aria-label=${t('call-own-picture')}
                  ></video>`
                : nothing}
            <div class="actions">
                ${this.rings
                    ? this.answers()
                    : this.button('primary', phoneIcon, 'use-here', 'join')}
                ${this.stream
                    ? this.button('', cameraOffIcon, 'preview-picture-off', 'picture')
                    : this.button('', cameraIcon, 'preview-picture', 'picture')}
                ${this.button('quiet', closeIcon, 'close', 'close')}
            </div>
        </div>`;
    }

    private answers(): TemplateResult {
        const answer = (look: string, icon: TemplateResult, key: string, camera: boolean) =>
            this.button(look, icon, key, 'answer', { camera });
        return html`${answer('answer', cameraIcon, 'incoming-answer', true)}
        ${answer('', phoneIcon, 'incoming-answer-without-camera', false)}
        ${this.button('end', phoneOffIcon, 'incoming-decline', 'decline')}`;
    }

    private button(
        look: string,
        icon: TemplateResult,
        key: string,
        event: string,
        detail?: { camera: boolean },
    ): TemplateResult {
        return html`<button
            type="button"
            class="button ${look}"
            @click=${() => this.emit(`vv-${event}`, detail)}
        >
            ${icon}${t(key)}
        </button>`;
    }
}
define('vv-call-preview', VvCallPreview);
