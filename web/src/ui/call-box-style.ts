// SPDX-License-Identifier: Apache-2.0
// The box in the middle of the call window, where it has no picture: who, and what can be done.
import { css } from 'lit';

export const callBoxStyles = css`
    :host {
        display: grid;
        place-items: center;
        min-height: 100%;
        padding: var(--vv-gap-m);
        background: var(--vv-bg);
        color: var(--vv-text);
    }
    .box {
        width: min(26rem, 100%);
        padding: var(--vv-gap-l);
        border: 1px solid var(--vv-line);
        border-radius: var(--vv-radius-l);
        background: var(--vv-surface);
        box-shadow: var(--vv-shadow-s);
        text-align: center;
    }
    h1 {
        margin: var(--vv-gap-m) 0 var(--vv-gap-xs);
        font-size: 1.375rem;
        overflow-wrap: anywhere;
    }
`;
