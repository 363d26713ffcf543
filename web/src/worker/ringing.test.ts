// SPDX-License-Identifier: Apache-2.0
import { beforeEach, expect, test } from 'vitest';
import { takeNotified } from '../call/intent.ts';
import type { CallInfo, PersonInfo } from '../protocol/messages.ts';
import { Ringing } from './ringing.ts';
import type { NotificationView, Scope, WindowView } from './scope.ts';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const mary = { name: 'mary', fullName: 'Mary Stone', position: '', avatar: '',
    status: 'available', accounts: '', devices: 0, push: false } as const;
const ringingCall: CallInfo = { id: ID, state: 'ringing', role: 'callee', peer: mary,
    ringLeftMs: 20_000, ageMs: 0, here: false, peerMicrophone: true, peerCamera: true,
    peerAway: false, peerScreen: false, peerTrouble: false, silent: false,
    waiting: false, ignored: false, rings: [], elsewhere: '', heldByMe: false, heldByPeer: false,
    early: 0,
    reason: 'none', byMe: false, connector: 'webrtc', link: '' };

/** A browser with notifications by their tag, and a server that answers what `server` says. */
class FakeScope implements Scope {
    languages: readonly string[] = ['en-GB'];
    server: CallInfo | 'away' | 'unknown' = ringingCall;
    person: PersonInfo = mary;
    asked: string[] = [];
    opened: string[] = [];
    tabs: WindowView[] = [];
    focused: string[] = [];
    history: NotificationView[] = [];
    now = new Map<string, NotificationView>();
    waited: number[] = [];
    missed: number | 'away' = 1;
    badges: number[] = [];
    whileWaiting: () => void = () => this.now.clear();
    kept = new Map<string, string>();
    notes = {
        leave: async (path: string, text: string) => void this.kept.set(path, text),
        take: async (path: string) => {
            const text = this.kept.get(path);
            this.kept.delete(path);
            return text;
        },
    };

    nowMs(): number {
        return 5000;
    }

    async wait(ms: number): Promise<void> {
        this.waited.push(ms);
        this.whileWaiting();
    }

    async fetch(path: string, init?: RequestInit): Promise<Response> {
        this.asked.push(`${init?.method ?? 'GET'} ${path}`);
        if (this.server === 'away') {
            throw new TypeError('failed');
        }
        if (path === '/api/calls?limit=0') {
            return this.missed === 'away'
                ? new Response('', { status: 503 })
                : Response.json({ calls: [], missed: this.missed });
        }
        if (path.startsWith('/api/people/')) {
            return Response.json(this.person);
        }
        return this.server === 'unknown'
            ? new Response('{"error":"not-found"}', { status: 404 })
            : Response.json({ type: 'call.changed', call: this.server });
    }

    async windows(): Promise<readonly WindowView[]> {
        return this.tabs;
    }

    async open(path: string): Promise<void> {
        this.opened.push(path);
    }

    async show(view: NotificationView): Promise<void> {
        this.history.push(view);
        this.now.set(view.tag, view);
    }

    async badge(count: number): Promise<void> {
        this.badges.push(count);
    }

    async shown(tag: string): Promise<{ data: NotificationView['data']; close(): void }[]> {
        const view = this.now.get(tag);
        return view ? [{ data: view.data, close: () => this.now.delete(tag) }] : [];
    }

    window(path: string, visible: boolean): void {
        this.tabs.push({ path, visible,
            focus: async () => void this.focused.push(path) });
    }
}

let scope: FakeScope;
let ringing: Ringing;
const push = (): Promise<void> => ringing.onPush(JSON.stringify({ call: ID }));
/** As `push`, and the ring is left standing. */
const ring = async (): Promise<NotificationView> => {
    scope.whileWaiting = () => undefined;
    await push();
    return scope.history[0]!;
};
beforeEach(() => {
    scope = new FakeScope();
    ringing = new Ringing(scope);
});

test('a ringing call is shown until it is answered, with both ways to do so', async () => {
    await push();
    expect(scope.asked).toEqual([`GET /api/push/calls/${ID}`]);
    expect(scope.history).toMatchObject([{ title: 'Mary Stone is calling you', tag: ID,
        requireInteraction: true, renotify: true, silent: false,
        icon: '/icon-192.png', badge: '/badge-96.png' }]);
    expect(scope.history[0]?.actions.map(({ action }) => action)).toEqual(['answer', 'decline']);
});

test('a call to somebody who is not to be disturbed makes no sound', async () => {
    scope.server = { ...ringingCall, silent: true };
    await push();
    expect(scope.history).toMatchObject([{ silent: true, renotify: false }]);
});

test('a visible page rings itself; a hidden one does not', async () => {
    scope.window('/people', false);
    await push();
    expect(scope.history).toHaveLength(1);
    scope.window('/chat', true);
    await push();
    expect(scope.history).toHaveLength(1);
});

test('what was cancelled turns into a missed call without a sound', async () => {
    await ring();
    scope.server = { ...ringingCall, state: 'ended', reason: 'cancelled' };
    await push();
    expect(scope.now.get(ID)).toMatchObject({ title: 'Missed call from Mary Stone', silent: true,
        requireInteraction: false, renotify: false, actions: [{ action: 'call-back' }] });
});

