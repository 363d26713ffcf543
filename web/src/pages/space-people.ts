// SPDX-License-Identifier: Apache-2.0
// Who is in a space, inviting further people, leaving. Events: vv-renew, vv-leave, vv-close.
import { html, nothing, type TemplateResult } from 'lit';
import type { AnswerSpace } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import '../ui/dialog.ts';
import { define } from '../ui/element.ts';
import { trashIcon } from '../ui/icons.ts';
import '../ui/person-row.ts';
import type { PersonView } from '../ui/types.ts';
import { Page } from './page.ts';
import './person-picker.ts';

export class VvSpacePeople extends Page {
    static override properties = {
        open: { type: Boolean },
        known: { attribute: false },
        invited: { state: true },
    };
    declare open: boolean;
    declare known: AnswerSpace | undefined;
    /** Whom one has just invited. */
    declare invited: readonly string[];

    constructor() {
        super();
        this.open = false;
        this.known = undefined;
        this.invited = [];
    }

    private invite(space: string, person: PersonView): Promise<void> {
        return this.attempt(async () => {
            await this.talkApi.inviteToSpace(space, person.name);
            this.invited = [...this.invited, person.name];
            this.toast(t('space-invite-sent', { name: person.fullName }));
        });
    }

    private take(space: string, person: PersonView): Promise<void> {
        return this.attempt(async () => {
            await this.talkApi.removeFromSpace(space, person.name);
            this.emit('vv-renew');
        });
    }

    protected override render(): TemplateResult {
        const { known } = this;
        return html`<vv-dialog
            .heading=${t('space-members', { count: known?.people.length ?? 0 })}
            ?open=${this.open}
            @vv-close=${() => this.emit('vv-close')}
        >
            ${this.open && known ? this.content(known) : nothing}
        </vv-dialog>`;
    }

    private content({ space, people }: AnswerSpace): TemplateResult {
        return html`<ul class="plain" aria-label=${t('space-members', { count: people.length })}>
                ${people.map(
                    (person) =>
                        html`<li>
                            <vv-person-row
                                .person=${this.latest(person)}
                                .offer=${this.live.callOffer(person.name)}
                                ?self=${person.name === this.self}
                                >${space.owner === this.self && person.name !== this.self
                                    ? this.bin(space.name, person)
                                    : nothing}</vv-person-row
                            >
                        </li>`,
                )}
            </ul>
            <h3 class="field-label section-title">${t('space-invite')}</h3>
            <vv-person-picker
                .except=${[...people.map(({ name }) => name), ...this.invited]}
                @vv-pick=${(event: CustomEvent<{ person: PersonView }>) =>
                    this.invite(space.name, event.detail.person)}
            ></vv-person-picker>
            <button
                type="button"
                class="button danger"
                @click=${() => this.emit('vv-leave')}
            >
                ${t('space-leave')}
            </button>`;
    }

    private bin(space: string, person: PersonView): TemplateResult {
        const label = t('space-remove', { name: person.fullName });
        return html`<button
            type="button"
            class="button quiet round"
            title=${label}
            aria-label=${label}
            @click=${() => this.take(space, person)}
        >
            ${trashIcon}
        </button>`;
    }
}
define('vv-space-people', VvSpacePeople);
