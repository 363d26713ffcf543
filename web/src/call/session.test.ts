// SPDX-License-Identifier: Apache-2.0
// One side of a call over fakes: a server that the test plays, devices, tones, peer connections.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Refused, type Connection } from '../protocol/connection.ts';
import type { CallInfo, Command } from '../protocol/messages.ts';
import type { Early } from './early.ts';
import { fakeDoors, FakePeer, FakeStream } from './fakes.ts';
import type { Intent } from './intent.ts';
import type { Placed } from './placing.ts';
import { CallSession } from './session.ts';

const peer = {
    name: 'mary',
    fullName: 'Mary',
    position: '',
    avatar: '',
    status: 'available',
    accounts: '',
    devices: 0,
    push: false,
} as const;
const intent: Intent = { kind: 'start', peer, camera: true };
const ringing: CallInfo = {
    id: 'c',
    state: 'ringing',
    role: 'caller',
    peer,
    ringLeftMs: 45_000,
    ageMs: 0,
    here: true,
    peerMicrophone: true,
    peerCamera: true,
    peerAway: false,
    peerScreen: false,
    peerTrouble: false,
    waiting: false,
    ignored: false,
    rings: [],
    elsewhere: '',
    heldByMe: false,
    heldByPeer: false,
    early: 0,
    reason: 'none',
    byMe: false,
    silent: false,
    connector: 'webrtc',
    link: '',
};

let doors: ReturnType<typeof fakeDoors>;
let said: Command[];
let answers: Record<string, () => object>;
let peers: FakePeer[];
let tones: string[];
let session: CallSession;
let early: Early | undefined;
let placed: Placed | undefined;

function make(camera = true): CallSession {
    const connection = {
        hurry: () => undefined,
        request: (command: Command) => {
            said.push(command);
            const answer = answers[command.type];
            return answer
                ? Promise.resolve().then(answer)
                : Promise.resolve({ type: 'ok' });
        },
    };
    return new CallSession(
        'c',
        {
            ...doors,
            connection: connection as unknown as Connection,
            createPeer: () => {
                const made = new FakePeer();
                peers.push(made);
                return made;
            },
            tones: {
                play: (name) => (tones.push(name), Promise.resolve()),
                stop: () => void tones.push('stop'),
                soundAt: () => undefined,
            },
            onRenamed: (id) => tones.push(`renamed ${id}`),
            onHere: () => undefined,
            onNotice: ({ what, device }) => tones.push(`${what} ${device}`),
            takeEarly: () => early,
            takePlaced: () => placed,
            onRefused: (error) => tones.push(`refused ${error}`),
        },
        { microphone: true, camera },
    );
}
const is = (call: Partial<CallInfo>) => () => ({
    type: 'call.is',
    call: { ...ringing, ...call },
    iceServers: [],
});
const changed = (call: Partial<CallInfo>): void =>
    session.onEvent({ type: 'call.changed', call: { ...ringing, ...call } });
const types = (): string[] => said.map(({ type }) => type);
const media = () => said.filter((command) => command.type === 'call.media').at(-1);

beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('MediaStream', FakeStream);
    doors = fakeDoors();
    said = [];
    answers = { 'call.start': is({}), 'call.accept': is({ role: 'callee', state: 'connecting' }) };
    peers = [];
    tones = [];
    early = undefined;
    placed = undefined;
    session = make();
});
afterEach(() => {
    session.onSignedOut();
    vi.useRealTimers();
});

/** The caller's window, up to the running call. */
async function active(): Promise<FakePeer> {
    await session.start(intent);
    changed({ state: 'connecting' });
    const made = peers[0];
    if (!made) {
        throw new Error('no peer connection');
    }
    made.become('connected');
    changed({ state: 'active' });
    return made;
}

