// SPDX-License-Identifier: Apache-2.0
// The card of a ringing call. Events: vv-answer {camera}, vv-decline {text} (text may be empty),
// vv-ignore (silence on this device), vv-unlock (a click that frees the sound).
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './avatar.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { cameraIcon, closeIcon, phoneIcon, phoneOffIcon, soundIcon } from './icons.ts';
import { incomingCallStyles } from './incoming-call-style.ts';
import { shownName } from './shown-name.ts';
import type { PersonView } from './types.ts';

/** Texts of ready answers, by their keys. */
const READY = ['reply-later', 'reply-meeting', 'reply-write'] as const;
const TEXT_MAX = 160; // As characters: far below the limit of bytes.

export class VvIncomingCall extends VvElement {
    static override properties = {
        caller: { attribute: false },
        /** This browser may not answer. */
        elsewhere: { type: Boolean },
        soundBlocked: { type: Boolean },
        waiting: { type: Boolean },
        replying: { type: Boolean },
    };
    static override styles = [controlStyles, incomingCallStyles];
    declare caller: PersonView | undefined;
    declare elsewhere: boolean;
    declare soundBlocked: boolean;
    /** This person is in a call: that one is held when this one is answered. */
    declare waiting: boolean;
    /** The answers in words are open. */
    declare replying: boolean;

    constructor() {
        super();
        this.caller = undefined;
        this.elsewhere = false;
        this.soundBlocked = false;
        this.waiting = false;
        this.replying = false;
    }

    /** The button that had the focus is gone. */
    protected override updated(changed: PropertyValues<this>): void {
        if (changed.get('replying') === false) {
            this.shadowRoot?.querySelector<HTMLElement>('.reply button')?.focus();
        }
    }

    /**
     * Enter answers only when the card itself has the focus; on a button it presses that button.
     */
    private onKey(event: KeyboardEvent): void {
        if (event.key === 'Enter' && event.target === event.currentTarget && !event.repeat) {
            event.preventDefault();
            this.answer(true);
        } else if (event.key === 'Escape' && this.replying) {
            event.preventDefault(); // A dialog around the card stays open.
            this.replying = false;
            this.shadowRoot?.querySelector<HTMLElement>('.card')?.focus();
        }
    }

    private answer(camera: boolean): void {
        if (!this.elsewhere) {
            this.emit('vv-answer', { camera });
        }
    }

    private decline(text = ''): void {
        this.emit('vv-decline', { text });
    }

    private onReply(event: SubmitEvent): void {
        event.preventDefault();
        const text = new FormData(event.target as HTMLFormElement).get('text');
        this.decline(typeof text === 'string' ? text.trim() : '');
    }

    protected override render(): TemplateResult | typeof nothing {
        const caller = this.caller;
        if (!caller) {
            return nothing;
        }
        const name = shownName(caller);
        return html`<section
            class="card"
            role="alertdialog"
            tabindex="0"
            aria-labelledby="title"
            @keydown=${(event: KeyboardEvent) => this.onKey(event)}
        >
            <div class="head">
                ${this.face(caller, name)}
                <p id="title" role="alert" dir="auto">
                    ${t(caller.guest ? 'guest-asks' : 'incoming-title', { name })}
                    ${this.waiting
                        ? html`<span class="note">${t('incoming-waiting')}</span>`
                        : nothing}
                </p>
                ${this.button('close round quiet', closeIcon, 'incoming-decline', false, () =>
                    this.decline(),
                )}
            </div>
            ${this.soundBlocked ? this.chip() : nothing}
            <div class="actions">
                ${this.button('end', phoneOffIcon, this.refusal, true, () => this.decline())}
                ${this.elsewhere ? nothing : this.answers()}
            </div>
            ${this.elsewhere
                ? html`<p class="small muted">${t('incoming-answer-elsewhere')}</p>`
                : nothing}
            ${caller.guest ? nothing : this.replying ? this.reply() : this.more()}
        </section>`;
    }

    private get refusal(): string {
        return this.caller?.guest ? 'guest-refuse' : 'incoming-decline';
    }

    private face(caller: PersonView, name: string): TemplateResult {
        const picture = html`<vv-avatar
            .name=${caller.name}
            .fullName=${caller.fullName}
            .hash=${caller.avatar}
        ></vv-avatar>`;
        return caller.guest
            ? html`<span class="face">${picture}</span>`
            : html`<a
                  class="face"
                  href="/people/${encodeURIComponent(caller.name)}"
                  title=${t('profile-link', { name })}
                  >${picture}</a
              >`;
    }

    private answers(): TemplateResult {
        const key = this.waiting
            ? 'incoming-hold-answer'
            : this.caller?.guest ? 'guest-let-in' : 'incoming-answer';
        const voice = this.caller?.guest ? 'guest-let-in-without-camera'
            : 'incoming-answer-without-camera';
        return html`${this.button('answer', cameraIcon, key, true, () => this.answer(true))}
        ${this.button('wide', phoneIcon, voice, true, () => this.answer(false))}`;
    }

    private more(): TemplateResult {
        return html`<div class="more">
            <button
                type="button"
                class="button quiet"
                title=${t('incoming-ignore-title')}
                @click=${() => this.emit('vv-ignore')}
            >
                ${t('incoming-ignore')}
            </button>
            <button type="button" class="button quiet" @click=${() => (this.replying = true)}>
                ${t('incoming-reply')}
            </button>
        </div>`;
    }

    private reply(): TemplateResult {
        return html`<div class="reply" role="group" aria-label=${t('incoming-reply')}>
            ${READY.map((key) => {
                const text = t(key);
                return html`<button
                    type="button"
                    class="button quiet"
                    @click=${() => this.decline(text)}
                >
                    ${text}
                </button>`;
            })}
            <form @submit=${(event: SubmitEvent) => this.onReply(event)}>
                <input
                    class="input"
                    name="text"
                    required
                    maxlength=${TEXT_MAX}
                    autocomplete="off"
                    aria-label=${t('reply-own')}
                    placeholder=${t('reply-own')}
                />
                <button class="button end">${t('incoming-decline')}</button>
            </form>
        </div>`;
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
            : t('incoming-decline-title', { name: this.caller ? shownName(this.caller) : '' });
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
