// SPDX-License-Identifier: Apache-2.0
// A search box. Event: vv-search {query}, a short while after the last key.
import { css, html, type TemplateResult } from 'lit';
import { controlStyles, define, VvElement } from './element.ts';
import { searchIcon } from './icons.ts';

const PAUSE_MS = 150;

export class VvSearch extends VvElement {
    static override properties = { label: {}, value: {} };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
            }
            .box {
                position: relative;
            }
            .icon {
                position: absolute;
                inset-inline-start: 0.875rem;
                top: 50%;
                transform: translateY(-50%);
                color: var(--vv-muted);
            }
            .input {
                padding-inline-start: 2.75rem;
                border-radius: var(--vv-radius-full);
            }
        `,
    ];
    declare label: string;
    declare value: string;
    private timer = 0;

    constructor() {
        super();
        this.label = '';
        this.value = '';
    }

    private onInput(event: Event): void {
        this.value = (event.target as HTMLInputElement).value;
        window.clearTimeout(this.timer);
        const query = this.value.trim();
        this.timer = window.setTimeout(() => this.emit('vv-search', { query }), PAUSE_MS);
    }

    protected override render(): TemplateResult {
        return html`<div class="box" role="search" aria-label=${this.label}>
            ${searchIcon}
            <input
                class="input"
                type="search"
                aria-label=${this.label}
                placeholder=${this.label}
                autocomplete="off"
                spellcheck="false"
                maxlength="128"
                .value=${this.value}
                @input=${(event: Event) => this.onInput(event)}
            />
        </div>`;
    }
}
define('vv-search', VvSearch);
