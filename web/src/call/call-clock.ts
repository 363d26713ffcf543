// SPDX-License-Identifier: Apache-2.0
// Each side ends a call by its own clock, also when the server cannot be reached: one that rings at
// the deadline that the server has told, one that is answered when it does not connect.
import type { CallInfo } from '../protocol/messages.ts';

/** So long the server's own word is waited for. */
const GRACE_MS = 1000;
/** From the answer. As long as the server is there it knows better. */
const CONNECT_MS = 60_000;
const LOOK_MS = 5000;

interface Watched {
    readonly state: CallInfo['state'];
    readonly at: number;
    readonly timer: ReturnType<typeof setTimeout>;
}

export class CallClock {
    private readonly watched = new Map<string, Watched>();
    /** Rings that were ended here. */
    private readonly over = new Set<string>();

    /** `onOver`: the call, as it is when it has ended so. */
    constructor(
        private readonly onOver: (call: CallInfo) => void,
        private readonly isOnline?: () => boolean,
    ) {}

    /**
     * The call is so now. A deadline may come nearer, never later: what a page that was cut off is
     * told afterwards was true when it was written. False: it rings, and has ended here: late.
     */
    see(call: CallInfo): boolean {
        const known = this.watched.get(call.id);
        const same = known?.state === call.state ? known : undefined;
        const now = performance.now();
        if (call.state === 'ringing') {
            if (this.over.has(call.id)) {
                return false;
            }
            const at = Math.min(same?.at ?? Infinity, now + call.ringLeftMs);
            this.watch(call, at, at + GRACE_MS - now, 'no-answer');
        } else if (call.state === 'connecting' && this.isOnline) {
            const at = same?.at ?? now + CONNECT_MS;
            this.watch(call, at, at - now, 'media-failed');
        } else {
            this.forget(call.id);
        }
        return true;
    }

    /** A fresh session tells all calls anew. */
    clear(): void {
        this.watched.forEach(({ timer }) => clearTimeout(timer));
        this.watched.clear();
        this.over.clear();
    }

    private watch(call: CallInfo, at: number, wait: number, reason: CallInfo['reason']): void {
        this.forget(call.id);
        const timer = setTimeout(() => {
            if (reason === 'media-failed' && this.isOnline?.()) {
                this.watch(call, at, LOOK_MS, reason);
                return;
            }
            this.watched.delete(call.id);
            this.over.add(call.id);
            this.onOver({ ...call, state: 'ended', reason, ringLeftMs: 0 });
        }, wait);
        this.watched.set(call.id, { state: call.state, at, timer });
    }

    private forget(call: string): void {
        clearTimeout(this.watched.get(call)?.timer);
        this.watched.delete(call);
    }
}
