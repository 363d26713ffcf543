// SPDX-License-Identifier: Apache-2.0
// What is known of one room's talk: a gapless run of messages up to the latest, what is on its way
// out, who is typing, who has read.
import type { ChatmsgInfo } from '../protocol/messages.ts';

/** How long a sign of typing holds. */
export const TYPING_MS = 6000;

export interface Outgoing {
    readonly id: string;
    readonly text: string;
    readonly at: number;
    /** Why it was refused; empty: on its way. */
    readonly problem: string;
}

export interface Conversation {
    readonly messages: readonly ChatmsgInfo[];
    readonly outgoing: readonly Outgoing[];
    /** There are messages before the first one here. */
    readonly earlier: boolean;
    /** The latest messages have been read from the server. */
    readonly loaded: boolean;
    readonly typing: ReadonlyMap<string, number>;
    readonly reads: ReadonlyMap<string, number>;
}

export const emptyConversation: Conversation = {
    messages: [],
    outgoing: [],
    earlier: false,
    loaded: false,
    typing: new Map(),
    reads: new Map(),
};

/** In order, each once; what has arrived is not on its way any more. */
export function putMessages(talk: Conversation, list: readonly ChatmsgInfo[]): Conversation {
    const bySeq = new Map(talk.messages.map((message) => [message.seq, message]));
    for (const message of list) {
        bySeq.set(message.seq, message);
    }
    const messages = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
    const arrived = new Set(list.map((message) => message.id));
    const outgoing = talk.outgoing.filter(({ id }) => !arrived.has(id));
    const typing = new Map(talk.typing);
    list.forEach((message) => typing.delete(message.author.name));
    return { ...talk, messages, outgoing, typing };
}

/** A page of history that ends where the known messages begin, or the latest page. */
export function putEarlier(
    talk: Conversation,
    list: readonly ChatmsgInfo[],
    more: boolean,
): Conversation {
    return { ...putMessages(talk, list), earlier: more, loaded: true };
}

export function lastSeq(talk: Conversation): number {
    return talk.messages.at(-1)?.seq ?? 0;
}

/** Whether messages between the known ones and this one are missing. */
export function leavesGap(talk: Conversation, message: ChatmsgInfo): boolean {
    return talk.loaded && message.seq > lastSeq(talk) + 1;
}

export function putOutgoing(talk: Conversation, out: Outgoing): Conversation {
    const others = talk.outgoing.filter(({ id }) => id !== out.id);
    return { ...talk, outgoing: [...others, out] };
}

export function dropOutgoing(talk: Conversation, id: string): Conversation {
    return { ...talk, outgoing: talk.outgoing.filter((out) => out.id !== id) };
}

export function putTyping(talk: Conversation, name: string, nowMs: number): Conversation {
    return { ...talk, typing: new Map(talk.typing).set(name, nowMs + TYPING_MS) };
}

export function typingNow(talk: Conversation, nowMs: number): string[] {
    return [...talk.typing].filter(([, until]) => until > nowMs).map(([name]) => name);
}

export function putReader(talk: Conversation, name: string, upTo: number): Conversation {
    const known = talk.reads.get(name) ?? 0;
    return upTo <= known ? talk : { ...talk, reads: new Map(talk.reads).set(name, upTo) };
}

/** Who has read the message with this seq, as far as was told. */
export function readersOf(talk: Conversation, seq: number, except: string): string[] {
    return [...talk.reads]
        .filter(([name, upTo]) => name !== except && upTo >= seq)
        .map(([name]) => name);
}
