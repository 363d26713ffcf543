// SPDX-License-Identifier: Apache-2.0
// What somebody has written, with its links and the people it mentions.
import { css, html, type TemplateResult } from 'lit';
import { controlStyles, define, VvElement } from './element.ts';
import './person.ts';
import { segmentsOf, type Segment } from './rich-text.ts';
import type { PersonView } from './types.ts';

export class VvText extends VvElement {
    static override properties = { text: {}, mentions: { attribute: false } };
    static override styles = [
        controlStyles,
        css`
            p {
                margin: 0;
                white-space: pre-wrap;
                overflow-wrap: anywhere;
            }
            vv-person {
                font-weight: 600;
            }
        `,
    ];
    declare text: string;
    declare mentions: readonly PersonView[];

    constructor() {
        super();
        this.text = '';
        this.mentions = [];
    }

    protected override render(): TemplateResult {
        const names = new Set(this.mentions.map(({ name }) => name));
        // One line: white space counts here.
        const pieces = segmentsOf(this.text, names).map((one) => this.piece(one));
        return html`<p dir="auto">${pieces}</p>`;
    }

    private piece(segment: Segment): TemplateResult | string {
        switch (segment.kind) {
            case 'text':
                return segment.text;
            case 'link':
                return html`<a href=${segment.href} target="_blank" rel="noopener noreferrer"
                    >${segment.text}</a
                >`;
            case 'mention':
                return html`<vv-person
                    .person=${this.mentions.find(({ name }) => name === segment.name)}
                    >${segment.text}</vv-person
                >`;
        }
    }
}
define('vv-text', VvText);
