// SPDX-License-Identifier: Apache-2.0
// What the server does now, and what it did in the latest hours.
import { html, type TemplateResult } from 'lit';
import { formatNumber, t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import '../ui/hour-chart.ts';
import type { HourView, NowView } from './admin-api.ts';
import { AdminPart } from './admin-part.ts';

const EVERY_MS = 10_000;

export class VvAdminNow extends AdminPart {
    static override properties = { view: { state: true } };
    declare view: NowView | undefined;
    private timer: ReturnType<typeof setInterval> | undefined;

    constructor() {
        super();
        this.view = undefined;
    }

    override connectedCallback(): void {
        super.connectedCallback();
        this.timer = setInterval(() => void this.load(), EVERY_MS);
    }

    override disconnectedCallback(): void {
        clearInterval(this.timer);
        super.disconnectedCallback();
    }

    protected override firstUpdated(): void {
        void this.load();
    }

    private load(): Promise<void> {
        return this.attempt(async () => {
            this.view = await this.admin.now();
        });
    }

    private figures({ people, here, sessions, calls }: NowView): TemplateResult {
        const figure = (key: string, value: number): TemplateResult => html`<div>
            <dt>${t(key)}</dt>
            <dd>${formatNumber(value)}</dd>
        </div>`;
        return html`<dl class="card figures">
            ${figure('admin-now-calls-running', calls)} ${figure('admin-now-here', here)}
            ${figure('admin-now-sessions-open', sessions)} ${figure('admin-now-people', people)}
        </dl>`;
    }

    private chart(key: string, unit: string, value: (hour: HourView) => number): TemplateResult {
        const hours = (this.view?.hours ?? [])
            .map((hour) => ({ at: hour.at, value: value(hour) }));
        return html`<section class="card">
            <vv-hour-chart .heading=${t(key)} .unit=${unit} .hours=${hours}></vv-hour-chart>
        </section>`;
    }

    protected override render(): TemplateResult {
        if (!this.view) {
            return html`<p class="empty" role="status">${t('loading')}</p>`;
        }
        return html`${this.figures(this.view)}
            <h2>${t('admin-now-hours')}</h2>
            <div class="charts">
                ${this.chart('admin-now-calls', '', ({ calls }) => calls)}
                ${this.chart('admin-now-sessions', '', ({ sessions }) => sessions)}
                ${this.chart('admin-now-relays', '', ({ relays }) => relays)}
                ${this.chart('admin-now-loss', 'admin-now-percent',
                    ({ lossPermille }) => lossPermille / 10)}
            </div>`;
    }
}
define('vv-admin-now', VvAdminNow);
