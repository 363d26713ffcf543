// SPDX-License-Identifier: Apache-2.0
// The door to RTCPeerConnection: what a call needs of it, so that tests can put a fake in its
// place.
export interface PeerConnection extends EventTarget {
    readonly signalingState: RTCSignalingState;
    readonly connectionState: RTCPeerConnectionState;
    readonly localDescription: RTCSessionDescription | null;
    addTransceiver(
        kind: MediaStreamTrack | string,
        init?: RTCRtpTransceiverInit,
    ): { readonly sender: Pick<RTCRtpSender, 'replaceTrack'> };
    getTransceivers(): RTCRtpTransceiver[];
    setLocalDescription(description?: { type: 'rollback' }): Promise<void>;
    setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
    addIceCandidate(candidate?: RTCIceCandidateInit): Promise<void>;
    restartIce(): void;
    getConfiguration(): RTCConfiguration;
    setConfiguration(configuration: RTCConfiguration): void;
    getStats(): Promise<Iterable<[string, unknown]>>;
    close(): void;
}

/** What administrators have set for all calls. */
export interface IcePolicy {
    readonly relayOnly: boolean;
    readonly poolSize: number;
}

export type CreatePeer = (iceServers: RTCIceServer[], policy?: IcePolicy) => PeerConnection;

export const createPeer: CreatePeer = (iceServers, policy) =>
    new RTCPeerConnection({
        iceServers,
        bundlePolicy: 'max-bundle',
        iceTransportPolicy: policy?.relayOnly ? 'relay' : 'all',
        iceCandidatePoolSize: policy?.poolSize ?? 0,
    });

export function callsPossible(): boolean {
    return 'RTCPeerConnection' in window && 'mediaDevices' in navigator;
}
