// SPDX-License-Identifier: Apache-2.0
// By which connectors one person can call another, and which of them is the default.
import type { ChoiceInfo, ConnectorInfo } from '../protocol/messages.ts';

export interface Connectors {
    readonly active: readonly ConnectorInfo[];
    readonly choices: readonly ChoiceInfo[];
}

/** Before the server has told: nobody can call. */
export const noConnectors: Connectors = { active: [], choices: [] };

/** `mine` and `theirs`: types of the accounts that the two have, parted by blanks. */
export function possibleFor(
    { active }: Connectors,
    mine: string,
    theirs: string,
    media: boolean,
): ConnectorInfo[] {
    return active.filter(({ kind, needs, account }) => {
        const has = [mine, theirs].filter((types) => types.split(' ').includes(account)).length;
        const enough = { none: true, either: has >= 1, both: has === 2 }[needs];
        return enough && (kind !== 'media' || media);
    });
}

/** By what somebody can begin a meeting of a room or a space, which has no accounts itself. */
export function possibleForGroup({ active }: Connectors, mine: string): ConnectorInfo[] {
    const meets = active.filter(({ kind, groups }) => groups && kind === 'meeting');
    return possibleFor({ active: meets, choices: [] }, mine, '', false);
}

/** The target of a choice for a room. */
export const roomTarget = (room: string): string => `#${room}`;

/** What was chosen for this target, then what for everybody, then the first. */
export function chosenFor(
    { choices }: Connectors,
    possible: readonly ConnectorInfo[],
    target: string,
): string {
    const names = new Set(possible.map(({ name }) => name));
    const of = (who: string): string | undefined =>
        choices.find((one) => one.target === who && names.has(one.connector))?.connector;
    return of(target) ?? of('') ?? possible[0]?.name ?? '';
}
