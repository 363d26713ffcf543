// SPDX-License-Identifier: Apache-2.0
// The call window: it shows what the call is and passes on what the person presses.
import { html, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import '../ui/call-message.ts';
import type { VvCallStage } from '../ui/call-stage.ts';
import '../ui/call-stage.ts';
import { VvLightElement } from '../ui/element.ts';
import type { PersonView, StageState } from '../ui/types.ts';

/** A call as this window sees it; `message` once it is over or could not begin. */
export interface CallView {
    peer: PersonView | undefined;
    incoming: boolean;
    state: StageState;
    localStream: MediaStream | null;
    remoteStream: MediaStream | null;
    microphone: boolean;
    camera: boolean;
    hasMicrophone: boolean;
    hasCamera: boolean;
    peerMicrophone: boolean;
    peerCamera: boolean;
    peerAway: boolean;
    seconds: number;
    message?: CallEnd | undefined;
}

/** `what`: an end reason of the protocol, or a problem of this browser (the keys `problem-...`). */
export interface CallEnd {
    what: string;
    byMe: boolean;
    reference: string;
    again: boolean;
    withoutCamera: boolean;
}

export interface CallActions {
    toggleMicrophone(): void;
    toggleCamera(): void;
    end(): void;
    again(): void;
    withoutCamera(): void;
    close(): void;
}

export class VvCallPage extends VvLightElement {
    static override properties = {
        view: { attribute: false },
        soundBlocked: { state: true },
    };
    declare view: CallView | undefined;
    declare soundBlocked: boolean;
    actions: CallActions | undefined;

    constructor() {
        super();
        this.view = undefined;
        this.soundBlocked = false;
    }

    protected override updated(): void {
        const name = this.view?.peer?.fullName;
        if (name) {
            document.title = t(this.view?.incoming ? 'call-with' : 'call-to', { name });
        }
    }

    private unlock(): void {
        const stage = this.querySelector<VvCallStage>('vv-call-stage');
        stage?.playRemote().then(
            () => (this.soundBlocked = false),
            () => (this.soundBlocked = true),
        );
    }

    protected override render(): TemplateResult {
        const view = this.view;
        if (view?.message) {
            return this.over(view.message, view.peer?.fullName ?? '');
        }
        return view?.peer
            ? html`<main class="fill">${this.stage(view)}</main>`
            : html`<main class="calm" role="status">${t('loading')}</main>`;
    }

    private over(end: CallEnd, name: string): TemplateResult {
        return html`<main class="fill">
            <vv-call-message
                .what=${end.what}
                .byMe=${end.byMe}
                .name=${name}
                .reference=${end.reference}
                .again=${end.again}
                .withoutCamera=${end.withoutCamera}
                @vv-again=${() => this.actions?.again()}
                @vv-without-camera=${() => this.actions?.withoutCamera()}
                @vv-close=${() => this.actions?.close()}
            ></vv-call-message>
        </main>`;
    }

    private stage(view: CallView): TemplateResult {
        return html`<vv-call-stage
            .peer=${view.peer}
            .state=${view.state}
            .localStream=${view.localStream}
            .remoteStream=${view.remoteStream}
            .microphone=${view.microphone}
            .camera=${view.camera}
            .hasMicrophone=${view.hasMicrophone}
            .hasCamera=${view.hasCamera}
            .peerMicrophone=${view.peerMicrophone}
            .peerCamera=${view.peerCamera}
            .peerAway=${view.peerAway}
            .seconds=${view.seconds}
            .soundBlocked=${this.soundBlocked}
            @vv-microphone=${() => this.actions?.toggleMicrophone()}
            @vv-camera=${() => this.actions?.toggleCamera()}
            @vv-end=${() => this.actions?.end()}
            @vv-play-refused=${() => (this.soundBlocked = true)}
            @vv-unlock=${() => this.unlock()}
        ></vv-call-stage>`;
    }
}