test('N17: the microphone is open before the server hears of the call', async () => {
    doors.devices.refuses.set('microphone', 'denied');
    const started = session.start(intent);
    await vi.waitFor(() => expect(session.view.value.problem).toBeDefined());
    expect(session.view.value.problem).toEqual({ device: 'microphone', problem: 'denied' });
    expect(said).toEqual([]);
    doors.devices.refuses.clear();
    session.tryAgain();
    await started;
    expect(types()).toEqual(['call.start']);
    expect(session.view.value.phase).toBe('ringing');
    expect(tones).toEqual(['ringBack']);
});

test('listen only: the call goes on without a microphone', async () => {
    doors.devices.refuses.set('microphone', 'absent');
    const started = session.start(intent);
    await vi.waitFor(() => expect(session.view.value.problem).toBeDefined());
    session.goWithout();
    await started;
    expect(said[0]).toMatchObject({ type: 'call.start', microphone: false, camera: true });
});

test('without a camera that is in use; one that is absent is not asked about', async () => {
    doors.devices.refuses.set('camera', 'in-use');
    const started = session.start(intent);
    await vi.waitFor(() => expect(session.view.value.problem?.device).toBe('camera'));
    session.goWithout();
    await started;
    expect(said[0]).toMatchObject({ type: 'call.start', microphone: true, camera: false });
    session = make();
    doors.devices.refuses.set('camera', 'absent');
    await session.start(intent);
    expect(session.view.value.problem).toBeUndefined();
});

test('a caller who gives up has called nobody', async () => {
    doors.devices.refuses.set('microphone', 'dismissed');
    const started = session.start(intent);
    await vi.waitFor(() => expect(session.view.value.problem).toBeDefined());
    session.giveUp({ device: 'microphone', problem: 'dismissed' });
    await started;
    expect(said).toEqual([]);
    expect(session.view.value.over?.what).toBe('permission-denied');
});

test('who has answered and does not decide ends the call with the true reason', async () => {
    doors.devices.refuses.set('microphone', 'absent');
    const answered = session.answer({ ...intent, kind: 'answer' });
    await vi.waitFor(() => expect(session.view.value.problem).toBeDefined());
    await vi.advanceTimersByTimeAsync(20_000);
    await answered;
    expect(said.at(-1)).toMatchObject({ type: 'call.end', reason: 'no-device' });
});

test('a voice call opens no camera, and the camera comes later', async () => {
    await session.start({ ...intent, camera: false });
    expect(doors.devices.opened.map(({ kind }) => kind)).toEqual(['audio']);
    await session.toggleCamera();
    expect(media()).toMatchObject({ camera: true, pressed: 'camera' });
});

test('glare: the call goes on under the other id', async () => {
    answers['call.start'] = is({ id: 'd', role: 'callee', state: 'connecting' });
    await session.start(intent);
    expect(tones).toContain('renamed d');
    session.onEvent({ type: 'call.changed', call: { ...ringing, id: 'd', state: 'active' } });
    expect(session.view.value.phase).toBe('active');
});

test('each end has its own sign, and devices close', async () => {
    await session.start(intent);
    changed({ state: 'ended', reason: 'busy' });
    expect(session.view.value.over).toEqual({ what: 'busy', byMe: false, reference: '' });
    expect(tones.at(-1)).toBe('busy');
    expect(doors.devices.opened.every((track) => track.stopped)).toBe(true);
    changed({ state: 'active' });
    expect(session.view.value.over?.what).toBe('busy');
});

test('a late message does not bring the call back to what it was', async () => {
    await active();
    tones = [];
    changed({ state: 'connecting' });
    changed({ state: 'ringing' });
    expect(session.view.value.phase).toBe('active');
    expect(tones).toEqual([]);
});

test('without the server the ring ends at its deadline, which the server hears later', async () => {
    await session.start(intent);
    changed({ ringLeftMs: 20_000 });
    await vi.advanceTimersByTimeAsync(20_500);
    expect(session.view.value.phase).toBe('ringing');
    await vi.advanceTimersByTimeAsync(600);
    expect(session.view.value.over).toMatchObject({ what: 'no-answer', byMe: false });
    expect(said.at(-1)).toEqual({ type: 'call.end', call: 'c', reason: 'hung-up' });
    expect(tones.at(-1)).toBe('end');
});

