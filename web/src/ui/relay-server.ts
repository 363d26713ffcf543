// SPDX-License-Identifier: Apache-2.0
// The built-in STUN and TURN server among the ICE servers: where it is, what it does, and a trial
// of each way to it. Event: vv-try.
import { css, html, nothing, type TemplateResult } from 'lit';
import { formatBytes, formatNumber, t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import type { RelayTrial, RelayView } from './types.ts';

export class VvRelayServer extends VvElement {
    static override properties = { relay: { attribute: false }, trials: { attribute: false } };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
            }
            section {
                display: grid;
                gap: var(--vv-gap-s);
                justify-items: start;
                padding: var(--vv-gap-m);
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-m);
            }
            h3,
            p,
            ul {
                margin: 0;
            }
            h3 {
                font-size: var(--vv-size-m);
            }
            ul {
                padding-inline-start: 1.25rem;
            }
            code {
                overflow-wrap: anywhere;
            }
            .nothing {
                color: var(--vv-danger);
            }
        `,
    ];
    declare relay: RelayView | undefined;
    declare trials: readonly RelayTrial[];

    constructor() {
        super();
        this.relay = undefined;
        this.trials = [];
    }

    protected override render(): TemplateResult | typeof nothing {
        const { relay, trials } = this;
        if (!relay) {
            return nothing;
        }
        const runs = relay.state === 'on';
        const testing = trials.some(({ result }) => result === 'testing');
        return html`<section role="group" aria-labelledby="title">
            <h3 id="title">${t('relay-title')}</h3>
            <p>${t(`relay-${relay.state}`)}</p>
            ${relay.urls.length > 0
                ? html`<ul class="small">
                      ${relay.urls.map((url) => html`<li><code dir="ltr">${url}</code></li>`)}
                  </ul>`
                : nothing}
            ${relay.state === 'off' ? nothing : this.figures(relay)}
            ${runs
                ? html`<button
                      type="button"
                      class="button"
                      ?disabled=${testing}
                      @click=${() => this.emit('vv-try')}
                  >
                      ${t('relay-test')}
                  </button>`
                : nothing}
            <div role="status">
                ${trials.map(
                    ({ way, result }) =>
                        html`<p class=${result}>${t(`relay-${way}`)} ${words(way, result)}</p>`,
                )}
            </div>
        </section>`;
    }

    private figures({ allocations, bytes, packets }: RelayView): TemplateResult {
        const { udp, tcp, tls } = allocations;
        return html`<p class="small muted">
            ${t('relay-allocations', { count: udp + tcp + tls })}
            ${udp + tcp + tls > 0
                ? html`(${t('relay-by', {
                      udp: formatNumber(udp),
                      tcp: formatNumber(tcp),
                      tls: formatNumber(tls),
                  })})`
                : nothing}
            · ${t('relay-amount', { size: formatBytes(bytes), number: formatNumber(packets) })}
        </p>`;
    }
}

function words(way: RelayTrial['way'], result: RelayTrial['result']): string {
    return t(result === 'works' ? `relay-works-${way}` : `relay-trial-${result}`);
}
define('vv-relay-server', VvRelayServer);
