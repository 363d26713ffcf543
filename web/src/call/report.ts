// SPDX-License-Identifier: Apache-2.0
// What is told to the server of how the media of this side fare, for the timeline of the call: when
// they connect, when their path changes, and every ten seconds.
import type { CallReport } from '../protocol/messages.ts';
import type { Look } from './quality.ts';

export type MediaReport = Omit<CallReport, 'type' | 'call'>;

const EVERY_MS = 10_000;
/** The server counts no more than one in this time. */
const PAUSE_MS = 2000;
const PACKETS_MIN = 20; // fewer say nothing

const within = (value: number, most: number): number =>
    Math.min(most, Math.max(0, Math.round(value)));

export class Reporter {
    private before: Look | undefined;
    private beforeMs = 0;

    /** The report that is due after this look, if one is. */
    take(now: Look, nowMs: number): MediaReport | undefined {
        const { before } = this;
        const sinceMs = nowMs - this.beforeMs;
        const moved = before?.path !== now.path || before.transport !== now.transport;
        const due = before === undefined || sinceMs >= EVERY_MS || (moved && sinceMs >= PAUSE_MS);
        if (now.path === 'unknown' || !due) {
            return undefined;
        }
        this.before = now;
        this.beforeMs = nowMs;
        return reportOf(before, now);
    }
}

/** After a fresh connection the counts begin again: then all of them are news. */
function reportOf(before: Look | undefined, now: Look): MediaReport {
    const from = before && before.received <= now.received ? before : { received: 0, lost: 0 };
    const received = now.received - from.received;
    const lost = Math.max(0, now.lost - from.lost);
    const { path, transport, delayMs, jitterMs } = now;
    return {
        path,
        transport,
        lossPermille: received + lost < PACKETS_MIN
            ? 0
            : within((1000 * lost) / (received + lost), 1000),
        rttMs: within(delayMs ?? 0, 60_000),
        jitterMs: within(jitterMs, 60_000),
    };
}
