// SPDX-License-Identifier: Apache-2.0
// Every way in which a call can end, as the protocol names them: the message of the window, the
// line of the history, the last step of the details.
import { html, type TemplateResult } from 'lit';
import {
    callReasonValues, callStepHowValues, callStepPathValues, callStepTransportValues,
    callStepWhatValues, type AnswerTimeline, type CallStepInfo, type PastCallInfo,
} from '../protocol/messages.ts';
import '../ui/call-message.ts';
import { hasText } from '../text/text.ts';
import { pastCalls, timeline } from './gallery-people.ts';

/** What else the window says in place of a call; ours, not the protocol's. */
const OTHERS = ['already-in-call', 'gone', 'limit', 'too-many-calls', 'too-many-held', 'insecure',
    'unsupported'];

/** Told by whose act it was, where that has words of its own. */
export function ends(): TemplateResult[] {
    return [...callReasonValues, ...OTHERS].flatMap((what) =>
        [false, true].filter((byMe) => !byMe || hasText(`ended-${what}-by-me`)).map((byMe) =>
            html`<vv-call-message .what=${what} ?byMe=${byMe} name="Mary Stone"
                .actions=${['again', 'close'] as const}></vv-call-message>`));
}

const PROBLEMS = ['denied', 'dismissed', 'system', 'in-use', 'absent'] as const;

/** What a device can refuse: the words follow the device and the browser. */
export function problems(): TemplateResult[] {
    return PROBLEMS.flatMap((what) => (['chromium', 'firefox', 'safari'] as const).map(
        (browser, i) => html`<vv-call-message .what=${what} .browser=${browser}
            .device=${i % 2 === 0 ? 'microphone' : 'camera'}
            .actions=${['retry', 'close'] as const}></vv-call-message>`));
}

const [missed, answered] = pastCalls as [PastCallInfo, PastCallInfo];

/** The same call with each end, before and after it was connected. */
export const endedCalls: readonly PastCallInfo[] = callReasonValues.flatMap((reason) =>
    [false, true].map((talked) => ({
        ...answered, answered: talked, seconds: talked ? answered.seconds : 0, reason,
        byMe: !talked,
    })));
export const silentCall: PastCallInfo = { ...missed, silent: true };

/** Each step that there is, of both sides. */
const everyStep: readonly CallStepInfo[] = callStepWhatValues.flatMap((what) => {
    const some = { afterMs: 1000, what, device: 'Firefox on Windows', how: 'none', path: 'unknown',
        transport: 'unknown' } as const;
    const kinds: readonly Partial<CallStepInfo>[] = what === 'rings'
        ? callStepHowValues.filter((how) => how !== 'none').map((how) => ({ how }))
        : what === 'path'
            ? callStepPathValues.flatMap((path) => (path === 'relayed' ? callStepTransportValues
                : ['unknown'] as const).map((transport) => ({ path, transport })))
            : [{}];
    return kinds.flatMap((kind) => [true, false].map((mine) => ({ ...some, ...kind, mine })));
});

export const everything: AnswerTimeline = {
    call: answered,
    steps: [...everyStep, { ...timeline.steps[1] as CallStepInfo, device: '' }],
    sides: timeline.sides.map((side, i) => ({ ...side, lossPermille: i * 85 })),
};
