// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { judge, lookAt, type Look } from './quality.ts';

const nothing: Look = {
    received: 0,
    lost: 0,
    bytes: 0,
    lostThere: 0,
    delayMs: undefined,
    path: 'direct',
    transport: 'udp',
    jitterMs: 0,
    cpuLimits: false,
    bandwidthLimits: false,
};
const after = (part: Partial<Look>) => judge(nothing, { ...nothing, ...part });

test('the four levels of loss', () => {
    const levels = [0, 5.9, 6, 7.9, 8, 11.9, 12, 50].map(
        (percent) => after({ received: 1000 - percent * 10, lost: percent * 10 }).level,
    );
    expect(levels).toEqual(['good', 'good', 'fair', 'fair', 'poor', 'poor', 'bad', 'bad']);
});

test('the worse way counts, and is named', () => {
    expect(after({ received: 900, lost: 100 })).toMatchObject({ limiter: 'incoming' });
    const outgoing = after({ received: 999, lost: 1, lostThere: 0.2 });
    expect(outgoing).toMatchObject({ level: 'bad', lossPercent: 20, limiter: 'outgoing' });
    expect(after({ received: 500, bandwidthLimits: true }).limiter).toBe('none');
    const narrow = { ...nothing, bandwidthLimits: true };
    expect(judge(narrow, { ...narrow, received: 500 }).limiter).toBe('outgoing');
});

test('a computer at its limit and a long delay are fair at best', () => {
    expect(after({ received: 500, cpuLimits: true })).toMatchObject({
        level: 'fair',
        limiter: 'computer',
    });
    expect(after({ received: 500, delayMs: 401 }).level).toBe('fair');
    expect(after({ received: 500, delayMs: 400 }).level).toBe('good');
});

test('a handful of packets, or counters that begin again, judge nothing', () => {
    expect(after({ received: 5, lost: 5 }).level).toBe('good');
    expect(judge({ ...nothing, received: 900, lost: 90 }, nothing).level).toBe('good');
});

test('reads the statistics of Chromium and of Firefox', () => {
    const common: [string, unknown][] = [
        ['a', { type: 'inbound-rtp', packetsReceived: 90, packetsLost: 10, bytesReceived: 9000 }],
        ['v', { type: 'inbound-rtp', packetsReceived: 10, packetsLost: -1, bytesReceived: 1000 }],
        ['o', { type: 'outbound-rtp', qualityLimitationReason: 'bandwidth' }],
        ['r', { type: 'remote-inbound-rtp', fractionLost: 0.05 }],
        ['l', { type: 'local-candidate', candidateType: 'relay' }],
        ['m', { type: 'remote-candidate', candidateType: 'host' }],
    ];
    const pair = { type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'm' };
    const expected = { received: 100, lost: 9, bytes: 10_000, path: 'relayed' };
    const chromium = lookAt([
        ...common,
        ['t', { type: 'transport', selectedCandidatePairId: 'p' }],
        ['p', { ...pair, currentRoundTripTime: 0.0421 }],
    ]);
    expect(chromium).toMatchObject({ ...expected, delayMs: 42, lostThere: 0.05 });
    expect(chromium.bandwidthLimits).toBe(true);
    const firefox = lookAt([...common, ['p', { ...pair, selected: true }]]);
    expect(firefox).toMatchObject({ ...expected, delayMs: undefined });
    expect(lookAt([]).path).toBe('unknown');
});
