// SPDX-License-Identifier: Apache-2.0
// What one can do with a person besides calling and writing: be told when he is available, block.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { ServerEvent } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import '../ui/confirm.ts';
import { define } from '../ui/element.ts';
import { bellIcon } from '../ui/portal-icons.ts';
import type { PersonView } from '../ui/types.ts';
import { Page } from './page.ts';

export class VvPersonActs extends Page {
    static override properties = {
        person: { attribute: false },
        blocked: { state: true },
        awaited: { state: true },
        asking: { state: true },
    };
    declare person: PersonView | undefined;
    /** Undefined until the server has said so. */
    declare blocked: boolean | undefined;
    declare awaited: boolean;
    /** Whether to block is asked. */
    declare asking: boolean;

    constructor() {
        super();
        this.person = undefined;
        this.blocked = undefined;
        this.awaited = false;
        this.asking = false;
    }

    protected override onEvent(event: ServerEvent): void {
        if (event.type === 'person.available' && event.person.name === this.person?.name) {
            this.awaited = false;
        }
    }

    protected override willUpdate(changed: PropertyValues<this>): void {
        const before = changed.get('person') as PersonView | undefined;
        if (changed.has('person') && before?.name !== this.person?.name) {
            this.blocked = undefined;
            this.asking = false;
            void this.load();
        }
    }

    private async load(): Promise<void> {
        const name = this.person?.name;
        const has = (people: readonly PersonView[]): boolean =>
            people.some((person) => person.name === name);
        try {
            const blocked = await this.live.request({ type: 'people.blocked' });
            const awaited = await this.live.request({ type: 'people.notified' });
            if (name === this.person?.name) {
                this.blocked = has(blocked.people);
                this.awaited = has(awaited.people);
            }
        } catch {
            // Nobody has asked for these acts yet: what is not known is not offered.
        }
    }

    private block({ name, fullName }: PersonView, on: boolean): Promise<void> {
        this.asking = false;
        return this.attempt(async () => {
            await this.live.request({ type: 'person.block', name, on });
            this.blocked = on;
            this.toast(t(on ? 'blocked' : 'unblocked', { name: fullName }));
        });
    }

    private wait({ name, fullName }: PersonView, on: boolean): Promise<void> {
        return this.attempt(async () => {
            await this.live.request({ type: 'person.notify', name, on });
            this.awaited = on;
            if (on) {
                this.toast(t('call-notify-asked', { name: fullName }));
            }
        });
    }

    protected override render(): TemplateResult | typeof nothing {
        const { person, blocked, awaited } = this;
        if (!person || blocked === undefined) {
            return nothing;
        }
        const name = person.fullName;
        return html`<div class="form-row acts">
                ${person.status === 'available' && !awaited
                    ? nothing
                    : html`<button
                          type="button"
                          class="button quiet"
                          aria-pressed=${String(awaited)}
                          @click=${() => void this.wait(person, !awaited)}
                      >
                          ${bellIcon}${t('call-notify')}
                      </button>`}
                <button
                    type="button"
                    class="button quiet danger"
                    title=${t(blocked ? 'unblock-title' : 'block-title', { name })}
                    @click=${() =>
                        blocked ? void this.block(person, false) : (this.asking = true)}
                >
                    ${t(blocked ? 'unblock' : 'block')}
                </button>
            </div>
            <vv-confirm
                ?open=${this.asking}
                .heading=${t('block-title', { name })}
                .text=${t('block-text', { name })}
                .action=${t('block')}
                @vv-close=${() => (this.asking = false)}
                @vv-confirm=${() => void this.block(person, true)}
            ></vv-confirm>`;
    }
}
define('vv-person-acts', VvPersonActs);
