// SPDX-License-Identifier: Apache-2.0
// Where the focus goes when what had it is drawn no more: to what stands nearest to the place.
// Without it reading and Tab would begin again at the top of the document.

const WORDS = 'h1, h2, h3';
const CONTROLS = 'button:not(:disabled), a[href], input, select, textarea';

/** What has the focus, also inside of shadows. */
export function focused(): Element | null {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) {
        at = at.shadowRoot.activeElement;
    }
    return at;
}

/** What has the focus and all that is around it, inner first; nothing where `host` is not. */
export function focusWithin(host: Element): readonly Node[] {
    const around: Node[] = [];
    for (let at: Node | null = focused(); at !== null;) {
        around.push(at);
        at = at instanceof ShadowRoot ? at.host : at.parentNode;
    }
    return around.includes(host) ? around : [];
}

/** After a drawing: `around` as it was before. Does nothing where something has the focus. */
export function keepFocus(around: readonly Node[]): void {
    const [lost] = around;
    if (!lost || lost.isConnected || document.activeElement !== document.body) {
        return;
    }
    for (const place of around.filter((one) => one.isConnected) as Element[]) {
        const words = place.querySelector<HTMLElement>(WORDS);
        const control = (words ?? place).querySelector<HTMLElement>(CONTROLS);
        // A list that takes the focus itself: a second press does not hit what stands there next.
        const takes = !words && place instanceof HTMLElement && place.hasAttribute('tabindex');
        const next = (takes ? null : control) ?? words ?? (place as HTMLElement);
        if (next === words) {
            words.tabIndex = -1; // A heading takes the focus only so.
        }
        next.focus?.({ preventScroll: true });
        if (document.activeElement !== document.body) {
            return;
        }
    }
}

/** Before a popover is shown or hidden: who is in it by keyboard goes back to what opened it. */
export function focusBack(event: Event, opener: HTMLElement | null | undefined): void {
    const closes = (event as ToggleEvent).newState === 'closed';
    if (closes && focusWithin(event.currentTarget as Element).length > 0) {
        opener?.focus();
    }
}
