// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, test, vi } from 'vitest';
import { withServers } from './ice-servers.ts';
import { createPeer } from './peer.ts';

const made: RTCConfiguration[] = [];
const closed: RTCConfiguration[] = [];

function refuseBlocked({ iceServers = [] }: RTCConfiguration): void {
    if (iceServers.some(({ urls }) => [urls].flat().some((url) => url.includes(':9')))) {
        throw new SyntaxError('uses a port that is blocked');
    }
}

/** As Firefox: it takes none of the servers when one has a port that it blocks. */
class Firefox {
    constructor(private readonly configuration: RTCConfiguration) {
        refuseBlocked(configuration);
        made.push(configuration);
    }
    close(): void {
        closed.push(this.configuration);
    }
}

afterEach(() => {
    vi.unstubAllGlobals();
    made.length = 0;
    closed.length = 0;
});

const SERVERS: RTCIceServer[] = [
    { urls: ['stun:a.org:9'] },
    { urls: ['turn:b.org:9', 'turn:b.org:443'], username: 'u', credential: 'c' },
];
const LEFT = [{ urls: 'turn:b.org:443', username: 'u', credential: 'c' }];

test('N8: of servers that the browser refuses the others are left', () => {
    vi.stubGlobal('RTCPeerConnection', Firefox);
    withServers(SERVERS, (servers) => createPeer(servers, { relayOnly: true, poolSize: 2 }));
    const { iceServers, iceTransportPolicy, iceCandidatePoolSize } = made.at(-1) ?? {};
    expect({ iceServers, iceTransportPolicy, iceCandidatePoolSize }).toEqual({
        iceServers: LEFT,
        iceTransportPolicy: 'relay',
        iceCandidatePoolSize: 2,
    });
    expect(closed.length).toBe(made.length - 1); // What was only tried.
});

test('nothing is tried when the browser takes all', () => {
    vi.stubGlobal('RTCPeerConnection', Firefox);
    withServers(LEFT, (servers) => createPeer(servers));
    expect(made.map(({ iceServers }) => iceServers)).toEqual([LEFT]);
});
