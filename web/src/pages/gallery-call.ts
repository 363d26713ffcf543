// SPDX-License-Identifier: Apache-2.0
// The elements of the call window in each of their states.
import { html, type TemplateResult } from 'lit';
import '../ui/call-controls.ts';
import '../ui/call-held.ts';
import '../ui/call-meeting.ts';
import '../ui/call-message.ts';
import type { MessageAction } from '../ui/call-message.ts';
import '../ui/call-preview.ts';
import '../ui/call-stage.ts';
import '../ui/device-menu.ts';
import '../ui/key-list.ts';
import '../ui/level.ts';
import '../ui/own-picture.ts';
import '../ui/quality.ts';
import '../ui/remote-picture.ts';
import type { VvRemotePicture } from '../ui/remote-picture.ts';
import type { ControlsView, PersonView, QualityView } from '../ui/types.ts';
import type { CallEnd, CallView } from './call-screen.ts';
import { ends, problems } from './gallery-ends.ts';

const controls: ControlsView = {
    microphone: true,
    camera: true,
    screen: false,
    hasMicrophone: true,
    hasCamera: true,
    devices: [
        { kind: 'microphone', id: 'm1', label: 'Built-in microphone' },
        { kind: 'microphone', id: 'm2', label: 'Headset with a remarkably long name (Bluetooth)' },
        { kind: 'camera', id: 'c1', label: 'Built-in camera' },
        { kind: 'camera', id: 'c2', label: '' },
        { kind: 'speaker', id: 's1', label: 'Speakers' },
        { kind: 'speaker', id: 's2', label: 'Headset' },
    ],
    chosen: { microphone: 'm2', camera: 'c1', speaker: '' },
    canChooseSpeaker: true,
    canShare: true,
    canChat: true,
    canFloat: true,
    canHold: true,
    singleKeys: true,
    level: (listener) => {
        listener(0.6);
        return () => undefined;
    },
};
const good: QualityView = {
    level: 'good',
    lossPercent: 0.2,
    delayMs: 38,
    path: 'direct',
    limiter: 'none',
};
const qualities: readonly QualityView[] = [
    good,
    { ...good, level: 'fair', limiter: 'computer' },
    { ...good, level: 'poor', lossPercent: 9.4, path: 'relayed', limiter: 'outgoing' },
    { ...good, level: 'bad', lossPercent: 31, delayMs: undefined, limiter: 'incoming' },
];

/** What a stage has other than a running call with pictures. */
const stages: readonly Record<string, unknown>[] = [
    { state: 'preparing' },
    { state: 'dialling' },
    { state: 'ringing', ringLine: 'Ringing on Firefox on Windows and Safari on iPhone…' },
    { state: 'connecting', controls: { ...controls, camera: false, hasCamera: false } },
    {},
    { corner: 'top-left', quality: qualities[2], hint: 'silent' },
    {
        peerCamera: false,
        peerMicrophone: false,
        soundBlocked: true,
        hint: 'muted-speaking',
        controls: { ...controls, microphone: false },
    },
    { peerScreen: true, controls: { ...controls, screen: true } },
    { held: true },
    { trouble: 'pill', peerTrouble: true },
    { trouble: 'banner', peerAway: true },
];

const messages: readonly (readonly [string, readonly MessageAction[]])[] = [
    ['hung-up', ['again', 'close']],
    ['no-answer', ['again', 'message', 'notify', 'close']],
    ['declined', ['again', 'message', 'close']],
    ['permission-denied', ['again', 'close']],
    ['media-failed', ['again', 'close']],
    ['denied', ['retry', 'listen-only', 'close']],
    ['dismissed', ['retry', 'listen-only', 'close']],
    ['system', ['retry', 'listen-only', 'close']],
    ['in-use', ['retry', 'without-camera', 'end-call']],
    ['absent', ['retry', 'listen-only', 'close']],
    ['popup', ['here', 'close']],
    ['in-another-window', ['use-here', 'close']],
    ['signed-out', ['sign-in', 'close']],
    ['internal', ['close']],
];

/** No click comes before the pictures here, so the browser plays them only without sound. */
function playSilently(event: Event): void {
    const stage = event.currentTarget as HTMLElement;
    const remote = stage.shadowRoot?.querySelector<VvRemotePicture>('vv-remote-picture');
    const video = remote?.shadowRoot?.querySelector('video');
    if (video) {
        video.muted = true;
        void video.play();
    }
}

