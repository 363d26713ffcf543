// SPDX-License-Identifier: Apache-2.0
// How good the connection is: four bars, and a click explains.
import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import type { QualityView } from './types.ts';

const LEVELS = ['bad', 'poor', 'fair', 'good'] as const;

export class VvQuality extends VvElement {
    static override properties = {
        quality: { attribute: false },
        name: {},
        open: { type: Boolean },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                position: relative;
                display: inline-block;
            }
            .bars {
                min-height: 2rem;
                padding: 0 0.5rem;
                border-color: transparent;
                background: transparent;
                color: var(--vv-stage-text);
            }
            .bars:hover {
                background: var(--vv-stage-control);
            }
            svg {
                width: 1.25rem;
                height: 1.25rem;
            }
            .panel {
                position: absolute;
                z-index: 1;
                top: calc(100% + 0.25rem);
                inset-inline-start: 0;
                width: min(19rem, calc(100vw - 2.5rem));
                padding: var(--vv-gap-m);
                border: 1px solid var(--vv-line);
                border-radius: var(--vv-radius-m);
                background: var(--vv-raised);
                color: var(--vv-text);
                box-shadow: var(--vv-shadow-l);
                font-size: var(--vv-size-s);
            }
            dl {
                display: grid;
                grid-template-columns: auto 1fr;
                gap: 0.25rem 1rem;
                margin: 0.5rem 0;
            }
            dt {
                color: var(--vv-muted);
            }
            dd {
                margin: 0;
                text-align: end;
            }
            p {
                margin: 0;
            }
        `,
    ];
    declare quality: QualityView | undefined;
    declare name: string;
    declare open: boolean;

    constructor() {
        super();
        this.quality = undefined;
        this.name = '';
        this.open = false;
        this.addEventListener('keydown', (event) => {
            if (event.key === 'Escape') {
                this.open = false;
            }
        });
    }

    protected override render(): TemplateResult | typeof nothing {
        const quality = this.quality;
        if (!quality) {
            return nothing;
        }
        const title = t('quality', { level: quality.level });
        return html`<button
                type="button"
                class="button bars"
                title=${title}
                aria-label=${title}
                aria-expanded=${this.open}
                @click=${() => (this.open = !this.open)}
            >
                ${this.bars(LEVELS.indexOf(quality.level) + 1)}
            </button>
            ${this.open ? this.panel(quality, title) : nothing}`;
    }

    private bars(lit: number): TemplateResult {
        const bar = (i: number): SVGTemplateResult =>
            svg`<rect x=${2 + i * 5} y=${15 - i * 4} width="3.5" height=${6 + i * 4} rx="1"
                fill="currentColor" opacity=${i < lit ? 1 : 0.3} />`;
        return html`<svg viewBox="0 0 24 24" aria-hidden="true">${[0, 1, 2, 3].map(bar)}</svg>`;
    }

    private panel(quality: QualityView, title: string): TemplateResult {
        const { lossPercent, delayMs, path, limiter } = quality;
        const row = (key: string, value: string): TemplateResult =>
            html`<dt>${t(key)}</dt>
                <dd>${value}</dd>`;
        return html`<div class="panel" role="group" aria-label=${title}>
            <strong>${title}</strong>
            <dl>
                ${row('quality-loss', t('quality-percent', { value: lossPercent }))}
                ${delayMs === undefined
                    ? nothing
                    : row('quality-delay', t('quality-ms', { value: delayMs }))}
                ${row('quality-path', t(`quality-path-${path}`))}
            </dl>
            <p>${t(`quality-limit-${limiter}`, { name: this.name })}</p>
        </div>`;
    }
}
define('vv-quality', VvQuality);
