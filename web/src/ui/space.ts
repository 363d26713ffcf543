// SPDX-License-Identifier: Apache-2.0
// The name of a space: a link to its page with a card. Event: vv-space-opens, before the card
// opens: whoever holds the page gives `known` and `offer`.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define } from './element.ts';
import { VvHoverCard } from './hover-card.ts';
import './space-card.ts';
import type { CallOffer, SpaceView } from './types.ts';

export class VvSpace extends VvHoverCard {
    static override properties = {
        ...VvHoverCard.properties,
        space: { attribute: false },
        known: { attribute: false },
        offer: { attribute: false },
    };
    declare space: Pick<SpaceView, 'name' | 'title'> | undefined;
    declare known: SpaceView | undefined;
    declare offer: CallOffer;

    constructor() {
        super();
        this.space = undefined;
        this.known = undefined;
        this.offer = { state: 'absent' };
    }

    protected override opens(): void {
        this.known = undefined;
        this.emit('vv-space-opens');
    }

    protected override render(): TemplateResult | typeof nothing {
        const { space } = this;
        return space
            ? this.draw({
                  href: `/spaces/${encodeURIComponent(space.name)}`,
                  words: html`${space.title}`,
                  label: t('person-card', { name: space.title }),
                  card: html`<vv-space-card
                      .space=${this.known}
                      .offer=${this.offer}
                  ></vv-space-card>`,
                  quiet: false,
              })
            : nothing;
    }
}
define('vv-space', VvSpace);
