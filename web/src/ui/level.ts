// SPDX-License-Identifier: Apache-2.0
// A meter of the own voice. It moves without a rendering: ten times a second is too often.
import { css, html, type PropertyValues, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define, VvElement } from './element.ts';
import type { LevelSource } from './types.ts';

export class VvLevel extends VvElement {
    static override properties = { source: { attribute: false } };
    static override styles = css`
        .track {
            height: 0.5rem;
            border-radius: var(--vv-radius-full);
            background: var(--vv-line);
            overflow: hidden;
        }
        .bar {
            width: 100%;
            height: 100%;
            background: var(--vv-available);
            transform: scaleX(0);
            transform-origin: left;
            transition: transform 100ms linear;
        }
        @media (forced-colors: active) {
            .bar {
                background: Highlight;
            }
        }
    `;
    declare source: LevelSource | undefined;
    private stop: (() => void) | undefined;

    constructor() {
        super();
        this.source = undefined;
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('source')) {
            this.stop?.();
            this.stop = this.source?.((level) => this.show(level));
        }
    }

    override disconnectedCallback(): void {
        this.stop?.();
        this.stop = undefined;
        super.disconnectedCallback();
    }

    private show(level: number): void {
        const bar = this.shadowRoot?.querySelector<HTMLElement>('.bar');
        bar?.style.setProperty('transform', `scaleX(${level.toFixed(2)})`);
        bar?.parentElement?.setAttribute('aria-valuenow', String(Math.round(level * 100)));
    }

    protected override render(): TemplateResult {
        return html`<div
            class="track"
            role="meter"
            aria-label=${t('level')}
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow="0"
        >
            <div class="bar"></div>
        </div>`;
    }
}
define('vv-level', VvLevel);
