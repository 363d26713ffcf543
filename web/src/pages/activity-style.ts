// SPDX-License-Identifier: Apache-2.0
import { css } from 'lit';

export const activityStyle = css`
    :host {
        display: block;
    }
    .card {
        padding: var(--vv-gap-m);
        border: 1px solid var(--vv-line);
        border-radius: var(--vv-radius-l);
        background: var(--vv-surface);
        box-shadow: var(--vv-shadow-s);
    }
    .head {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        margin-block-end: 0.75rem;
    }
    .who {
        flex: 1;
        min-width: 0;
        display: grid;
    }
    .name {
        font-weight: 600;
    }
    .who a {
        color: inherit;
    }
    .bin {
        color: var(--vv-muted);
    }
    .actions {
        display: flex;
        gap: var(--vv-gap-xs);
        margin-block-start: 0.5rem;
        margin-inline-start: -0.75rem;
    }
    .actions .button,
    .all {
        min-height: 2.25rem;
        padding: 0 0.75rem;
        font-size: var(--vv-size-s);
        color: var(--vv-muted);
    }
    .like[aria-pressed='true'] {
        color: var(--vv-danger);
    }
    .like[aria-pressed='true'] .icon {
        fill: currentcolor;
    }
    ul {
        list-style: none;
        margin: 0.5rem 0 0;
        padding: 0.75rem 0 0;
        border-block-start: 1px solid var(--vv-line);
        display: grid;
        gap: 0.75rem;
    }
    li {
        display: flex;
        gap: 0.625rem;
    }
    li .bin {
        width: 2rem;
        min-height: 2rem;
    }
    .words {
        flex: 1;
        min-width: 0;
    }
    vv-composer {
        margin-block-start: 0.75rem;
    }
`;
