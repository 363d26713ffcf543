// SPDX-License-Identifier: Apache-2.0
// The small window above all others: the other's picture and three buttons. It is another document,
// so its buttons are plain ones with the styles of call.css.
import { html, render } from 'lit';
import { openFloating } from '../platform/system.ts';
import { t } from '../text/text.ts';
import {
    cameraIcon,
    cameraOffIcon,
    microphoneIcon,
    microphoneOffIcon,
    phoneOffIcon,
} from '../ui/icons.ts';
import { shownName } from '../ui/shown-name.ts';
import type { CallActions, CallView } from './call-screen.ts';

export class FloatingCall {
    private window: Window | undefined;

    constructor(private readonly actions: CallActions) {}

    /** To be called in a click. */
    async open(view: CallView): Promise<void> {
        this.window ??= await openFloating();
        this.window?.addEventListener('pagehide', () => (this.window = undefined));
        this.show(view);
    }

    close(): void {
        this.window?.close();
        this.window = undefined;
    }

    show(view: CallView): void {
        const page = this.window?.document;
        if (!page) {
            return;
        }
        if (view.message) {
            this.close();
            return;
        }
        page.title = view.peer ? shownName(view.peer) : '';
        page.body.className = 'floating';
        const { microphone, camera } = view.controls;
        const button = (
            key: string,
            look: string,
            icon: unknown,
            act: () => void,
        ): unknown => html`<button
            type="button"
            class="control ${look}"
            title=${t(key)}
            aria-label=${t(key)}
            @click=${act}
        >
            ${icon}
        </button>`;
        render(
            html`<video .muted=${true} autoplay playsinline></video>
                <p>${view.peer ? shownName(view.peer) : ''}</p>
                <div class="buttons">
                    ${button(
                        'microphone',
                        microphone ? '' : 'off',
                        microphone ? microphoneIcon : microphoneOffIcon,
                        () => this.actions.toggleMicrophone(),
                    )}
                    ${button(
                        'camera',
                        camera ? '' : 'off',
                        camera ? cameraIcon : cameraOffIcon,
                        () => this.actions.toggleCamera(),
                    )}
                    ${button('call-end', 'end', phoneOffIcon, () => this.actions.end())}
                </div>`,
            page.body,
            { creationScope: page },
        );
        const video = page.querySelector('video');
        const seen = view.peerCamera || view.peerScreen ? view.remoteStream : null;
        if (video && video.srcObject !== seen) {
            video.srcObject = seen;
            video.play().catch(() => undefined); // Another stream may interrupt it.
        }
    }
}