test('a refusal of the server is told with its reference', async () => {
    answers['call.start'] = () => {
        throw new Refused('internal', '3f9a1c');
    };
    await session.start(intent);
    expect(session.view.value.over).toEqual({
        what: 'internal',
        byMe: false,
        reference: '3f9a1c',
    });
});

test('after a restart of the server the window takes its place again', async () => {
    await active();
    said = [];
    answers['call.join'] = is({ state: 'active', ageMs: 5000 });
    const joined = session.onFreshSession();
    changed({ state: 'active', here: false }); // What is so now: nobody is at the place yet.
    await joined;
    expect(session.view.value.over).toBeUndefined();
    expect(session.view.value.phase).toBe('active');
    expect(types()).toEqual(['call.join', 'call.media', 'call.connected']);
    expect(peers).toHaveLength(1);
    changed({ state: 'active', here: false });
    expect(session.view.value.over?.what).toBe('in-another-window');
});

test('another window takes the call over', async () => {
    await active();
    changed({ state: 'ended', here: false, reason: 'replaced', moved: true });
    expect(session.view.value.over?.what).toBe('in-another-window');
});

test('a call whose place a new one took is over', async () => {
    await active();
    changed({ state: 'ended', here: false, reason: 'replaced' });
    expect(session.view.value.over?.what).toBe('replaced');
});

test('a followed link shows the call, opens nothing and takes no part', async () => {
    answers['ping'] = () => {
        changed({ role: 'callee', here: false });
        return { type: 'ok' };
    };
    await session.peek();
    expect(session.view.value.phase).toBe('preview');
    expect(types()).toEqual(['ping']);
    expect(doors.devices.opened).toEqual([]);
    expect(tones).toEqual([]);
    changed({ role: 'callee', here: false, state: 'active' });
    expect(session.view.value.over).toBeUndefined();
    session.leave();
    expect(types()).toEqual(['ping']);
});

test('a followed link to a call that is over says how it ended', async () => {
    answers['call.join'] = is({ state: 'ended', here: false, reason: 'no-answer' });
    await session.peek();
    expect(session.view.value.over?.what).toBe('no-answer');
    expect(tones).toEqual([]);
});

test('product.md 9: pill and restart after 2 s, a word to the other side after 10 s', async () => {
    const connection = await active();
    connection.become('disconnected');
    await vi.advanceTimersByTimeAsync(2000);
    expect(session.view.value.trouble).toBe('pill');
    expect(connection.restarts).toBe(1);
    await vi.advanceTimersByTimeAsync(8000);
    expect(session.view.value.trouble).toBe('banner');
    expect(media()).toMatchObject({ trouble: true, pressed: 'nothing' });
    connection.become('connected');
    expect(session.view.value.trouble).toBe('none');
    expect(media()).toMatchObject({ trouble: false });
});

test('media that stop without a word are missed too, and after 30 s it is over', async () => {
    const connection = await active();
    for (let second = 0; second < 5; second++) {
        connection.bytes += 1000;
        await vi.advanceTimersByTimeAsync(1000);
    }
    expect(session.view.value.trouble).toBe('none');
    await vi.advanceTimersByTimeAsync(3000);
    expect(session.view.value.trouble).toBe('pill');
    await vi.advanceTimersByTimeAsync(28_000);
    expect(session.view.value.over?.what).toBe('media-lost');
    expect(said.at(-1)).toMatchObject({ type: 'call.end', reason: 'media-lost' });
});

test('a silent and unseen other side is not missed', async () => {
    await active();
    changed({ state: 'active', peerMicrophone: false, peerCamera: false });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.view.value.trouble).toBe('none');
});

test('N7: a change of the network restarts ICE at once', async () => {
    const connection = await active();
    session.onNetworkChange();
    expect(connection.restarts).toBe(1);
});

