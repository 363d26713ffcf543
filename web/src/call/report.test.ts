// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { Look } from './quality.ts';
import { Reporter } from './report.ts';

const look = (part: Partial<Look>): Look => ({ received: 0, lost: 0, bytes: 0, lostThere: 0,
    delayMs: 20, path: 'direct', transport: 'udp', jitterMs: 3.4, cpuLimits: false,
    bandwidthLimits: false, ...part });

test('the first report comes when the path is known, the next ten seconds later', () => {
    const reporter = new Reporter();
    expect(reporter.take(look({ path: 'unknown' }), 0)).toBeUndefined();
    expect(reporter.take(look({ received: 90, lost: 10 }), 1000)).toEqual({
        path: 'direct', transport: 'udp', lossPermille: 100, rttMs: 20, jitterMs: 3 });
    expect(reporter.take(look({ received: 500 }), 9000)).toBeUndefined();
    expect(reporter.take(look({ received: 1090, lost: 10 }), 11_000)?.lossPermille).toBe(0);
});

test('a change of the path is told at once, but not more often than is counted', () => {
    const reporter = new Reporter();
    reporter.take(look({}), 0);
    expect(reporter.take(look({ path: 'relayed', transport: 'tls' }), 1000)).toBeUndefined();
    expect(reporter.take(look({ path: 'relayed', transport: 'tls' }), 2000))
        .toMatchObject({ path: 'relayed', transport: 'tls' });
    expect(reporter.take(look({ path: 'relayed', transport: 'tls' }), 5000)).toBeUndefined();
});

test('what cannot be is not told: counts that begin again, values beyond the limits', () => {
    const reporter = new Reporter();
    reporter.take(look({ received: 5000, lost: 50 }), 0);
    expect(reporter.take(look({ received: 10, lost: -3, delayMs: 99_999 }), 20_000))
        .toMatchObject({ lossPermille: 0, rttMs: 60_000 });
    expect(reporter.take(look({ received: 10, delayMs: undefined }), 40_000))
        .toMatchObject({ lossPermille: 0, rttMs: 0 });
});
