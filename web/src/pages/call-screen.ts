// SPDX-License-Identifier: Apache-2.0
// The call window: it shows what the call is and passes on what the person presses.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { above } from '../ui/above.ts';
import '../ui/above-frame.ts';
import type { MessageAction } from '../ui/call-message.ts';
import '../ui/call-message.ts';
import '../ui/call-held.ts';
import '../ui/call-meeting.ts';
import '../ui/call-preview.ts';
import type { VvCallStage } from '../ui/call-stage.ts';
import '../ui/call-stage.ts';
import { VvLightElement } from '../ui/element.ts';
import '../ui/key-list.ts';
import { shownName } from '../ui/shown-name.ts';
import '../ui/toast.ts';
import type {
    ControlsView,
    Corner,
    DeviceKindView,
    HintView,
    PersonView,
    QualityView,
    StageState,
    TroubleView,
} from '../ui/types.ts';
import { waitingCards, type WaitingActions } from './call-waiting.ts';
import type { Ringing } from './services.ts';

/** A call as this window sees it; `message` once it is over or could not begin. */
export interface CallView {
    peer: PersonView | undefined;
    incoming: boolean;
    state: StageState;
    /** While it rings: where and how. */
    ringLine: string;
    /** Its link was followed: it is shown, and this window takes no part. */
    preview: boolean;
    /** It meets outside; `link` leads there once it is answered. */
    meeting: boolean;
    link: string;
    rings: boolean;
    trouble: TroubleView;
    quality: QualityView | undefined;
    hint: HintView;
    localStream: MediaStream | null;
    remoteStream: MediaStream | null;
    peerMicrophone: boolean;
    peerCamera: boolean;
    peerScreen: boolean;
    peerAway: boolean;
    peerTrouble: boolean;
    heldByMe: boolean;
    heldByPeer: boolean;
    seconds: number;
    controls: ControlsView;
    message: CallEnd | undefined;
}

/** `what`: an end reason of the protocol, or a problem of this browser (the keys `problem-...`). */
export interface CallEnd {
    what: string;
    byMe: boolean;
    reference: string;
    device: 'microphone' | 'camera';
    /** What has happened since, in words. */
    note: string;
    actions: readonly MessageAction[];
}

export interface CallActions {
    toggleMicrophone(): void;
    toggleCamera(): void;
    toggleScreen(): void;
    talk(down: boolean): void;
    choose(kind: DeviceKindView, id: string): void;
    testSpeaker(): void;
    refreshDevices(): void;
    setSingleKeys(on: boolean): void;
    chat(): void;
    fullScreen(): void;
    float(): void;
    hold(held: boolean): void;
    end(): void;
    answer(camera: boolean): void;
    decline(): void;
    join(): void;
    /** A press on one of the buttons of a message. */
    act(action: MessageAction): void;
    close(): void;
    readonly waiting: WaitingActions;
}

export class VvCallPage extends VvLightElement {
    static override properties = {
        view: { attribute: false },
        notice: {},
        waiting: { attribute: false },
        waitingBlocked: { attribute: false },
        soundBlocked: { state: true },
        corner: { state: true },
        keysOpen: { state: true },
    };
    declare view: CallView | undefined;
    declare notice: string;
    /** Others who call meanwhile. */
    declare waiting: readonly Ringing[];
    declare waitingBlocked: boolean;
    declare soundBlocked: boolean;
    declare corner: Corner;
    declare keysOpen: boolean;
    browser: 'chromium' | 'firefox' | 'safari' = 'chromium';
    actions: CallActions | undefined;

    constructor() {
        super();
        this.view = undefined;
        this.notice = '';
        this.waiting = [];
        this.waitingBlocked = false;
        this.soundBlocked = false;
        this.corner = 'bottom-right';
        this.keysOpen = false;
    }

    get stage(): VvCallStage | null {
        return this.querySelector<VvCallStage>('vv-call-stage');
    }

    protected override updated(): void {
        const name = this.view?.peer && shownName(this.view.peer);
        if (name) {
            const title = t(this.view?.incoming ? 'call-with' : 'call-to', { name });
            document.title = this.view?.heldByMe ? `${t('call-held')} – ${title}` : title;
        }
    }

    private unlock(): void {
        this.stage?.playRemote().then(
            () => (this.soundBlocked = false),
            () => (this.soundBlocked = true),
        );
    }

    protected override render(): TemplateResult {
        const view = this.view;
        if (view?.message) {
            return this.over(view.message, view.peer ? shownName(view.peer) : '');
        }
        if (!view?.peer) {
            return html`<main class="calm" role="status">${t('loading')}</main>`;
        }
        return html`<main class="fill">
                ${view.preview
                    ? this.preview(view)
                    : view.heldByMe
                      ? this.held(view)
                      : view.meeting
                        ? this.meeting(view)
                        : this.running(view)}
            </main>
            ${above.inFrame(this, this.above())}
            <vv-key-list
                ?open=${this.keysOpen}
                ?on=${view.controls.singleKeys}
                @vv-close=${() => (this.keysOpen = false)}
                @vv-single-keys=${(event: CustomEvent<{ on: boolean }>) =>
                    this.actions?.setSingleKeys(event.detail.on)}
            ></vv-key-list>`;
    }