test('N7: a change of the network before the call is active is not lost', async () => {
    await session.start(intent);
    changed({ state: 'connecting' });
    session.onNetworkChange();
    expect(peers[0]?.restarts).toBe(1);
    peers[0]?.become('failed');
    await vi.advanceTimersByTimeAsync(1000);
    expect(peers[0]?.restarts).toBe(2);
});

test('ICE that fails again and again at once asks for few relays', async () => {
    await session.start(intent);
    changed({ state: 'connecting' });
    for (let ms = 0; ms < 8000; ms += 50) {
        peers[0]?.become('failed');
        peers[0]?.become('connecting');
        peers[0]?.become('failed');
        await vi.advanceTimersByTimeAsync(50);
    }
    expect(peers[0]?.restarts).toBe(3); // After 1, 3 and 7 s.
});

test('a failure that the next candidate of the other side takes back is none', async () => {
    const connection = await active();
    connection.become('failed');
    await vi.advanceTimersByTimeAsync(500);
    connection.become('connecting');
    connection.become('connected');
    connection.bytes += 1000;
    await vi.advanceTimersByTimeAsync(1400);
    expect(connection.restarts).toBe(0);
    expect(session.view.value.trouble).toBe('none');
});

test('a call by a relay that ends begins ICE again, a direct one does not', async () => {
    const connection = await active();
    connection.pair = { candidateType: 'host' };
    await vi.advanceTimersByTimeAsync(1000);
    session.onEvent({ type: 'call.renew' });
    expect(connection.restarts).toBe(0);
    connection.pair = { candidateType: 'relay' };
    await vi.advanceTimersByTimeAsync(1000);
    session.onEvent({ type: 'call.renew' });
    expect(connection.restarts).toBe(1);
});

test('back at the server credentials are fresh, and missing media are tried again', async () => {
    const connection = await active();
    const servers = [{ urls: ['turn:relay.example'], username: 'later', credential: 'secret' }];
    const answer = is({ state: 'active' });
    answers['call.join'] = () => ({ ...answer(), iceServers: servers });
    await session.onFreshSession();
    expect(connection.configuration).toEqual({ iceTransportPolicy: 'relay', iceServers: servers });
    expect(connection.restarts).toBe(0);
    connection.become('disconnected');
    await vi.advanceTimersByTimeAsync(3000);
    expect(connection.restarts).toBe(1);
    await session.onFreshSession();
    expect(connection.restarts).toBe(2);
});

test('speaking while muted is noticed; push to talk is heard while held only', async () => {
    await active();
    await session.toggleMicrophone();
    expect(media()).toMatchObject({ microphone: false, pressed: 'microphone' });
    for (let i = 0; i < 10; i++) {
        doors.sound.hear(0.8);
    }
    expect(session.view.value.hint).toBe('muted-speaking');
    await session.talk(true);
    expect(media()).toMatchObject({ microphone: true, pressed: 'nothing' });
    await session.talk(false);
    expect(media()).toMatchObject({ microphone: false, pressed: 'nothing' });
});

test('the screen is told to the other side, also when the browser ends it', async () => {
    await active();
    await session.toggleScreen();
    expect(media()).toMatchObject({ screen: true, camera: true });
    doors.devices.last('screen').unplug();
    expect(media()).toMatchObject({ screen: false });
});

test('a person who is signed out elsewhere sees that, and the devices close', async () => {
    await active();
    session.onEvent({ type: 'bye', reason: 'logged-out' });
    expect(session.view.value.over?.what).toBe('signed-out');
    expect(doors.devices.opened.every((track) => track.stopped)).toBe(true);
});

const known = { name: 'link', title: 'Link', kind: 'meeting', groups: false, account: '',
    needs: 'none' } as const;

