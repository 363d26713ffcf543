// SPDX-License-Identifier: Apache-2.0
// A call that meets in a service outside: it rings here, and after the answer the meeting's link is
// offered with its host in plain sight. Events: vv-chat, vv-end.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './avatar.ts';
import { callBoxStyles } from './call-box-style.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { phoneOffIcon } from './icons.ts';
import { chatIcon } from './portal-icons.ts';
import type { PersonView, StageState } from './types.ts';

/** Where a link leads; undefined: it is not one that a page may open. */
function hostOf(link: string): string | undefined {
    const url = URL.canParse(link) ? new URL(link) : undefined;
    return url?.protocol === 'https:' ? url.host : undefined;
}

export class VvCallMeeting extends VvElement {
    static override properties = {
        peer: { attribute: false },
        state: {},
        ringLine: {},
        link: {},
    };
    static override styles = [
        controlStyles,
        callBoxStyles,
        css`
            .host {
                margin: 0;
                font-weight: 600;
                overflow-wrap: anywhere;
            }
            .actions {
                display: grid;
                gap: var(--vv-gap-s);
                margin-top: var(--vv-gap-l);
            }
        `,
    ];
    declare peer: PersonView | undefined;
    declare state: StageState;
    /** While it rings: where and how. */
    declare ringLine: string;
    /** Empty until the call is answered. */
    declare link: string;

    constructor() {
        super();
        this.peer = undefined;
        this.state = 'dialling';
        this.ringLine = '';
        this.link = '';
    }

    protected override render(): TemplateResult | typeof nothing {
        const { peer, link } = this;
        if (!peer) {
            return nothing;
        }
        const name = peer.fullName;
        const host = hostOf(link);
        return html`<div class="box">
            <vv-avatar size="xl" .name=${peer.name} .fullName=${name} .hash=${peer.avatar}>
            </vv-avatar>
            <h1 dir="auto">${name}</h1>
            <p class="muted" role="status">
                ${!host && this.state === 'ringing'
                    ? this.ringLine
                    : t(host ? 'meeting-waits' : `call-${this.state}`, { name })}
            </p>
            ${host ? html`<p class="host" dir="ltr">${host}</p>` : nothing}
            <div class="actions">
                ${host
                    ? html`<a
                          class="button primary"
                          href=${link}
                          target="_blank"
                          rel="noopener noreferrer"
                          title=${t('meeting-open')}
                          >${t('meeting-open')}</a
                      >`
                    : nothing}
                <button
                    type="button"
                    class="button"
                    title=${t('call-chat')}
                    @click=${() => this.emit('vv-chat')}
                >
                    ${chatIcon}${t('call-chat')}
                </button>
                <button
                    type="button"
                    class="button end"
                    title=${t('call-end')}
                    @click=${() => this.emit('vv-end')}
                >
                    ${phoneOffIcon}${t('call-end')}
                </button>
            </div>
        </div>`;
    }
}
define('vv-call-meeting', VvCallMeeting);
