// SPDX-License-Identifier: Apache-2.0
import { css } from 'lit';

export const conversationStyle = css`
    :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        flex: 1;
    }
    .log {
        flex: 1;
        min-height: 0;
        display: flex;
        flex-direction: column;
        gap: 0.125rem;
        padding: var(--vv-gap-m);
        overflow: auto;
        overscroll-behavior: contain;
    }
    .log > :first-child {
        margin-block-start: auto;
    }
    .log:focus-visible {
        outline-offset: -3px;
    }
    .hint,
    .day,
    .line,
    .new {
        margin: var(--vv-gap-s) 0;
        text-align: center;
        color: var(--vv-muted);
        font-size: var(--vv-size-s);
    }
    .meeting {
        display: grid;
        gap: var(--vv-gap-xs);
        justify-items: center;
        overflow-wrap: anywhere;
    }
    .meeting .button {
        white-space: normal;
    }
    .day::first-letter {
        text-transform: uppercase;
    }
    .new {
        display: flex;
        align-items: center;
        gap: var(--vv-gap-s);
        color: var(--vv-accent);
        font-weight: 600;
    }
    .new::before,
    .new::after {
        content: '';
        flex: 1;
        border-block-start: 1px solid currentcolor;
        opacity: 0.4;
    }
    .earlier {
        align-self: center;
    }
    .latest {
        align-self: center;
    }
    .found .bubble {
        outline: 2px solid var(--vv-accent);
        outline-offset: 2px;
    }
    .message {
        display: grid;
        grid-template-columns: 2rem minmax(0, 1fr);
        column-gap: var(--vv-gap-s);
        justify-items: start;
    }
    .message:not(.together) {
        margin-block-start: 0.625rem;
    }
    .message > * {
        grid-column: 2;
    }
    .message > .face {
        grid-area: 1 / 1 / span 3 / 1;
    }
    .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 var(--vv-gap-s);
        margin-block-end: 0.125rem;
        font-size: var(--vv-size-s);
    }
    .head vv-person {
        font-weight: 600;
    }
    .bubble {
        max-width: min(34rem, 100%);
        padding: 0.4375rem 0.8125rem;
        border-radius: 1.125rem;
        border-start-start-radius: 0.375rem;
        background: var(--vv-sunken);
    }
    .own {
        grid-template-columns: minmax(0, 1fr);
        justify-items: end;
        padding-inline-start: 2.5rem;
    }
    .own > * {
        grid-column: 1;
    }
    .own .bubble {
        border-start-start-radius: 1.125rem;
        border-end-end-radius: 0.375rem;
        background: var(--vv-accent-soft);
    }
    .foot {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        align-items: center;
        gap: 0 var(--vv-gap-s);
        margin-block-start: 0.125rem;
        font-size: var(--vv-size-s);
        color: var(--vv-muted);
    }
    .failed {
        color: var(--vv-danger);
    }
    .failed .button {
        min-height: 2rem;
        padding: 0 0.5rem;
        font-size: var(--vv-size-s);
    }
    .sending .bubble {
        opacity: 0.65;
    }
    .typing {
        min-height: 1.25rem;
        margin: 0;
        padding: 0 var(--vv-gap-m);
    }
    vv-composer {
        padding: var(--vv-gap-s) var(--vv-gap-m) var(--vv-gap-m);
    }
    .calm {
        display: grid;
        gap: var(--vv-gap-m);
        place-content: center;
        justify-items: center;
        flex: 1;
        padding: var(--vv-gap-m);
        text-align: center;
    }
    .problem {
        margin: 0;
    }
    :host([compact]) .log {
        padding: 0.75rem;
    }
    :host([compact]) .typing {
        padding: 0 0.75rem;
    }
    :host([compact]) vv-composer {
        padding: 0.25rem 0.75rem 0.75rem;
    }
`;
