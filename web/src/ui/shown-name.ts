// SPDX-License-Identifier: Apache-2.0
// How a person is called: a guest has typed the name, which may be that of somebody else.
import { t } from '../text/text.ts';
import type { PersonView } from './types.ts';

export function shownName({ fullName, guest }: Pick<PersonView, 'fullName' | 'guest'>): string {
    return guest ? t('guest-name', { name: fullName }) : fullName;
}
