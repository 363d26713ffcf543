// SPDX-License-Identifier: Apache-2.0
// A labelled input with hint and error, in the light tree: forms and password managers must see it.
import { html, nothing, type TemplateResult } from 'lit';
import { define, VvLightElement } from './element.ts';

let count = 0;

export class VvField extends VvLightElement {
    static override properties = {
        label: {},
        name: {},
        type: {},
        value: {},
        hint: {},
        error: {},
        complete: {},
        required: { type: Boolean },
        readonly: { type: Boolean },
        max: { type: Number },
    };
    declare label: string;
    declare name: string;
    declare type: 'text' | 'password' | 'email' | 'url';
    declare value: string;
    declare hint: string;
    declare error: string;
    declare complete: AutoFill;
    declare required: boolean;
    declare readonly: boolean;
    declare max: number;
    private readonly key = `field-${++count}`;

    constructor() {
        super();
        this.label = '';
        this.name = '';
        this.type = 'text';
        this.value = '';
        this.hint = '';
        this.error = '';
        this.complete = 'off';
        this.required = false;
        this.readonly = false;
        this.max = 256;
    }

    override focus(): void {
        this.querySelector('input')?.focus();
    }

    private onInput(event: Event): void {
        this.value = (event.target as HTMLInputElement).value;
        this.error = '';
    }

    protected override render(): TemplateResult {
        const note = this.error || this.hint;
        return html`<label class="field-label" for=${this.key}>${this.label}</label>
            <input
                class="input"
                id=${this.key}
                name=${this.name}
                type=${this.type}
                dir="auto"
                .value=${this.value}
                autocomplete=${this.complete}
                autocapitalize=${this.name === 'name' ? 'none' : nothing}
                spellcheck="false"
                maxlength=${this.max}
                ?required=${this.required}
                ?readonly=${this.readonly}
                aria-invalid=${this.error !== ''}
                aria-describedby=${note ? `${this.key}-note` : nothing}
                @input=${(event: Event) => this.onInput(event)}
            />
            ${note
                ? html`<p id="${this.key}-note" class=${this.error ? 'field-error' : 'field-note'}>
                      ${note}
                  </p>`
                : nothing}`;
    }
}
define('vv-field', VvField);
