// SPDX-License-Identifier: Apache-2.0
// Calls by a program of the caller's: the server makes the link, the system opens it.
import { ask } from './http-api.ts';

const SCHEMES = ['sip:', 'sips:', 'callto:', 'tel:'];

export async function openProgram(connector: string, name: string): Promise<void> {
    const part = encodeURIComponent;
    const path = `/api/connectors/${part(connector)}?callee=${part(name)}`;
    try {
        const response = await ask((to, init) => fetch(to, init), 'GET', path);
        const { link } = (await response.json()) as { link: string };
        if (SCHEMES.includes(new URL(link).protocol)) {
            location.assign(link);
        }
    } catch {
        // Not possible any more: the button is about to say so itself.
    }
}
