// SPDX-License-Identifier: Apache-2.0
import { css } from 'lit';

export const stageStyles = css`
    :host {
        display: block;
        height: 100%;
    }
    .stage {
        position: relative;
        height: 100%;
        overflow: hidden;
        isolation: isolate; /* A large own picture stands behind all, but over this background. */
        background: radial-gradient(circle at 50% 38%, #1b2623, var(--vv-stage) 70%);
        color: var(--vv-stage-text);
    }
    .idle {
        cursor: none;
    }
    vv-remote-picture {
        height: 100%;
    }
    /* Still playing: its sound is the call. */
    vv-remote-picture.unseen {
        position: absolute;
        inset: 0;
        opacity: 0;
        pointer-events: none;
    }
    .face {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        padding-bottom: 4rem;
    }
    .waiting {
        border-radius: 50%;
        animation: breathe 2.4s ease-in-out infinite;
    }
    .top {
        position: absolute;
        inset: 0 0 auto;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 0.75rem;
        padding: 1rem 1.25rem 2.5rem;
        background: linear-gradient(rgb(0 0 0 / 65%), transparent);
        transition: opacity var(--vv-slow);
    }
    h1 {
        margin: 0;
        font-size: var(--vv-size-l);
        font-weight: 600;
    }
    .line {
        color: var(--vv-stage-muted);
        font-variant-numeric: tabular-nums;
    }
    .pill {
        display: inline-flex;
        align-items: center;
        gap: 0.375rem;
        padding: 0.25rem 0.75rem;
        border-radius: var(--vv-radius-full);
        background: var(--vv-stage-control);
        font-size: var(--vv-size-s);
    }
    .banner {
        flex: 1 1 100%;
        margin: 0.25rem 0 0;
        padding: 0.625rem 1rem;
        border-radius: var(--vv-radius-m);
        background: #f2c069;
        color: #2b1c00;
        font-weight: 600;
    }
    .chips {
        position: absolute;
        left: 50%;
        bottom: 7rem;
        display: grid;
        justify-items: center;
        gap: 0.5rem;
        width: max-content;
        max-width: calc(100% - 2rem);
        transform: translateX(-50%);
    }
    .chip {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
        margin: 0;
        padding: 0.5rem 1rem;
        border-color: transparent;
        border-radius: var(--vv-radius-l);
        background: #f2c069;
        color: #2b1c00;
        font-weight: 600;
    }
    vv-call-controls {
        position: absolute;
        left: 50%;
        bottom: max(1.5rem, env(safe-area-inset-bottom));
        transform: translateX(-50%);
        transition: opacity var(--vv-slow), transform var(--vv-slow);
    }
    .idle vv-call-controls,
    .idle.seen .top {
        opacity: 0;
    }
    .idle vv-call-controls {
        transform: translate(-50%, 1rem);
    }
    @keyframes breathe {
        50% {
            box-shadow: 0 0 0 1.25rem rgb(99 211 191 / 14%);
        }
    }
    @media (prefers-reduced-motion: reduce) {
        .waiting {
            animation: none;
        }
    }
`;