    /** Who else calls, and what is told, whatever is open. */
    private above(): TemplateResult {
        return html`<vv-above
            ><vv-toast
                slot="toast"
                .text=${this.notice}
                kind="problem"
                @vv-dismiss=${() => (this.notice = '')}
            ></vv-toast
            >${this.cards()}</vv-above
        >`;
    }

    private over(end: CallEnd, name: string): TemplateResult {
        const press = (event: Event): void =>
            this.actions?.act(event.type.slice('vv-'.length) as MessageAction);
        return html`<main class="fill">
            <vv-call-message
                .what=${end.what}
                .byMe=${end.byMe}
                .name=${name}
                .reference=${end.reference}
                .note=${end.note}
                .device=${end.device}
                .browser=${this.browser}
                .actions=${end.actions}
                @vv-again=${press}
                @vv-retry=${press}
                @vv-listen-only=${press}
                @vv-without-camera=${press}
                @vv-use-here=${press}
                @vv-message=${press}
                @vv-notify=${press}
                @vv-sign-in=${press}
                @vv-end-call=${press}
                @vv-close=${press}
            ></vv-call-message>
        </main>
        <vv-above>${this.cards()}</vv-above>`;
    }

    private cards(): unknown {
        const { waiting } = this.actions ?? {};
        return waiting ? waitingCards(this.waiting, this.waitingBlocked, waiting) : nothing;
    }

    private preview(view: CallView): TemplateResult {
        return html`<vv-call-preview
            .peer=${view.peer}
            ?rings=${view.rings}
            .stream=${view.localStream}
            @vv-answer=${(event: CustomEvent<{ camera: boolean }>) =>
                this.actions?.answer(event.detail.camera)}
            @vv-decline=${() => this.actions?.decline()}
            @vv-join=${() => this.actions?.join()}
            @vv-picture=${() => this.actions?.toggleCamera()}
            @vv-close=${() => this.actions?.close()}
        ></vv-call-preview>`;
    }

    private held(view: CallView): TemplateResult {
        return html`<vv-call-held
            .peer=${view.peer}
            ?both=${view.heldByPeer}
            ?away=${view.peerAway}
            @vv-resume=${() => this.actions?.hold(false)}
            @vv-end=${() => this.actions?.end()}
        ></vv-call-held>`;
    }

    private meeting(view: CallView): TemplateResult {
        return html`<vv-call-meeting
            .peer=${view.peer}
            .state=${view.state}
            .ringLine=${view.ringLine}
            .link=${view.link}
            @vv-chat=${() => this.actions?.chat()}
            @vv-end=${() => this.actions?.end()}
        ></vv-call-meeting>`;
    }

    private running(view: CallView): TemplateResult {
        const actions = this.actions;
        return actions === undefined
            ? html`${nothing}`
            : html`<vv-call-stage
                  .peer=${view.peer}
                  .state=${view.state}
                  .ringLine=${view.ringLine}
                  .trouble=${view.trouble}
                  .quality=${view.quality}
                  .hint=${view.hint}
                  .controls=${view.controls}
                  .localStream=${view.localStream}
                  .remoteStream=${view.remoteStream}
                  .peerMicrophone=${view.peerMicrophone}
                  .peerCamera=${view.peerCamera}
                  .peerScreen=${view.peerScreen}
                  .peerAway=${view.peerAway}
                  .peerTrouble=${view.peerTrouble}
                  ?held=${view.heldByPeer}
                  .seconds=${view.seconds}
                  .corner=${this.corner}
                  .soundBlocked=${this.soundBlocked}
                  @vv-microphone=${() => actions.toggleMicrophone()}
                  @vv-camera=${() => actions.toggleCamera()}
                  @vv-share=${() => actions.toggleScreen()}
                  @vv-talk=${(event: CustomEvent<{ down: boolean }>) =>
                      actions.talk(event.detail.down)}
                  @vv-chat=${() => actions.chat()}
                  @vv-full-screen=${() => actions.fullScreen()}
                  @vv-float=${() => actions.float()}
                  @vv-hold=${() => actions.hold(true)}
                  @vv-keys=${() => (this.keysOpen = true)}
                  @vv-end=${() => actions.end()}
                  @vv-menu=${() => actions.refreshDevices()}
                  @vv-choose=${(event: CustomEvent<{ kind: DeviceKindView; id: string }>) =>
                      actions.choose(event.detail.kind, event.detail.id)}
                  @vv-speaker-test=${() => actions.testSpeaker()}
                  @vv-corner=${(event: CustomEvent<{ corner: Corner }>) =>
                      (this.corner = event.detail.corner)}
                  @vv-play-refused=${() => (this.soundBlocked = true)}
                  @vv-play-began=${() => (this.soundBlocked = false)}
                  @vv-unlock=${() => this.unlock()}
              ></vv-call-stage>`;
    }
}
