// SPDX-License-Identifier: Apache-2.0
// What leaves this browser about where it is: candidates travel by themselves (RFC 8838), so a
// description needs none, and no address. What a relay stands for is nobody's business at all.

/** The description without candidates, with the address and port that stand for none. */
export function withoutAddresses(sdp: string): string {
    const lines = sdp.split(/\r?\n/).flatMap((line) => {
        if (/^a=(candidate|end-of-candidates|remote-candidates)\b/.test(line)) {
            return [];
        }
        return [
            line
                .replace(/^c=IN IP[46] .*/, 'c=IN IP4 0.0.0.0')
                .replace(/^(m=\S+) (?!0 )\d+/, '$1 9')
                .replace(/^a=rtcp:.*/, 'a=rtcp:9 IN IP4 0.0.0.0'),
        ];
    });
    return lines.join('\r\n');
}

/** A relayed candidate without the address it stands for; others as they are. */
export function withoutRelated(candidate: string): string {
    return / typ relay\b/.test(candidate)
        ? candidate.replace(/ raddr \S+/, ' raddr 0.0.0.0').replace(/ rport \d+/, ' rport 0')
        : candidate;
}
