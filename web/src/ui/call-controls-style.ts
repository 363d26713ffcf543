// SPDX-License-Identifier: Apache-2.0
import { css } from 'lit';

export const controlsStyles = css`
    :host {
        display: block;
    }
    .bar {
        display: flex;
        gap: 0.75rem;
        padding: 0.625rem;
        border-radius: var(--vv-radius-full);
        background: rgb(11 15 14 / 72%);
    }
    .control,
    .menu-button {
        display: grid;
        place-items: center;
        height: 3.25rem;
        border: 0;
        border-radius: 50%;
        background: var(--vv-stage-control);
        color: var(--vv-stage-text);
        font-size: 1.125rem;
        cursor: pointer;
        transition: background var(--vv-fast);
    }
    .control {
        width: 3.25rem;
        flex: none;
    }
    .pair {
        display: flex;
    }
    .pair > .control {
        border-start-end-radius: 0;
        border-end-end-radius: 0;
    }
    .menu-button {
        width: 1.75rem;
        padding: 0;
        padding-inline-end: 0.25rem;
        border-inline-start: 1px solid var(--vv-stage);
        border-radius: var(--vv-radius-full);
        border-start-start-radius: 0;
        border-end-start-radius: 0;
        font-size: 0.875rem;
    }
    .control:hover,
    .menu-button:hover,
    .menu-button[aria-expanded='true'] {
        background: var(--vv-stage-control-hover);
    }
    .control.off {
        background: var(--vv-stage-text);
        color: var(--vv-stage);
    }
    .control.sharing {
        background: #63d3bf;
        color: #06201b;
    }
    .control:disabled {
        opacity: 0.5;
        cursor: default;
    }
    .control.end {
        width: 4.25rem;
        border-radius: var(--vv-radius-full);
        background: var(--vv-end);
        color: #fff;
    }
    .control.end:hover {
        background: var(--vv-end-hover);
    }
    .bar :focus-visible {
        outline-color: #a8c7fa;
    }
    .menu {
        position: absolute;
        left: 50%;
        bottom: calc(100% + 0.75rem);
        width: min(22rem, calc(100vw - 2rem));
        max-height: calc(100dvh - 9rem);
        padding: var(--vv-gap-m);
        border: 1px solid var(--vv-line);
        border-radius: var(--vv-radius-m);
        background: var(--vv-raised);
        color: var(--vv-text);
        box-shadow: var(--vv-shadow-l);
        transform: translateX(-50%);
        overflow: auto;
    }
    .more {
        display: grid;
        gap: 0.125rem;
    }
    .more .button {
        justify-content: flex-start;
        width: 100%;
        padding: 0 0.75rem;
        border-radius: var(--vv-radius-s);
        font-weight: 500;
    }
    .more kbd {
        margin-inline-start: auto;
        color: var(--vv-muted);
        font: inherit;
        font-size: var(--vv-size-s);
    }
    .narrow {
        display: none !important;
    }
    /* What a phone has no room for stands in the menu. */
    @media (max-width: 30rem) {
        .bar {
            gap: 0.375rem;
            padding: 0.375rem;
        }
        .control,
        .menu-button {
            height: 2.75rem;
        }
        .control {
            width: 2.75rem;
        }
        .control.end {
            width: 3.25rem;
        }
        .menu-button {
            width: 1.5rem;
        }
        .wide {
            display: none;
        }
        .narrow {
            display: inline-flex !important;
        }
    }
    @media (forced-colors: active) {
        .control,
        .menu-button {
            border: 1px solid ButtonText;
        }
    }
`;
