// SPDX-License-Identifier: Apache-2.0
// The buttons of a call, in the order of product.md: microphone, camera, share, chat, more, End.
// Events: vv-microphone, vv-camera, vv-share, vv-chat, vv-full-screen, vv-float, vv-move, vv-keys,
// vv-hold, vv-end, vv-choose {kind, id}, vv-speaker-test, vv-menu (a menu opens: look for devices).
import { html, nothing, type TemplateResult } from 'lit';
import { t } from '../text/text.ts';
import { controlsStyles } from './call-controls-style.ts';
import { chatIcon, floatIcon, fullScreenIcon, holdIcon, keyboardIcon, moreIcon, moveIcon,
    shareIcon, upIcon } from './call-icons.ts';
import './device-menu.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { cameraIcon, cameraOffIcon, microphoneIcon, microphoneOffIcon, phoneOffIcon }
    from './icons.ts';
import type { ControlsView } from './types.ts';

type Menu = '' | 'microphone' | 'camera' | 'more';

export class VvCallControls extends VvElement {
    static override properties = { view: { attribute: false }, menu: {} };
    static override styles = [controlStyles, controlsStyles];
    declare view: ControlsView | undefined;
    declare menu: Menu;
    private readonly onOutside = (event: Event): void => {
        if (!event.composedPath().includes(this)) {
            this.menu = '';
        }
    };

    constructor() {
        super();
        this.view = undefined;
        this.menu = '';
    }

    override connectedCallback(): void {
        super.connectedCallback();
        window.addEventListener('pointerdown', this.onOutside);
        this.addEventListener('keydown', (event) => this.onKey(event));
    }

    override disconnectedCallback(): void {
        window.removeEventListener('pointerdown', this.onOutside);
        super.disconnectedCallback();
    }

    /** Whether hiding would take something away from the person. */
    get inUse(): boolean {
        return this.menu !== '' || !!this.shadowRoot?.querySelector(':focus-visible');
    }

    private onKey(event: KeyboardEvent): void {
        if (event.key === 'Escape' && this.menu !== '') {
            const button = this.shadowRoot?.querySelector<HTMLElement>(`#open-${this.menu}`);
            this.menu = '';
            button?.focus();
        }
    }

    private toggle(menu: Menu): void {
        this.menu = this.menu === menu ? '' : menu;
        if (this.menu !== '') {
            this.emit('vv-menu');
        }
    }

    protected override render(): TemplateResult | typeof nothing {
        const view = this.view;
        if (!view) {
            return nothing;
        }
        const { screen } = view;
        const sharing = `wide control ${screen ? 'sharing' : ''}`;
        return html`${this.menu === '' ? nothing : this.panel(view)}
            <div class="bar" role="toolbar" aria-label=${t('call-controls')}>
                ${this.device('microphone', view.microphone, view.hasMicrophone)}
                ${this.device('camera', view.camera, view.hasCamera)}
                ${view.canShare
                    ? this.control(sharing, 'share', screen ? 'share-stop' : 'share', shareIcon)
                    : nothing}
                ${view.canChat
                    ? this.control('wide control', 'chat', 'call-chat', chatIcon)
                    : nothing}
                ${this.opener('more', 'control', 'call-more', moreIcon)}
                ${this.control('control end', 'end', 'call-end', phoneOffIcon)}
            </div>`;
    }

    private panel(view: ControlsView): TemplateResult {
        return html`<div class="menu" id="menu" role="group" aria-label=${t('call-options')}>
            ${this.menu === 'more'
                ? this.more(view)
                : html`<vv-device-menu
                      .kind=${this.menu}
                      .devices=${view.devices}
                      .chosen=${view.chosen}
                      .level=${view.level}
                      .canChooseSpeaker=${view.canChooseSpeaker}
                  ></vv-device-menu>`}
        </div>`;
    }

    private more(view: ControlsView): TemplateResult {
        const item = (
            icon: TemplateResult,
            key: string,
            event: string,
            press = '',
            narrow = false,
        ): TemplateResult =>
            html`<button
                type="button"
                class="button quiet ${narrow ? 'narrow' : ''}"
                title=${t(key)}
                @click=${() => {
                    this.menu = '';
                    this.emit(`vv-${event}`);
                }}
            >
                ${icon}${t(key)}${press && view.singleKeys
                    ? html`<kbd aria-hidden="true">${press}</kbd>`
                    : nothing}
            </button>`;
        const share = view.screen ? 'share-stop' : 'share';
        return html`<div class="more">
            ${view.canShare ? item(shareIcon, share, 'share', 'S', true) : nothing}
            ${view.canChat ? item(chatIcon, 'call-chat', 'chat', 'C', true) : nothing}
            ${view.canHold ? item(holdIcon, 'call-hold', 'hold') : nothing}
            ${item(fullScreenIcon, 'full-screen', 'full-screen', 'F')}
            ${view.canFloat ? item(floatIcon, 'float', 'float') : nothing}
            ${view.camera ? item(moveIcon, 'own-picture-move', 'move') : nothing}
            ${item(keyboardIcon, 'keys-title', 'keys', '?')}
        </div>`;
    }

    private device(kind: 'microphone' | 'camera', on: boolean, present: boolean): TemplateResult {
        const icons = {
            microphone: [microphoneOffIcon, microphoneIcon],
            camera: [cameraOffIcon, cameraIcon],
        } as const;
        const lit = on && present;
        return html`<span class="pair"
            ><button
                type="button"
                class="control ${lit ? '' : 'off'}"
                data-control=${kind}
                title=${t(present ? `${kind}-${on ? 'on' : 'off'}` : `${kind}-none`)}
                aria-label=${t(kind)}
                aria-pressed=${lit}
                ?disabled=${!present}
                @click=${() => this.emit(`vv-${kind}`)}
            >
                ${icons[kind][lit ? 1 : 0]}</button
            >${this.opener(kind, 'menu-button', `${kind}-choose`, upIcon)}</span
        >`;
    }

    private opener(menu: Menu, look: string, key: string, icon: TemplateResult): TemplateResult {
        return html`<button
            type="button"
            id="open-${menu}"
            class=${look}
            title=${t(key)}
            aria-label=${t(key)}
            aria-expanded=${this.menu === menu}
            aria-controls="menu"
            @click=${() => this.toggle(menu)}
        >
            ${icon}
        </button>`;
    }

    private control(
        look: string,
        event: string,
        key: string,
        icon: TemplateResult,
    ): TemplateResult {
        return html`<button
            type="button"
            class=${look}
            data-control=${event}
            title=${t(key)}
            aria-label=${t(key)}
            @click=${() => this.emit(`vv-${event}`)}
        >
            ${icon}
        </button>`;
    }
}
define('vv-call-controls', VvCallControls);
