// SPDX-License-Identifier: Apache-2.0
// What a kind of IM account is called, in the own form and on profiles.
import { hasText, t } from '../text/text.ts';
import type { AccountType } from './services.ts';

/** The page's own text for a built-in kind, or the connector's. */
export function accountTitle(type: string, types: readonly AccountType[]): string {
    const key = `account-type-${type}`;
    return hasText(key) ? t(key) : types.find((one) => one.type === type)?.title ?? type;
}
