// SPDX-License-Identifier: Apache-2.0
// The words and the Call button of a room, wherever it is shown.
import { html, nothing, type TemplateResult } from 'lit';
import type { ChatmsgInfo, RoomInfo } from '../protocol/messages.ts';
import { formatDuration, t } from '../text/text.ts';
import '../ui/call-button.ts';
import { services } from './services.ts';

export function roomTitle(room: RoomInfo | undefined): string {
    return room?.peer?.fullName ?? room?.title ?? '';
}

/** A message in one line. */
export function lineOf(message: ChatmsgInfo | undefined, self: string): string {
    if (!message) {
        return '';
    }
    const own = message.author.name === self;
    if (message.kind === 'call') {
        const { answered = false, seconds = 0 } = message.call ?? {};
        const key = answered ? 'chat-call-answered' : own ? 'chat-call-unanswered'
            : 'chat-call-missed';
        return t(key, { name: message.author.fullName, duration: formatDuration(seconds) });
    }
    const text = message.text.replace(/\s+/g, ' ');
    return own ? t('chat-you', { text }) : text;
}

/** Of the two; a room of several has one only where a connector can call groups. */
export function roomCallButton(
    room: RoomInfo | undefined,
    compact: boolean,
): TemplateResult | typeof nothing {
    const { live } = services.get();
    const peer = room?.peer && live.latest(room.peer);
    return peer
        ? html`<vv-call-button
              ?compact=${compact}
              .name=${peer.name}
              .fullName=${peer.fullName}
              .status=${peer.status}
              .offer=${live.callOffer(peer.name)}
          ></vv-call-button>`
        : nothing;
}
