// SPDX-License-Identifier: Apache-2.0
// The keys of a call. Escape is in none of them: it never ends a call.

export type KeyCommand =
    | 'microphone'
    | 'camera'
    | 'chat'
    | 'share'
    | 'full-screen'
    | 'keys'
    | 'talk';

export interface KeyPress {
    key: string;
    ctrlKey: boolean;
    altKey: boolean;
    metaKey: boolean;
    repeat: boolean;
}

/** As they stand in the list that "?" shows; a space is Space held. */
export const SINGLE_KEYS: readonly (readonly [string, KeyCommand])[] = [
    ['m', 'microphone'],
    ['v', 'camera'],
    [' ', 'talk'],
    ['c', 'chat'],
    ['s', 'share'],
    ['f', 'full-screen'],
    ['?', 'keys'],
];

export const CTRL_KEYS: readonly (readonly [string, KeyCommand])[] = [
    ['d', 'microphone'],
    ['e', 'camera'],
];

/** `single`: keys without Ctrl are on; a person can switch them off (WCAG 2.1.4). */
export function keyCommand(press: KeyPress, single = true): KeyCommand | undefined {
    if (press.altKey || press.metaKey || press.repeat || (!press.ctrlKey && !single)) {
        return undefined;
    }
    const table = press.ctrlKey ? CTRL_KEYS : SINGLE_KEYS;
    return table.find(([key]) => key === press.key.toLowerCase())?.[1];
}

/** Whether the key belongs to what has the focus: text, or a control that Space presses. */
export function keyIsTaken(target: EventTarget | undefined, key: string): boolean {
    if (!(target instanceof HTMLElement)) {
        return false;
    }
    const typing = target.matches('textarea, select, input:not([type=radio], [type=checkbox])');
    const pressed = target.matches('button, a, input, summary');
    return typing || target.isContentEditable || (key === ' ' && pressed);
}
