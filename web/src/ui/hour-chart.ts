// SPDX-License-Identifier: Apache-2.0
// A small chart of one figure by hour: bars for the eye, the same as a table for everybody else.
import { css, html, svg, type TemplateResult } from 'lit';
import { formatHour, formatNumber, t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';

export interface HourValue {
    /** Unix time of the beginning, s. */
    at: number;
    value: number;
}

const WIDTH = 240;
const HEIGHT = 64;
const HOURS = 24;

export class VvHourChart extends VvElement {
    static override properties = { heading: {}, unit: {}, hours: { attribute: false } };
    static override styles = [controlStyles, css`
        figure {
            margin: 0;
        }
        figcaption {
            display: flex;
            flex-wrap: wrap;
            justify-content: space-between;
            gap: 0 var(--vv-gap-s);
            margin-bottom: var(--vv-gap-s);
        }
        h3 {
            margin: 0;
            font-size: var(--vv-size-m);
        }
        .most,
        summary {
            color: var(--vv-muted);
            font-size: var(--vv-size-s);
        }
        svg {
            display: block;
            width: 100%;
            height: 4rem;
        }
        .bar {
            fill: var(--vv-accent);
        }
        .ground {
            stroke: var(--vv-line-strong);
            stroke-width: 1;
            vector-effect: non-scaling-stroke;
        }
        summary {
            cursor: pointer;
            padding-block: var(--vv-gap-xs);
        }
        summary:focus-visible {
            outline: 2px solid var(--vv-focus);
            outline-offset: 2px;
        }
        table {
            border-collapse: collapse;
            font-size: var(--vv-size-s);
        }
        th,
        td {
            padding: 0 var(--vv-gap-m) 0 0;
            text-align: start;
            font-weight: normal;
        }
        td {
            font-variant-numeric: tabular-nums;
            text-align: end;
        }
        @media (forced-colors: active) {
            .bar {
                fill: Highlight;
            }
        }
    `];
    declare heading: string;
    /** The key of the text around a value; "": the number alone. */
    declare unit: string;
    declare hours: readonly HourValue[];

    constructor() {
        super();
        this.heading = '';
        this.unit = '';
        this.hours = [];
    }

    private words(value: number): string {
        const text = formatNumber(value);
        return this.unit === '' ? text : t(this.unit, { value: text });
    }

    /** The newest stands at the right, where the eye looks for now. */
    private bars(most: number): TemplateResult[] {
        const step = WIDTH / HOURS;
        const first = HOURS - this.hours.length;
        return this.hours.map(({ value }, i) => {
            const height = most === 0 ? 0 : (value / most) * (HEIGHT - 2);
            return svg`<rect class="bar" x=${(first + i) * step + 1} y=${HEIGHT - 1 - height}
                width=${step - 2} height=${height}></rect>`;
        });
    }

    protected override render(): TemplateResult {
        const most = Math.max(0, ...this.hours.map(({ value }) => value));
        return html`<figure>
            <figcaption>
                <h3>${this.heading}</h3>
                <span class="most">${t('admin-now-most', { value: this.words(most) })}</span>
            </figcaption>
            <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
                ${this.bars(most)}
                <path class="ground" d="M0 ${HEIGHT - 0.5}H${WIDTH}"></path>
            </svg>
            <details>
                <summary>
                    ${t('admin-now-table')}<span class="hidden-text">: ${this.heading}</span>
                </summary>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">${t('admin-now-hour')}</th>
                            <th scope="col">${this.heading}</th>
                        </tr>
                    </thead>
                    <tbody>
                        ${[...this.hours].reverse().map(
                            ({ at, value }) =>
                                html`<tr>
                                    <th scope="row">${formatHour(at)}</th>
                                    <td>${this.words(value)}</td>
                                </tr>`,
                        )}
                    </tbody>
                </table>
            </details>
        </figure>`;
    }
}
define('vv-hour-chart', VvHourChart);
