// SPDX-License-Identifier: Apache-2.0
// Live of services.ts in a real browser: one connection, the ringing of one tab, the windows of
// calls.
import { CallClock } from '../call/call-clock.ts';
import { EarlyRing } from '../call/early-ring.ts';
import { leaveIntent, prepareCall } from '../call/intent.ts';
import type { Placing } from '../call/placing.ts';
import { Ringer } from '../call/ringer.ts';
import {
    afterBreak,
    applyEvent,
    applyPeople,
    callWith,
    dialling,
    nothingLive,
    ringing,
} from '../model/live.ts';
import {
    chosenFor,
    noConnectors,
    possibleFor,
    possibleForGroup,
    roomTarget,
} from '../model/offers.ts';
import { Shown } from '../model/shown.ts';
import { CallWindows } from '../platform/call-windows.ts';
import { offerHandover } from '../platform/handover.ts';
import { watchIdle } from '../platform/idle.ts';
import { leadFor } from '../platform/leader.ts';
import { callsPossible, createPeer } from '../platform/peer.ts';
import { playStream } from '../platform/sound.ts';
import { openSocket } from '../platform/socket.ts';
import { storage } from '../platform/storage.ts';
import type { LentDevices } from './lent-devices.ts';
import { openProgram } from './program-link.ts';
import { createTones, readSounds } from '../platform/tones.ts';
import { Connection } from '../protocol/connection.ts';
import type {
    CallRingingHow,
    Command,
    ConnectorInfo,
    PersonGone,
    PersonInfo,
    ReplyOf,
    ServerEvent,
} from '../protocol/messages.ts';
import type { CallOffer, OwnStatus, PersonView } from '../ui/types.ts';
import { createHttpApi } from './http-api.ts';
import type { CallResult, Live, Ringing } from './services.ts';

/** The call of a test, which no server knows. */
const TEST = 'test';
const READ_AGAIN_MS = 2000;
const RING_STARTS_MS = 2000; // until then it is known whether a ring sounds
const LENT_MS = 150; // so long the window of who answers waits for them

/** Somebody of whom nothing else is known yet. */
const stranger = (name: string): PersonInfo => ({
    name,
    fullName: name,
    position: '',
    avatar: '',
    status: 'available',
    accounts: '',
    devices: 0,
    push: false,
});

interface Test {
    readonly done: (how: CallRingingHow | undefined) => void;
    timer: ReturnType<typeof setTimeout>;
    how: CallRingingHow | undefined;
    answered: boolean;
}

export class BrowserLive implements Live {
    soundBlocked = false;
    self = '';
    status: OwnStatus = 'available';
    private state = nothingLive;
    private readonly listeners = new Set<() => void>();
    private readonly eventListeners = new Set<(event: ServerEvent) => void>();
    private readonly freshListeners = new Set<() => void>();
    private readonly windows = new CallWindows(() => this.tell());
    /** Short sounds: the end of a ring does not cut them off. */
    private readonly tones = createTones();
    private readonly ringer: Ringer;
    private readonly connection: Connection;
    private readonly clock = new CallClock((call) =>
        this.become(applyEvent(this.state, { type: 'call.changed', call })));
    private readonly api = createHttpApi((path, init) => fetch(path, init));
    private readonly early = new EarlyRing({
        createPeer,
        request: (command) => this.connection.request(command),
        devices: async () => (await this.getReady()).look(),
        play: playStream,
    });
    /** Both are loaded when somebody is about to call. */
    private placing: Placing | undefined;
    private lent: LentDevices | undefined;
    private readonly shown = new Shown<PersonInfo>();
    private readonly gone = new Set<string>();
    private connectors = noConnectors;
    /** By what the last call was asked for: `callHere` goes on with it. */
    private wanted = '';
    private asking = false;
    /** The call that is answered here, and whose window is not open yet. */
    private answering = '';
    private stopIdle: (() => void) | undefined;
    /** The ring to oneself that runs now. */
    private test: Test | undefined;

