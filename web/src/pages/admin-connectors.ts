// SPDX-License-Identifier: Apache-2.0
// The connectors: what each is, whether it is active, its settings.
import { html, nothing, type TemplateResult } from 'lit';
import { hasText, t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { settingsIcon } from '../ui/icons.ts';
import '../ui/field.ts';
import '../ui/webrtc-settings.ts';
import type { ConnectorRow } from './admin-api.ts';
import './admin-phones.ts';
import { AdminPart } from './admin-part.ts';
import type { ApiProblem } from './services.ts';
import { formValues, problemText } from './shared.ts';
import { tryIceServer } from '../platform/ice-test.ts';
import { RELAY_WAYS, tryRelay } from '../platform/relay-test.ts';
import type { RelayTrial, RelayView, WebrtcView } from '../ui/types.ts';

const FOLLOW_MS = 3000;

/** The page's own text for what a built-in connector says, or what the connector says itself. */
function own(key: string, given: string): string {
    return hasText(key) ? t(key) : given;
}

export class VvAdminConnectors extends AdminPart {
    static override properties = {
        rows: { state: true },
        phones: { state: true },
        publicServer: { state: true },
        open: { state: true },
        webrtc: { state: true },
        relay: { state: true },
        trials: { state: true },
        problem: { state: true },
    };
    declare rows: ConnectorRow[] | undefined;
    /** Phones are offered calls. */
    declare phones: boolean;
    declare publicServer: string;
    declare open: string;
    declare webrtc: WebrtcView | undefined;
    declare relay: RelayView | undefined;
    declare trials: readonly RelayTrial[];
    declare problem: { field: string; text: string } | undefined;

    constructor() {
        super();
        this.rows = undefined;
        this.phones = true;
        this.publicServer = '';
        this.open = '';
        this.webrtc = undefined;
        this.relay = undefined;
        this.trials = [];
        this.problem = undefined;
    }

    protected override firstUpdated(): void {
        void this.attempt(() => this.load());
    }

    private async load(): Promise<void> {
        const { connectors, phones, publicServer } = await this.admin.connectors();
        this.rows = connectors;
        this.phones = phones;
        this.publicServer = publicServer;
    }

    /** Whatever becomes of it, the switch shows what the server says. */
    private async toggle(row: ConnectorRow, box: HTMLInputElement): Promise<void> {
        await this.attempt(() => this.admin.switchConnector(row.name, box.checked));
        await this.attempt(() => this.load());
        box.checked = this.rows?.find(({ name }) => name === row.name)?.active ?? row.active;
    }

    private settings(row: ConnectorRow): Promise<void> {
        return this.attempt(async () => {
            this.problem = undefined;
            if (row.kind === 'media') {
                const [form] = await Promise.all([this.admin.webrtc(), this.follow()]);
                form.servers.forEach((server, kept) => (server.kept = kept));
                this.webrtc = form;
            }
            this.open = row.name;
        });
    }

    /** The built-in server's figures, as long as they are before somebody's eyes. */
    private async follow(): Promise<void> {
        this.trials = [];
        this.relay = await this.admin.relay();
        const again = async (): Promise<void> => {
            if (this.isConnected && this.open !== '') {
                this.relay = await this.admin.relay().catch(() => this.relay);
                setTimeout(() => void again(), FOLLOW_MS);
            }
        };
        setTimeout(() => void again(), FOLLOW_MS);
    }

    private tryRelay(): Promise<void> {
        return this.attempt(async () => {
            const server = await this.admin.tryRelay();
            this.trials = RELAY_WAYS.map((way) => ({ way, result: 'testing' }));
            await tryRelay(server, (way, result) => {
                this.trials = this.trials.map((one) =>
                    one.way === way ? { way, result } : one);
            });
        });
    }

    private saveWebrtc(form: WebrtcView): Promise<void> {
        return this.attempt(
            async () => {
                await this.admin.saveWebrtc(form);
                this.open = '';
                this.toast(t('saved'));
                await this.load();
            },
            (problem) => this.atWebrtcField(problem),
        );
    }

    private atWebrtcField({ error, field = '' }: ApiProblem): boolean {
        if (error !== 'invalid' || field === '') {
            return false;
        }
        const parts = field.split('.');
        const kind = parts[2] === 'urls' ? 'url' : (parts[2] ?? parts[0] ?? '');
        this.problem = { field, text: problemText({ error, field: kind }) };
        return true;
    }

    private saveValues(event: SubmitEvent, row: ConnectorRow): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const value = formValues(form);
        const values = Object.fromEntries(
            row.fields.map(({ name }) => [name, value(name).trim()]));
        return this.attempt(
            async () => {
                await this.admin.saveValues(row.name, values);
                this.open = '';
                this.toast(t('saved'));
                await this.load();
            },
            (problem) => this.showAtField(form, problem),
        );
    }

    protected override render(): TemplateResult {
        const rows = this.rows;
        const row = rows?.find(({ name }) => name === this.open);
        return html`${this.publicServer
                ? html`<p class="banner" role="status">
                      ${t('admin-public', { url: this.publicServer })}
                  </p>`
                : nothing}
            ${rows
                ? html`<ul class="card list">
                      ${rows.map((one) => html`<li>${this.line(one)}</li>`)}
                  </ul>
                  <vv-admin-phones
                      .phones=${this.phones}
                      @vv-renew=${() => this.attempt(() => this.load())}
                  ></vv-admin-phones>`
                : html`<p class="empty">${t('loading')}</p>`}
            ${row?.kind === 'media' && this.webrtc
                ? html`<vv-webrtc-settings
                      open
                      .form=${this.webrtc}
                      .problem=${this.problem}
                      .relay=${this.relay}
                      .trials=${this.trials}
                      @vv-try=${() => this.tryRelay()}
                      .test=${async (server: RTCIceServer, kept?: number) =>
                          tryIceServer(
                              kept === undefined ? server : await this.admin.tryServer(kept))}
                      @vv-save=${(event: CustomEvent<WebrtcView>) => this.saveWebrtc(event.detail)}
                      @vv-close=${() => (this.open = '')}
                  ></vv-webrtc-settings>`
                : nothing}
            ${row && row.kind !== 'media' ? this.dialog(row) : nothing}`;
    }

    private line(row: ConnectorRow): TemplateResult {
        const name = own(`connector-${row.name}-title`, row.title);
        const settable = row.kind === 'media' || row.fields.length > 0;
        return html`<div class="login">
            <div>
                <strong dir="auto">${name}</strong>
                <div class="muted small" dir="auto">
                    ${own(`connector-${row.name}-description`, row.description)}
                </div>
            </div>
            <div class="form-row">
                <label
                    ><input
                        type="checkbox"
                        role="switch"
                        aria-label=${t('admin-active-title', { name })}
                        .checked=${row.active}
                        @change=${(event: Event) =>
                            this.toggle(row, event.target as HTMLInputElement)}
                    />
                    ${t('admin-active')}</label
                >
                ${settable
                    ? html`<button
                          type="button"
                          class="button"
                          title=${t('admin-settings-of', { name })}
                          aria-label=${t('admin-settings-of', { name })}
                          @click=${() => this.settings(row)}
                      >
                          ${settingsIcon}${t('admin-settings')}
                      </button>`
                    : nothing}
            </div>
        </div>`;
    }

    private dialog(row: ConnectorRow): TemplateResult {
        const name = own(`connector-${row.name}-title`, row.title);
        return html`<vv-dialog
            open
            .heading=${t('admin-settings-of', { name })}
            @vv-close=${() => (this.open = '')}
        >
            <form class="form" @submit=${(event: SubmitEvent) => this.saveValues(event, row)}>
                ${row.fields.map(
                    (field) =>
                        html`<vv-field
                            name=${field.name}
                            .label=${own(`field-${row.name}-${field.name}`, field.title)}
                            .hint=${own(`field-${row.name}-${field.name}-hint`, field.hint)}
                            .value=${field.value}
                        ></vv-field>`,
                )}
                <div class="form-row"><button class="button primary">${t('save')}</button></div>
            </form>
        </vv-dialog>`;
    }
}
define('vv-admin-connectors', VvAdminConnectors);
