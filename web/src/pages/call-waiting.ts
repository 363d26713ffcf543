// SPDX-License-Identifier: Apache-2.0
// Calls that come in while this window has one: a card with two soft beeps, as on every page.
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { CallClock } from '../call/call-clock.ts';
import { leaveIntent } from '../call/intent.ts';
import { Ringer, type RingerDoors } from '../call/ringer.ts';
import { afterBreak, applyEvent, nothingLive, ringing } from '../model/live.ts';
import type { Storage } from '../platform/storage.ts';
import type { Command, ServerEvent } from '../protocol/messages.ts';
import type { Ringing } from './services.ts';

export interface WaitingActions {
    answer(id: string, camera: boolean): void;
    decline(id: string, text: string): void;
    ignore(id: string): void;
    unlock(): void;
}

export interface WaitingDoors extends Pick<RingerDoors, 'lead' | 'tones' | 'isOff'> {
    readonly storage: Storage;
    /** Of this window's own call. */
    own(): string;
    request(command: Command): Promise<unknown>;
    /** In the click; false: the browser has blocked the window. */
    open(call: string): boolean;
    onChange(): void;
    /** The words for a refused caller were not kept, or the window was blocked. */
    onProblem(what: 'reply' | 'popup'): void;
}

export class WaitingCalls implements WaitingActions {
    blocked = false;
    private state = nothingLive;
    private meetings = new Set<string>();
    private readonly ringer: Ringer;
    private readonly clock = new CallClock((call) =>
        this.onEvent({ type: 'call.changed', call }));

    constructor(private readonly doors: WaitingDoors) {
        const { lead, tones, isOff } = doors;
        this.ringer = new Ringer({
            lead, tones, isOff,
            vibrate: () => undefined, // What waits here beeps.
            say: (call, how) => this.send({ type: 'call.ringing', call, how }),
            onBlocked: (blocked) => {
                this.blocked = blocked;
                doors.onChange();
            },
        });
    }

    get cards(): readonly Ringing[] {
        return ringing(this.state).filter(({ id }) => id !== this.doors.own())
            .map(({ id, peer, waiting }) => ({ id, caller: peer, waiting, here: true }));
    }

    onEvent(event: ServerEvent): void {
        if (event.type === 'connectors.changed') {
            const meetings = event.connectors.filter(({ kind }) => kind === 'meeting');
            this.meetings = new Set(meetings.map(({ name }) => name));
        } else if (event.type === 'call.changed' && this.clock.see(event.call)) {
            this.state = applyEvent(this.state, event);
            this.ringer.follow(this.state);
            this.doors.onChange();
        }
    }

    onFresh(): void {
        this.clock.clear();
        this.state = afterBreak(this.state);
        this.ringer.forget();
        this.ringer.follow(this.state);
        this.doors.onChange();
    }

    answer(id: string, camera: boolean): void {
        const call = this.state.calls.get(id);
        if (!call) {
            return;
        }
        const meeting = this.meetings.has(call.connector) ? call.connector : undefined;
        const intent = { kind: 'answer', peer: call.peer, camera, meeting } as const;
        leaveIntent(this.doors.storage, id, intent, Date.now());
        const own = this.state.calls.get(this.doors.own());
        if (!this.doors.open(id)) {
            this.doors.onProblem('popup');
        } else if (own?.state === 'ringing') {
            // What one only dials cannot be held: it is given up for the one that rings.
            this.send({ type: 'call.end', call: own.id, reason: 'hung-up' });
        }
    }

    decline(id: string, text: string): void {
        this.ringer.hush();
        const command = { type: 'call.decline', call: id } as const;
        if (text) {
            this.doors.request({ ...command, text }).catch(() => this.doors.onProblem('reply'));
        } else {
            this.send(command);
        }
    }

    ignore(id: string): void {
        this.send({ type: 'call.ignore', call: id });
    }

    unlock(): void {
        this.ringer.unlock();
    }

    private send(command: Command): void {
        void this.doors.request(command).catch(() => undefined);
    }
}

/** Few windows ever show one: its code comes with the first. */
export function waitingCards(
    cards: readonly Ringing[],
    blocked: boolean,
    actions: WaitingActions,
): unknown {
    if (cards.length === 0) {
        return nothing;
    }
    void import('../ui/incoming-call.ts');
    return repeat(
        cards,
        ({ id }) => id,
        ({ id, caller, waiting }) => html`<vv-incoming-call
            .caller=${caller}
            ?waiting=${waiting}
            ?soundBlocked=${blocked}
            @vv-answer=${(event: CustomEvent<{ camera: boolean }>) =>
                actions.answer(id, event.detail.camera)}
            @vv-decline=${(event: CustomEvent<{ text: string }>) =>
                actions.decline(id, event.detail.text)}
            @vv-ignore=${() => actions.ignore(id)}
            @vv-unlock=${() => actions.unlock()}
        ></vv-incoming-call>`,
    );
}