test('a missed call counts at the sign of the app, also while no page is open', async () => {
    await ring();
    expect(scope.badges).toEqual([]); // It rings yet.
    scope.server = { ...ringingCall, state: 'ended', reason: 'cancelled' };
    scope.missed = 3;
    await push();
    expect(scope.badges).toEqual([3]); // What a page will say too: the server counts.
    scope.missed = 'away';
    await push();
    expect(scope.badges).toEqual([3]); // Better the former number than a wrong one.
});

test('what was answered or declined elsewhere is taken away', async () => {
    const ends: Partial<CallInfo>[] = [{ state: 'active' }, { state: 'connecting' },
        { state: 'ended', reason: 'declined', byMe: true },
        { state: 'ended', reason: 'hung-up' }];
    for (const end of ends) {
        scope.server = ringingCall;
        await ring();
        scope.server = { ...ringingCall, ...end };
        await push();
        expect(scope.now.size, JSON.stringify(end)).toBe(0);
        expect(scope.badges).toEqual([]);
    }
});

test('a ring that nobody withdraws is looked at again after its deadline, once', async () => {
    scope.whileWaiting = () =>
        (scope.server = { ...ringingCall, state: 'ended', reason: 'no-answer' });
    await push();
    expect(scope.waited).toEqual([21_000]);
    expect(scope.now.get(ID)?.title).toBe('Missed call from Mary Stone');
});

test('a ring ends even when the server has gone away meanwhile', async () => {
    scope.whileWaiting = () => (scope.server = 'away');
    await push();
    expect(scope.now.get(ID)).toMatchObject({ title: 'Somebody has called you', actions: [],
        requireInteraction: false });
});

test('who cannot ask, or is not told, says only that somebody has called', async () => {
    for (const server of ['away', 'unknown'] as const) {
        scope.server = server;
        await push();
        expect(scope.history.at(-1)?.title).toBe('Somebody has called you');
    }
});

test('a push that names no call is nothing', async () => {
    for (const text of ['', '{', '{}', '{"call":"../../me"}', '{"call":7}']) {
        await ringing.onPush(text);
    }
    expect([scope.asked, scope.history]).toEqual([[], []]);
});

test('Answer opens the window of the call with a note, which is used once', async () => {
    const { data } = await ring();
    await ringing.onClick('answer', data);
    expect(scope.opened).toEqual([`/call/${ID}`]);
    const take = () => takeNotified(scope.notes, `/call/${ID}`, 6000);
    expect(await take()).toMatchObject({ kind: 'answer', peer: mary });
    expect(await take()).toBeUndefined();
});

test('a window of the call that is open already comes to the front', async () => {
    const { data } = await ring();
    scope.window(`/call/${ID}`, false);
    await ringing.onClick('answer', data);
    expect([scope.opened, scope.focused]).toEqual([[], [`/call/${ID}`]]);
});

test('Decline tells the server, also one that is away', async () => {
    const { data } = await ring();
    await ringing.onClick('decline', data);
    expect(scope.asked.at(-1)).toBe(`POST /api/push/calls/${ID}/decline`);
    scope.server = 'away';
    await ringing.onClick('decline', data);
    expect(scope.opened).toEqual([]);
});

test('Call back is a new call to the same person', async () => {
    await ringing.onClick('call-back', { call: ID, kind: 'missed', peer: mary });
    const [path = ''] = scope.opened;
    expect(path).toMatch(/^\/call\/[\w-]{22}$/);
    expect(path).not.toContain(ID);
    const note = await takeNotified(scope.notes, path, 6000);
    expect(note).toMatchObject({ kind: 'start', peer: mary });
});

test('a click elsewhere goes to a page that is open, else to a new one', async () => {
    await ringing.onClick('', { call: ID, kind: 'missed', peer: mary });
    await ringing.onClick('', { call: ID, kind: 'ringing', peer: mary });
    await ringing.onClick('', { call: ID, kind: 'missed' });
    expect(scope.opened).toEqual(['/people/mary', '/', '/']);
    scope.window('/call/other', false);
    scope.window('/chat', false);
    await ringing.onClick('', { call: ID, kind: 'ringing', peer: mary });
    expect(scope.focused).toEqual(['/chat']);
});

test('the words are those of the first language of the browser that there is', async () => {
    scope.languages = ['de', 'fr-CA', 'en'];
    ringing = new Ringing(scope);
    await push();
    expect(scope.history[0]).toMatchObject({ title: 'Mary Stone vous appelle', lang: 'fr' });
});

test('who was waited for is shown with Call, unless he is gone or a page is seen', async () => {
    await ringing.onPush('{"person":"mary"}');
    expect(scope.asked).toEqual(['GET /api/people/mary']);
    const [shown] = scope.history;
    expect(shown).toMatchObject({ title: 'Mary Stone is available now', tag: 'person-mary',
        requireInteraction: false, actions: [{ action: 'call-back', title: 'Call' }] });
    await ringing.onClick('call-back', shown!.data);
    expect(scope.opened[0]).toMatch(/^\/call\//);
    scope.person = { ...mary, status: 'offline' };
    await ringing.onPush('{"person":"mary"}');
    scope.person = mary;
    scope.window('/', true);
    await ringing.onPush('{"person":"mary"}');
    expect(scope.history.length).toBe(1);
});
