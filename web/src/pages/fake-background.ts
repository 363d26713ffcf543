// SPDX-License-Identifier: Apache-2.0
// A browser that rings without a page, for the gallery and the tests.
import type { Background, PushKeys, RingPermission } from '../platform/background.ts';

export class FakeBackground implements Background {
    /** What the person answers when asked. */
    answer: RingPermission = 'granted';
    reachable = true;
    /** The keys of servers that may send to it. */
    readonly subscribed: string[] = [];

    constructor(private state: RingPermission) {}

    permission(): RingPermission {
        return this.state;
    }

    async ask(): Promise<RingPermission> {
        this.state = this.state === 'default' ? this.answer : this.state;
        return this.state;
    }

    async subscribe(key: string): Promise<PushKeys> {
        if (!this.reachable) {
            throw new DOMException('no push service', 'AbortError');
        }
        this.subscribed.push(key);
        return { endpoint: 'https://push.example.org/1', p256dh: 'BA', auth: 'AA' };
    }

    notify(): void {}

    async unsubscribe(): Promise<void> {
        this.subscribed.length = 0;
    }
}
