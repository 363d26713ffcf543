// SPDX-License-Identifier: Apache-2.0
// A person's picture with the status on it, beside the name. With `link` the picture leads to the
// profile and opens the person's card, as the name beside it does.
import { css, html, nothing, type TemplateResult } from 'lit';
import './avatar.ts';
import { define, VvElement } from './element.ts';
import './person.ts';
import './status.ts';
import type { PersonView } from './types.ts';

export class VvPortrait extends VvElement {
    static override properties = {
        person: { attribute: false },
        size: {},
        link: { type: Boolean },
    };
    static override styles = css`
        :host {
            position: relative;
            display: block;
            flex: none;
            width: max-content;
            height: max-content;
        }
        vv-avatar {
            display: block;
        }
        vv-status {
            position: absolute;
            inset-block-end: -2px;
            inset-inline-end: -2px;
        }
    `;
    declare person: PersonView | undefined;
    declare size: 's' | 'm';
    declare link: boolean;

    constructor() {
        super();
        this.person = undefined;
        this.size = 'm';
        this.link = false;
    }

    protected override render(): TemplateResult | typeof nothing {
        const { person } = this;
        if (!person) {
            return nothing;
        }
        const picture = html`<vv-avatar
            decorative
            size=${this.size}
            .name=${person.name}
            .fullName=${person.fullName}
            .hash=${person.avatar}
        ></vv-avatar>`;
        // The link is for the pointer only and says nothing; the status beside it is read out.
        return html`${this.link
                ? html`<vv-person quiet .person=${person}>${picture}</vv-person>`
                : picture}<vv-status compact .status=${person.status}></vv-status>`;
    }
}
define('vv-portrait', VvPortrait);
