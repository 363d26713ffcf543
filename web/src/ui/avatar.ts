// SPDX-License-Identifier: Apache-2.0
// A person's picture, or initials when there is none or it cannot be had.
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define, VvElement } from './element.ts';
import { colourOf, initials } from './initials.ts';

export class VvAvatar extends VvElement {
    static override properties = {
        name: {},
        fullName: {},
        hash: {},
        size: { reflect: true },
        decorative: { type: Boolean },
        broken: { state: true },
    };
    static override styles = css`
        :host {
            display: inline-block;
            flex: none;
            --size: 2.75rem;
        }
        :host([size='s']) {
            --size: 2rem;
        }
        :host([size='l']) {
            --size: 6.5rem;
        }
        :host([size='xl']) {
            --size: min(11rem, 32vmin);
        }
        .disc {
            display: grid;
            place-items: center;
            width: var(--size);
            height: var(--size);
            border-radius: 50%;
            color: #fff;
            font-size: calc(var(--size) * 0.38);
            font-weight: 600;
            letter-spacing: 0.02em;
            line-height: 1;
            object-fit: cover;
            user-select: none;
        }
        /* A picture, not a text: neither read out nor copied. */
        .disc::before {
            content: attr(data-initials);
        }
        .c0 { background: #0d6b5e; }
        .c1 { background: #2d5fa8; }
        .c2 { background: #7a4a9e; }
        .c3 { background: #a13d63; }
        .c4 { background: #a5452a; }
        .c5 { background: #7d5f10; }
        .c6 { background: #4c6b1f; }
        .c7 { background: #476072; }
    `;
    declare name: string;
    declare fullName: string;
    declare hash: string;
    declare size: 's' | 'm' | 'l' | 'xl';
    /** The name stands beside it: nothing more to read out. */
    declare decorative: boolean;
    declare broken: boolean;

    constructor() {
        super();
        this.name = '';
        this.fullName = '';
        this.hash = '';
        this.size = 'm';
        this.decorative = false;
        this.broken = false;
    }

    protected override willUpdate(changed: PropertyValues<this>): void {
        if (changed.has('hash')) {
            this.broken = false;
        }
    }

    protected override render(): TemplateResult {
        const label = this.decorative ? '' : t('avatar-of', { name: this.fullName });
        if (this.hash && !this.broken) {
            const source = `/avatar/${encodeURIComponent(this.hash)}`;
            const fail = (): void => void (this.broken = true);
            return html`<img class="disc" src=${source} alt=${label} @error=${fail} />`;
        }
        return html`<span
            class="disc c${colourOf(this.name)}"
            role=${label ? 'img' : nothing}
            aria-label=${label || nothing}
            aria-hidden=${label ? nothing : 'true'}
            data-initials=${initials(this.fullName || this.name)}
        ></span>`;
    }
}
define('vv-avatar', VvAvatar);
