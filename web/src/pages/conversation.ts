// SPDX-License-Identifier: Apache-2.0
// The talk of one room: history by pages, what is on its way, who types, who has read, and where
// one writes. The same in the chat page and in a mini window.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { readersOf, typingNow } from '../model/conversation.ts';
import { joinPast, readAfter, readAround, readBefore, type Excerpt } from '../model/excerpt.ts';
import type { ChatmsgInfo, RoomInfo } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import '../ui/composer.ts';
import { controlStyles, define } from '../ui/element.ts';
import { conversationStyle } from './conversation-style.ts';
import { dayRow, messageRow, outgoingRow, readWords, typingWords } from './message-rows.ts';
import { Part } from './part.ts';
import { asProblem, problemText } from './shared.ts';

/** So near the end one reads the latest: new messages keep it in view. */
const END_PX = 80;
/** Messages of one author so close together stand under one name. */
const TOGETHER_S = 300;

export class VvConversation extends Part {
    static override properties = {
        room: {},
        at: { attribute: false },
        compact: { type: Boolean, reflect: true },
        past: { state: true },
        problem: { state: true },
        reading: { state: true },
    };
    static override styles = [controlStyles, conversationStyle];
    declare room: string;
    /** Which message is looked for; undefined: the latest ones are shown. */
    declare at: { seq: number } | undefined;
    declare compact: boolean;
    /** Shown instead of the latest messages, while others are missing between. */
    declare past: Excerpt | undefined;
    declare problem: string;
    /** An earlier page is on its way. */
    declare reading: boolean;
    private atEnd = true;
    /** Where the unread ones began when the room was opened. */
    private newFrom = 0;
    private opened = '';
    /** Until it is known where the unread ones begin, nothing counts as seen. */
    private opening = false;
    private readonly onSeen = (): void => this.seen();

    constructor() {
        super();
        this.room = '';
        this.at = undefined;
        this.past = undefined;
        this.compact = false;
        this.problem = '';
        this.reading = false;
    }

    override connectedCallback(): void {
        super.connectedCallback();
        window.addEventListener('focus', this.onSeen);
        document.addEventListener('visibilitychange', this.onSeen);
    }

    override disconnectedCallback(): void {
        window.removeEventListener('focus', this.onSeen);
        document.removeEventListener('visibilitychange', this.onSeen);
        super.disconnectedCallback();
    }

    override focus(): void {
        this.shadowRoot?.querySelector<HTMLElement>('vv-composer')?.focus();
    }

