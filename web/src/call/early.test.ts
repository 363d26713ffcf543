// SPDX-License-Identifier: Apache-2.0
// The connection made while it rings: who makes it, who takes it, and that nobody depends on it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CallInfo, Command, ServerEvent } from '../protocol/messages.ts';
import { EarlyCaller } from './early-caller.ts';
import { EarlyRing } from './early-ring.ts';
import { relaysOf } from './early.ts';
import { FakePeer, FakeStream, FakeTrack } from './fakes.ts';

const relay = 'turn:relay.example:3478?transport=udp';
const iceServers = [{ urls: [relay], username: 'u', credential: 'c' }];

class TrackPeer extends FakePeer {
    placed: unknown[] = [];
    candidates: unknown[] = [];
    small: unknown[] = [];
    override addTransceiver(kind: unknown) {
        const replaceTrack = (track: unknown) => (this.placed.push(track), Promise.resolve());
        const getParameters = () => ({ encodings: [{}] }) as unknown as RTCRtpSendParameters;
        const setParameters = ({ encodings }: RTCRtpSendParameters) =>
            (this.small.push([kind, encodings[0]?.scaleResolutionDownBy]), Promise.resolve());
        return { sender: { replaceTrack, getParameters, setParameters } };
    }
    override addIceCandidate(candidate?: RTCIceCandidateInit) {
        this.candidates.push(candidate?.candidate);
        return Promise.resolve();
    }
}

let peers: TrackPeer[];
let said: Command[];
let refused: string;
/** The browser blocks the address of the relay. */
let blocked: boolean;
let sounding: boolean;
let playing: boolean;
/** What the page opens at the click; none: it must not. */
let voice: FakeTrack | undefined;
let picture: FakeTrack | undefined;
let opened: number;
/** So long a device takes to open. */
let opensMs: number;
let ring: EarlyRing;

beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('MediaStream', FakeStream);
    peers = [];
    said = [];
    refused = '';
    blocked = false;
    sounding = false;
    playing = false;
    voice = undefined;
    picture = undefined;
    opened = 0;
    opensMs = 0;
    ring = new EarlyRing({
        createPeer,
        request: (command) => {
            said.push(command);
            return command.type === refused
                ? Promise.reject(new Error('refused'))
                : (Promise.resolve({ type: 'call.is', iceServers }) as never);
        },
        devices: () => {
            const open = (track?: FakeTrack) => track && (() => {
                opened++;
                return opensMs === 0 ? Promise.resolve(track.real)
                    : new Promise<MediaStreamTrack>((done) =>
                        setTimeout(() => done(track.real), opensMs));
            });
            return Promise.resolve({ audio: open(voice), video: open(picture) });
        },
        play: () => {
            playing = true;
            const stop = (): void => void (playing = sounding = false);
            return { aloud: () => (sounding = true), stop };
        },
    });
});
afterEach(() => vi.useRealTimers());

function createPeer(): TrackPeer {
    if (blocked) {
        throw new SyntaxError('uses a port that is blocked');
    }
    const made = new TrackPeer();
    peers.push(made);
    return made;
}

const info = (part: Partial<CallInfo>): CallInfo =>
    ({ id: 'c', state: 'ringing', role: 'callee', silent: false, ...part }) as CallInfo;
const follow = (part: Partial<CallInfo>): void => ring.follow(new Map([['c', info(part)]]));
const types = (): string[] => said.map(({ type }) => type);
const tell = (event: object): void => ring.onEvent(event as ServerEvent);

async function ready(): Promise<TrackPeer> {
    follow({});
    ring.onRings('c', 'audible');
    await vi.waitFor(() => expect(types()).toContain('call.describe'));
    const made = peers[0];
    if (!made) {
        throw new Error('no connection');
    }
    made.become('connected');
    return made;
}

test('one relay for datagrams and one for TCP are enough, STUN is none', () => {
    const tls = 'turns:relay.example?transport=tcp';
    const urls = [relay, 'turn:relay.example?transport=tcp', tls];
    const found = relaysOf([{ urls: 'stun:stun.example' }, { urls }]).map((one) => one.urls);
    expect(found).toEqual([[relay], [tls]]);
    expect(relaysOf([{ urls: 'stun:stun.example' }])).toEqual([]);
});

