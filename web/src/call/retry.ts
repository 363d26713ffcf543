// SPDX-License-Identifier: Apache-2.0
// When ICE has failed it begins again, but not at once: Chromium says so as soon as no pair is
// left, though candidates of the other side are still on their way, and takes it back when one
// comes. Each try asks for relays anew, of which a person has a few only, so the tries are paced.
const FIRST_MS = 1000;
const LAST_MS = 8000;

export class Retry {
    private timer: ReturnType<typeof setTimeout> | undefined;
    private nextMs = FIRST_MS;

    constructor(
        private readonly isFailed: () => boolean,
        private readonly restart: () => void,
    ) {}

    /** Goes on until it is no longer so: a try without any candidate changes no state. */
    failed(): void {
        this.timer ??= setTimeout(() => {
            this.timer = undefined;
            if (this.isFailed()) {
                this.nextMs = Math.min(this.nextMs * 2, LAST_MS);
                this.restart();
                this.failed();
            }
        }, this.nextMs);
    }

    /** All is well: the next failure is a first one. */
    stop(): void {
        clearTimeout(this.timer);
        this.timer = undefined;
        this.nextMs = FIRST_MS;
    }
}
