// SPDX-License-Identifier: Apache-2.0
// Tries each way to the built-in server in this browser: relaying by UDP, TCP and TLS. Its STUN
// answers at the same socket as UDP; by itself it shows nothing where no router changes addresses.
import { tryIceServer } from './ice-test.ts';

export const RELAY_WAYS = ['udp', 'tcp', 'tls'] as const;
export type RelayWay = (typeof RELAY_WAYS)[number];

export function wayOf(url: string): RelayWay | undefined {
    if (!/^turns?:/i.test(url)) {
        return undefined;
    }
    return /^turns:/i.test(url) ? 'tls' : /transport=tcp/i.test(url) ? 'tcp' : 'udp';
}

type Try = typeof tryIceServer;

/** `tell` hears of each way as soon as it is known. */
export async function tryRelay(
    server: { urls: readonly string[]; username: string; credential: string },
    tell: (way: RelayWay, result: 'works' | 'nothing' | 'absent') => void,
    attempt: Try = tryIceServer,
): Promise<void> {
    const { username, credential } = server;
    const tryWay = async (way: RelayWay): Promise<void> => {
        const urls = server.urls.filter((url) => wayOf(url) === way);
        if (urls.length === 0) {
            tell(way, 'absent');
            return;
        }
        const answer = await attempt({ urls, username, credential });
        tell(way, answer === 'relay' ? 'works' : 'nothing');
    };
    await Promise.all(RELAY_WAYS.map(tryWay));
}