    constructor() {
        this.ringer = new Ringer({
            lead: (onLead) => leadFor('incoming', onLead),
            tones: createTones(),
            isOff: (sound) => readSounds(storage).off.includes(sound),
            vibrate: (on) => // Few devices can: no page loads it before it rings.
                void import('../platform/vibration.ts').then(({ vibrate }) => vibrate(on)),
            say: (call, how) => this.onRings(call, how),
            onBlocked: (blocked) => {
                this.soundBlocked = blocked;
                this.tell();
            },
        });
        this.connection = new Connection(
            openSocket,
            (welcome) => {
                this.status = welcome.status;
                this.ringer.forget();
                this.clock.clear();
                this.become(afterBreak(this.state));
                this.watch();
                this.followIdle(welcome.idleMs);
                this.freshListeners.forEach((listener) => listener());
            },
            (event) => {
                if (event.type === 'call.changed' && !this.clock.see(event.call)) {
                    return;
                }
                this.early.onEvent(event);
                this.placing?.onEvent(event);
                if (event.type === 'person.changed') {
                    this.gone.delete(event.person.name);
                } else if (event.type === 'person.gone') {
                    this.leaves(event);
                }
                this.become(applyEvent(this.state, event));
                this.eventListeners.forEach((listener) => listener(event));
                if (event.type === 'call.changed') {
                    if (event.call.state === 'ended') {
                        this.windows.forget(event.call.peer.name);
                    }
                    void this.windows.look();
                } else if (event.type === 'settings.changed') {
                    this.lent?.forget();
                    this.status = event.status;
                    this.tell();
                } else if (event.type === 'connectors.changed') {
                    this.connectors = { ...this.connectors, active: event.connectors };
                    this.tell();
                } else if (event.type === 'choices.changed') {
                    this.connectors = { ...this.connectors, choices: event.choices };
                    this.tell();
                }
                if (event.type === 'bye' && event.reason !== 'shutdown') {
                    location.assign('/login');
                }
            },
            async () => (await this.api.me()) !== undefined,
        );
        this.connection.status.subscribe((status) => {
            if (status === 'signed-out') {
                location.assign('/login');
            }
            this.tell();
        });
        const hurry = (): void => this.connection.hurry();
        window.addEventListener('online', hurry);
        document.addEventListener('visibilitychange', hurry);
    }

    get connected(): boolean {
        return this.connection.status.value === 'online';
    }

    get ringing(): readonly Ringing[] {
        const { active } = this.connectors;
        return ringing(this.state).map(({ id, peer, connector, waiting }) => ({
            id,
            caller: peer,
            waiting,
            here: id === TEST || active.some(({ name }) => name === connector),
        }));
    }

    latest<P extends PersonView>(person: P): P {
        if (this.shown.show(person)) {
            this.watch();
        }
        return { ...person, ...this.state.people.get(person.name) };
    }

    callOffer(name: string): CallOffer {
        if (name === this.self || this.gone.has(name)) {
            return { state: 'absent', gone: name !== this.self };
        }
        const running = callWith(this.state, name);
        if (running && this.windows.has(running.id)) {
            return { state: 'in-progress' };
        }
        const connectors = possibleFor(
            this.connectors, this.accountsOf(this.self), this.accountsOf(name), callsPossible());
        return this.offerOf(connectors, name);
    }

    roomOffer(room: string): CallOffer {
        const connectors = possibleForGroup(this.connectors, this.accountsOf(this.self));
        return this.offerOf(connectors, roomTarget(room));
    }

    usualOffer(): CallOffer {
        const own = this.accountsOf(this.self);
        return this.offerOf(possibleFor(this.connectors, own, own, callsPossible()), '');
    }

    async setStatus(status: OwnStatus): Promise<void> {
        await this.connection.request({ type: 'status.set', status });
        this.status = status;
        this.tell();
    }

    call(name: string, connector = '', picked = false): CallResult {
        const wanted = this.connectors.active.find((one) => one.name === connector);
        if (picked) { // What is offered in its place for once does not replace a choice.
            const choice = { type: 'connector.choose', target: name, connector } as const;
            void this.connection.request(choice).catch(() => undefined);
        }
        if (wanted?.kind === 'program') {
            void openProgram(connector, name);
            return 'done';
        }
        const running = callWith(this.state, name);
        if (running && this.windows.has(running.id)) {
            return this.windows.show(running.id) ? 'done' : 'elsewhere';
        }
        if (this.windows.showNew(name)) {
            return 'done'; // Pressed twice: the window has not called yet.
        }
        this.wanted = connector;
        const id = this.prepare(name);
        if (this.connected && this.meetingOf(connector) === undefined) {
            this.place(id, name);
        }
        return this.windows.open(id, name) ? 'done' : 'blocked';
    }

    callHere(name: string): void {
        location.assign(`/call/${this.prepare(name)}`);
    }

