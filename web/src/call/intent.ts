// SPDX-License-Identifier: Apache-2.0
// A one-time note from the page or the notification that was clicked to the call window that the
// click opened. Without one a call window never opens microphone or camera: a link from elsewhere
// cannot start a call.
import { randomId } from '../base/id.ts';
import type { Notes } from '../platform/notes.ts';
import type { Storage } from '../platform/storage.ts';
import type { PersonInfo } from '../protocol/messages.ts';

const AGE_MAX_MS = 60_000;

export interface Intent {
    readonly kind: 'start' | 'answer';
    readonly peer: PersonInfo;
    readonly camera: boolean;
    /** The page that was clicked has answered already, by a connection made while it rang. */
    readonly answered?: boolean;
    /** Only of a meeting: its connector. Without it the call is one of sound and picture. */
    readonly meeting?: string | undefined;
}

interface Note extends Intent {
    readonly at: number;
}

const keyOf = (call: string): string => `visavis.intent.${call}`;

export function leaveIntent(storage: Storage, call: string, intent: Intent, nowMs: number): void {
    storage.write(keyOf(call), prepareNote(intent, nowMs));
}

export function prepareNote(intent: Intent, nowMs: number): string {
    const note: Note = { ...intent, at: nowMs };
    return JSON.stringify(note);
}

/**
 * Makes the id of a new call to `peer` and leaves the note for its window. Without `camera` it is a
 * call of voices; a camera can be switched on later.
 */
export function prepareCall(
    storage: Storage,
    peer: PersonInfo,
    nowMs: number,
    { camera = true, meeting }: { camera?: boolean; meeting?: string | undefined } = {},
): string {
    const id = randomId();
    leaveIntent(storage, id, { kind: 'start', peer, camera, meeting }, nowMs);
    return id;
}

/** The note, once, while it is fresh. */
export function takeIntent(storage: Storage, call: string, nowMs: number): Intent | undefined {
    const text = storage.read(keyOf(call));
    if (text === null) {
        return undefined;
    }
    storage.remove(keyOf(call));
    return freshNote(text, nowMs);
}

/** What a notification has left for the window that it opened, while it is fresh. */
export async function takeNotified(
    notes: Notes,
    path: string,
    nowMs: number,
): Promise<Intent | undefined> {
    const text = await notes.take(path).catch(() => undefined); // The browser keeps nothing.
    return text === undefined ? undefined : freshNote(text, nowMs);
}

function freshNote(text: string, nowMs: number): Intent | undefined {
    const note = readNote(text);
    const age = nowMs - (note?.at ?? 0);
    return age >= 0 && age <= AGE_MAX_MS ? note : undefined;
}

function readNote(text: string): Note | undefined {
    try {
        const note = JSON.parse(text) as Partial<Note>;
        const right = (note.kind === 'start' || note.kind === 'answer') && note.peer && note.at;
        return right ? (note as Note) : undefined;
    } catch {
        return undefined;
    }
}
