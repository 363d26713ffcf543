// SPDX-License-Identifier: Apache-2.0
// Who is in a team room: people come, go, give it another title. Event: vv-close.
import { html, nothing, type TemplateResult } from 'lit';
import type { AnswerRoom, RoomInfo } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import '../ui/dialog.ts';
import { define } from '../ui/element.ts';
import '../ui/field.ts';
import { trashIcon } from '../ui/icons.ts';
import '../ui/person-row.ts';
import type { PersonView } from '../ui/types.ts';
import { Page } from './page.ts';
import './person-picker.ts';
import { formValues } from './shared.ts';

export class VvRoomDialog extends Page {
    static override properties = { open: { type: Boolean }, room: {} };
    declare open: boolean;
    declare room: string;

    constructor() {
        super();
        this.open = false;
        this.room = '';
    }

    private change(act: () => Promise<AnswerRoom>, told: string): Promise<void> {
        return this.attempt(async () => {
            const { room, people } = await act();
            this.chat.learn(room, people);
            this.toast(told);
        });
    }

    private rename(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const title = formValues(form)('title').trim();
        return this.attempt(
            async () => {
                const { room, people } = await this.talkApi.renameRoom(this.room, title);
                this.chat.learn(room, people);
                this.toast(t('saved'));
            },
            (problem) => this.showAtField(form, problem),
        );
    }

    private take(person: PersonView): Promise<void> {
        return this.attempt(async () => {
            await this.talkApi.removeMember(this.room, person.name);
            if (person.name === this.self) {
                this.emit('vv-close');
                this.go('/chat');
            } else {
                await this.chat.open(this.room);
            }
        });
    }

    protected override render(): TemplateResult {
        const room = this.chat.room(this.room);
        return html`<vv-dialog
            .heading=${room?.title ?? ''}
            ?open=${this.open}
            @vv-close=${() => this.emit('vv-close')}
        >
            ${this.open && room ? this.content(room) : nothing}
        </vv-dialog>`;
    }

    private content(room: RoomInfo): TemplateResult {
        const people = this.chat.people(this.room);
        const team = room.kind === 'team';
        return html`${team ? this.renameForm(room) : nothing}
            <h3 class="field-label">${t('room-people', { count: people.length })}</h3>
            <ul class="plain" aria-label=${t('room-people', { count: people.length })}>
                ${people.map((person) => this.row(room, person))}
            </ul>
            ${team
                ? html`<h3 class="field-label">${t('room-add')}</h3>
                      <vv-person-picker
                          .except=${people.map(({ name }) => name)}
                          @vv-pick=${(event: CustomEvent<{ person: PersonView }>) =>
                              this.add(event.detail.person)}
                      ></vv-person-picker>
                      <button
                          type="button"
                          class="button danger"
                          @click=${() => this.leave(people)}
                      >
                          ${t('room-leave')}
                      </button>`
                : nothing}`;
    }

    private add(person: PersonView): Promise<void> {
        return this.change(
            () => this.talkApi.addMember(this.room, person.name),
            t('room-added', { name: person.fullName }),
        );
    }

    private leave(people: readonly PersonView[]): void {
        const me = people.find(({ name }) => name === this.self);
        if (me) {
            void this.take(me);
        }
    }

    private renameForm(room: RoomInfo): TemplateResult {
        return html`<form class="copy-row" @submit=${(event: SubmitEvent) => this.rename(event)}>
            <vv-field
                required
                name="title"
                max="128"
                .label=${t('team-title')}
                .value=${room.title}
            ></vv-field>
            <button class="button">${t('save')}</button>
        </form>`;
    }

    private row(room: RoomInfo, person: PersonView): TemplateResult {
        const may = room.kind === 'team' && room.owner === this.self && person.name !== this.self;
        const label = t('room-remove', { name: person.fullName });
        return html`<li>
            <vv-person-row
                .person=${this.latest(person)}
                .offer=${this.live.callOffer(person.name)}
                ?self=${person.name === this.self}
                >${may
                    ? html`<button
                          type="button"
                          class="button quiet round"
                          title=${label}
                          aria-label=${label}
                          @click=${() => this.take(person)}
                      >
                          ${trashIcon}
                      </button>`
                    : nothing}</vv-person-row
            >
        </li>`;
    }
}
define('vv-room-dialog', VvRoomDialog);
