// SPDX-License-Identifier: Apache-2.0
// Which mini chat windows are open, remembered in this browser for each person.
import type { Storage } from '../platform/storage.ts';

/** As many as stand side by side on a usual screen; a further one closes the oldest. */
export const MINIS_MAX = 3;

export interface Mini {
    readonly room: string;
    readonly small: boolean;
}

export class MiniWindows {
    private list: readonly Mini[] = [];
    private key = '';
    private fresh = '';
    private readonly listeners = new Set<() => void>();

    constructor(private readonly storage: Storage) {}

    start(self: string): void {
        this.key = `visavis.minis.${self}`;
        this.list = parseMinis(this.storage.read(this.key));
        this.tell();
    }

    stop(): void {
        this.list = [];
        this.tell();
    }

    get open(): readonly Mini[] {
        return this.list;
    }

    /** The window that was opened since it was last asked: who opens one writes in it. */
    takeFresh(): string {
        const { fresh } = this;
        this.fresh = '';
        return fresh;
    }

    show(room: string): void {
        this.fresh = room;
        const others = this.list.filter((mini) => mini.room !== room);
        const at = this.list.findIndex((mini) => mini.room === room);
        const shown = { room, small: false };
        this.become(
            at >= 0
                ? this.list.map((mini) => (mini.room === room ? shown : mini))
                : [...others, shown].slice(-MINIS_MAX),
        );
    }

    resize(room: string, small: boolean): void {
        this.fresh = small ? '' : room;
        this.become(this.list.map((mini) => (mini.room === room ? { room, small } : mini)));
    }

    close(room: string): void {
        this.become(this.list.filter((mini) => mini.room !== room));
    }

    onChange(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    private become(list: readonly Mini[]): void {
        this.list = list;
        this.storage.write(this.key, JSON.stringify(list));
        this.tell();
    }

    private tell(): void {
        for (const listener of [...this.listeners]) {
            listener();
        }
    }
}

/** What was written, or by whatever else: only what has the right form is taken. */
export function parseMinis(text: string | null): Mini[] {
    try {
        const list: unknown = JSON.parse(text ?? '[]');
        return (Array.isArray(list) ? list : [])
            .filter((one: unknown): one is Mini => {
                const mini = one as Partial<Mini> | null;
                return typeof mini?.room === 'string' && typeof mini.small === 'boolean';
            })
            .slice(0, MINIS_MAX)
            .map(({ room, small }) => ({ room, small }));
    } catch {
        return [];
    }
}
