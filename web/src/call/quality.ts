// SPDX-License-Identifier: Apache-2.0
// How good a call is, from two looks at the statistics of WebRTC some seconds apart.
export type QualityLevel = 'good' | 'fair' | 'poor' | 'bad';
/** Who limits: this computer, the way to here, the way from here. */
export type Limiter = 'none' | 'computer' | 'incoming' | 'outgoing';

export interface Quality {
    readonly level: QualityLevel;
    /** The worse of both ways. */
    readonly lossPercent: number;
    /** There and back; undefined: not known yet. */
    readonly delayMs: number | undefined;
    readonly path: 'direct' | 'relayed' | 'unknown';
    readonly limiter: Limiter;
}

export interface Look {
    readonly received: number;
    readonly lost: number;
    readonly bytes: number;
    /** What the other side has lost of ours, as it says: 0 to 1. */
    readonly lostThere: number;
    readonly delayMs: number | undefined;
    readonly path: Quality['path'];
    /** By what media go, to the relay or to the other side. */
    readonly transport: 'udp' | 'tcp' | 'tls' | 'unknown';
    readonly jitterMs: number;
    readonly cpuLimits: boolean;
    readonly bandwidthLimits: boolean;
}

const FAIR_PERCENT = 6;
const POOR_PERCENT = 8;
const BAD_PERCENT = 12;
const SLOW_MS = 400; // people begin to talk at the same time
const PACKETS_MIN = 20; // fewer say nothing

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

interface Report {
    readonly [key: string]: unknown;
}

/** What one getStats says. */
export function lookAt(stats: Iterable<[string, unknown]>): Look {
    const reports = new Map<string, Report>();
    for (const [id, report] of stats) {
        reports.set(id, report as Report);
    }
    const all = [...reports.values()];
    const ofType = (type: string): Report[] => all.filter((report) => report['type'] === type);
    const sum = (key: string): number =>
        ofType('inbound-rtp').reduce((total, report) => total + numberOf(report[key]), 0);
    const limits = ofType('outbound-rtp').map((report) => report['qualityLimitationReason']);
    const pair = pairInUse(reports, ofType);
    const delay = pair?.['currentRoundTripTime'];
    const ends = [pair?.['localCandidateId'], pair?.['remoteCandidateId']].map((id) =>
        reports.get(String(id)),
    );
    const relayed = ends.some((candidate) => candidate?.['candidateType'] === 'relay');
    const jitters = ofType('inbound-rtp').map((report) => numberOf(report['jitter']));
    const lostThere = ofType('remote-inbound-rtp').map((r) => numberOf(r['fractionLost']));
    return {
        received: sum('packetsReceived'),
        lost: sum('packetsLost'),
        bytes: sum('bytesReceived'),
        lostThere: Math.max(0, ...lostThere),
        delayMs: typeof delay === 'number' ? Math.round(delay * 1000) : undefined,
        path: pair === undefined ? 'unknown' : relayed ? 'relayed' : 'direct',
        transport: transportOf(ends[0]),
        jitterMs: 1000 * Math.max(0, ...jitters),
        cpuLimits: limits.includes('cpu'),
        bandwidthLimits: limits.includes('bandwidth'),
    };
}

/** `candidate`: the local one of the pair in use; of a relay counts how it is reached. */
function transportOf(candidate: Report | undefined): Look['transport'] {
    const said = candidate?.['relayProtocol'] || candidate?.['protocol'];
    return said === 'udp' || said === 'tcp' || said === 'tls' ? said : 'unknown';
}

/** Chromium names it in the transport; Firefox marks the pair itself. */
function pairInUse(
    reports: Map<string, Report>,
    ofType: (type: string) => Report[],
): Report | undefined {
    const named = ofType('transport').map((r) => reports.get(String(r['selectedCandidatePairId'])));
    return (
        named.find((pair) => pair !== undefined) ??
        ofType('candidate-pair').find((pair) => pair['selected'] === true)
    );
}

/** `before` is a look some seconds older than `now`. */
export function judge(before: Look, now: Look): Quality {
    const received = now.received - before.received;
    const lost = Math.max(0, now.lost - before.lost);
    const here = received + lost < PACKETS_MIN ? 0 : (100 * lost) / (received + lost);
    const there = 100 * now.lostThere;
    const loss = Math.max(here, there);
    const slow = (now.delayMs ?? 0) > SLOW_MS;
    let level: QualityLevel = slow || now.cpuLimits ? 'fair' : 'good';
    if (loss >= FAIR_PERCENT) {
        level = loss >= BAD_PERCENT ? 'bad' : loss >= POOR_PERCENT ? 'poor' : 'fair';
    }
    let limiter: Limiter = 'none';
    if (loss >= FAIR_PERCENT) {
        limiter = here >= there ? 'incoming' : 'outgoing';
    } else if (now.cpuLimits) {
        limiter = 'computer';
    } else if (now.bandwidthLimits && before.bandwidthLimits) {
        limiter = 'outgoing'; // Not the first seconds, when every call feels its way up.
    }
    const { delayMs, path } = now;
    return { level, lossPercent: Math.round(loss * 10) / 10, delayMs, path, limiter };
}
