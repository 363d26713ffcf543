// SPDX-License-Identifier: Apache-2.0
// The words and the Call button of a room, wherever it is shown.
import { html, nothing, type TemplateResult } from 'lit';
import { lineWords } from '../model/past.ts';
import type { ChatmsgInfo, RoomInfo } from '../protocol/messages.ts';
import { formatDuration, t } from '../text/text.ts';
import '../ui/call-button.ts';
import { services } from './services.ts';

export function roomTitle(room: RoomInfo | undefined): string {
    return room?.peer?.fullName ?? room?.title ?? '';
}

/** What became of a call between the two, and why it ended. */
export function callWords({ author, call }: ChatmsgInfo, own: boolean): string {
    const { answered = false, seconds = 0, reason = '' } = call ?? {};
    const { key, why } = lineWords({ role: own ? 'caller' : 'callee', answered, seconds, reason });
    const what = t(key, { name: author.fullName, duration: formatDuration(seconds) });
    return why ? `${what} · ${t(why)}` : what;
}

/** A message in one line. */
export function lineOf(message: ChatmsgInfo | undefined, self: string): string {
    if (!message) {
        return '';
    }
    const own = message.author.name === self;
    if (message.kind === 'call') {
        return callWords(message, own);
    }
    if (message.kind === 'meeting') {
        return t(own ? 'chat-meeting-own' : 'chat-meeting', { name: message.author.fullName });
    }
    const text = message.text.replace(/\s+/g, ' ') || t('chat-erased');
    return own ? t('chat-you', { text }) : text;
}

/** For the two, or for a group where a connector can call one. */
export function roomCallButton(
    room: RoomInfo | undefined,
    compact: boolean,
): TemplateResult | typeof nothing {
    const { live } = services.get();
    if (room && !room.peer) {
        return groupCallButton(room.id, room.title, compact);
    }
    const peer = room?.peer && live.latest(room.peer);
    return peer
        ? html`<vv-call-button
              ?compact=${compact}
              .name=${peer.name}
              .fullName=${peer.fullName}
              .status=${peer.status}
              .reach=${peer}
              .offer=${live.callOffer(peer.name)}
          ></vv-call-button>`
        : nothing;
}

/** For everybody in a team room or a space. */
export function groupCallButton(room: string, title: string, compact: boolean): TemplateResult {
    return html`<vv-call-button
        ?compact=${compact}
        .room=${room}
        .fullName=${title}
        .offer=${services.get().live.roomOffer(room)}
    ></vv-call-button>`;
}
