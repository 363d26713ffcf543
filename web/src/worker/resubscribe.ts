// SPDX-License-Identifier: Apache-2.0
// A push service may end a subscription or give another one at any time: the server is told of the
// new one, so that this browser goes on ringing without a page.
import type { PushKeys } from '../platform/background.ts';

export interface Resubscription {
    fetch(path: string, init?: RequestInit): Promise<Response>;
    /** By the server's key, base64url. */
    subscribe(key: string): Promise<PushKeys>;
}

export async function resubscribe({ fetch, subscribe }: Resubscription): Promise<void> {
    const answer = await fetch('/api/push');
    if (!answer.ok) {
        return; // Nobody is signed in here any more.
    }
    const { key, on } = (await answer.json()) as { key?: unknown; on?: unknown };
    if (typeof key !== 'string' || on !== true) {
        return; // The person has switched it off.
    }
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(await subscribe(key));
    await fetch('/api/push', { method: 'PUT', headers, body });
}
