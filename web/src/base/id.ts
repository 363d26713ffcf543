// SPDX-License-Identifier: Apache-2.0
const FORM = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** A random 128-bit id as 22 characters of base64url, as model/id.h reads it. */
export function randomId(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const text = btoa(String.fromCharCode(...bytes));
    return text.replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
}

export function isId(text: string): boolean {
    return FORM.test(text);
}
