// SPDX-License-Identifier: Apache-2.0
// What the call window shows of a session, as plain values.
import type { CallSession } from '../call/session.ts';
import type { DeviceInfo } from '../platform/devices.ts';
import type { MessageAction } from '../ui/call-message.ts';
import { t } from '../text/text.ts';
import { shownName } from '../ui/shown-name.ts';
import type { ControlsView, DeviceKindView } from '../ui/types.ts';
import type { CallEnd, CallView } from './call-screen.ts';
import { ringLine } from './ring-line.ts';

const AGAIN = new Set([
    'no-answer', 'unreachable', 'busy', 'declined', 'media-failed', 'media-lost', 'hung-up',
    'cancelled', 'signalling-lost', 'server-shutdown', 'permission-denied', 'no-device', 'too-long',
]);
const ACTIONS: Record<string, MessageAction> = {
    'in-another-window': 'use-here',
    'signed-out': 'sign-in',
};

/** What has happened since the end of the call. */
export interface Since {
    readonly note: string;
    /** The person will be told when the other one is available. */
    readonly asked: boolean;
    /** This person came by a link, which has been used once the call was answered. */
    readonly guest: boolean;
}

/** What does not change while the window is open, and what the page itself keeps. */
export interface Surroundings extends Since {
    readonly devices: readonly DeviceInfo[];
    readonly speaker: string;
    readonly singleKeys: boolean;
    readonly canShare: boolean;
    readonly canChat: boolean;
    readonly canFloat: boolean;
    readonly canChooseSpeaker: boolean;
}

/** Who may be available later: the person can be told when. */
const LATER = new Set(['no-answer', 'unreachable', 'busy']);

/** What of it leaves a guest's link as it was. */
const GUEST_AGAIN = new Set(['no-answer', 'unreachable', 'busy', 'cancelled', 'permission-denied',
    'no-device']);

function actionsAfter(what: string, known: boolean, asked: boolean): MessageAction[] {
    const special = ACTIONS[what];
    if (special) {
        return [special, 'close'];
    }
    const again: MessageAction[] = known && AGAIN.has(what) ? ['again'] : [];
    const write: MessageAction[] = known && (LATER.has(what) || what === 'declined')
        ? ['message'] : [];
    const later: MessageAction[] = known && LATER.has(what) && !asked ? ['notify'] : [];
    return [...again, ...write, ...later, 'close'];
}

/** A guest has no portal to go back to: the window stays, and says what can be done. */
function guestMessage(over: { what: string; byMe: boolean; reference: string }): CallEnd {
    const again = GUEST_AGAIN.has(over.what);
    const actions: MessageAction[] = again
        ? ['again'] : over.what === 'in-another-window' ? ['use-here'] : [];
    const note = again ? '' : t('guest-over');
    return { ...over, device: 'microphone', note, actions };
}

export function messageOf(session: CallSession, around: Since): CallEnd | undefined {
    const { over, problem, peer, incoming, call } = session.view.value;
    if (over) {
        if (around.guest) {
            return guestMessage(over);
        }
        const known = peer !== undefined && !peer.guest;
        const actions = actionsAfter(over.what, known, around.asked);
        return { ...over, device: 'microphone', note: around.note, actions };
    }
    if (problem) {
        const { device, problem: what } = problem;
        const without = device === 'camera' ? 'without-camera' : 'listen-only';
        const end = incoming || call ? 'end-call' : 'close';
        const actions: MessageAction[] = ['retry', without, end];
        return { what, byMe: true, reference: '', device, note: '', actions };
    }
    return undefined;
}

function controlsOf(session: CallSession, around: Surroundings): ControlsView {
    const { media, level } = session;
    const { devices, speaker } = around;
    const { phase, meeting } = session.view.value;
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
        canHold: phase === 'active' && !meeting,
        microphone,
        camera,
        screen,
        chosen,
        hasMicrophone: has('microphone'),
        hasCamera: has('camera'),
        level: (listener) => level.subscribe(listener),
    };
}

function lineOf(session: CallSession, around: Since): string {
    const { call } = session.view.value;
    if (!call) {
        return '';
    }
    const name = shownName(call.peer);
    return around.guest ? t('guest-lobby', { name }) : ringLine(call, name);
}

export function viewOf(session: CallSession, around: Surroundings): CallView {
    const { call, phase, connectedAtMs, ...view } = session.view.value;
    return {
        peer: view.peer,
        incoming: view.incoming,
        state: phase === 'preview' ? 'preparing' : phase,
        ringLine: lineOf(session, around),
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
        heldByMe: call?.heldByMe ?? false,
        heldByPeer: call?.heldByPeer ?? false,
        seconds: connectedAtMs ? Math.round((Date.now() - connectedAtMs) / 1000) : 0,
        controls: controlsOf(session, around),
        message: messageOf(session, around),
    };
}
