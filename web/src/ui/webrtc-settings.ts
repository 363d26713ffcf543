// SPDX-License-Identifier: Apache-2.0
// The WebRTC settings: ordered ICE servers, policy, log. Nothing changes before Save. Events:
// vv-save {form}, vv-close.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './confirm.ts';
import './dialog.ts';
import { define, VvLightElement } from './element.ts';
import './field.ts';
import type { VvField } from './field.ts';
import { trashIcon } from './icons.ts';
import { plusIcon } from './portal-icons.ts';
import './relay-server.ts';
import type { IceServerView as Server, RelayTrial, RelayView, WebrtcView } from './types.ts';

type Test = (server: RTCIceServer, kept?: number) => Promise<string>;
const SERVERS_MAX = 16;
/** Foreign, so it is off at first; src/connectors/webrtc/webrtc.c knows it as such. */
const PUBLIC_SERVER = 'stun:stun.l.google.com:19302';
const isPublic = ({ urls }: Server): boolean => urls.includes(PUBLIC_SERVER);

export class VvWebrtcSettings extends VvLightElement {
    static override properties = {
        open: { type: Boolean },
        form: { attribute: false },
        problem: { attribute: false },
        test: { attribute: false },
        relay: { attribute: false },
        trials: { attribute: false },
        servers: { state: true },
        removing: { state: true },
        results: { state: true },
    };
    declare open: boolean;
    declare form: WebrtcView;
    declare problem: { field: string; text: string } | undefined;
    declare test: Test;
    /** The built-in server: always first, before those of the form. */
    declare relay: RelayView | undefined;
    declare trials: readonly RelayTrial[];
    declare servers: Server[];
    declare removing: number;
    declare results: ReadonlyMap<Server, string>;
    /** Where one was removed, until the question is gone; -1: none. */
    private removed = -1;

    constructor() {
        super();
        this.open = false;
        this.form = { servers: [], relayOnly: false, poolSize: 0, collectLog: false };
        this.problem = undefined;
        this.test = () => Promise.resolve('nothing');
        this.relay = undefined;
        this.trials = [];
        this.servers = [];
        this.removing = -1;
        this.results = new Map();
    }

