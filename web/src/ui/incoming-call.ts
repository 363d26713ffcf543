// SPDX-License-Identifier: Apache-2.0
// The card of a ringing call. Events: vv-answer {camera}, vv-decline, vv-unlock (a click that frees
// the sound).
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './avatar.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { cameraIcon, closeIcon, phoneIcon, phoneOffIcon, soundIcon } from './icons.ts';
import type { PersonView } from './types.ts';

export class VvIncomingCall extends VvElement {
    static override properties = {
        caller: { attribute: false },
        /** This browser may not answer. */
        elsewhere: { type: Boolean },
        soundBlocked: { type: Boolean },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
            }
            .card {
                padding: var(--vv-gap-m);
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-l);
                background: var(--vv-raised);
                color: var(--vv-text);
                box-shadow: var(--vv-shadow-l);
                animation: rise var(--vv-slow) ease-out;
            }
            .head {
                display: flex;
                align-items: center;
                gap: 0.875rem;
            }
            .head p {
                flex: 1;
                min-width: 0;
                margin: 0;
                font-weight: 600;
                line-height: 1.35;
                overflow-wrap: anywhere;
            }
            .face {
                position: relative;
                border-radius: 50%;
                line-height: 0;
            }
            .face::before {
                content: '';
                position: absolute;
                inset: -4px;
                border: 2px solid var(--vv-answer);
                border-radius: 50%;
                animation: ring 1.6s ease-out infinite;
            }
            .close {
                align-self: flex-start;
                margin: -0.375rem -0.375rem 0 0;
            }
            .chip {
                width: 100%;
                margin-top: 0.75rem;
                border-color: transparent;
                background: var(--vv-warn-soft);
                color: var(--vv-warn);
                font-size: var(--vv-size-s);
            }
            .actions {
                display: grid;
                grid-template-columns: 1fr 1fr;
                gap: var(--vv-gap-s);
                margin-top: var(--vv-gap-m);
            }
            .actions > .button {
                padding: 0 0.5rem;
            }
            .wide {
                grid-column: 1 / -1;
            }
            @keyframes rise {
                from {
                    opacity: 0;
                    transform: translateY(1rem);
                }
            }
            @keyframes ring {
                from {
                    opacity: 1;
                    transform: scale(0.95);
                }
                to {
                    opacity: 0;
                    transform: scale(1.2);
                }
            }
            @media (prefers-reduced-motion: reduce) {
                .card,
                .face::before {
                    animation: none;
                }
            }
        `,
    ];
    declare caller: PersonView | undefined;
    declare elsewhere: boolean;
    declare soundBlocked: boolean;

    constructor() {
        super();
        this.caller = undefined;
        this.elsewhere = false;
        this.soundBlocked = false;
    }

    /**
     * Enter answers only when the card itself has the focus; on a button it presses that button.
     */
    private onKey(event: KeyboardEvent): void {
        if (event.key === 'Enter' && event.target === event.currentTarget && !event.repeat) {
            event.preventDefault();
            this.answer(true);
        }
    }

    private answer(camera: boolean): void {
        if (!this.elsewhere) {
            this.emit('vv-answer', { camera });
        }
    }

    private decline(): void {
        this.emit('vv-decline');
    }

    protected override render(): TemplateResult | typeof nothing {
        const caller = this.caller;
        if (!caller) {
            return nothing;
        }
        const name = caller.fullName;
        return html`<section
            class="card"
            role="alertdialog"
            tabindex="0"
            aria-labelledby="title"
            @keydown=${(event: KeyboardEvent) => this.onKey(event)}
        >
            <div class="head">
                <a
                    class="face"
                    href="/people/${encodeURIComponent(caller.name)}"
                    title=${t('profile-link', { name })}
                    ><vv-avatar .name=${caller.name} .fullName=${name} .hash=${caller.avatar}>
                    </vv-avatar
                ></a>
                <p id="title" role="alert" dir="auto">${t('incoming-title', { name })}</p>
                ${this.button('close round quiet', closeIcon, 'incoming-decline', false, () =>
                    this.decline(),
                )}
            </div>
            ${this.soundBlocked ? this.chip() : nothing}
            <div class="actions">
                ${this.button('end', phoneOffIcon, 'incoming-decline', true, () => this.decline())}
                ${this.elsewhere ? nothing : this.answers()}
            </div>
            ${this.elsewhere
                ? html`<p class="small muted">${t('incoming-answer-elsewhere')}</p>`
                : nothing}
        </section>`;
    }

    private answers(): TemplateResult {
        return html`${this.button('answer', cameraIcon, 'incoming-answer', true, () =>
            this.answer(true),
        )}
        ${this.button('wide', phoneIcon, 'incoming-answer-without-camera', true, () =>
            this.answer(false),
        )}`;
    }

    private chip(): TemplateResult {
        return html`<button type="button" class="button chip"
            @click=${() => this.emit('vv-unlock')}>
            ${soundIcon}${t('incoming-sound-blocked')}
        </button>`;
    }

    private button(
        look: string,
        icon: TemplateResult,
        key: string,
        word: boolean,
        press: () => void,
    ): TemplateResult {
        const title = word
            ? t(key)
            : t('incoming-decline-title', { name: this.caller?.fullName ?? '' });
        return html`<button
            type="button"
            class="button ${look}"
            title=${title}
            aria-label=${title}
            @click=${press}
        >
            ${icon}${word ? t(key) : nothing}
        </button>`;
    }
}
define('vv-incoming-call', VvIncomingCall);
