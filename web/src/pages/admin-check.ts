// SPDX-License-Identifier: Apache-2.0
// Looks at the server as its clients do: what `visavis doctor` finds, in words.
import { html, nothing, type TemplateResult } from 'lit';
import { addTexts, formatNumber, hasText, t, type TextArgs } from '../text/text.ts';
import { define } from '../ui/element.ts';
import type { Finding } from './admin-api.ts';
import { AdminPart } from './admin-part.ts';

const TEXTS = {
    en: () => import('../text/doctor-en.ftl?raw'),
    fr: () => import('../text/doctor-fr.ftl?raw'),
};

/** A value that is words, such as "is closed", in the language of the page; a fraction, too. */
function word(value: string | undefined): string {
    if (/^\d+\.\d+$/.test(value ?? '')) {
        return formatNumber(Number(value));
    }
    const key = `doctor-why-${(value ?? '').replaceAll(' ', '-')}`;
    return hasText(key) ? t(key) : (value ?? '');
}

/** The sentence of a rule; what the server says where the rule is newer than the page. */
export function sentence({ rule, values, what }: Finding): string {
    const [one, two, three, four] = values;
    const args: TextArgs =
        { one: word(one), two: word(two), three: word(three), four: word(four) };
    return hasText(`doctor-${rule}`) ? t(`doctor-${rule}`, args) : what;
}

export function advice({ rule, todo }: Finding): string {
    return hasText(`doctor-${rule}-todo`) ? t(`doctor-${rule}-todo`) : todo;
}

/** "relay-udp" is about the relay, by UDP. */
export function subject(check: string): string {
    const [, base = '', way = ''] = /^(.*?)(?:-(udp|tcp|tls|dtls))?$/.exec(check) ?? [];
    const name = hasText(`doctor-check-${base}`) ? t(`doctor-check-${base}`) : base;
    return way === '' ? name : `${name} ${way.toUpperCase()}`;
}

export class VvAdminCheck extends AdminPart {
    static override properties = {
        ready: { state: true },
        runs: { state: true },
        findings: { state: true },
        faults: { state: true },
    };
    declare ready: boolean;
    declare runs: boolean;
    declare findings: Finding[] | undefined;
    declare faults: number;

    constructor() {
        super();
        this.ready = false;
        this.runs = false;
        this.findings = undefined;
        this.faults = 0;
    }

    protected override firstUpdated(): void {
        void addTexts(TEXTS).then(() => (this.ready = true));
    }

    private async check(): Promise<void> {
        this.runs = true;
        await this.attempt(async () => {
            const { faults, findings } = await this.admin.doctor();
            this.faults = faults;
            this.findings = findings;
        });
        this.runs = false;
    }

    private line(finding: Finding): TemplateResult {
        const { level, check } = finding;
        const todo = advice(finding);
        return html`<li class="finding ${level}">
            <h2>
                <span class="level">${t(`doctor-level-${level}`)}</span>
                ${subject(check)}
            </h2>
            <p>${sentence(finding)}</p>
            ${todo === '' ? nothing : html`<p>${t('doctor-todo', { text: todo })}</p>`}
        </li>`;
    }

    private result(): TemplateResult | typeof nothing {
        if (this.runs) {
            return html`<p class="empty" role="status">${t('doctor-runs')}</p>`;
        }
        if (!this.findings) {
            return html`<p class="empty" role="status">${t('doctor-intro')}</p>`;
        }
        const rank = { fault: 0, warning: 1, good: 2 };
        const sorted = [...this.findings].sort((a, b) => rank[a.level] - rank[b.level]);
        return html`<p role="status">${t('doctor-summary', { faults: this.faults })}</p>
            <ul class="card list">
                ${sorted.map((finding) => this.line(finding))}
            </ul>`;
    }

    protected override render(): TemplateResult | typeof nothing {
        return this.ready
            ? html`<button
                      type="button"
                      class="button"
                      ?disabled=${this.runs}
                      @click=${() => this.check()}
                  >
                      ${t('doctor-run')}
                  </button>
                  ${this.result()}`
            : nothing;
    }
}
define('vv-admin-check', VvAdminCheck);
