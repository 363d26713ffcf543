// SPDX-License-Identifier: Apache-2.0
// Why a call ended or could not begin, and what to do. Events: vv-ACTION for each of its actions.
import { css, html, nothing, type TemplateResult } from 'lit';
import { hasText, t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { cameraOffIcon, closeIcon, phoneIcon, phoneOffIcon, soundIcon, warningIcon }
    from './icons.ts';
import { bellIcon, chatIcon } from './portal-icons.ts';

/** The text and the icon of each button. */
const ACTIONS = {
    again: ['call-again', phoneIcon],
    retry: ['try-again', phoneIcon],
    'listen-only': ['listen-only', soundIcon],
    'without-camera': ['continue-without-camera', cameraOffIcon],
    message: ['call-chat', chatIcon],
    notify: ['call-notify', bellIcon],
    here: ['problem-popup-here', phoneIcon],
    'use-here': ['use-here', phoneIcon],
    'sign-in': ['sign-in', phoneIcon],
    'end-call': ['call-end', phoneOffIcon],
    close: ['close', closeIcon],
} as const;
export type MessageAction = keyof typeof ACTIONS;

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
        'no-answer', 'replaced', 'too-long', 'gone', 'in-another-window', 'signed-out'];
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
        note: {},
        device: {},
        browser: {},
        actions: { attribute: false },
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
    /** What has happened since, in words; empty: nothing. */
    declare note: string;
    /** Of a problem of the device: which one, and whose menus the person sees. */
    declare device: 'microphone' | 'camera';
    declare browser: 'chromium' | 'firefox' | 'safari';
    /** The first is the one most want. */
    declare actions: readonly MessageAction[];

    constructor() {
        super();
        this.what = 'hung-up';
        this.byMe = false;
        this.name = '';
        this.reference = '';
        this.note = '';
        this.device = 'microphone';
        this.browser = 'chromium';
        this.actions = ['close'];
    }

    protected override render(): TemplateResult {
        const keys = messageKeys(this.what, this.byMe);
        const calm = keys.title === 'ended-title';
        const { name, device, browser } = this;
        return html`<div class="box ${calm ? '' : 'problem'}" role="alert">
            <span class="mark">${calm ? phoneOffIcon : warningIcon}</span>
            <h1>${t(keys.title, { device })}</h1>
            <p class="muted" dir="auto">${t(keys.text, { name, device, browser })}</p>
            ${this.reference
                ? html`<p class="muted small">
                      ${t('ended-reference', { reference: this.reference })}
                  </p>`
                : nothing}
            <p role="status" dir="auto">${this.note}</p>
            <div class="actions">
                ${this.actions.map((action, i) => this.button(action, i === 0 && !calm))}
            </div>
        </div>`;
    }

    private button(action: MessageAction, first: boolean): TemplateResult {
        const [key, icon] = ACTIONS[action];
        const look = first || action === 'again' ? 'primary' : '';
        return html`<button
            type="button"
            class="button ${look}"
            title=${t(key)}
            @click=${() => this.emit(`vv-${action}`)}
        >
            ${icon}${t(key)}
        </button>`;
    }
}
define('vv-call-message', VvCallMessage);
