// SPDX-License-Identifier: Apache-2.0
// Why a call ended or could not begin, and what to do. Events: vv-again, vv-close, vv-here,
// vv-without-camera.
import { css, html, nothing, type TemplateResult } from 'lit';
import { hasText, t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { cameraOffIcon, closeIcon, phoneIcon, phoneOffIcon, warningIcon } from './icons.ts';

/**
 * `what` is an end reason of the protocol or a problem of this browser; the title and text keys
 * for it.
 */
export function messageKeys(what: string, byMe: boolean): { title: string; text: string } {
    if (hasText(`problem-${what}`)) {
        return { title: `problem-${what}-title`, text: `problem-${what}` };
    }
    const own = `ended-${what}-by-me`;
    const text = byMe && hasText(own) ? own : `ended-${what}`;
    const calm = ['hung-up', 'declined', 'cancelled', 'declined-elsewhere', 'answered-elsewhere',
        'no-answer', 'replaced', 'too-long', 'gone', 'in-another-window'];
    return {
        title: calm.includes(what) ? 'ended-title' : 'ended-problem-title',
        text: hasText(text) ? text : 'ended-internal',
    };
}

export class VvCallMessage extends VvElement {
    static override properties = {
        what: {},
        byMe: { type: Boolean },
        name: {},
        reference: {},
        again: { type: Boolean },
        withoutCamera: { type: Boolean },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: grid;
                place-items: center;
                min-height: 100%;
                padding: var(--vv-gap-m);
                background: var(--vv-bg);
                color: var(--vv-text);
            }
            .box {
                width: min(30rem, 100%);
                padding: var(--vv-gap-xl) var(--vv-gap-l);
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-l);
                background: var(--vv-surface);
                box-shadow: var(--vv-shadow-s);
                text-align: center;
            }
            .mark {
                display: inline-grid;
                place-items: center;
                width: 3.5rem;
                height: 3.5rem;
                border-radius: 50%;
                background: var(--vv-hover);
                color: var(--vv-muted);
                font-size: 1.25rem;
            }
            .problem .mark {
                background: var(--vv-warn-soft);
                color: var(--vv-warn);
            }
            h1 {
                margin: var(--vv-gap-m) 0 var(--vv-gap-s);
                font-size: 1.375rem;
                line-height: 1.3;
            }
            p {
                margin: 0 0 var(--vv-gap-s);
                line-height: 1.5;
            }
            .actions {
                display: flex;
                flex-wrap: wrap;
                justify-content: center;
                gap: var(--vv-gap-s);
                margin-top: var(--vv-gap-l);
            }
        `,
    ];
    declare what: string;
    declare byMe: boolean;
    declare name: string;
    declare reference: string;
    declare again: boolean;
    declare withoutCamera: boolean;

    constructor() {
        super();
        this.what = 'hung-up';
        this.byMe = false;
        this.name = '';
        this.reference = '';
        this.again = false;
        this.withoutCamera = false;
    }

    protected override render(): TemplateResult {
        const keys = messageKeys(this.what, this.byMe);
        const calm = keys.title === 'ended-title';
        return html`<div class="box ${calm ? '' : 'problem'}" role="alert">
            <span class="mark">${calm ? phoneOffIcon : warningIcon}</span>
            <h1>${t(keys.title)}</h1>
            <p class="muted" dir="auto">${t(keys.text, { name: this.name })}</p>
            ${this.reference
                ? html`<p class="muted small">
                      ${t('ended-reference', { reference: this.reference })}
                  </p>`
                : nothing}
            <div class="actions">
                ${this.again
                    ? this.button('primary', phoneIcon, 'call-again', 'vv-again')
                    : nothing}
                ${this.what === 'popup'
                    ? this.button('primary', phoneIcon, 'problem-popup-here', 'vv-here')
                    : nothing}
                ${this.withoutCamera
                    ? this.button('', cameraOffIcon, 'continue-without-camera', 'vv-without-camera')
                    : nothing}
                ${this.button('', closeIcon, 'close', 'vv-close')}
            </div>
        </div>`;
    }

    private button(look: string, icon: TemplateResult, key: string, event: string): TemplateResult {
        return html`<button type="button" class="button ${look}" @click=${() => this.emit(event)}>
            ${icon}${t(key)}
        </button>`;
    }
}
define('vv-call-message', VvCallMessage);
