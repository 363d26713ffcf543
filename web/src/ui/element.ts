// SPDX-License-Identifier: Apache-2.0
// What all elements share: the look of the controls, texts that follow the language, events that
// leave the shadow.
import { LitElement, unsafeCSS } from 'lit';
import controls from '../style/controls.css?inline';
import { onLanguage } from '../text/text.ts';

export const controlStyles = unsafeCSS(controls);

export class VvElement extends LitElement {
    private stopLanguage: (() => void) | undefined;

    override connectedCallback(): void {
        super.connectedCallback();
        this.stopLanguage = onLanguage(() => this.requestUpdate());
    }

    override disconnectedCallback(): void {
        this.stopLanguage?.();
        super.disconnectedCallback();
    }

    /** Says what the person wants; whoever holds the element does it. */
    protected emit<T>(type: string, detail?: T): void {
        this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
    }
}

/** An element without a shadow: forms and password managers see through it. */
export class VvLightElement extends VvElement {
    protected override createRenderRoot(): HTMLElement {
        return this;
    }
}

/** Registers once: the gallery and a page may both load an element. */
export function define(tag: string, element: CustomElementConstructor): void {
    if (!customElements.get(tag)) {
        customElements.define(tag, element);
    }
}
