// SPDX-License-Identifier: Apache-2.0
// What the call window shows of a session, as plain values.
import type { CallSession } from '../call/session.ts';
import type { DeviceInfo } from '../platform/devices.ts';
import type { MessageAction } from '../ui/call-message.ts';
import type { ControlsView, DeviceKindView } from '../ui/types.ts';
import type { CallEnd, CallView } from './call-screen.ts';

const AGAIN = new Set([
    'no-answer', 'unreachable', 'busy', 'declined', 'media-failed', 'media-lost', 'hung-up',
    'cancelled', 'signalling-lost', 'server-shutdown', 'permission-denied', 'no-device', 'too-long',
]);
const ACTIONS: Record<string, MessageAction> = {
    'in-another-window': 'use-here',
    'signed-out': 'sign-in',
};

/** What does not change while the window is open, and what the page itself keeps. */
export interface Surroundings {
    readonly devices: readonly DeviceInfo[];
    readonly speaker: string;
    readonly singleKeys: boolean;
    readonly canShare: boolean;
    readonly canChat: boolean;
    readonly canFloat: boolean;
    readonly canChooseSpeaker: boolean;
}

export function messageOf(session: CallSession): CallEnd | undefined {
    const { over, problem, peer, incoming, call } = session.view.value;
    if (over) {
        const known = ACTIONS[over.what];
        const first = known ? [known] : peer && AGAIN.has(over.what) ? ['again' as const] : [];
        return { ...over, device: 'microphone', actions: [...first, 'close'] };
    }
    if (problem) {
        const { device, problem: what } = problem;
        const without = device === 'camera' ? 'without-camera' : 'listen-only';
        const end = incoming || call ? 'end-call' : 'close';
        const actions: MessageAction[] = ['retry', without, end];
        return { what, byMe: true, reference: '', device, actions };
    }
    return undefined;
}

function controlsOf(session: CallSession, around: Surroundings): ControlsView {
    const { media, level } = session;
    const { devices, speaker } = around;
    const has = (kind: 'microphone' | 'camera'): boolean =>
        media.problems.get(kind) !== 'absent' || devices.some((device) => device.kind === kind);
    const chosen: Record<DeviceKindView, string> = {
        microphone: media.deviceOf('microphone'),
        camera: media.deviceOf('camera'),
        speaker,
    };
    const { microphone, camera, screen } = media;
    return {
        ...around,
        microphone,
        camera,
        screen,
        chosen,
        hasMicrophone: has('microphone'),
        hasCamera: has('camera'),
        level: (listener) => level.subscribe(listener),
    };
}

export function viewOf(session: CallSession, around: Surroundings): CallView {
    const { call, phase, connectedAtMs, ...view } = session.view.value;
    return {
        peer: view.peer,
        incoming: view.incoming,
        state: phase === 'preview' ? 'preparing' : phase,
        preview: phase === 'preview',
        meeting: view.meeting,
        link: call?.link ?? '',
        rings: call?.state === 'ringing' && call.role === 'callee',
        trouble: view.trouble,
        quality: view.quality,
        hint: view.hint,
        localStream: session.media.stream,
        remoteStream: view.remoteStream,
        peerMicrophone: call?.peerMicrophone ?? true,
        peerCamera: call?.peerCamera ?? false,
        peerScreen: call?.peerScreen ?? false,
        peerAway: call?.peerAway ?? false,
        peerTrouble: call?.peerTrouble ?? false,
        seconds: connectedAtMs ? Math.round((Date.now() - connectedAtMs) / 1000) : 0,
        controls: controlsOf(session, around),
        message: messageOf(session),
    };
}
