// SPDX-License-Identifier: Apache-2.0
// Two sides over fake peer connections: who offers, who gives way, what is stale.
import { expect, test, vi } from 'vitest';
import { FakePeer } from './fakes.ts';
import { Negotiation } from './negotiation.ts';

interface Said {
    kind: 'offer' | 'answer';
    offer: number;
    sdp: string;
}

function side(polite: boolean) {
    const peers: FakePeer[] = [];
    const said: Said[] = [];
    const trickled: string[] = [];
    const refusals: (() => void)[] = [];
    const negotiation = new Negotiation(
        () => {
            const peer = new FakePeer();
            peers.push(peer);
            return peer;
        },
        [],
        polite,
        {
            describe: (kind, offer, sdp, refused) => {
                said.push({ kind, offer, sdp });
                refusals.push(refused);
            },
            trickle: (candidate) => trickled.push(candidate?.candidate ?? 'end'),
        },
        { onRemoteTrack: () => undefined, onFresh: () => undefined, onState: () => undefined },
    );
    const offer = async (): Promise<Said> => {
        peers.at(-1)?.dispatchEvent(new Event('negotiationneeded'));
        await Promise.resolve();
        await Promise.resolve();
        const last = said.at(-1);
        if (!last) {
            throw new Error('nothing was said');
        }
        return last;
    };
    return { negotiation, peers, said, trickled, refusals, offer };
}

type Side = ReturnType<typeof side>;

async function connect(): Promise<{ caller: Side; callee: Side }> {
    const caller = side(false);
    const callee = side(true);
    caller.negotiation.begin();
    const { kind, offer, sdp } = await caller.offer();
    await callee.negotiation.onDescription(kind, offer, sdp);
    const answer = callee.said[0];
    await caller.negotiation.onDescription('answer', answer?.offer ?? -1, answer?.sdp ?? '');
    return { caller, callee };
}

test('an offer that did not reach the other side is taken back and made anew', async () => {
    vi.useFakeTimers();
    const { caller, callee } = await connect();
    caller.negotiation.restart();
    await vi.advanceTimersByTimeAsync(0);
    expect(caller.peers[0]?.signalingState).toBe('have-local-offer');
    caller.refusals.at(-1)?.();
    await vi.advanceTimersByTimeAsync(1000);
    expect(caller.peers[0]?.restarts).toBe(2);
    const { kind, offer, sdp } = caller.said.at(-1) ?? { kind: 'answer', offer: -1, sdp: '' };
    await callee.negotiation.onDescription(kind, offer, sdp);
    await caller.negotiation.onDescription('answer', offer, callee.said.at(-1)?.sdp ?? '');
    expect(caller.peers[0]?.signalingState).toBe('stable');
    caller.refusals.at(-2)?.(); // Late, and of an older offer: nothing is to be done.
    await vi.advanceTimersByTimeAsync(1000);
    expect(caller.peers[0]?.restarts).toBe(2);
    vi.useRealTimers();
});

test('an offer whose answer is lost is made anew, one that is answered is not', async () => {
    vi.useFakeTimers();
    const { caller, callee } = await connect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(caller.peers[0]?.restarts).toBe(0);
    caller.negotiation.restart();
    await vi.advanceTimersByTimeAsync(9999);
    expect(caller.peers[0]?.signalingState).toBe('have-local-offer');
    expect(caller.peers[0]?.restarts).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(caller.peers[0]?.restarts).toBe(2);
    const { offer, sdp } = caller.said.at(-1) ?? { offer: -1, sdp: '' };
    await callee.negotiation.onDescription('offer', offer, sdp);
    await caller.negotiation.onDescription('answer', offer, callee.said.at(-1)?.sdp ?? '');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(caller.peers[0]?.signalingState).toBe('stable');
    expect(caller.peers[0]?.restarts).toBe(2);
    vi.useRealTimers();
});

test('the one who begins offers, the other answers with a peer connection of its own', async () => {
    const { caller, callee } = await connect();
    expect(callee.said.map(({ kind }) => kind)).toEqual(['answer']);
    expect(caller.peers[0]?.signalingState).toBe('stable');
    expect(callee.peers).toHaveLength(1);
});

test('an offer with the same fingerprint renews, with another one it begins anew', async () => {
    const { caller, callee } = await connect();
    await callee.negotiation.onDescription('offer', 8, caller.peers[0]?.sdp ?? '');
    expect(callee.peers).toHaveLength(1);
    await callee.negotiation.onDescription('offer', 9, 'a=fingerprint:sha-256 other\r\n');
    expect(callee.peers).toHaveLength(2);
    expect(callee.peers[0]?.closed).toBe(true);
});

test('when both restart at once the caller goes on and the callee gives way', async () => {
    const { caller, callee } = await connect();
    const ours = await caller.offer();
    const theirs = await callee.offer();
    await caller.negotiation.onDescription('offer', theirs.offer, theirs.sdp);
    expect(caller.said.map(({ kind }) => kind)).toEqual(['offer', 'offer']);
    await callee.negotiation.onDescription('offer', ours.offer, ours.sdp);
    expect(callee.said.at(-1)?.kind).toBe('answer');
    expect(callee.peers).toHaveLength(1);
});

test('a side that comes again is heard even while the caller offers', async () => {
    const { caller } = await connect();
    await caller.offer();
    await caller.negotiation.onDescription('offer', 9, 'a=fingerprint:sha-256 reloaded\r\n');
    expect(caller.said.at(-1)?.kind).toBe('answer');
    expect(caller.peers).toHaveLength(2);
});

test('an answer that nobody waits for and a bad candidate do nothing', async () => {
    const { caller } = await connect();
    const late = 'a=fingerprint:sha-256 late\r\n';
    await caller.negotiation.onDescription('answer', caller.said[0]?.offer ?? -1, late);
    await caller.negotiation.onCandidate({ candidate: 'junk' });
    expect(caller.peers[0]?.remote).toHaveLength(1);
    expect(caller.peers[0]?.closed).toBe(false);
});

test('an answer to an older offer is dropped, the right one is still taken', async () => {
    const { caller, callee } = await connect();
    const first = caller.said[0]?.offer ?? -1;
    const again = await caller.offer();
    expect(again.offer).not.toBe(first);
    const sdp = callee.peers[0]?.sdp ?? '';
    await caller.negotiation.onDescription('answer', first, sdp);
    expect(caller.peers[0]?.signalingState).toBe('have-local-offer');
    await caller.negotiation.onDescription('answer', again.offer, sdp);
    expect(caller.peers[0]?.signalingState).toBe('stable');
    expect(caller.peers[0]?.remote).toHaveLength(2);
});

test('candidates wait until the other side has the description they belong to', async () => {
    const caller = side(false);
    caller.negotiation.begin();
    const find = (candidate: string): void =>
        void caller.peers[0]?.dispatchEvent(
            Object.assign(new Event('icecandidate'), { candidate: { candidate } }),
        );
    find('first');
    expect(caller.trickled).toEqual([]);
    await caller.offer();
    expect(caller.trickled).toEqual(['first']);
    find('second');
    expect(caller.trickled).toEqual(['first', 'second']);
});
