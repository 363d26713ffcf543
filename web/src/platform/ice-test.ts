// SPDX-License-Identifier: Apache-2.0
// Tries one ICE server in this browser: what candidates come back.
const LIMIT_MS = 10_000;

export type IceAnswer = 'relay' | 'reflexive' | 'nothing' | 'invalid';

export async function tryIceServer(server: RTCIceServer): Promise<IceAnswer> {
    let peer: RTCPeerConnection;
    const turn = [server.urls].flat().some((url) => /^turns?:/i.test(url));
    try {
        peer = new RTCPeerConnection({
            iceServers: [server],
            iceTransportPolicy: turn ? 'relay' : 'all',
        });
    } catch {
        return 'invalid';
    }
    try {
        return await new Promise<IceAnswer>((resolve) => {
            const limit = setTimeout(() => resolve('nothing'), LIMIT_MS);
            peer.addEventListener('icecandidate', ({ candidate }) => {
                const type = candidate?.type;
                if (type === 'relay' || (type === 'srflx' && !turn)) {
                    clearTimeout(limit);
                    resolve(type === 'relay' ? 'relay' : 'reflexive');
                } else if (candidate === null) {
                    clearTimeout(limit);
                    resolve('nothing');
                }
            });
            peer.createDataChannel('test');
            peer.setLocalDescription().catch(() => resolve('invalid'));
        });
    } finally {
        peer.close();
    }
}
