// SPDX-License-Identifier: Apache-2.0
import { css } from 'lit';

export const incomingCallStyles = css`
    :host {
        display: block;
    }
    .card {
        padding: var(--vv-gap-m);
        border: 1px solid var(--vv-line);
        border-radius: var(--vv-radius-l);
        background: var(--vv-raised);
        color: var(--vv-text);
        box-shadow: var(--vv-shadow-l);
        animation: rise var(--vv-slow) ease-out;
    }
    .head {
        display: flex;
        align-items: center;
        gap: 0.875rem;
    }
    .head p {
        flex: 1;
        min-width: 0;
        margin: 0;
        font-weight: 600;
        line-height: 1.35;
        overflow-wrap: anywhere;
    }
    .face {
        position: relative;
        border-radius: 50%;
        line-height: 0;
    }
    .face::before {
        content: '';
        position: absolute;
        inset: -4px;
        border: 2px solid var(--vv-answer);
        border-radius: 50%;
        animation: ring 1.6s ease-out infinite;
    }
    .close {
        align-self: flex-start;
        margin: -0.375rem -0.375rem 0 0;
    }
    .chip {
        width: 100%;
        margin-top: 0.75rem;
        border-color: transparent;
        background: var(--vv-warn-soft);
        color: var(--vv-warn);
        font-size: var(--vv-size-s);
    }
    .actions {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: var(--vv-gap-s);
        margin-top: var(--vv-gap-m);
    }
    .actions > .button {
        padding: 0 0.5rem;
    }
    .wide {
        grid-column: 1 / -1;
    }
    @keyframes rise {
        from {
            opacity: 0;
            transform: translateY(1rem);
        }
    }
    @keyframes ring {
        from {
            opacity: 1;
            transform: scale(0.95);
        }
        to {
            opacity: 0;
            transform: scale(1.2);
        }
    }
    @media (prefers-reduced-motion: reduce) {
        .card,
        .face::before {
            animation: none;
        }
    }
    .note {
        display: block;
        margin: 0;
        color: var(--vv-muted);
        font-size: var(--vv-size-s);
        font-weight: 400;
    }
    .more {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 0 var(--vv-gap-s);
        margin-top: var(--vv-gap-s);
    }
    .more .button {
        min-height: 2rem;
        padding: 0 0.625rem;
        font-size: var(--vv-size-s);
    }
    .reply {
        display: grid;
        gap: 0.375rem;
        margin-top: var(--vv-gap-s);
    }
    .reply .button.quiet {
        justify-content: flex-start;
        border-color: var(--vv-line);
        font-weight: 400;
        text-align: start;
    }
    .reply form {
        display: flex;
        gap: 0.375rem;
    }
    .reply .input {
        min-height: var(--vv-control);
    }
`;
