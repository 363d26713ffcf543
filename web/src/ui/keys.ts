// SPDX-License-Identifier: Apache-2.0
// The keys of a call. Escape is in none of them: it never ends a call.

export interface KeyPress {
    key: string;
    ctrlKey: boolean;
    altKey: boolean;
    metaKey: boolean;
    repeat: boolean;
}

/** M and Ctrl+D: microphone, V and Ctrl+E: camera, as the large products have them. */
export function keyCommand(press: KeyPress): 'microphone' | 'camera' | undefined {
    if (press.altKey || press.metaKey || press.repeat) {
        return undefined;
    }
    const table: Record<string, 'microphone' | 'camera'> = press.ctrlKey
        ? { d: 'microphone', e: 'camera' }
        : { m: 'microphone', v: 'camera' };
    return table[press.key.toLowerCase()];
}
