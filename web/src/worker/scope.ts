// SPDX-License-Identifier: Apache-2.0
// What the worker uses of its browser, as an interface: `sw.ts` gives the real one, tests a fake.
import type { Notes } from '../platform/notes.ts';
import type { PersonInfo } from '../protocol/messages.ts';

/** What a notification is about; it lives as long as the notification. */
export interface Shown {
    readonly call: string;
    /** available: somebody whom the person has waited for. */
    readonly kind: 'ringing' | 'missed' | 'available';
    /** Unknown: the server could not be asked. */
    readonly peer?: PersonInfo | undefined;
}

export interface NotificationView {
    readonly title: string;
    readonly tag: string;
    readonly body: string;
    readonly lang: string;
    readonly icon: string;
    /** Of one colour, for a row of signs: its path. */
    readonly badge: string;
    readonly data: Shown;
    readonly actions: readonly { readonly action: string; readonly title: string }[];
    /** Stays until it is answered. */
    readonly requireInteraction: boolean;
    /** Sounds again though it takes the place of another. */
    readonly renotify: boolean;
    readonly silent: boolean;
}

export interface WindowView {
    readonly path: string;
    readonly visible: boolean;
    focus(): Promise<void>;
}

export interface Scope {
    readonly languages: readonly string[];
    readonly notes: Notes;
    nowMs(): number;
    wait(ms: number): Promise<void>;
    fetch(path: string, init?: RequestInit): Promise<Response>;
    windows(): Promise<readonly WindowView[]>;
    open(path: string): Promise<void>;
    show(view: NotificationView): Promise<void>;
    /** The number at the sign of the installed app; 0 is none. */
    badge(count: number): Promise<void>;
    shown(tag: string): Promise<readonly { readonly data: Shown; close(): void }[]>;
}