    answer(id: string, camera: boolean): boolean {
        const caller = this.state.calls.get(id)?.peer;
        if (caller === undefined || this.answerTest(id) || this.answering === id) {
            return true;
        }
        const own = dialling(this.state);
        if (own) {
            // What one only dials cannot be held: it is given up for the one that rings.
            this.send({ type: 'call.end', call: own.id, reason: 'hung-up' });
        }
        const meeting = this.meetingOf(this.state.calls.get(id)?.connector);
        const answered = this.early.isReady(id);
        const intent = { kind: 'answer', peer: caller, camera, meeting, answered } as const;
        leaveIntent(storage, id, intent, Date.now());
        if (answered) {
            // To open a window keeps this page busy for a tenth of a second, and devices as well.
            const lent = this.early.answer(id, camera, () => this.windows.isOpen(caller.name));
            this.answering = id;
            const late = new Promise((done) => setTimeout(done, LENT_MS));
            void Promise.race([lent, late]).then(() => {
                this.answering = '';
                this.openAnswered(id, caller.name);
            });
        } else {
            this.openAnswered(id, caller.name);
        }
        return true;
    }

    private openAnswered(id: string, name: string): void {
        if (!this.windows.open(id, name)) {
            location.assign(`/call/${id}`);
        }
    }

    async decline(id: string, text: string): Promise<void> {
        this.ringer.hush();
        void this.tones.play('cancel').catch(() => undefined);
        if (this.endTest(id)) {
            return;
        }
        const command = { type: 'call.decline', call: id } as const;
        if (text) {
            await this.connection.request({ ...command, text });
        } else {
            this.send(command);
        }
    }

    ignore(id: string): void {
        if (!this.endTest(id)) {
            this.send({ type: 'call.ignore', call: id });
        }
    }

    async testRing(caller: PersonView): Promise<CallRingingHow | undefined> {
        this.endTest(TEST);
        const { testCall, TEST_MS } = await import('./test-call.ts');
        const call = testCall(TEST, caller, this.status === 'do-not-disturb');
        return new Promise((done) => {
            const timer = setTimeout(() => this.endTest(TEST), TEST_MS);
            this.test = { done, timer, how: undefined, answered: false };
            this.become(applyEvent(this.state, { type: 'call.changed', call }));
        });
    }

    /** Who is faster than the sound of the ring still learns how it rang. */
    private answerTest(id: string): boolean {
        const { test } = this;
        if (id !== TEST || !test || test.how !== undefined) {
            return this.endTest(id);
        }
        clearTimeout(test.timer);
        test.answered = true;
        test.timer = setTimeout(() => this.endTest(TEST), RING_STARTS_MS);
        return true;
    }

    private endTest(id: string): boolean {
        const { test } = this;
        if (id !== TEST || !test) {
            return id === TEST;
        }
        clearTimeout(test.timer);
        this.test = undefined;
        const call = this.state.calls.get(TEST);
        if (call) {
            const ended = { ...call, state: 'ended' } as const;
            this.become(applyEvent(this.state, { type: 'call.changed', call: ended }));
        }
        test.done(test.how);
        return true;
    }

    private onRings(call: string, how: CallRingingHow): void {
        if (call !== TEST) {
            this.send({ type: 'call.ringing', call, how });
            this.early.onRings(call, how); // after it: what is silent is not connected
        } else if (this.test) {
            this.test.how = how;
            if (this.test.answered) {
                this.endTest(TEST);
            }
        }
    }

    async hasWindow(id: string): Promise<boolean> {
        await this.windows.look();
        return this.windows.has(id);
    }

    unlockSound(): void {
        this.ringer.unlock();
    }

    start(self: string): void {
        this.self = self;
        tellUnsupported();
        // One's own accounts decide by what one can call: they are followed like those of others.
        this.latest(stranger(self));
        offerHandover((call) => this.early.take(call) ?? this.placing?.find(call));
        const near = (event: Event): void => {
            if (isCallButton(event)) {
                this.getReady().catch(() => undefined);
            }
        };
        // Down: the pointer may have rested there for long.
        for (const type of ['pointerover', 'pointerdown', 'focusin']) {
            document.addEventListener(type, near);
        }
        this.connection.start();
    }

    request<C extends Command>(command: C): Promise<ReplyOf[C['type']]> {
        return this.connection.request(command);
    }

    onEvent(listener: (event: ServerEvent) => void): () => void {
        this.eventListeners.add(listener);
        return () => this.eventListeners.delete(listener);
    }

