// SPDX-License-Identifier: Apache-2.0
// How calls to this person sound in this window, and what their callers are told of it: one window
// of a browser leads, sounds for all cards, and says of each call how it really rings.
import { nothingLive, ringing, soundOf, type LiveState, type Sound } from '../model/live.ts';
import type { Tones } from '../platform/tones.ts';
import type { CallRingingHow } from '../protocol/messages.ts';

export interface RingerDoors {
    /** Runs `onLead` while no other window of this browser leads; what it gives lets go. */
    lead(onLead: () => void): () => void;
    readonly tones: Tones;
    /** The person has switched this sound off. */
    isOff(sound: Sound): boolean;
    /** The device shakes, where it can. */
    vibrate(on: boolean): void;
    /** Tells the caller. */
    say(call: string, how: CallRingingHow): void;
    /** Whether the browser lets this page not sound before a click. */
    onBlocked(blocked: boolean): void;
}

export class Ringer {
    private state = nothingLive;
    private letGo: (() => void) | undefined;
    private leading = false;
    private playing: Sound | undefined;
    private turn = 0;
    /** Of the sound that plays now; undefined: not known yet. */
    private how: CallRingingHow | undefined;
    private readonly said = new Map<string, CallRingingHow>();

    constructor(private readonly doors: RingerDoors) {}

    follow(state: LiveState): void {
        this.state = state;
        if (ringing(state).length === 0) {
            this.stop();
        } else if (this.letGo === undefined) {
            this.letGo = this.doors.lead(() => {
                this.leading = true;
                this.sound();
            });
        } else if (this.leading && soundOf(state) !== this.playing) {
            this.sound();
        } else {
            this.tell();
        }
    }

    /** To be called in a click. */
    unlock(): void {
        this.sound();
    }

    /** At once, without waiting for the server. */
    hush(): void {
        this.doors.tones.stop();
        this.doors.vibrate(false);
    }

    /** A fresh session: callers have not been told of anything. */
    forget(): void {
        this.said.clear();
    }

    private stop(): void {
        if (this.letGo === undefined) {
            return;
        }
        this.letGo();
        this.letGo = undefined;
        this.leading = false;
        this.playing = undefined;
        this.how = undefined;
        this.turn++;
        this.said.clear();
        this.doors.tones.stop();
        this.doors.vibrate(false);
        this.doors.onBlocked(false);
    }

    private sound(): void {
        const sound = soundOf(this.state);
        const turn = ++this.turn;
        const heard = (how: CallRingingHow): void => {
            if (turn === this.turn) {
                this.how = how;
                this.doors.onBlocked(how === 'by-autoplay');
                this.tell();
            }
        };
        this.playing = sound;
        this.doors.vibrate(sound === 'ring' && !this.doors.isOff(sound));
        if (sound === undefined || this.doors.isOff(sound)) {
            this.doors.tones.stop();
            heard('by-status');
            return;
        }
        this.doors.tones.play(sound).then(
            () => heard('audible'),
            () => heard('by-autoplay'),
        );
    }

    private tell(): void {
        if (!this.leading || this.how === undefined) {
            return;
        }
        for (const { id, silent } of ringing(this.state)) {
            const how = silent ? 'by-status' : this.how;
            if (this.said.get(id) !== how) {
                this.said.set(id, how);
                this.doors.say(id, how);
            }
        }
    }
}
