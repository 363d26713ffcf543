// SPDX-License-Identifier: Apache-2.0
// Makes a team room: its title and who is in it. Events: vv-made {room}, vv-close.
import { html, nothing, type TemplateResult } from 'lit';
import { randomId } from '../base/id.ts';
import { t } from '../text/text.ts';
import '../ui/dialog.ts';
import { define } from '../ui/element.ts';
import '../ui/field.ts';
import { closeIcon } from '../ui/icons.ts';
import type { PersonView } from '../ui/types.ts';
import { Page } from './page.ts';
import './person-picker.ts';
import { formValues } from './shared.ts';

export class VvTeamDialog extends Page {
    static override properties = {
        open: { type: Boolean },
        chosen: { state: true },
        busy: { state: true },
    };
    declare open: boolean;
    declare chosen: readonly PersonView[];
    declare busy: boolean;
    /** The same for each try, so that a repeated one makes no second room. */
    private fresh = randomId();

    constructor() {
        super();
        this.open = false;
        this.chosen = [];
        this.busy = false;
    }

    private make(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const title = formValues(form)('title').trim();
        const members = this.chosen.map(({ name }) => name);
        this.busy = true;
        return this.attempt(
            async () => {
                const { room, people } = await this.talkApi.makeTeam(this.fresh, title, members);
                this.chat.learn(room, people);
                this.fresh = randomId();
                this.chosen = [];
                form.reset();
                this.emit('vv-made', { room: room.id });
            },
            (problem) => this.showAtField(form, problem),
        ).finally(() => (this.busy = false));
    }

    private drop(name: string): void {
        this.chosen = this.chosen.filter((person) => person.name !== name);
    }

    protected override render(): TemplateResult {
        return html`<vv-dialog
            .heading=${t('team-new')}
            ?open=${this.open}
            @vv-close=${() => this.emit('vv-close')}
        >
            ${this.open
                ? html`<form class="form" @submit=${(event: SubmitEvent) => this.make(event)}>
                      <vv-field required name="title" max="128" .label=${t('team-title')}>
                      </vv-field>
                      <div>
                          <span class="field-label">${t('team-people')}</span>
                          ${this.chips()}
                      </div>
                      <vv-person-picker
                          .except=${[this.self, ...this.chosen.map(({ name }) => name)]}
                          @vv-pick=${(event: CustomEvent<{ person: PersonView }>) =>
                              (this.chosen = [...this.chosen, event.detail.person])}
                      ></vv-person-picker>
                      <button class="button primary" ?disabled=${this.busy}>
                          ${t('team-make')}
                      </button>
                  </form>`
                : nothing}
        </vv-dialog>`;
    }

    private chips(): TemplateResult {
        if (this.chosen.length === 0) {
            return html`<p class="muted small">${t('team-people-none')}</p>`;
        }
        return html`<ul class="plain chips">
            ${this.chosen.map((person) => {
                const label = t('picker-drop', { name: person.fullName });
                return html`<li>
                    <span dir="auto">${person.fullName}</span
                    ><button
                        type="button"
                        title=${label}
                        aria-label=${label}
                        @click=${() => this.drop(person.name)}
                    >
                        ${closeIcon}
                    </button>
                </li>`;
            })}
        </ul>`;
    }
}
define('vv-team-dialog', VvTeamDialog);
