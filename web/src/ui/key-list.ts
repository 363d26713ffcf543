// SPDX-License-Identifier: Apache-2.0
// The keys of a call, and the switch that takes those without Ctrl away (WCAG 2.1.4).
// Events: vv-single-keys {on}, vv-close.
import { css, html, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import './dialog.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { CTRL_KEYS, SINGLE_KEYS, type KeyCommand } from './keys.ts';

export class VvKeyList extends VvElement {
    static override properties = { open: { type: Boolean }, on: { type: Boolean } };
    static override styles = [
        controlStyles,
        css`
            dl {
                display: grid;
                grid-template-columns: 1fr auto;
                gap: 0.5rem 1rem;
                margin: 0 0 var(--vv-gap-m);
            }
            dd {
                margin: 0;
            }
            kbd {
                padding: 0.125rem 0.5rem;
                border: 1px solid var(--vv-line-strong);
                border-radius: var(--vv-radius-s);
                font: inherit;
                font-size: var(--vv-size-s);
            }
            .off kbd {
                opacity: 0.55;
                text-decoration: line-through;
            }
            label {
                display: flex;
                gap: 0.625rem;
                align-items: center;
            }
            input {
                width: 1.125rem;
                height: 1.125rem;
                accent-color: var(--vv-accent);
            }
        `,
    ];
    declare open: boolean;
    declare on: boolean;

    constructor() {
        super();
        this.open = false;
        this.on = true;
    }

    protected override render(): TemplateResult {
        const row = ([key, command]: readonly [string, KeyCommand], ctrl: boolean) =>
            html`<dt>${t(`key-${command}`)}</dt>
                <dd class=${ctrl || this.on ? '' : 'off'}>
                    <kbd>${this.word(key, ctrl)}</kbd>
                </dd>`;
        return html`<vv-dialog heading=${t('keys-title')} ?open=${this.open}>
            <dl>
                ${SINGLE_KEYS.map((key) => row(key, false))}
                ${CTRL_KEYS.map((key) => row(key, true))}
            </dl>
            <label>
                <input
                    type="checkbox"
                    .checked=${this.on}
                    @change=${(event: Event) =>
                        this.emit('vv-single-keys', {
                            on: (event.target as HTMLInputElement).checked,
                        })}
                />${t('keys-single')}
            </label>
        </vv-dialog>`;
    }

    private word(key: string, ctrl: boolean): string {
        const name = key === ' ' ? t('key-space') : key.toUpperCase();
        return ctrl ? t('key-ctrl', { key: name }) : name;
    }
}
define('vv-key-list', VvKeyList);
