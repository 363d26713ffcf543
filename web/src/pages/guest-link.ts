// SPDX-License-Identifier: Apache-2.0
/** Kept by the tab of a guest: the path of the link, to which it goes when the call is over. */
export const GUEST_LINK = 'visavis.guest-link';
