// SPDX-License-Identifier: Apache-2.0
// What happens when media stay away: nothing for 2 s, then a try to mend it and a small sign, after
// 10 s a banner and a word to the other side, after 30 s the end.
export type Trouble = 'none' | 'pill' | 'banner';

export const PILL_AFTER_MS = 2000;
export const BANNER_AFTER_MS = 10_000;
export const LOST_AFTER_MS = 30_000;

export interface MediaWatchEvents {
    onTrouble(trouble: Trouble): void;
    restart(): void;
    lost(): void;
}

export class MediaWatch {
    trouble: Trouble = 'none';
    private timers: ReturnType<typeof setTimeout>[] = [];

    constructor(private readonly events: MediaWatchEvents) {}

    /** No media for `sinceMs`. Repeated: counts from the first time. */
    gone(sinceMs: number): void {
        if (this.timers.length > 0) {
            return;
        }
        const at = (ms: number, act: () => void): void =>
            void this.timers.push(setTimeout(act, Math.max(0, ms - sinceMs)));
        at(PILL_AFTER_MS, () => {
            this.become('pill');
            this.events.restart();
        });
        at(BANNER_AFTER_MS, () => {
            this.become('banner');
            this.events.restart();
        });
        at(LOST_AFTER_MS, () => this.events.lost());
    }

    back(): void {
        this.stop();
        if (this.trouble !== 'none') {
            this.become('none');
        }
    }

    stop(): void {
        this.timers.forEach((timer) => clearTimeout(timer));
        this.timers = [];
    }

    private become(trouble: Trouble): void {
        this.trouble = trouble;
        this.events.onTrouble(trouble);
    }
}
