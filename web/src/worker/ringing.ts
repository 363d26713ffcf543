// SPDX-License-Identifier: Apache-2.0
// Calls as notifications, while no page of the portal is visible. A push only says that something
// has changed about a call, or about a person who was waited for; what is shown is what the server
// then answers.
import { prepareNote } from '../call/intent.ts';
import { isId, randomId } from '../base/id.ts';
import type { AnswerCalls, CallChanged, CallInfo, CallReason, PersonInfo }
    from '../protocol/messages.ts';
import type { NotificationView, Scope, Shown } from './scope.ts';
import { textsFor } from './texts.ts';

/** After its deadline a ring that nobody has withdrawn is looked at once more. */
const GRACE_MS = 1000;
const ASK_MS = 10_000;

/** Of a call that was not answered and not refused. */
const MISSED: readonly CallReason[] = ['cancelled', 'no-answer', 'unreachable', 'busy',
    'signalling-lost', 'server-shutdown', 'connector-disabled', 'stopped'];

const PICTURES = { icon: '/icon-192.png', badge: '/badge-96.png' };

const callPath = (id: string): string => `/call/${id}`;

export class Ringing {
    private readonly texts;

    constructor(private readonly scope: Scope) {
        this.texts = textsFor(scope.languages);
    }

    /** `text` is what the push says: `{"call": id}` or `{"person": name}`. */
    async onPush(text: string): Promise<void> {
        const { call, person } = saidBy(text);
        if (call !== undefined) {
            await this.follow(call, true);
        } else if (person !== undefined) {
            await this.showAvailable(person);
        }
    }

    async onClick(action: string, { call, peer, kind }: Shown): Promise<void> {
        if (action === 'decline') {
            await this.decline(call);
        } else if (action === 'answer' && peer) {
            await this.openCall(call, 'answer', peer);
        } else if (action === 'call-back' && peer) {
            await this.openCall(randomId(), 'start', peer);
        } else {
            // A call that rings is shown by any page, a missed one by the history.
            await this.openPortal(kind === 'ringing' ? undefined : peer);
        }
    }

    private async follow(id: string, again: boolean): Promise<void> {
        const call = (await this.ask<CallChanged>(`/api/push/calls/${id}`))?.call;
        if (call === undefined) {
            await this.showUnknown(id);
        } else if (call.role === 'callee' && call.state === 'ringing') {
            await this.ring(call, again);
        } else if (call.role === 'callee' && call.state === 'ended' && wasMissed(call)) {
            await this.showMissed(id, call.peer);
        } else {
            await this.close(id);
        }
    }

    private async ask<T>(path: string): Promise<T | undefined> {
        try {
            const signal = AbortSignal.timeout(ASK_MS);
            const answer = await this.scope.fetch(path, { signal });
            return answer.ok ? ((await answer.json()) as T) : undefined;
        } catch {
            return undefined;
        }
    }

    private async ring(call: CallInfo, again: boolean): Promise<void> {
        const { id, peer, silent, ringLeftMs } = call;
        if (await this.pageRings()) {
            return;
        }
        const { texts } = this;
        await this.show({
            title: texts.ringing(peer.fullName || peer.name),
            data: { call: id, kind: 'ringing', peer },
            actions: [
                { action: 'answer', title: texts.answer },
                { action: 'decline', title: texts.decline },
            ],
            requireInteraction: true,
            renotify: !silent,
            silent,
        });
        if (again) {
            // The push that withdraws it may be lost: a ring ends by this clock too.
            await this.scope.wait(ringLeftMs + GRACE_MS);
            if ((await this.scope.shown(id)).some(({ data }) => data.kind === 'ringing')) {
                await this.follow(id, false);
            }
        }
    }

    private async pageRings(): Promise<boolean> {
        return (await this.scope.windows()).some(({ visible }) => visible);
    }

    private async showMissed(id: string, peer: PersonInfo): Promise<void> {
        await this.settle({
            title: this.texts.missed(peer.fullName || peer.name),
            data: { call: id, kind: 'missed', peer },
            actions: [{ action: 'call-back', title: this.texts.callBack }],
        });
        // A page shows the same number; here there may be none.
        const calls = await this.ask<AnswerCalls>('/api/calls?limit=0');
        if (calls) {
            await this.scope.badge(calls.missed);
        }
    }

    /** Unless he is gone again, or a page is looked at, which tells it itself. */
    private async showAvailable(name: string): Promise<void> {
        const peer = await this.ask<PersonInfo>(`/api/people/${encodeURIComponent(name)}`);
        if (peer?.status !== 'available' || await this.pageRings()) {
            return;
        }
        const { texts } = this;
        await this.scope.show({
            title: texts.available(peer.fullName || peer.name),
            tag: `person-${name}`, // as that of a page
            body: '', lang: texts.lang, ...PICTURES,
            data: { call: '', kind: 'available', peer },
            actions: [{ action: 'call-back', title: texts.call }],
            requireInteraction: false, renotify: false, silent: false,
        });
    }

    private showUnknown(id: string): Promise<void> {
        return this.settle({
            title: this.texts.unknown,
            data: { call: id, kind: 'missed' },
            actions: [],
        });
    }

    /** Takes the place of the ring, without a sound. A page that is looked at tells it itself. */
    private async settle(view: Pick<NotificationView, 'title' | 'data' | 'actions'>)
        : Promise<void> {
        await (await this.pageRings()
            ? this.close(view.data.call)
            : this.show({ ...view, requireInteraction: false, renotify: false, silent: true }));
    }

    private show(view: Omit<NotificationView, 'tag' | 'lang' | 'body' | 'icon' | 'badge'>)
        : Promise<void> {
        const { lang } = this.texts;
        return this.scope.show({ ...view, tag: view.data.call, lang, body: '',
            ...PICTURES });
    }

    private async close(id: string): Promise<void> {
        (await this.scope.shown(id)).forEach((one) => one.close());
    }

    private async decline(id: string): Promise<void> {
        try {
            const init = { method: 'POST', signal: AbortSignal.timeout(ASK_MS) };
            await this.scope.fetch(`/api/push/calls/${id}/decline`, init);
        } catch {
            // Out of reach: the call ends by its deadline.
        }
    }

    private async openCall(id: string, kind: 'answer' | 'start', peer: PersonInfo): Promise<void> {
        const path = callPath(id);
        const open = (await this.scope.windows()).find((one) => one.path === path);
        if (open) {
            await open.focus();
            return;
        }
        const note = prepareNote({ kind, peer, camera: true }, this.scope.nowMs());
        await this.scope.notes.leave(path, note);
        await this.scope.open(path);
    }

    private async openPortal(peer: PersonInfo | undefined): Promise<void> {
        const portal = (await this.scope.windows()).find(({ path }) => !path.startsWith('/call/'));
        await (portal
            ? portal.focus()
            : this.scope.open(peer ? `/people/${encodeURIComponent(peer.name)}` : '/'));
    }
}

function wasMissed({ reason, byMe }: CallInfo): boolean {
    return !byMe && MISSED.includes(reason);
}

function saidBy(text: string): { call?: string | undefined; person?: string | undefined } {
    try {
        const { call, person } = JSON.parse(text) as { call?: unknown; person?: unknown };
        return { call: typeof call === 'string' && isId(call) ? call : undefined,
            person: typeof person === 'string' ? person : undefined };
    } catch {
        return {};
    }
}