function stage(peer: PersonView, stream: MediaStream | null, part: Record<string, unknown>) {
    const view: Record<string, unknown> = {
        state: 'active',
        trouble: 'none',
        quality: good,
        hint: 'none',
        controls,
        corner: 'bottom-right',
        peerMicrophone: true,
        peerCamera: true,
        peerScreen: false,
        peerAway: false,
        peerTrouble: false,
        soundBlocked: false,
        ...part,
    };
    const live = view['state'] === 'active';
    return html`<vv-call-stage
        .peer=${peer}
        .state=${view['state']}
        .ringLine=${view['ringLine'] ?? ''}
        .trouble=${view['trouble']}
        .quality=${view['quality']}
        .hint=${view['hint']}
        .controls=${view['controls']}
        .corner=${view['corner']}
        .localStream=${view['state'] === 'preparing' ? null : stream}
        .remoteStream=${live ? stream : null}
        .seconds=${83}
        .peerMicrophone=${view['peerMicrophone']}
        .peerCamera=${view['peerCamera']}
        .peerScreen=${view['peerScreen']}
        .peerAway=${view['peerAway']}
        .peerTrouble=${view['peerTrouble']}
        ?held=${view['held'] ?? false}
        .soundBlocked=${view['soundBlocked']}
        @vv-play-refused=${playSilently}
    ></vv-call-stage>`;
}

function message([what, actions]: readonly [string, readonly MessageAction[]], i: number) {
    return html`<vv-call-message
        .what=${what}
        name="Mary Stone"
        reference=${what === 'internal' ? '3f9a1c' : ''}
        note=${what === 'declined' ? 'Mary Stone: I am in a meeting.' : ''}
        device=${what === 'in-use' ? 'camera' : 'microphone'}
        browser=${i % 2 === 0 ? 'chromium' : 'firefox'}
        .actions=${actions}
    ></vv-call-message>`;
}

/** A menu at its place above the buttons. */
function withMenu(menu: string): TemplateResult {
    return html`<div class="menu-sample">
        <vv-call-controls .view=${controls} .menu=${menu}></vv-call-controls>
    </div>`;
}

const inMeeting = { meeting: true, link: 'https://meet.example.org/4tYb0Qm2' };
const end: CallEnd = {
    what: 'no-answer', byMe: false, reference: '', device: 'microphone', note: '',
    actions: ['again', 'message', 'notify', 'close'],
};
/** What the window of a call can be (?call=NAME), other than a call with pictures. */
const windows: Readonly<Record<string, Partial<CallView>>> = {
    ringing: { state: 'ringing', ringLine: 'Ringing on Firefox on Windows…' },
    active: {},
    held: { heldByMe: true },
    meeting: inMeeting,
    preview: { preview: true, rings: true, incoming: true },
    over: { message: end },
};

/** The properties of a vv-call-page. */
export function callPage(which: string, peer: PersonView, stream: MediaStream | null): object {
    const still = (): void => undefined;
    const waiting = { answer: still, decline: still, ignore: still, unlock: still };
    const view: CallView = {
        peer, incoming: false, state: 'active', ringLine: '', preview: false, meeting: false,
        link: '', rings: false, trouble: 'none', quality: good, hint: 'none', localStream: stream,
        remoteStream: stream, peerMicrophone: true, peerCamera: true, peerScreen: false,
        peerAway: false, peerTrouble: false, heldByMe: false, heldByPeer: false, seconds: 83,
        controls, message: undefined, ...windows[which],
    };
    return { view, actions: new Proxy({ waiting }, { get: (known, name) =>
        name === 'waiting' ? known.waiting : still }) };
}

export function callGroups(
    peer: PersonView,
    stream: MediaStream | null,
    dialog: string,
    open: (which: string) => () => void,
): readonly (readonly [string, unknown])[] {
    const preview = (rings: boolean, shown: MediaStream | null): TemplateResult =>
        html`<vv-call-preview .peer=${peer} ?rings=${rings} .stream=${shown}></vv-call-preview>`;
    return [
        ['vv-call-stage', stages.map((part) => stage(peer, stream, part))],
        [
            'vv-call-controls, vv-device-menu, vv-level',
            ['microphone', 'camera', 'more'].map((menu) => withMenu(menu)),
        ],
        [
            'vv-quality',
            html`<div class="quality-samples">
                ${qualities.map(
                    (quality) =>
                        html`<vv-quality .quality=${quality} name="Mary Stone" open></vv-quality>`,
                )}
            </div>`,
        ],
        [
            'vv-call-meeting',
            ['', 'https://meet.example.org/4tYb0Qm2'].map(
                (link) =>
                    html`<vv-call-meeting
                        .peer=${peer}
                        .state=${link ? 'active' : 'ringing'}
                        ringLine="Ringing on laptop…"
                        .link=${link}
                    ></vv-call-meeting>`,
            ),
        ],
        [
            'vv-call-held',
            [false, true].map(
                (both) => html`<vv-call-held .peer=${peer} ?both=${both} ?away=${both}>
                </vv-call-held>`,
            ),
        ],
        ['vv-call-preview', [preview(true, null), preview(false, stream)]],
        [
            'vv-key-list',
            html`<button type="button" class="button" @click=${open('keys')}>Keys</button>
                <vv-key-list ?open=${dialog === 'keys'} on @vv-close=${open('')}></vv-key-list>`,
        ],
        ['vv-call-message', messages.map(message)],
        ['vv-call-message, each end of a call', ends()],
        ['vv-call-message, each problem of a device', problems()],
    ];
}
