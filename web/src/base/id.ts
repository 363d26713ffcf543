// SPDX-License-Identifier: Apache-2.0
const FORM = /^[A-Za-z0-9_-]{21}[AQgw]$/;

const TIME_BYTES = 6;

function textOf(bytes: Uint8Array): string {
    const text = btoa(String.fromCharCode(...bytes));
    return text.replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
}

/** A random 128-bit id as 22 characters of base64url, as model/id.h reads it. */
export function randomId(): string {
    return textOf(crypto.getRandomValues(new Uint8Array(16)));
}

/**
 * Of what is written and kept by the million: the milliseconds of `now`, then 80 random bits. What
 * is written at one time stands together in the index of ids, so that few of its pages change.
 */
export function timedId(now = Date.now()): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    for (let i = TIME_BYTES - 1, left = now; i >= 0; i--) {
        bytes[i] = left % 256;
        left = Math.floor(left / 256);
    }
    return textOf(bytes);
}

export function isId(text: string): boolean {
    return FORM.test(text);
}
