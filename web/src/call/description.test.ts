// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { withoutAddresses, withoutRelated } from './description.ts';

const lines = (...all: string[]): string => [...all, ''].join('\r\n');

test('a description leaves without candidates and addresses', () => {
    const sdp = lines(
        'v=0',
        'o=- 4611 2 IN IP4 127.0.0.1',
        'm=audio 51000 UDP/TLS/RTP/SAVPF 111',
        'c=IN IP4 192.0.2.7',
        'a=rtcp:51001 IN IP4 192.0.2.7',
        'a=candidate:1 1 udp 1 192.0.2.7 51000 typ host',
        'a=end-of-candidates',
        'a=ice-ufrag:abcd',
        'm=video 0 UDP/TLS/RTP/SAVPF 96',
        'c=IN IP6 2001:db8::7',
        'a=rtcp-mux',
    );
    expect(withoutAddresses(sdp)).toBe(
        lines(
            'v=0',
            'o=- 4611 2 IN IP4 127.0.0.1',
            'm=audio 9 UDP/TLS/RTP/SAVPF 111',
            'c=IN IP4 0.0.0.0',
            'a=rtcp:9 IN IP4 0.0.0.0',
            'a=ice-ufrag:abcd',
            'm=video 0 UDP/TLS/RTP/SAVPF 96',
            'c=IN IP4 0.0.0.0',
            'a=rtcp-mux',
        ),
    );
});

test('a relayed candidate does not say for whom it stands', () => {
    const relayed = 'candidate:1 1 udp 1 198.51.100.1 5000 typ relay';
    expect(withoutRelated(`${relayed} raddr 10.0.0.5 rport 77 x y`)).toBe(
        `${relayed} raddr 0.0.0.0 rport 0 x y`,
    );
    const other = 'candidate:1 1 udp 1 198.51.100.1 5000 typ srflx raddr 10.0.0.5 rport 77';
    expect(withoutRelated(other)).toBe(other);
});
