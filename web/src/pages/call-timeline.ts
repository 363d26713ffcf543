// SPDX-License-Identifier: Apache-2.0
// What happened in a call that is over, in plain words: who called, what rang, how it was
// connected, how good it was, who ended it and why.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { gradeOf, stepWords } from '../model/timeline.ts';
import type { AnswerTimeline, CallSideInfo, CallStepInfo } from '../protocol/messages.ts';
import { deviceName } from '../text/device.ts';
import { formatDuration, formatNumber, hasText, t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { shownName } from '../ui/shown-name.ts';
import { Page } from './page.ts';
import { services } from './services.ts';

export class VvCallTimeline extends Page {
    static override properties = { call: {}, told: { state: true }, gone: { state: true } };
    /** The id. */
    declare call: string;
    declare told: AnswerTimeline | undefined;
    /** It is not kept any more. */
    declare gone: boolean;

    constructor() {
        super();
        this.call = '';
        this.told = undefined;
        this.gone = false;
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('call')) {
            void this.load();
        }
    }

    private load(): Promise<void> {
        const { call } = this;
        this.told = undefined;
        this.gone = false;
        return this.attempt(
            async () => {
                const told = await services.get().calls.timeline(call);
                if (call === this.call) {
                    this.told = told;
                }
            },
            ({ error }) => (this.gone = error === 'not-found'),
        );
    }

    protected override render(): TemplateResult {
        const { told } = this;
        if (!told) {
            return html`<p class="muted small" role="status">
                ${t(this.gone ? 'timeline-gone' : 'loading')}
            </p>`;
        }
        return html`<div class="timeline">
            <ol>
                ${told.steps.map((step) => this.step(step, told))}
            </ol>
            ${told.sides.some(({ reports }) => reports > 0)
                ? html`<dl class="facts">${told.sides.map((side) => this.side(side, told))}</dl>`
                : nothing}
        </div>`;
    }

    private step(step: CallStepInfo, { call }: AnswerTimeline): TemplateResult | typeof nothing {
        const words = stepWords(step);
        if (!words) {
            return nothing;
        }
        const name = shownName(call.peer);
        const sentence = step.what === 'ended'
            ? this.end(call)
            : t(words.key, { name, device: deviceName(words.device) || t('timeline-some-device') });
        return html`<li>
            <time class="muted small">${formatDuration(words.afterMs / 1000)}</time>
            <span dir="auto">${sentence}</span>
        </li>`;
    }

    /** The sentence of the call window, for both sides. */
    private end({ reason, byMe, peer }: AnswerTimeline['call']): string {
        const own = `ended-${reason}-by-me`;
        const key = byMe && hasText(own) ? own : `ended-${reason}`;
        return t(hasText(key) ? key : 'step-ended', { name: shownName(peer) });
    }

    private side(side: CallSideInfo, { call }: AnswerTimeline): TemplateResult | typeof nothing {
        const grade = gradeOf(side);
        if (grade === 'none') {
            return nothing;
        }
        const name = shownName(call.peer);
        return html`<dt>${t(side.mine ? 'timeline-mine' : 'timeline-theirs', { name })}</dt>
            <dd>
                ${t(`timeline-${grade}`)}
                <span class="muted small"
                    >${t('timeline-figures', {
                        loss: formatNumber(side.lossPermille / 10),
                        worst: formatNumber(side.lossWorstPermille / 10),
                        delay: formatNumber(side.rttMs),
                    })}</span
                >
            </dd>`;
    }
}
define('vv-call-timeline', VvCallTimeline);