test('only the tab that rings connects, and only where it may sound', async () => {
    follow({ silent: true });
    follow({ waiting: true });
    follow({ role: 'caller' });
    follow({});
    ring.onRings('c', 'by-autoplay');
    expect(said).toEqual([]);
    ring.onRings('c', 'audible');
    await vi.waitFor(() => expect(types()).toEqual(['call.prepare', 'call.describe']));
    expect(peers).toHaveLength(1);
    expect(peers[0]?.placed).toEqual([]);
});

test('Answer goes by it, and the caller is heard until the window takes it', async () => {
    const made = await ready();
    expect(ring.isReady('c')).toBe(true);
    await ring.answer('c', true, () => true);
    expect(said.find(({ type }) => type === 'call.accept')).toMatchObject({ early: true });
    expect(sounding).toBe(true);
    follow({ state: 'active' });
    const taken = ring.take('c');
    expect(taken?.connected).toBe(true);
    expect(sounding).toBe(false);
    expect(ring.take('c')).toBeUndefined();
    const track = new FakeTrack('audio', 'voice');
    taken?.setTrack('audio', track.real);
    expect(made.placed).toEqual([track]);
    tell({ type: 'call.changed', call: info({ state: 'ended', reason: 'replaced',
        moved: true }) });
    expect(made.closed).toBe(false);
});

test('who answers is heard by the page’s microphone, until the window gives its own', async () => {
    voice = new FakeTrack('audio', 'of the page');
    const made = await ready();
    await vi.advanceTimersByTimeAsync(0);
    expect(opened).toBe(0); // Nothing is opened while it rings.
    await ring.answer('c', true, () => true);
    await vi.waitFor(() => expect(made.placed).toEqual([voice]));
    expect(types().slice(types().indexOf('call.accept'))).toContain('call.media');
    const taken = ring.take('c');
    expect(voice.stopped).toBe(false);
    const own = new FakeTrack('audio', 'of the window');
    taken?.setTrack('audio', own.real);
    await vi.waitFor(() => expect(voice?.stopped).toBe(true));
    expect(made.placed).toEqual([voice, own]);
});

test('he is seen by the page’s camera too, unless he answers without', async () => {
    voice = new FakeTrack('audio', 'of the page');
    picture = new FakeTrack('video', 'of the page');
    const made = await ready();
    await vi.advanceTimersByTimeAsync(0);
    opensMs = 100;
    const lent = vi.fn(); // The window, whose opening keeps the page busy, may come.
    void ring.answer('c', true, () => true).then(lent);
    await vi.advanceTimersByTimeAsync(99);
    expect(lent).not.toBeCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(lent).toBeCalled();
    expect(said.filter(({ type }) => type === 'call.media').at(-1))
        .toMatchObject({ microphone: true, camera: true });
    await vi.waitFor(() => expect(made.placed).toEqual([voice, picture]));
    const taken = ring.take('c');
    taken?.setTrack('video', null); // The window could not open it, or it was switched off.
    await vi.waitFor(() => expect(picture?.stopped).toBe(true));
    expect(voice.stopped).toBe(false);
    taken?.close();
    expect(voice.stopped).toBe(true);
});

test('who answers without a camera opens none', async () => {
    picture = new FakeTrack('video', 'of the page');
    await ready();
    await vi.advanceTimersByTimeAsync(0);
    await ring.answer('c', false, () => true);
    expect(opened).toBe(0);
});

