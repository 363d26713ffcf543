// SPDX-License-Identifier: Apache-2.0
// Where one writes: Enter sends, Shift+Enter makes a new line. Events: vv-send {text}, vv-typing.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { formatNumber, t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { sendIcon } from './portal-icons.ts';

/** So many bytes before the end one is told how many are left. */
const WARN_BYTES = 200;
const ROWS_PX = 220;

export class VvComposer extends VvElement {
    static override properties = {
        label: {},
        action: {},
        value: {},
        maxBytes: { type: Number },
        /** A row of text with a round button, as in a chat. */
        compact: { type: Boolean, reflect: true },
        busy: { type: Boolean },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
            }
            form {
                display: flex;
                flex-direction: column;
                gap: var(--vv-gap-s);
            }
            :host([compact]) form {
                flex-flow: row wrap;
                align-items: flex-end;
            }
            textarea.input {
                display: block;
                flex: none;
                min-width: 0;
                min-height: 4.5rem;
                padding: 0.625rem 0.875rem;
                border-radius: var(--vv-radius-m);
                font: inherit;
                line-height: 1.4;
                resize: none;
                overflow: hidden auto; /* Firefox keeps a row free for a bar below */
            }
            :host([compact]) textarea.input {
                flex: 1 1 0;
                min-height: var(--vv-control);
                padding-block: 0.5rem;
                border-radius: 1.25rem;
            }
            .foot {
                display: flex;
                align-items: center;
                justify-content: flex-end;
                gap: var(--vv-gap-m);
            }
            .over {
                color: var(--vv-danger);
            }
        `,
    ];
    declare label: string;
    /** The word on the button. */
    declare action: string;
    declare value: string;
    declare maxBytes: number;
    declare compact: boolean;
    declare busy: boolean;

    constructor() {
        super();
        this.label = '';
        this.action = '';
        this.value = '';
        this.maxBytes = 4000;
        this.compact = false;
        this.busy = false;
    }

    override focus(): void {
        this.shadowRoot?.querySelector('textarea')?.focus();
    }

    protected override updated(changed: PropertyValues<this>): void {
        const box = this.shadowRoot?.querySelector('textarea');
        if (box && changed.has('value')) {
            box.style.height = 'auto';
            box.style.height = `${Math.min(box.scrollHeight + 2, ROWS_PX)}px`;
        }
    }

    private get left(): number {
        return this.maxBytes - new TextEncoder().encode(this.value.trim()).length;
    }

    private send(event: Event): void {
        event.preventDefault();
        const text = this.value.trim();
        if (text && this.left >= 0 && !this.busy) {
            this.value = '';
            this.emit('vv-send', { text });
        }
    }

    private onKey(event: KeyboardEvent): void {
        const meant = event.key === 'Enter' && !event.shiftKey && !event.isComposing;
        // On a screen keyboard Enter is the only way to a new line; longer texts have a button. A
        // machine without any pointer has a real one.
        const screen = matchMedia('(pointer: coarse)').matches;
        if (meant && !screen && (this.compact || event.ctrlKey || event.metaKey)) {
            this.send(event);
        }
    }

    private onInput(event: Event): void {
        this.value = (event.target as HTMLTextAreaElement).value;
        if (this.value.trim()) {
            this.emit('vv-typing');
        }
    }

    protected override render(): TemplateResult {
        const empty = this.value.trim() === '';
        return html`<form @submit=${(event: Event) => this.send(event)}>
            <textarea
                class="input"
                rows="1"
                dir="auto"
                aria-label=${this.label}
                placeholder=${this.label}
                .value=${this.value}
                aria-invalid=${this.left < 0 ? 'true' : nothing}
                @input=${(event: Event) => this.onInput(event)}
                @keydown=${(event: KeyboardEvent) => this.onKey(event)}
            ></textarea>
            ${this.compact ? this.button(empty) : nothing}
            ${this.compact && this.left >= WARN_BYTES
                ? nothing
                : html`<div class="foot">
                      <span class="small muted ${this.left < 0 ? 'over' : ''}" role="status"
                          >${this.left < WARN_BYTES ? this.room() : ''}</span
                      >
                      ${this.compact ? nothing : this.button(empty)}
                  </div>`}
        </form>`;
    }

    private room(): string {
        return this.left < 0
            ? t('text-too-long', { count: formatNumber(-this.left) })
            : t('text-left', { count: formatNumber(this.left) });
    }

    private button(empty: boolean): TemplateResult {
        return html`<button
            class="button primary ${this.compact ? 'round' : ''}"
            title=${this.action}
            aria-label=${this.action}
            ?disabled=${empty || this.left < 0 || this.busy}
        >
            ${this.compact ? sendIcon : this.action}
        </button>`;
    }
}
define('vv-composer', VvComposer);
