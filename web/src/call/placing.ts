// SPDX-License-Identifier: Apache-2.0
// In a portal page: its button was pressed, and the window of the call has to be loaded first. The
// page has a connection to the server and may open the microphone, so it places the call; the
// window takes it over, with what has come for it meanwhile.
import type { CallIs, Command, ReplyOf, ServerEvent } from '../protocol/messages.ts';
import type { Lendable } from './early.ts';

/**
 * So long the microphone may take to open here. Firefox opens none of a page that a window has come
 * before, until that page is in front again, which may be long after the call.
 */
const OPEN_MS = 400;
/** So long after the press the page may still place a call: the window does not wait longer. */
const PLACE_MS = 2000;
/** How often the page looks whether the window is there, and how long after the press it waits. */
const LOOK_MS = 250;
const KEEP_MS = 20_000;
/** So long the microphone stays open for a window that opens its own. */
const LEND_MS = 3000;

export interface PlacingDoors {
    /** What may be opened here in the click; at once, where it was looked up before that. */
    devices(): Lendable | Promise<Lendable>;
    request<C extends Command>(command: C): Promise<ReplyOf[C['type']]>;
    /** The call that this page has placed. */
    onPlaced(told: CallIs): void;
}

/** What the window of the call finds. */
export interface Placed {
    /** The call, once it is placed; undefined: it was not, the window is to try by itself. */
    readonly call: Promise<string | undefined>;
    /** The window is in the call: it is given what has come and comes for it here. */
    take(listener: (event: ServerEvent) => void): void;
}

class Placement implements Placed {
    call: Promise<string | undefined> = Promise.resolve(undefined);
    id: string;
    private came: ServerEvent[] = [];
    private listener: ((event: ServerEvent) => void) | undefined;
    private voice: MediaStreamTrack | undefined;
    private timer: ReturnType<typeof setTimeout> | undefined;
    private readonly pressed = performance.now();
    isOver = false;

    constructor(
        private readonly asked: string,
        private readonly doors: PlacingDoors,
        private readonly isOpen: () => boolean,
    ) {
        this.id = asked;
    }

    private get age(): number {
        return performance.now() - this.pressed;
    }

    /** The caller's microphone is opened before anybody's telephone rings. */
    async place(callee: string): Promise<string | undefined> {
        try {
            const looked = this.doors.devices();
            const { audio, video } = looked instanceof Promise ? await looked : looked;
            this.voice = await inTime(audio?.());
            if (!this.voice || !this.isOpen() || this.age > PLACE_MS) {
                this.close();
                return undefined;
            }
            const told = await this.doors.request({
                type: 'call.start',
                call: this.asked,
                callee,
                microphone: true,
                camera: video !== undefined, // The window opens it.
            });
            if (!told.call.here) {
                this.close(); // The window was faster.
                return undefined;
            }
            this.id = told.call.id; // Another one when both have pressed Call.
            this.doors.onPlaced(told);
            this.watch();
            return this.id;
        } catch {
            this.close(); // The window asks again, and says why it cannot be.
            return undefined;
        }
    }

    onEvent(event: ServerEvent): void {
        if (event.type === 'call.changed' && event.call.id === this.id) {
            if (event.call.moved) {
                this.leave(); // A window is in it, if not by this page.
            } else if (event.call.state === 'ended') {
                this.close();
            }
        } else if ((event.type === 'call.description' || event.type === 'call.candidate')
            && event.call === this.id) {
            if (this.listener) {
                this.listener(event);
            } else {
                this.came.push(event);
            }
        }
    }

    take(listener: (event: ServerEvent) => void): void {
        this.listener = listener;
        this.came.splice(0).forEach((event) => listener(event));
        this.leave();
    }

    private leave(): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.close(), LEND_MS);
    }

    close(): void {
        this.isOver = true;
        clearTimeout(this.timer);
        this.voice?.stop();
        this.voice = undefined;
        this.came = [];
    }

    /** Nobody comes for it: who calls and closes the window at once hangs up. */
    private watch(): void {
        this.timer = setTimeout(() => {
            if (this.isOpen() && this.age < KEEP_MS) {
                this.watch();
                return;
            }
            this.close();
            const end = { type: 'call.end', call: this.id, reason: 'hung-up' } as const;
            void this.doors.request(end).catch(() => undefined);
        }, LOOK_MS);
    }
}

/** The track, or none when it comes too late: then it is closed at once. */
async function inTime(
    opens: Promise<MediaStreamTrack> | undefined,
): Promise<MediaStreamTrack | undefined> {
    let late = false;
    const over = new Promise<undefined>((done) => setTimeout(done, OPEN_MS));
    void opens?.then((track) => late && track.stop(), () => undefined);
    const track = await Promise.race([opens, over]);
    late = track === undefined;
    return track;
}

export class Placing {
    /** By the id that the window has been opened with. */
    private readonly made = new Map<string, Placement>();

    constructor(private readonly doors: PlacingDoors) {}

    /**
     * In the click, before its window is opened, which keeps the page busy. `isOpen`: the window
     * that is opened for it is still there.
     */
    place(call: string, callee: string, isOpen: () => boolean): void {
        this.made.forEach((one, id) => one.isOver && this.made.delete(id));
        const placement = new Placement(call, this.doors, isOpen);
        this.made.set(call, placement);
        placement.call = placement.place(callee);
    }

    onEvent(event: ServerEvent): void {
        this.made.forEach((one) => one.onEvent(event));
    }

    /** For the window of the call. */
    find(call: string): Placed | undefined {
        return this.made.get(call);
    }
}