test('a microphone of the page that comes too late, or for nothing, is closed', async () => {
    voice = new FakeTrack('audio', 'of the page');
    await ready();
    await vi.advanceTimersByTimeAsync(0);
    refused = 'call.accept';
    await ring.answer('c', true, () => true);
    await vi.waitFor(() => expect(voice?.stopped).toBe(true));
    expect(peers[0]?.placed).toEqual([]);
    refused = '';
    const late = new FakeTrack('audio', 'late');
    voice = late;
    follow({ state: 'ended' });
    const made = (follow({}), ring.onRings('c', 'audible'), await vi.waitFor(() => {
        const next = peers[1];
        if (!next) {
            throw new Error('no connection');
        }
        return next;
    }));
    made.become('connected');
    await vi.advanceTimersByTimeAsync(0);
    await ring.answer('c', true, () => true);
    ring.stop();
    await vi.waitFor(() => expect(late.stopped).toBe(true));
});

test('the sound is ready while it rings, and nobody hears it before the answer', async () => {
    const answer = { type: 'call.description', call: 'c', kind: 'answer', offer: 0, sdp: '' };
    const made = await ready();
    expect(playing).toBe(false);
    tell({ ...answer, early: 1 });
    await vi.waitFor(() => expect(playing).toBe(true));
    expect(made.small).toEqual([['video', 4]]); // the first picture
    expect(sounding).toBe(false);
    void ring.answer('c', true, () => true);
    expect(sounding).toBe(true); // at the click, whatever the server says afterwards
    tell({ type: 'call.changed', call: info({ state: 'ended', reason: 'cancelled' }) });
    expect([playing, sounding, made.closed]).toEqual([false, false, true]);
});

test('N8: a relay that the browser refuses: the call is connected at its answer', async () => {
    blocked = true;
    follow({});
    ring.onRings('c', 'audible');
    await vi.waitFor(() => expect(types()).toEqual(['call.prepare']));
    await vi.advanceTimersByTimeAsync(0); // A refusal that nobody took would fail this test.
    expect(ring.isReady('c')).toBe(false);
    await ring.answer('c', true, () => true);
    expect(types()).toContain('call.accept');
});

test('what the server refuses is answered by the window, without the connection', async () => {
    const made = await ready();
    refused = 'call.accept';
    await ring.answer('c', true, () => true);
    expect(made.closed).toBe(true);
    expect(ring.take('c')).toBeUndefined();
    expect(sounding).toBe(false);
});

test('a window that is closed before it has come hangs up', async () => {
    const made = await ready();
    let open = true;
    await ring.answer('c', true, () => open);
    await vi.advanceTimersByTimeAsync(2000);
    expect(types()).not.toContain('call.end');
    open = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect(types()).toContain('call.end');
    expect(made.closed).toBe(true);
});

test('a call that rings no more leaves nothing', async () => {
    const made = await ready();
    tell({ type: 'call.changed', call: info({ state: 'ended', reason: 'cancelled' }) });
    expect(made.closed).toBe(true);
    expect(ring.isReady('c')).toBe(false);
});

test('the caller keeps the connection that was answered, and uses nothing but relays', async () => {
    const relays = relaysOf(iceServers);
    const caller = new EarlyCaller(createPeer, relays, (m) => said.push(m), () => 'c');
    const offer = { type: 'call.description', call: 'c', offer: 0, sdp: 'v=0' } as const;
    caller.onDescription({ ...offer, kind: 'answer', early: 1 });
    expect(peers).toHaveLength(0);
    caller.onDescription({ ...offer, kind: 'offer', early: 1 });
    caller.onDescription({ ...offer, kind: 'offer', early: 2 });
    await vi.waitFor(() => expect(said).toHaveLength(2));
    const candidate = { type: 'call.candidate', call: 'c', mid: '0', line: 0, ufrag: '' } as const;
    const host = 'candidate:1 1 udp 1 192.0.2.1 5000 typ host';
    const good = 'candidate:1 1 udp 1 192.0.2.1 5000 typ relay raddr 0.0.0.0 rport 0';
    caller.onCandidate({ ...candidate, early: 2, candidate: host });
    caller.onCandidate({ ...candidate, early: 2, candidate: good });
    await vi.waitFor(() => expect(peers[1]?.candidates).toEqual([good]));
    peers[1]?.become('connected');
    expect(caller.choose(2)?.connected).toBe(true);
    expect(peers.map(({ closed }) => closed)).toEqual([true, false]);
});
