// SPDX-License-Identifier: Apache-2.0
// A browser refuses all ICE servers for one of whose addresses it will know nothing: Firefox blocks
// some ports. The call does without that one (N8).

/** Gives `take` the servers; when it throws, those addresses that the browser accepts. */
export function withServers<T>(servers: RTCIceServer[], take: (servers: RTCIceServer[]) => T): T {
    try {
        return take(servers);
    } catch {
        const each = servers.flatMap((server) =>
            [server.urls].flat().map((urls) => ({ ...server, urls })),
        );
        return take(each.filter(isAccepted));
    }
}

function isAccepted(server: RTCIceServer): boolean {
    try {
        new RTCPeerConnection({ iceServers: [server] }).close();
        return true;
    } catch {
        return false;
    }
}
