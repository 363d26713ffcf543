// SPDX-License-Identifier: Apache-2.0
// Which calls have a window in this browser, and bringing it to the front. A call window holds a
// lock of the browser while it lives: so every tab knows of it, after a reload too, and a crash
// forgets it.
import { openCallWindow, raiseCallWindow } from './windows.ts';

const LOCK = 'visavis-call-';
const CHANNEL = 'visavis-calls';
/** So long a window that was just opened may take until its call is known. */
const NEW_MS = 10_000;

interface Note {
    readonly show?: string;
}

/** In the call window: this is the window of the call, until it closes or takes another. */
export function holdCallWindow(call: string): () => void {
    let release: (() => void) | undefined;
    window.name = `visavis-call-${call}`;
    const channel = 'BroadcastChannel' in window ? new BroadcastChannel(CHANNEL) : undefined;
    if (channel) {
        channel.onmessage = ({ data }: MessageEvent<Note>) => data.show === call && window.focus();
    }
    let gone = false;
    void navigator.locks?.request(LOCK + call, () => {
        if (gone) {
            return undefined; // It took another call before it had this one.
        }
        channel?.postMessage({});
        return new Promise<void>((resolve) => (release = resolve));
    });
    return () => {
        gone = true;
        release?.();
        channel?.postMessage({});
        channel?.close();
    };
}

/** In the portal. `onChange`: the calls with a window are others now. */
export class CallWindows {
    private calls: ReadonlySet<string> = new Set();
    private readonly channel: BroadcastChannel | undefined;
    private readonly fresh = new Map<string, { window: Window; until: number }>();

    constructor(private readonly onChange: () => void) {
        this.channel = 'BroadcastChannel' in window ? new BroadcastChannel(CHANNEL) : undefined;
        if (this.channel) {
            this.channel.onmessage = () => void this.look();
        }
        document.addEventListener('visibilitychange', () => void this.look());
    }

    has(call: string): boolean {
        return this.calls.has(call);
    }

    async look(): Promise<void> {
        const { held = [] } = (await navigator.locks?.query()) ?? {};
        const names = held.flatMap(({ name }) => (name?.startsWith(LOCK) ? [name] : []));
        const calls = new Set(names.map((name) => name.slice(LOCK.length)));
        const same = calls.size === this.calls.size && [...calls].every((id) => this.has(id));
        this.calls = calls;
        if (!same) {
            this.onChange();
        }
    }

    /** Opens the window of a call with `peer`, in the click; false: the browser blocked it. */
    open(call: string, peer: string): boolean {
        const opened = openCallWindow(call);
        if (opened) {
            this.fresh.set(peer, { window: opened, until: Date.now() + NEW_MS });
        }
        return opened !== null;
    }

    /** Whether a window that was opened for `peer` a moment ago is still there; it is shown. */
    showNew(peer: string): boolean {
        const known = this.fresh.get(peer);
        const there = known !== undefined && !known.window.closed && known.until > Date.now();
        if (there) {
            known.window.focus();
        }
        return there;
    }

    /** Whether the window that was opened last for `peer` has not been closed. */
    isOpen(peer: string): boolean {
        return this.fresh.get(peer)?.window.closed === false;
    }

    /** The call with `peer` is over: a window that still closes is not one that will call. */
    forget(peer: string): void {
        this.fresh.delete(peer);
    }

    /** False: the window belongs to another tab, which browsers let us only ask. */
    show(call: string): boolean {
        this.channel?.postMessage({ show: call });
        return raiseCallWindow(call);
    }
}
