// SPDX-License-Identifier: Apache-2.0
// Open invitations, running calls, and what administrators did.
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { formatDuration, formatMoment, hasText, t } from '../text/text.ts';
import '../ui/confirm.ts';
import { define } from '../ui/element.ts';
import { shownName } from '../ui/shown-name.ts';
import type { AdminCall, AdminGuestLink, AuditEntry, OpenInvitation } from './admin-api.ts';
import { AdminPart } from './admin-part.ts';

const CALLS_EVERY_MS = 5000;

/** A list that is read when it is shown and after each act. */
abstract class AdminList<T> extends AdminPart {
    static override properties = { rows: { state: true } };
    declare rows: T[] | undefined;

    constructor() {
        super();
        this.rows = undefined;
    }

    protected override firstUpdated(): void {
        void this.load();
    }

    protected load(): Promise<void> {
        return this.attempt(async () => {
            this.rows = await this.read();
        });
    }

    protected act(action: () => Promise<void>): Promise<void> {
        return this.attempt(action).then(() => this.load());
    }

    protected abstract read(): Promise<T[]>;
    /** What a row is about: it keeps its button while those above it go. */
    protected abstract key(row: T): string | number;
    protected abstract line(row: T): TemplateResult;

    protected list(none: string): TemplateResult {
        if (!this.rows) {
            return html`<p class="empty">${t('loading')}</p>`;
        }
        return this.rows.length === 0
            ? html`<p class="empty" role="status">${t(none)}</p>`
            : html`<ul class="card list" tabindex="-1">
                  ${repeat(
                      this.rows,
                      (row) => this.key(row),
                      (row) => html`<li class="login">${this.line(row)}</li>`,
                  )}
              </ul>`;
    }
}

export class VvAdminInvitations extends AdminList<OpenInvitation> {
    protected read(): Promise<OpenInvitation[]> {
        return this.admin.invitations();
    }

    protected key({ id }: OpenInvitation): string {
        return id;
    }

    protected line({ id, kind, name, expires }: OpenInvitation): TemplateResult {
        const when = formatMoment(expires);
        return html`<div>${t('invitations-line', { kind, name, when })}</div>
            <button
                type="button"
                class="button"
                @click=${() => this.act(() => this.admin.withdraw(id))}
            >
                ${t('invitations-withdraw')}
            </button>`;
    }

    protected override render(): TemplateResult {
        return this.list('invitations-none');
    }
}
define('vv-admin-invitations', VvAdminInvitations);

/** Links for guests, of everybody. */
export class VvAdminGuests extends AdminList<AdminGuestLink> {
    static override properties = { rows: { state: true }, ending: { state: true } };
    declare ending: string;

    constructor() {
        super();
        this.ending = '';
    }

    protected read(): Promise<AdminGuestLink[]> {
        return this.admin.guestLinks();
    }

    protected key({ id }: AdminGuestLink): string {
        return id;
    }

    protected line({ id, host, guest, label, state, expires }: AdminGuestLink): TemplateResult {
        const name = guest || label || '–';
        const text = t('admin-guests-line', { host, name, state, when: formatMoment(expires) });
        return html`<div dir="auto">${text}</div>
            ${state === 'used' || state === 'expired'
                ? nothing
                : html`<button type="button" class="button" @click=${() => (this.ending = id)}>
                      ${t('invitations-withdraw')}
                  </button>`}`;
    }

    protected override render(): TemplateResult {
        return html`<h2 class="day-head">${t('admin-guests-title')}</h2>
            ${this.list('admin-guests-none')}
            <vv-confirm
                ?open=${this.ending !== ''}
                .heading=${t('admin-guests-withdraw-title')}
                .text=${t('admin-guests-withdraw-text')}
                .action=${t('invitations-withdraw')}
                @vv-close=${() => (this.ending = '')}
                @vv-confirm=${() => {
                    const id = this.ending;
                    this.ending = '';
                    void this.act(() => this.admin.withdrawGuest(id));
                }}
            ></vv-confirm>`;
    }
}
define('vv-admin-guests', VvAdminGuests);

export class VvAdminCalls extends AdminList<AdminCall> {
    static override properties = { rows: { state: true }, ending: { state: true } };
    declare ending: string;
    private timer: ReturnType<typeof setInterval> | undefined;

    constructor() {
        super();
        this.ending = '';
    }

    override connectedCallback(): void {
        super.connectedCallback();
        this.timer = setInterval(() => void this.load(), CALLS_EVERY_MS);
    }

    override disconnectedCallback(): void {
        clearInterval(this.timer);
        super.disconnectedCallback();
    }

    protected read(): Promise<AdminCall[]> {
        return this.admin.calls();
    }

    protected key({ id }: AdminCall): string {
        return id;
    }

    protected line({ id, caller, callee, state, seconds }: AdminCall): TemplateResult {
        const names = { caller: shownName(caller), callee: shownName(callee) };
        const text = t('calls-line', { ...names, state, time: formatDuration(seconds) });
        return html`<div>${text}</div>
            <button type="button" class="button end" @click=${() => (this.ending = id)}>
                ${t('calls-end')}
            </button>`;
    }

    protected override render(): TemplateResult {
        return html`${this.list('calls-none')}
            <vv-confirm
                ?open=${this.ending !== ''}
                .heading=${t('calls-end-title')}
                .text=${t('calls-end-text')}
                .action=${t('calls-end')}
                @vv-close=${() => (this.ending = '')}
                @vv-confirm=${() => {
                    const id = this.ending;
                    this.ending = '';
                    void this.act(() => this.admin.endCall(id));
                }}
            ></vv-confirm>`;
    }
}
define('vv-admin-calls', VvAdminCalls);

export class VvAdminAudit extends AdminList<AuditEntry> {
    static override properties = { rows: { state: true }, next: { state: true } };
    declare next: number;

    constructor() {
        super();
        this.next = 0;
    }

    protected async read(): Promise<AuditEntry[]> {
        const { entries, next } = await this.admin.audit(this.next);
        this.next = next;
        return [...(this.rows ?? []), ...entries];
    }

    protected key({ seq }: AuditEntry): number {
        return seq;
    }

    protected line({ at, by, act, target, detail }: AuditEntry): TemplateResult {
        const key = `audit-${act}`;
        const title = `connector-${target}-title`;
        const named = act.startsWith('connector-') && hasText(title) ? t(title) : target;
        const text = hasText(key) ? t(key, { target: named, detail })
            : `${act} ${target} ${detail}`;
        return html`<div><strong>${by || t('audit-command-line')}</strong> ${text}</div>
            <span class="muted small">${formatMoment(at)}</span>`;
    }

    protected override render(): TemplateResult {
        return html`${this.list('audit-none')}
            ${this.next > 0
                ? html`<div class="pager">
                      <button type="button" class="button" @click=${() => this.load()}>
                          ${t('audit-older')}
                      </button>
                  </div>`
                : nothing}`;
    }
}
define('vv-admin-audit', VvAdminAudit);
