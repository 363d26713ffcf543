// SPDX-License-Identifier: Apache-2.0
// The calls that are over: the list by pages, and how many missed ones nobody has seen yet on any
// device.
import type { AnswerCalls, AnswerTimeline } from '../protocol/messages.ts';
import type { Calls, CallsApi, CallsWanted } from './history.ts';
import type { Link } from './services.ts';

export class CallsKeeper implements Calls {
    missed = 0;
    private readonly listeners = new Set<() => void>();
    private seenMs = 0;

    constructor(
        private readonly api: CallsApi,
        private readonly link: Link,
        private readonly showBadge: (count: number) => void,
    ) {
        link.onEvent((event) => {
            if (event.type === 'calls.missed') {
                this.become(event.missed);
            } else if (event.type === 'chat.message' && event.message.kind === 'call') {
                this.tell(); // The line of a call comes after its entry.
            }
        });
        link.onFresh(() => void this.refresh());
    }

    start(): void {
        this.seenMs = 0;
    }

    stop(): void {
        this.become(0);
    }

    page(wanted: CallsWanted): Promise<AnswerCalls> {
        return this.api.calls(wanted);
    }

    timeline(call: string): Promise<AnswerTimeline> {
        return this.api.timeline(call);
    }

    seen(untilMs: number): void {
        if (this.missed > 0 && untilMs > this.seenMs) {
            this.seenMs = untilMs;
            void this.link.request({ type: 'calls.seen', untilMs }).catch(() => {
                this.seenMs = 0; // It is said again with the next look.
            });
        }
    }

    onChange(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    private async refresh(): Promise<void> {
        try {
            this.become(await this.api.missedCalls());
        } catch {
            // The next session asks again.
        }
    }

    private become(missed: number): void {
        this.missed = missed;
        this.showBadge(missed);
        this.tell();
    }

    private tell(): void {
        [...this.listeners].forEach((listener) => listener());
    }
}
