// SPDX-License-Identifier: Apache-2.0
// The steps of a call as keys of their sentences; steps that say nothing to a person are left out.
import type { CallSideInfo, CallStepInfo } from '../protocol/messages.ts';

export interface StepWords {
    readonly key: string;
    readonly device: string;
    readonly afterMs: number;
}

/** Told by both sides, or by none: they have one sentence. */
const OF_NOBODY = new Set(['active', 'restarted', 'waiting', 'pushed', 'ended']);
/** What is told by others of the list. */
const SILENT = new Set(['connected']);

export function stepWords(step: CallStepInfo): StepWords | undefined {
    const { what, mine, how, path, transport, device, afterMs } = step;
    if (SILENT.has(what)) {
        return undefined;
    }
    const whose = OF_NOBODY.has(what) ? '' : mine ? '-mine' : '-theirs';
    const detail = what === 'rings' ? `-${how}`
        : what === 'path' ? (path === 'relayed' ? `-relayed-${transport}` : `-${path}`) : '';
    return { key: `step-${what}${detail}${whose}`, device, afterMs };
}

export type SideGrade = 'none' | 'good' | 'fair' | 'poor';

/** What the reports of one side say in a word. */
export function gradeOf(side: CallSideInfo | undefined): SideGrade {
    if (!side || side.reports === 0) {
        return 'none';
    }
    const { lossPermille: loss, rttMs } = side;
    return loss >= 80 ? 'poor' : loss >= 30 || rttMs > 400 ? 'fair' : 'good';
}
