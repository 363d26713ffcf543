// SPDX-License-Identifier: Apache-2.0
// Texts that are fetched with the pages that need them.
import type { TextSources } from './text.ts';

export const CALL_TEXTS: TextSources = {
    en: () => import('./calls-en.ftl?raw'),
    fr: () => import('./calls-fr.ftl?raw'),
};

/** What became of calls: in their list, and in chats. */
export const END_TEXTS: TextSources = {
    en: () => import('./ends-en.ftl?raw'),
    fr: () => import('./ends-fr.ftl?raw'),
};

/** The call window, which has them with its script, its devices, and how a call ends. */
export const WINDOW_TEXTS: TextSources = {
    en: () => import('./window-en.ftl?raw'),
    fr: () => import('./window-fr.ftl?raw'),
};

export const ADMIN_TEXTS: TextSources = {
    en: () => import('./admin-en.ftl?raw'),
    fr: () => import('./admin-fr.ftl?raw'),
};

export const GUEST_TEXTS: TextSources = {
    en: () => import('./guest-en.ftl?raw'),
    fr: () => import('./guest-fr.ftl?raw'),
};