    private get log(): HTMLElement | null {
        return this.shadowRoot?.querySelector('.log') ?? null;
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('room') && this.room !== this.opened) {
            this.opened = this.room;
            this.atEnd = true;
            this.newFrom = 0;
            this.past = undefined;
            void this.open(this.room);
        } else if (changed.has('at')) {
            void this.find();
        }
        const { log } = this;
        if (log && this.atEnd) {
            log.scrollTop = log.scrollHeight;
        }
        this.seen();
    }

    private async open(id: string): Promise<void> {
        this.problem = '';
        this.opening = true;
        try {
            await this.chat.open(id);
            const room = this.chat.room(id);
            if (id === this.room && room && room.unread > 0) {
                this.newFrom = room.read + 1;
                this.requestUpdate();
            }
        } catch (thrown) {
            if (id === this.room) {
                const problem = asProblem(thrown);
                this.problem =
                    problem.error === 'not-found' ? t('room-gone') : problemText(problem);
            }
        }
        if (id === this.room) {
            this.opening = false;
            await this.find();
            this.seen();
        }
    }

    private read(part: { before: number } | { after: number }) {
        return this.talkApi.history(this.room, part);
    }

    /** Shows the message that is looked for, or the latest ones. */
    private async find(): Promise<void> {
        const { at, room } = this;
        if (!at) {
            this.toLatest();
            return;
        }
        if (!this.chat.talk(room).loaded) {
            return; // Once it is open.
        }
        await this.attempt(async () => {
            const past = await readAround((part) => this.read(part), at.seq);
            if (at === this.at && room === this.room) {
                this.atEnd = false;
                this.past = this.joins(past) ? undefined : past;
            }
        });
        await this.updateComplete;
        this.log?.querySelector('.found')?.scrollIntoView({ block: 'center' });
    }

    /** Whether it reaches what is known, and is part of it from now on. */
    private joins(past: Excerpt): boolean {
        const joined = joinPast(this.chat.talk(this.room), past);
        if (joined) {
            this.chat.become(this.room, () => joined);
        }
        return joined !== undefined;
    }

    private toLatest(): void {
        if (this.past) {
            this.past = undefined;
            this.atEnd = true;
        }
    }

    /** The page after the run of the past; it ends where it reaches what is known. */
    private async later(): Promise<void> {
        const { past } = this;
        if (past && !this.reading) {
            this.reading = true;
            await this.attempt(async () => {
                const longer = await readAfter((part) => this.read(part), past);
                if (past === this.past) {
                    this.past = this.joins(longer) ? undefined : longer;
                }
            });
            this.reading = false;
        }
    }

    /** Read is what somebody could see: this page before one's eyes, at its end. */
    private seen(): void {
        const looking = document.visibilityState === 'visible' && document.hasFocus();
        const latest = this.atEnd && !this.past;
        if (looking && latest && !this.opening && this.chat.talk(this.room).loaded) {
            this.chat.seen(this.room);
        }
    }

    private onScroll(): void {
        const { log } = this;
        if (!log) {
            return;
        }
        const end = log.scrollHeight - log.scrollTop - log.clientHeight < END_PX;
        this.atEnd = end && !this.past;
        this.seen();
        if (log.scrollTop < END_PX && this.hasEarlier && !this.reading) {
            void this.earlier();
        } else if (end && this.past) {
            void this.later();
        }
    }

    /** What one reads stays where it is while the page before comes in above it. */
    private async earlier(): Promise<void> {
        const { log } = this;
        const below = log ? log.scrollHeight - log.scrollTop : 0;
        this.reading = true;
        await this.attempt(() => this.readEarlier());
        this.reading = false;
        await this.updateComplete;
        if (log) {
            log.scrollTop = log.scrollHeight - below;
        }
    }

    private get hasEarlier(): boolean {
        return (this.past ?? this.chat.talk(this.room)).earlier;
    }

    private async readEarlier(): Promise<void> {
        const { past } = this;
        if (!past) {
            return this.chat.earlier(this.room);
        }
        const longer = await readBefore((part) => this.read(part), past);
        this.past = past === this.past ? longer : this.past;
    }

    private onSend(text: string): void {
        this.past = undefined;
        this.atEnd = true;
        this.newFrom = 0;
        this.chat.send(this.room, text);
    }

    protected override render(): TemplateResult {
        if (this.problem) {
            return html`<div class="calm">
                <p class="problem" role="alert">${this.problem}</p>
                <button type="button" class="button" @click=${() => this.open(this.room)}>
                    ${t('try-again')}
                </button>
            </div>`;
        }
        const room = this.chat.room(this.room);
        const talk = this.chat.talk(this.room);
        return html`<div
                class="log"
                role="log"
                tabindex="0"
                aria-label=${t('chat-log')}
                @scroll=${() => this.onScroll()}
            >
                ${this.hasEarlier ? this.earlierButton() : nothing}
                ${talk.loaded ? this.rows(room) : html`<p class="hint">${t('loading')}</p>`}
                ${this.past ? this.laterButton() : talk.outgoing.map((out) =>
                    outgoingRow(
                        out,
                        this.live.connected,
                        () => this.chat.retry(this.room, out.id),
                        () => this.chat.discard(this.room, out.id),
                    ),
                )}
            </div>
            ${this.past
                ? html`<button
                      type="button"
                      class="button quiet latest"
                      @click=${() => this.toLatest()}
                  >
                      ${t('chat-latest')}
                  </button>`
                : nothing}
            <p class="typing small muted" role="status">${this.typing()}</p>
            ${room?.peer && this.live.callOffer(room.peer.name).gone
                ? html`<p class="hint">${t('chat-peer-gone')}</p>`
                : this.composer()}`;
    }

    private composer(): TemplateResult {
        return html`<vv-composer
            compact
            .label=${t('chat-write')}
            .action=${t('send')}
            @vv-send=${(event: CustomEvent<{ text: string }>) => this.onSend(event.detail.text)}
            @vv-typing=${() => this.chat.typing(this.room)}
        ></vv-composer>`;
    }

    private earlierButton(): TemplateResult {
        return html`<button
            type="button"
            class="button quiet earlier"
            ?disabled=${this.reading}
            @click=${() => this.earlier()}
        >
            ${t(this.reading ? 'loading' : 'chat-earlier')}
        </button>`;
    }

    private laterButton(): TemplateResult {
        return html`<button
            type="button"
            class="button quiet earlier"
            ?disabled=${this.reading}
            @click=${() => this.later()}
        >
            ${t(this.reading ? 'loading' : 'chat-later')}
        </button>`;
    }

    private rows(room: RoomInfo | undefined): TemplateResult | TemplateResult[] {
        const talk = this.chat.talk(this.room);
        const { outgoing } = talk;
        const { messages } = this.past ?? talk;
        if (messages.length === 0 && outgoing.length === 0) {
            return html`<p class="hint">${t('chat-empty')}</p>`;
        }
        const now = Date.now();
        return messages.map((message, i) => {
            const before = messages[i - 1];
            const day = dayRow(before?.at, message.at, now);
            const fresh = this.newFrom > 0 && message.seq === this.newFrom;
            const together =
                !day && !fresh && before?.kind === 'text' && message.kind === 'text' &&
                before.author.name === message.author.name &&
                message.at - before.at < TOGETHER_S;
            return html`${day ?? nothing}${fresh
                    ? html`<p class="new" role="separator">${t('chat-new')}</p>`
                    : nothing}${messageRow({
                    message,
                    own: message.author.name === this.self,
                    together,
                    author: this.latest(message.author),
                    people: this.chat.people(this.room),
                    read: i === messages.length - 1 ? this.readBy(message, room) : '',
                    found: message.seq === this.at?.seq,
                })}`;
        });
    }

    /** Under one's latest message: who has read it. */
    private readBy(message: ChatmsgInfo, room: RoomInfo | undefined): string {
        if (message.author.name !== this.self || message.kind === 'call') {
            return '';
        }
        const readers = readersOf(this.chat.talk(this.room), message.seq, this.self);
        return readWords(
            readers.map((name) => this.fullName(name)),
            room?.kind === 'direct',
        );
    }

    private fullName(name: string): string {
        const person = this.chat.people(this.room).find((one) => one.name === name);
        return person?.fullName ?? name;
    }

    private typing(): string {
        const names = typingNow(this.chat.talk(this.room), Date.now());
        return typingWords(names.map((name) => this.fullName(name)));
    }
}
define('vv-conversation', VvConversation);

declare global {
    interface HTMLElementTagNameMap {
        'vv-conversation': VvConversation;
    }
}
