// SPDX-License-Identifier: Apache-2.0
// A call that this side holds: with whom, and the way back to it. Events: vv-resume, vv-end.
import { css, html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './avatar.ts';
import { callBoxStyles } from './call-box-style.ts';
import { resumeIcon } from './call-icons.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { phoneOffIcon } from './icons.ts';
import { shownName } from './shown-name.ts';
import type { PersonView } from './types.ts';

export class VvCallHeld extends VvElement {
    static override properties = {
        peer: { attribute: false },
        both: { type: Boolean },
        away: { type: Boolean },
    };
    static override styles = [
        controlStyles,
        callBoxStyles,
        css`
            p {
                margin: 0 0 var(--vv-gap-xs);
            }
            .actions {
                display: grid;
                gap: var(--vv-gap-s);
                margin-top: var(--vv-gap-l);
            }
        `,
    ];
    declare peer: PersonView | undefined;
    /** The other side holds it as well. */
    declare both: boolean;
    /** The other window is gone and may come back. */
    declare away: boolean;

    constructor() {
        super();
        this.peer = undefined;
        this.both = false;
        this.away = false;
    }

    protected override render(): TemplateResult | typeof nothing {
        const { peer } = this;
        if (!peer) {
            return nothing;
        }
        const name = shownName(peer);
        return html`<div class="box">
            <vv-avatar size="xl" .name=${peer.name} .fullName=${name} .hash=${peer.avatar}>
            </vv-avatar>
            <h1 dir="auto">${name}</h1>
            <p role="status"><b>${t('call-held')}</b></p>
            <p class="muted">${t('call-held-text', { name })}</p>
            ${this.both ? html`<p class="muted">${t('call-held-both', { name })}</p>` : nothing}
            ${this.away ? html`<p class="muted">${t('call-peer-away', { name })}</p>` : nothing}
            <div class="actions">
                <button
                    type="button"
                    class="button primary"
                    title=${t('call-resume')}
                    @click=${() => this.emit('vv-resume')}
                >
                    ${resumeIcon}${t('call-resume')}
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
define('vv-call-held', VvCallHeld);