test('a meeting opens no device and no connection, and connects by its link', async () => {
    answers['call.start'] = is({ connector: 'link' });
    session.onEvent({ type: 'connectors.changed', connectors: [known] });
    await session.start({ ...intent, meeting: 'link' });
    expect(said[0]).toMatchObject({ connector: 'link', microphone: false, camera: false });
    await session.toggleMicrophone();
    await session.toggleCamera();
    expect([doors.devices.opened, peers]).toEqual([[], []]);
    const link = 'https://meet.example.org/x';
    changed({ connector: 'link', state: 'connecting', link });
    changed({ connector: 'link', state: 'active', link });
    expect(types().filter((type) => type === 'call.connected')).toHaveLength(1);
    expect(session.view.value).toMatchObject({ meeting: true, phase: 'active' });
});

test('an answered meeting opens no device either, and a reload comes back to it', async () => {
    const link = 'https://meet.example.org/x';
    const call = { role: 'callee', connector: 'link', state: 'connecting', link } as const;
    answers['call.accept'] = is(call);
    answers['call.join'] = is({ ...call, state: 'active' });
    await session.answer({ kind: 'answer', peer, camera: true, meeting: 'link' });
    session = make();
    await session.join();
    expect([doors.devices.opened, peers]).toEqual([[], []]);
    expect(types()).toEqual(['call.accept', 'call.connected', 'call.join', 'call.connected']);
});

test('both had pressed Call, here by a meeting: the call of sound opens the devices', async () => {
    answers['call.start'] = is({ id: 'other', role: 'callee', state: 'connecting' });
    await session.start({ ...intent, meeting: 'link' });
    expect(doors.devices.opened.map(({ label }) => label)).toEqual(['microphone', 'camera']);
    expect(session.view.value.meeting).toBe(false);
});

test('placed by the page: the window joins, opens its devices, hears what came', async () => {
    const came: string[] = [];
    answers['call.join'] = is({ here: true });
    placed = {
        call: Promise.resolve('other'),
        take: (listener) => {
            came.push(...types());
            listener({ type: 'call.changed', call: { ...ringing, state: 'connecting' } });
        },
    };
    await session.start(intent);
    expect(said[0]).toEqual({ type: 'call.join', call: 'other' });
    expect(came).toContain('call.join');
    expect(types()).not.toContain('call.start');
    expect(session.view.value.phase).toBe('connecting');
    expect(media()).toMatchObject({ microphone: true, camera: true });
});

test('the page could not place the call, or has gone: the window does', async () => {
    placed = { call: Promise.resolve(undefined), take: () => undefined };
    await session.start(intent);
    expect(types()).toEqual(['call.start']);
    session = make();
    said = [];
    placed = { call: new Promise(() => undefined), take: () => undefined };
    answers['call.start'] = is({ here: false }); // The page had placed it before.
    answers['call.join'] = is({ here: true });
    const started = session.start(intent);
    await vi.advanceTimersByTimeAsync(2000);
    await started;
    expect(types()).toEqual(['call.start', 'call.join']);
    expect(session.view.value.phase).toBe('ringing');
});

test('a window that takes a ringing call over sounds the ring-back', async () => {
    answers['call.join'] = is({ here: true });
    changed({ here: false }); // What a fresh session is told before.
    placed = { call: Promise.resolve('c'), take: () => undefined };
    await session.start(intent);
    expect(tones).toEqual(['ringBack']);
});

test('answered by the page that rang: the window joins, and takes over with its own', async () => {
    const closed: string[] = [];
    const tracks: string[] = [];
    const stream = { of: 'early' } as unknown as MediaStream;
    early = {
        stream,
        connected: true,
        setTrack: (kind, track) => track && tracks.push(kind),
        onGone: () => undefined,
        close: () => closed.push('early'),
    };
    answers['call.join'] = is({ role: 'callee', state: 'active', here: true });
    await session.answer({ ...intent, kind: 'answer', answered: true });
    expect(types()).not.toContain('call.accept');
    expect(session.view.value.remoteStream).toBe(stream);
    expect(tracks).toEqual(['audio', 'video']);
    peers[0]?.become('connected');
    await vi.advanceTimersByTimeAsync(1000);
    expect(closed).toEqual([]);
    const restarts = peers[0]?.restarts ?? NaN;
    session.onNetworkChange(); // The connection that will carry the call is renewed at once.
    expect(peers[0]?.restarts).toBe(restarts + 1);
    await vi.advanceTimersByTimeAsync(1500);
    expect(closed).toEqual(['early']);
});

