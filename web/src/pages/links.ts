// SPDX-License-Identifier: Apache-2.0
import { routeOf } from './shared.ts';

/** Where a click on a link of this portal leads without a load; undefined: the browser's matter. */
export function pathOfClick(event: MouseEvent, here: string): string | undefined {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!link || !plain || event.altKey || event.defaultPrevented || link.target) {
        return undefined;
    }
    const url = new URL(link.href, here);
    const known = routeOf(url.pathname).page !== 'not-found';
    return url.origin === new URL(here).origin && known && !url.hash
        ? url.pathname + url.search
        : undefined;
}
