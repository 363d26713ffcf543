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
        background: radial-gradient(circle at 50% 38%, #1b2623, var(--vv-stage) 70%);
        color: var(--vv-stage-text);
    }
    .idle {
        cursor: none;
    }
    video {
        display: block;
        background: #000;
    }
    #remote {
        width: 100%;
        height: 100%;
        object-fit: contain;
    }
    /* Still playing: its sound is the call. */
    #remote.unseen {
        position: absolute;
        opacity: 0;
        pointer-events: none;
    }
    #own {
        position: absolute;
        right: max(1rem, env(safe-area-inset-right));
        bottom: max(1rem, env(safe-area-inset-bottom));
        width: 25%;
        min-width: 6rem;
        max-width: 20rem;
        max-height: 40%;
        border-radius: var(--vv-radius-m);
        box-shadow: 0 6px 24px rgb(0 0 0 / 50%);
        object-fit: cover;
        transform: scaleX(-1);
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
    .chip {
        position: absolute;
        left: 50%;
        bottom: 7rem;
        transform: translateX(-50%);
        max-width: calc(100% - 2rem);
        border-color: transparent;
        background: #f2c069;
        color: #2b1c00;
    }
    .controls {
        position: absolute;
        left: 50%;
        bottom: max(1.5rem, env(safe-area-inset-bottom));
        display: flex;
        gap: 0.875rem;
        padding: 0.625rem;
        border-radius: var(--vv-radius-full);
        background: rgb(11 15 14 / 72%);
        transform: translateX(-50%);
        transition: opacity var(--vv-slow), transform var(--vv-slow);
    }
    .idle .controls:not(:focus-within),
    .idle.seen .top {
        opacity: 0;
    }
    .idle .controls:not(:focus-within) {
        transform: translate(-50%, 1rem);
    }
    .control {
        display: grid;
        place-items: center;
        width: 3.25rem;
        height: 3.25rem;
        border: 0;
        border-radius: 50%;
        background: var(--vv-stage-control);
        color: var(--vv-stage-text);
        font-size: 1.125rem;
        cursor: pointer;
        transition: background var(--vv-fast);
    }
    .control:hover {
        background: var(--vv-stage-control-hover);
    }
    .control.off {
        background: var(--vv-stage-text);
        color: var(--vv-stage);
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
    .control:focus-visible {
        outline-color: #a8c7fa;
    }
    @keyframes breathe {
        50% {
            box-shadow: 0 0 0 1.25rem rgb(99 211 191 / 14%);
        }
    }
    /* On a phone the own picture moves up, so that no control lies on it. */
    @media (max-width: 48rem) {
        #own {
            bottom: 7rem;
        }
    }
    @media (prefers-reduced-motion: reduce) {
        .waiting {
            animation: none;
        }
    }
    @media (forced-colors: active) {
        .control {
            border: 1px solid ButtonText;
        }
    }
`;
