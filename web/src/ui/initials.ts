// SPDX-License-Identifier: Apache-2.0
// The default picture of a person: initials on a colour that follows from the user name.

export const COLOURS = 8;

/** First letters of the first and the last word, at most two, upper case. */
export function initials(fullName: string): string {
    const words = fullName.trim().split(/\s+/u).filter(Boolean);
    const first = words[0];
    if (first === undefined) {
        return '?';
    }
    const last = words.length > 1 ? words[words.length - 1] : undefined;
    // By code point, so that no surrogate pair is cut in two.
    return [first, last].map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase();
}

/** 0 to COLOURS - 1, the same for a name on every page. */
export function colourOf(name: string): number {
    let sum = 0;
    for (const letter of name) {
        sum = (sum * 31 + letter.codePointAt(0)!) % 65521;
    }
    return sum % COLOURS;
}