    protected override willUpdate(changed: PropertyValues<this>): void {
        if (changed.has('form')) {
            this.servers = this.form.servers.map((server) => ({ ...server }));
        }
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('problem') && this.problem) {
            const name = this.problem.field.replace(/\.urls\.\d+$/, '.url');
            for (const field of this.querySelectorAll<VvField>('vv-field')) {
                if (field.name === name) {
                    field.error = this.problem.text;
                    void field.updateComplete.then(() => field.focus());
                }
            }
        }
    }

    private change(index: number, part: Partial<Server>): void {
        this.servers = this.servers.map((one, i) => (i === index ? { ...one, ...part } : one));
    }

    /** One writes at once into the new one. */
    private add(index: number): void {
        const empty: Server = { urls: [], credentials: false, username: '' };
        this.servers = this.servers.toSpliced(index, 0, empty);
        this.focusAt(index, 'input');
    }

    /** The focus goes with the server: a second press moves the same one. */
    private move(index: number, to: number): void {
        const server = this.servers[index];
        if (server) {
            this.servers = this.servers.toSpliced(index, 1).toSpliced(to, 0, server);
            const [up, down] = [to > 0, to < this.servers.length - 1];
            const again = to < index ? up : !down;
            this.focusAt(to, again ? '.webrtc-up' : '.webrtc-down');
        }
    }

    private take(): void {
        this.servers = this.servers.toSpliced(this.removing, 1);
        this.removed = this.removing;
        this.removing = -1;
    }

    /** What was pressed may be gone: the focus goes to its like of the next one. */
    private asked(): void {
        this.removing = -1;
        if (this.removed >= 0) {
            this.focusAt(Math.min(this.removed, this.servers.length - 1), '.webrtc-remove');
            this.removed = -1;
        }
    }

    private focusAt(index: number, what: string): void {
        void this.updateComplete.then(async () => {
            const server = this.querySelectorAll('.ice-server')[index] ?? this;
            await server.querySelector<VvField>('vv-field')?.updateComplete;
            const wanted = server.querySelector<HTMLElement>(what)
                ?? this.querySelector<HTMLElement>('.webrtc-add-first');
            wanted?.focus();
        });
    }

    private usePublic(on: boolean): void {
        const own = this.servers.filter((server) => !isPublic(server));
        const entry: Server = { urls: [PUBLIC_SERVER], credentials: false, username: '' };
        this.servers = on ? [...own, entry] : own;
    }

    private async run(server: Server): Promise<void> {
        const tell = (result: string): void => {
            this.results = new Map(this.results).set(server, result);
        };
        tell('testing');
        const before = server.kept === undefined ? undefined : this.form.servers[server.kept];
        const same =
            before?.urls.join(' ') === server.urls.join(' ') &&
            before.username === server.username && server.password === undefined;
        const { urls, username, password = '' } = server;
        const given = server.credentials ? { urls, username, credential: password } : { urls };
        const kept = same ? server.kept : undefined;
        tell(`test-${await this.test(given, kept).catch(() => 'nothing')}`);
    }

    private save(event: Event): void {
        event.preventDefault();
        const checked = (name: string): boolean =>
            this.querySelector<HTMLInputElement>(`input[name=${name}]`)?.checked ?? false;
        const pool = this.querySelector<HTMLInputElement>('input[name=poolSize]')?.value ?? '0';
        const servers = this.servers.map(({ password, ...server }) => ({
            ...server,
            urls: server.urls.length > 0 ? server.urls : [''],
            ...(password === undefined ? {} : { password }),
        }));
        this.emit('vv-save', {
            servers,
            relayOnly: checked('relayOnly'),
            collectLog: checked('collectLog'),
            poolSize: Number(pool),
        });
    }

    protected override render(): TemplateResult {
        return html`<vv-dialog .heading=${t('webrtc-title')} ?open=${this.open}>
                <form class="form" novalidate @submit=${(event: Event) => this.save(event)}>
                    <p class="muted small">${t('webrtc-servers')}</p>
                    <vv-relay-server
                        .relay=${this.relay}
                        .trials=${this.trials}
                    ></vv-relay-server>
                    ${this.servers.length === 0
                        ? html`<p class="problem" role="status">
                                  ${t(`webrtc-${this.relay?.state === 'on' ? 'no-other' : 'none'}`)}
                              </p>
                              ${this.button('webrtc-add-first', plusIcon, () => this.add(0))}`
                        : this.servers.map((server, i) => this.server(server, i))}
                    ${this.publicServer()}
                    ${this.box('relayOnly', 'webrtc-relay-only', this.form.relayOnly)}
                    <vv-field
                        name="poolSize"
                        .label=${t('webrtc-pool')}
                        .value=${String(this.form.poolSize)}
                    ></vv-field>
                    ${this.box('collectLog', 'webrtc-collect', this.form.collectLog)}
                    <div class="form-row">
                        <button class="button primary">${t('webrtc-save')}</button>
                        ${this.button('cancel', nothing, () => this.emit('vv-close'))}
                    </div>
                </form>
            </vv-dialog>
            <vv-confirm
                ?open=${this.removing >= 0}
                .heading=${t('webrtc-remove-title')}
                .text=${t('webrtc-remove-text', {
                    url: this.servers[this.removing]?.urls[0] ?? '',
                })}
                .action=${t('webrtc-remove')}
                @vv-close=${(event: Event) => {
                    event.stopPropagation();
                    this.asked();
                }}
                @vv-confirm=${() => this.take()}
            ></vv-confirm>`;
    }

    private server(server: Server, i: number): TemplateResult {
        const set = (key: 'username' | 'password') => (event: Event) =>
            this.change(i, { [key]: (event.target as HTMLInputElement).value });
        const result = this.results.get(server);
        return html`<fieldset class="form ice-server">
            <legend>${t('webrtc-server', { number: i + 1 })}</legend>
            <vv-field
                name="servers.${i}.url"
                .label=${t('webrtc-url')}
                .hint=${t('webrtc-url-hint')}
                .max=${1100}
                .value=${server.urls.join(' ')}
                @input=${(event: Event) =>
                    this.change(i, {
                        urls: (event.target as HTMLInputElement).value.split(/\s+/).filter(Boolean),
                    })}
            ></vv-field>
            <label
                ><input
                    type="checkbox"
                    .checked=${server.credentials}
                    @change=${(event: Event) =>
                        this.change(i, {
                            credentials: (event.target as HTMLInputElement).checked,
                        })}
                />
                ${t('webrtc-credentials')}</label
            >
            ${server.credentials
                ? html`<vv-field
                          name="servers.${i}.username"
                          .label=${t('webrtc-username')}
                          .max=${128}
                          .value=${server.username}
                          @input=${set('username')}
                      ></vv-field>
                      <vv-field
                          name="servers.${i}.password"
                          type="password"
                          complete="new-password"
                          .label=${t('webrtc-password')}
                          .hint=${server.kept === undefined ? '' : t('webrtc-password-kept')}
                          .value=${server.password ?? ''}
                          @input=${set('password')}
                      ></vv-field>`
                : nothing}
            <div class="form-row">
                ${this.button('webrtc-test', nothing, () => void this.run(server))}
                ${this.button('webrtc-up', nothing, () => this.move(i, i - 1), i === 0)}
                ${this.button('webrtc-down', nothing, () => this.move(i, i + 1),
                    i === this.servers.length - 1)}
                ${this.button('webrtc-add', plusIcon, () => this.add(i + 1),
                    this.servers.length >= SERVERS_MAX)}
                ${this.button('webrtc-remove', trashIcon, () => (this.removing = i))}
            </div>
            ${result ? html`<p role="status">${t(`webrtc-${result}`)}</p>` : nothing}
        </fieldset>`;
    }

    /** The one entry that comes with the product: switched on it is a server of the list. */
    private publicServer(): TemplateResult {
        const on = this.servers.some(isPublic);
        const set = (event: Event): void =>
            this.usePublic((event.target as HTMLInputElement).checked);
        return html`<div>
            <label
                ><input
                    type="checkbox"
                    role="switch"
                    name="public"
                    aria-describedby="webrtc-public-hint"
                    .checked=${on}
                    ?disabled=${!on && this.servers.length >= SERVERS_MAX}
                    @change=${set}
                />
                ${t('webrtc-public', { url: PUBLIC_SERVER })}</label
            >
            <p id="webrtc-public-hint" class="muted small">${t('webrtc-public-hint')}</p>
        </div>`;
    }

    private box(name: string, key: string, on: boolean): TemplateResult {
        return html`<label
            ><input type="checkbox" name=${name} .checked=${on} /> ${t(key)}</label
        >`;
    }

    private button(key: string, icon: unknown, act: () => void, off = false): TemplateResult {
        return html`<button
            type="button"
            class="button ${key}"
            ?disabled=${off}
            @click=${act}
        >
            ${icon}${t(key)}
        </button>`;
    }
}
define('vv-webrtc-settings', VvWebrtcSettings);