test('without a microphone here the one that the page has lent is closed at once', async () => {
    const placed: unknown[] = [];
    early = {
        stream: {} as MediaStream,
        connected: true,
        setTrack: (kind, track) => kind === 'audio' && placed.push(track),
        onGone: () => undefined,
        close: () => undefined,
    };
    doors.devices.refuses.set('microphone', 'in-use');
    answers['call.join'] = is({ role: 'callee', state: 'active', here: true });
    const answered = session.answer({ ...intent, kind: 'answer', answered: true });
    await vi.waitFor(() => expect(session.view.value.problem).toBeDefined());
    await vi.waitFor(() => expect(placed.length).toBeGreaterThan(0));
    expect(placed.every((track) => track === null)).toBe(true);
    session.goWithout();
    await answered;
    expect(placed.every((track) => track === null)).toBe(true);
});

test('the page that rang could not answer: the window does', async () => {
    answers['call.join'] = is({ role: 'callee', state: 'ringing', here: false });
    await session.answer({ ...intent, kind: 'answer', answered: true });
    expect(types()).toContain('call.accept');
});

test('a held call opens no device, sends nothing both ways, and misses nothing', async () => {
    const connection = await active();
    changed({ state: 'active', heldByMe: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(doors.devices.opened.every((track) => track.stopped)).toBe(true);
    expect(connection.directions).toEqual(['inactive', 'inactive']);
    expect(session.view.value).toMatchObject({ trouble: 'none', over: undefined });
    changed({ state: 'active', heldByMe: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(connection.directions).toEqual(['sendrecv', 'sendrecv']);
    expect(media()).toMatchObject({ microphone: true, camera: true, pressed: 'nothing' });
});

test('the other side of a held call misses nothing either, and keeps its devices', async () => {
    const connection = await active();
    changed({ state: 'active', heldByPeer: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(session.view.value).toMatchObject({ trouble: 'none', over: undefined });
    expect(session.media.microphone).toBe(true);
    expect(connection.directions).toEqual(['sendrecv', 'sendrecv']);
});

test('a reload of a held window opens no device until the call is taken up', async () => {
    answers['call.join'] = is({ state: 'active', heldByMe: true });
    await session.join();
    expect(doors.devices.opened).toEqual([]);
    expect(peers[0]?.directions).toEqual(['inactive', 'inactive']);
    changed({ state: 'active', heldByMe: false });
    await vi.waitFor(() => expect(session.media.camera).toBe(true));
});

test('an answer holds the call one is in; a refused hold is told', async () => {
    await session.answer({ ...intent, kind: 'answer' });
    expect(said.find(({ type }) => type === 'call.accept')).toMatchObject({ hold: true });
    answers['call.hold'] = () => {
        throw new Refused('limit', '');
    };
    await session.hold(true);
    expect(tones).toContain('refused limit');
});

test('a limit is the server’s for who calls, that of held calls for who answers', async () => {
    const refuse = () => {
        throw new Refused('limit', '');
    };
    answers = { 'call.start': refuse, 'call.accept': refuse };
    await session.start(intent);
    expect(session.view.value.over?.what).toBe('limit');
    session = make();
    await session.answer({ ...intent, kind: 'answer' });
    expect(session.view.value.over?.what).toBe('too-many-held');
});

test('how media fare is reported once they run', async () => {
    const connection = await active();
    connection.pair = { relayProtocol: 'tls', candidateType: 'relay' };
    await vi.advanceTimersByTimeAsync(2000);
    expect(said.filter(({ type }) => type === 'call.report')).toEqual([
        { type: 'call.report', call: 'c', path: 'relayed', transport: 'tls', lossPermille: 0,
            rttMs: 50, jitterMs: 0 },
    ]);
});
