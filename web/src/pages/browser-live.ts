// SPDX-License-Identifier: Apache-2.0
// Live of services.ts in a real browser: one connection, the ringing of one tab, the windows of
// calls.
import { leaveIntent, prepareCall } from '../call/intent.ts';
import {
    afterBreak,
    applyEvent,
    applyPeople,
    callWith,
    nothingLive,
    ringing,
} from '../model/live.ts';
import { Shown } from '../model/shown.ts';
import { leadFor } from '../platform/leader.ts';
import { callsPossible } from '../platform/peer.ts';
import { openSocket } from '../platform/socket.ts';
import { storage } from '../platform/storage.ts';
import { createTones } from '../platform/tones.ts';
import { openCallWindow } from '../platform/windows.ts';
import { Connection } from '../protocol/connection.ts';
import type { PersonInfo } from '../protocol/messages.ts';
import type { PersonView } from '../ui/types.ts';
import type { Live, Ringing } from './services.ts';

export class BrowserLive implements Live {
    readonly callsPossible = callsPossible();
    soundBlocked = false;
    private state = nothingLive;
    private readonly listeners = new Set<() => void>();
    private readonly tones = createTones();
    private readonly connection: Connection;
    private readonly shown = new Shown<PersonInfo>();
    private asking = false;
    private letGo: (() => void) | undefined;

    constructor() {
        this.connection = new Connection(
            openSocket,
            () => {
                this.become(afterBreak(this.state));
                this.watch();
            },
            (event) => {
                this.become(applyEvent(this.state, event));
                if (event.type === 'bye' && event.reason !== 'shutdown') {
                    location.assign('/login');
                }
            },
        );
        this.connection.status.subscribe(() => this.tell());
        const hurry = (): void => this.connection.hurry();
        window.addEventListener('online', hurry);
        document.addEventListener('visibilitychange', hurry);
    }

    get connected(): boolean {
        return this.connection.status.value === 'online';
    }

    get ringing(): readonly Ringing[] {
        return ringing(this.state).map(({ id, peer }) => ({ id, caller: peer }));
    }

    latest<P extends PersonView>(person: P): P {
        if (this.shown.show(person)) {
            this.watch();
        }
        return { ...person, ...this.state.people.get(person.name) };
    }

    inCallWith(name: string): boolean {
        return callWith(this.state, name) !== undefined;
    }

    call(name: string): boolean {
        const running = callWith(this.state, name);
        return openCallWindow(running?.id ?? this.prepare(name));
    }

    callHere(name: string): void {
        location.assign(`/call/${this.prepare(name)}`);
    }

    answer(id: string, camera: boolean): boolean {
        const caller = this.state.calls.get(id)?.peer;
        if (caller === undefined) {
            return true;
        }
        leaveIntent(storage, id, { kind: 'answer', peer: caller, camera }, Date.now());
        if (!openCallWindow(id)) {
            location.assign(`/call/${id}`);
        }
        return true;
    }

    decline(id: string): void {
        void this.tones.play('cancel').catch(() => undefined);
        void this.connection.request({ type: 'call.decline', call: id }).catch(() => undefined);
    }

    unlockSound(): void {
        this.sound();
    }

    start(): void {
        this.connection.start();
    }

    stop(): void {
        this.connection.stop();
        this.become(nothingLive);
    }

    onChange(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    private prepare(name: string): string {
        const known = this.state.people.get(name) ?? this.shown.find(name);
        const peer: PersonInfo = known ?? {
            name,
            fullName: name,
            position: '',
            avatar: '',
            status: 'available',
            accounts: '',
        };
        return prepareCall(storage, peer, Date.now());
    }

    /** Asks for news of those who are shown: once for all that one rendering shows. */
    private watch(): void {
        if (this.asking) {
            return;
        }
        this.asking = true;
        setTimeout(() => {
            this.asking = false;
            this.connection.request({ type: 'people.watch', names: this.shown.names() }).then(
                ({ people }) => this.become(applyPeople(this.state, people)),
                () => undefined, // ended, or too much at once: a fresh session asks again
            );
        });
    }

    private become(state: typeof this.state): void {
        this.state = state;
        const rings = ringing(state).length > 0;
        if (rings && this.letGo === undefined) {
            this.letGo = leadFor('incoming', () => this.sound());
        } else if (!rings && this.letGo !== undefined) {
            this.letGo();
            this.letGo = undefined;
            this.tones.stop();
            this.soundBlocked = false;
        }
        this.tell();
    }

    private sound(): void {
        this.tones.play('ring').then(
            () => this.setBlocked(false),
            () => this.setBlocked(true),
        );
    }

    private setBlocked(blocked: boolean): void {
        this.soundBlocked = blocked && ringing(this.state).length > 0;
        this.tell();
    }

    private tell(): void {
        for (const listener of [...this.listeners]) {
            listener();
        }
    }
}
