// SPDX-License-Identifier: Apache-2.0
// The head of every portal page: where one can go, and in its slot the person's own menu.
import { css, html, nothing, type TemplateResult } from 'lit';
import { formatNumber, t } from '../text/text.ts';
import { controlStyles, define, VvElement } from './element.ts';
import { peopleIcon } from './icons.ts';
import { callsIcon, chatIcon, homeIcon, spacesIcon } from './portal-icons.ts';

const UNREAD_MAX = 99;

export class VvHeader extends VvElement {
    static override properties = {
        page: {},
        unread: { type: Number },
        missed: { type: Number },
    };
    static override styles = [
        controlStyles,
        css`
            :host {
                display: block;
                container-type: inline-size;
                position: relative;
                z-index: 10;
                background: var(--vv-surface);
                border-block-end: 1px solid var(--vv-line);
            }
            .bar {
                display: flex;
                align-items: center;
                gap: var(--vv-gap-s);
                max-width: var(--vv-wide);
                min-height: 3.75rem;
                margin: 0 auto;
                padding: 0 var(--vv-gap-m);
            }
            .brand {
                display: flex;
                align-items: center;
                gap: 0.5rem;
                margin-inline-end: var(--vv-gap-s);
                color: var(--vv-text);
                font-size: var(--vv-size-l);
                font-weight: 700;
                letter-spacing: -0.02em;
                text-decoration: none;
            }
            .brand img {
                width: 1.75rem;
                height: 1.75rem;
            }
            nav {
                display: flex;
                flex: 1;
                gap: 0.25rem;
            }
            .link {
                position: relative;
                padding: 0 0.875rem;
                color: var(--vv-muted);
            }
            .link[aria-current] {
                background: var(--vv-accent-soft);
                color: var(--vv-accent);
            }
            .count {
                min-width: 1.25rem;
                padding: 0 0.375rem;
                border-radius: var(--vv-radius-full);
                background: var(--vv-accent);
                color: var(--vv-on-accent);
                font-size: 0.75rem;
                line-height: 1.25rem;
                text-align: center;
            }
            /* Its own width counts: it also stands in a column of the gallery. */
            @container (max-width: 52rem) {
                .bar {
                    gap: 0.25rem;
                    padding: 0 var(--vv-gap-s);
                }
                .brand span,
                .link span {
                    display: none;
                }
                .brand {
                    margin-inline-end: 0;
                }
                .link {
                    padding: 0 0.625rem;
                }
                .count {
                    position: absolute;
                    inset-block-start: -0.125rem;
                    inset-inline-end: -0.125rem;
                }
            }
            @container (max-width: 26rem) {
                nav {
                    gap: 0;
                }
                .link {
                    padding: 0 0.4375rem;
                }
            }
        `,
    ];
    declare page: string;
    /** In how many rooms there is something to read. */
    declare unread: number;
    /** Missed calls that nobody has seen. */
    declare missed: number;

    constructor() {
        super();
        this.page = '';
        this.unread = 0;
        this.missed = 0;
    }

    protected override render(): TemplateResult {
        return html`<div class="bar">
            <a class="brand" href="/" aria-label=${t('app-name')}
                ><img src="/icon.svg" alt="" /><span>${t('app-name')}</span></a
            >
            <nav aria-label=${t('menu')}>
                ${this.link('home', '/', homeIcon)}
                ${this.link('chat', '/chat', chatIcon, 'unread-rooms', this.unread)}
                ${this.link('calls', this.missed ? '/calls/missed' : '/calls', callsIcon,
                    'missed-calls', this.missed)}
                ${this.link('people', '/people', peopleIcon, '', 0, ['profile'])}
                ${this.link('spaces', '/spaces', spacesIcon, '', 0, ['space'])}
            </nav>
            <slot></slot>
        </div>`;
    }

    private link(
        page: string,
        href: string,
        icon: TemplateResult,
        counted = '',
        count = 0,
        below: readonly string[] = [],
    ): TemplateResult {
        const word = t(`menu-${page}`);
        const label = count > 0 ? `${word}, ${t(counted, { count })}` : word;
        const number = formatNumber(Math.min(count, UNREAD_MAX));
        const here = this.page === page || below.includes(this.page);
        return html`<a
            class="button quiet link"
            href=${href}
            title=${label}
            aria-label=${label}
            aria-current=${this.page === page ? 'page' : here ? 'true' : nothing}
            >${icon}<span>${word}</span>${count > 0
                ? html` <b class="count">${number}${count > UNREAD_MAX ? '+' : ''}</b>`
                : nothing}</a
        >`;
    }
}
define('vv-header', VvHeader);
