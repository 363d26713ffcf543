// SPDX-License-Identifier: Apache-2.0
/** A value that tells its listeners when it changes. */
export class Signal<T> {
    private readonly listeners = new Set<(value: T) => void>();

    constructor(private current: T) {}

    get value(): T {
        return this.current;
    }

    set(value: T): void {
        this.current = value;
        for (const listener of [...this.listeners]) {
            listener(value);
        }
    }

    /** Gives the function that ends it. */
    subscribe(listener: (value: T) => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }
}
