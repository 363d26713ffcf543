// SPDX-License-Identifier: Apache-2.0
// The rows of a talk.
import { html, nothing, type TemplateResult } from 'lit';
import type { Outgoing } from '../model/conversation.ts';
import type { ChatmsgInfo, PersonInfo } from '../protocol/messages.ts';
import {
    formatDay,
    formatHour,
    formatList,
    formatMoment,
    t,
} from '../text/text.ts';
import { cameraIcon } from '../ui/icons.ts';
import '../ui/person.ts';
import '../ui/portrait.ts';
import '../ui/text-block.ts';
import type { PersonView } from '../ui/types.ts';
import { callWords } from './room-title.ts';
import { problemText } from './shared.ts';

/** A line with the day where one begins. */
export function dayRow(
    before: number | undefined,
    at: number,
    nowMs: number,
): TemplateResult | undefined {
    const day = (seconds: number): string => new Date(seconds * 1000).toDateString();
    return before !== undefined && day(before) === day(at)
        ? undefined
        : html`<p class="day" role="separator">${formatDay(at, nowMs)}</p>`;
}

export interface MessageRow {
    readonly message: ChatmsgInfo;
    readonly own: boolean;
    /** The one before has the same author, a moment ago. */
    readonly together: boolean;
    readonly author: PersonView;
    /** Who may be mentioned. */
    readonly people: readonly PersonInfo[];
    readonly read: string;
    /** It is the one that was looked for. */
    readonly found: boolean;
}

export function messageRow(row: MessageRow): TemplateResult {
    const { message, own, together, author, found } = row;
    if (message.kind === 'call') {
        return callLine(message, own);
    }
    if (message.kind === 'meeting') {
        return meetingLine(message, own);
    }
    const look = `${own ? 'own' : ''} ${together ? 'together' : ''} ${found ? 'found' : ''}`;
    return html`<div class="message ${look}" aria-current=${found ? 'true' : nothing}>
        ${own || together
            ? nothing
            : html`<vv-portrait class="face" link size="s" .person=${author}></vv-portrait>`}
        ${together ? nothing : head(row)}
        <div class="bubble" title=${formatMoment(message.at)}>
            ${message.text
                ? html`<vv-text .text=${message.text} .mentions=${row.people}></vv-text>`
                : html`<em class="muted">${t('chat-erased')}</em>`}
        </div>
        ${row.read ? html`<div class="foot">${row.read}</div>` : nothing}
    </div>`;
}

function head({ message, own, author }: MessageRow): TemplateResult {
    return html`<div class="head">
        ${own ? nothing : html`<vv-person .person=${author}></vv-person>`}
        <time class="muted" datetime=${new Date(message.at * 1000).toISOString()}
            >${formatHour(message.at)}</time
        >
    </div>`;
}

function callLine(message: ChatmsgInfo, own: boolean): TemplateResult {
    const hour = formatHour(message.at);
    return html`<p class="line" dir="auto">${callWords(message, own)} · ${hour}</p>`;
}

/** A meeting that somebody began: where it is stands in plain sight, and a click joins. */
function meetingLine({ author, at, text }: ChatmsgInfo, own: boolean): TemplateResult {
    const key = own ? 'chat-meeting-own' : 'chat-meeting';
    const host = URL.canParse(text) ? new URL(text).host : '';
    return html`<div class="line meeting">
        <span dir="auto">${t(key, { name: author.fullName })} · ${formatHour(at)}</span>
        <a
            class="button"
            href=${text}
            target="_blank"
            rel="noopener noreferrer"
            >${cameraIcon}${t('chat-meeting-join', { host })}</a
        >
    </div>`;
}

export function outgoingRow(
    out: Outgoing,
    connected: boolean,
    retry: () => void,
    discard: () => void,
): TemplateResult {
    const failed = out.problem !== '';
    return html`<div class="message own ${failed ? '' : 'sending'}">
        <div class="bubble"><vv-text .text=${out.text}></vv-text></div>
        ${failed
            ? html`<div class="foot failed" role="alert">
                  ${t('chat-not-sent', { why: problemText({ error: out.problem }) })}
                  <button type="button" class="button quiet" @click=${retry}>
                      ${t('try-again')}
                  </button>
                  <button type="button" class="button quiet" @click=${discard}>
                      ${t('delete')}
                  </button>
              </div>`
            : html`<div class="foot">${t(connected ? 'chat-sending' : 'chat-waiting')}</div>`}
    </div>`;
}

/** Who is typing; empty when nobody is. */
export function typingWords(fullNames: readonly string[]): string {
    const names = formatList(fullNames);
    return names && t('chat-typing', { names, count: fullNames.length });
}

/** Who has read the latest message; of two it needs no name. */
export function readWords(fullNames: readonly string[], direct: boolean): string {
    const names = formatList(fullNames);
    return names && (direct ? t('chat-read') : t('chat-read-by', { names }));
}
