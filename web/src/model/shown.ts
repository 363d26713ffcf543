// SPDX-License-Identifier: Apache-2.0
// The people whom the page shows, the latest last: those of whom the server is asked to tell.

/** As many as people.watch takes. */
export const SHOWN_MAX = 100;

export class Shown<P extends { readonly name: string }> {
    private readonly people = new Map<string, P>();

    /** The page shows the person now; true: nobody asked for its news yet. */
    show(person: P): boolean {
        const known = this.people.delete(person.name);
        this.people.set(person.name, person);
        if (this.people.size > SHOWN_MAX) {
            this.people.delete(this.people.keys().next().value ?? '');
        }
        return !known;
    }

    find(name: string): P | undefined {
        return this.people.get(name);
    }

    names(): string[] {
        return [...this.people.keys()];
    }
}
