// SPDX-License-Identifier: Apache-2.0
// Makes a space, or changes title and description of one. Events: vv-changed {answer}, vv-close.
import { html, nothing, type TemplateResult } from 'lit';
import type { SpaceInfo } from '../protocol/messages.ts';
import { t } from '../text/text.ts';
import '../ui/dialog.ts';
import { define } from '../ui/element.ts';
import '../ui/field.ts';
import { Page } from './page.ts';
import { formValues, shortName } from './shared.ts';

export class VvSpaceDialog extends Page {
    static override properties = {
        open: { type: Boolean },
        space: { attribute: false },
        busy: { state: true },
    };
    declare open: boolean;
    /** Undefined: makes a new one. */
    declare space: SpaceInfo | undefined;
    declare busy: boolean;

    constructor() {
        super();
        this.open = false;
        this.space = undefined;
        this.busy = false;
    }

    private save(event: SubmitEvent): Promise<void> {
        event.preventDefault();
        const form = event.target as HTMLFormElement;
        const value = formValues(form);
        const [title, description] = [value('title').trim(), value('description').trim()];
        this.busy = true;
        return this.attempt(
            async () => {
                if (this.space) {
                    const { name } = this.space;
                    const answer = await this.talkApi.changeSpace(name, title, description);
                    this.emit('vv-changed', { answer });
                } else {
                    const name = value('name').trim() || shortName(title);
                    const { space } = await this.talkApi.makeSpace(name, title, description);
                    this.go(`/spaces/${encodeURIComponent(space.name)}`);
                }
                this.emit('vv-close');
            },
            (problem) =>
                this.showAtField(
                    form,
                    problem.error === 'taken' ? { ...problem, field: 'name' } : problem,
                ),
        ).finally(() => (this.busy = false));
    }

    protected override render(): TemplateResult {
        return html`<vv-dialog
            .heading=${t(this.space ? 'space-edit' : 'space-new')}
            ?open=${this.open}
            @vv-close=${() => this.emit('vv-close')}
        >
            ${this.open ? this.form() : nothing}
        </vv-dialog>`;
    }

    private form(): TemplateResult {
        const { space } = this;
        const optional = (key: string): string => t('optional-label', { label: t(key) });
        return html`<form class="form" @submit=${(event: SubmitEvent) => this.save(event)}>
            <vv-field
                required
                name="title"
                max="128"
                .label=${t('space-title')}
                .value=${space?.title ?? ''}
            ></vv-field>
            <vv-field
                name="description"
                max="1000"
                .label=${optional('space-description')}
                .value=${space?.description ?? ''}
            ></vv-field>
            ${space
                ? nothing
                : html`<vv-field
                      name="name"
                      max="32"
                      .label=${optional('space-name')}
                      .hint=${t('space-name-hint')}
                  ></vv-field>`}
            <button class="button primary" ?disabled=${this.busy}>
                ${t(space ? 'save' : 'space-make')}
            </button>
        </form>`;
    }
}
define('vv-space-dialog', VvSpaceDialog);