    onFresh(listener: () => void): () => void {
        this.freshListeners.add(listener);
        return () => this.freshListeners.delete(listener);
    }

    stop(): void {
        this.stopIdle?.();
        this.early.stop();
        this.connection.stop();
        this.become(nothingLive);
    }

    onChange(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    private accountsOf(name: string): string {
        return this.state.people.get(name)?.accounts ?? '';
    }

    private offerOf(connectors: ConnectorInfo[], target: string): CallOffer {
        return connectors.length === 0
            ? { state: 'absent' }
            : { state: 'idle', connectors, chosen: chosenFor(this.connectors, connectors, target) };
    }

    /** Places the call from here, as long as its window loads. */
    private place(call: string, name: string): void {
        const place = (): void => this.placing?.place(call, name, () => this.windows.isOpen(name));
        if (this.placing) {
            place();
        } else {
            this.getReady().then(place, () => undefined); // The window does it.
        }
    }

    /** Somebody points at a Call button, or is called. */
    private async getReady(): Promise<LentDevices> {
        const [{ LentDevices }, { Placing }] =
            await Promise.all([import('./lent-devices.ts'), import('../call/placing.ts')]);
        const lent = (this.lent ??= new LentDevices(() => this.api.me(), storage));
        this.placing ??= new Placing({
            request: (command) => this.connection.request(command),
            devices: () => lent.look(),
            onPlaced: ({ call }) =>
                this.become(applyEvent(this.state, { type: 'call.changed', call })),
        });
        void lent.look();
        return lent;
    }

    private prepare(name: string): string {
        const known = this.state.people.get(name) ?? this.shown.find(name);
        const peer = known ?? stranger(name);
        return prepareCall(storage, peer, Date.now(), { meeting: this.meetingOf(this.wanted) });
    }

    /** The name of a connector, if that is a meeting's. */
    private meetingOf(connector: string | undefined): string | undefined {
        const known = this.connectors.active.find(({ name }) => name === connector);
        return known?.kind === 'meeting' ? known.name : undefined;
    }

    /** Asks for news of those who are shown: once for all that one rendering shows. */
    private watch(): void {
        if (this.asking) {
            return;
        }
        this.asking = true;
        setTimeout(() => {
            this.asking = false;
            const names = this.shown.names();
            this.connection.request({ type: 'people.watch', names }).then(
                ({ people }) => this.learn(names, people),
                () => undefined, // ended, or too much at once: a fresh session asks again
            );
        });
    }

    private followIdle(idleMs: number): void {
        this.stopIdle?.();
        this.stopIdle = idleMs === 0 ? undefined : watchIdle(idleMs, (idle) => {
            void this.connection.request({ type: 'status.idle', idle }).catch(() => undefined);
        });
    }

    /** What an erased person wrote is gone: every page reads anew, not all at once. */
    private leaves({ name, erased }: PersonGone): void {
        this.gone.add(name);
        if (erased) {
            setTimeout(() => this.freshListeners.forEach((listener) => listener()),
                Math.random() * READ_AGAIN_MS);
        }
    }

    /** Who was asked for and is not told of has left: nobody can call them. */
    private learn(names: readonly string[], people: readonly PersonInfo[]): void {
        const here = new Set(people.map(({ name }) => name));
        names.forEach((name) => this.gone[here.has(name) ? 'delete' : 'add'](name));
        this.become(applyPeople(this.state, people));
    }

    private become(state: typeof this.state): void {
        this.state = state;
        // A ring to oneself has no other side to connect to.
        const calls = [...state.calls].filter(([id]) => callsPossible() && id !== TEST);
        this.early.follow(new Map(calls));
        this.ringer.follow(state);
        this.tell();
    }

    /** What needs no answer, or whose refusal changes nothing. */
    private send(command: Command): void {
        void this.connection.request(command).catch(() => undefined);
    }

    private tell(): void {
        for (const listener of [...this.listeners]) {
            listener();
        }
    }
}

function isCallButton(event: Event): boolean {
    return event.composedPath().some((one) => (one as Element).localName === 'vv-call-button');
}

/** Whoever wonders why there is no Call button finds the reason, once a day. */
function tellUnsupported(): void {
    const key = 'visavis.unsupported';
    const today = new Date().toDateString();
    if (!callsPossible() && storage.read(key) !== today) {
        storage.write(key, today);
        console.info('This browser has no WebRTC: calls of sound and picture are not offered.');
    }
}
