// SPDX-License-Identifier: Apache-2.0
// A name or a picture of a person: a link to the profile with a card. Event: vv-person-opens,
// before the card opens.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define } from './element.ts';
import { VvHoverCard } from './hover-card.ts';
import './person-card.ts';
import type { CallOffer, PersonView } from './types.ts';

export class VvPerson extends VvHoverCard {
    static override properties = {
        ...VvHoverCard.properties,
        person: { attribute: false },
        offer: { attribute: false },
        self: { type: Boolean },
        /** A picture beside the name: reached by pointer only. */
        quiet: { type: Boolean },
    };
    declare person: PersonView | undefined;
    declare offer: CallOffer;
    declare self: boolean;
    declare quiet: boolean;

    constructor() {
        super();
        this.person = undefined;
        this.offer = { state: 'absent' };
        this.self = false;
        this.quiet = false;
    }

    protected override opens(): void {
        this.emit('vv-person-opens');
    }

    protected override render(): TemplateResult | typeof nothing {
        const person = this.person;
        return person
            ? this.draw({
                  href: `/people/${encodeURIComponent(person.name)}`,
                  words: html`<slot>${person.fullName}</slot>`,
                  label: t('person-card', { name: person.fullName }),
                  card: html`<vv-person-card
                      .person=${person}
                      .offer=${this.offer}
                      ?self=${this.self}
                  ></vv-person-card>`,
                  quiet: this.quiet,
              })
            : nothing;
    }
}
define('vv-person', VvPerson);
