// SPDX-License-Identifier: Apache-2.0
// Finds people by their names. Event: vv-pick {person}.
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { define } from '../ui/element.ts';
import { plusIcon } from '../ui/portal-icons.ts';
import '../ui/person-row.ts';
import '../ui/search.ts';
import type { PersonView } from '../ui/types.ts';
import { Page } from './page.ts';

const FOUND_MAX = 8;

export class VvPersonPicker extends Page {
    static override properties = {
        except: { attribute: false },
        query: { state: true },
        found: { state: true },
    };
    /** User names that are not offered. */
    declare except: readonly string[];
    declare query: string;
    declare found: readonly PersonView[] | undefined;

    constructor() {
        super();
        this.except = [];
        this.query = '';
        this.found = undefined;
    }

    protected override firstUpdated(): void {
        void this.load('');
    }

    private load(query: string): Promise<void> {
        this.query = query;
        return this.attempt(async () => {
            const { people } = await this.api.people(query, 0, FOUND_MAX + this.except.length);
            if (query === this.query) {
                this.found = people;
            }
        });
    }

    protected override render(): TemplateResult {
        const offered = (this.found ?? [])
            .filter(({ name }) => !this.except.includes(name))
            .slice(0, FOUND_MAX);
        return html`<vv-search
                .label=${t('picker-search')}
                @vv-search=${(event: CustomEvent<{ query: string }>) =>
                    this.load(event.detail.query)}
            ></vv-search>
            ${this.found && offered.length === 0
                ? html`<p class="muted small picker-none" role="status">
                      ${this.query ? t('people-none', { query: this.query }) : t('picker-nobody')}
                  </p>`
                : nothing}
            <ul class="plain picker" aria-label=${t('people-title')}>
                ${offered.map((person) => this.row(person))}
            </ul>`;
    }

    private row(person: PersonView): TemplateResult {
        const label = t('picker-add', { name: person.fullName });
        return html`<li>
            <vv-person-row .person=${this.latest(person)} .offer=${{ state: 'absent' }}
                ><button
                    type="button"
                    class="button round"
                    title=${label}
                    aria-label=${label}
                    @click=${() => this.emit('vv-pick', { person })}
                >
                    ${plusIcon}
                </button></vv-person-row
            >
        </li>`;
    }
}
define('vv-person-picker', VvPersonPicker);
