// SPDX-License-Identifier: Apache-2.0
// Where a popover stands: under what it belongs to, above when there is no room, never outside.
import { above } from './above.ts';

const EDGE_PX = 8;

export interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
}

export function placeOf(
    anchor: Box,
    size: { width: number; height: number },
    view: { width: number; height: number },
    rightToLeft: boolean,
): { left: number; top: number } {
    const below = anchor.bottom + EDGE_PX;
    const above = anchor.top - EDGE_PX - size.height;
    const fits = below + size.height <= view.height - EDGE_PX || above < EDGE_PX;
    const wanted = rightToLeft ? anchor.right - size.width : anchor.left;
    const last = Math.max(EDGE_PX, view.width - size.width - EDGE_PX);
    return {
        left: Math.round(Math.min(Math.max(EDGE_PX, wanted), last)),
        top: Math.round(fits ? below : above),
    };
}

export function placeBeside(card: HTMLElement, anchor: Box): void {
    const { width, height } = card.getBoundingClientRect();
    const view = { width: window.innerWidth, height: window.innerHeight };
    const rightToLeft = getComputedStyle(card).direction === 'rtl';
    const { left, top } = placeOf(anchor, { width, height }, view, rightToLeft);
    card.style.left = `${left}px`;
    card.style.top = `${top}px`;
    above.raise();
}
