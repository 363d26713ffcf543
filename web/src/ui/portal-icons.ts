// SPDX-License-Identifier: Apache-2.0
// Icons of Lucide (https://lucide.dev), ISC licence, Copyright (c) Lucide Icons and Contributors:
// those that the portal alone shows.
import { svg } from 'lit';
import { icon } from './icons.ts';

export const homeIcon = icon(svg`
    <path d="M15 21v-8a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v8" />
    <path d="M3 10a2 2 0 0 1 .709-1.528l7-5.999a2 2 0 0 1 2.582 0l7 5.999A2 2 0 0 1 21 10v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z" />
`);
export const chatIcon = icon(svg`<path d="M7.9 20A9 9 0 1 0 4 16.1L2 22Z" />`);
export const spacesIcon = icon(svg`
    <rect width="7" height="7" x="3" y="3" rx="1" />
    <rect width="7" height="7" x="14" y="3" rx="1" />
    <rect width="7" height="7" x="14" y="14" rx="1" />
    <rect width="7" height="7" x="3" y="14" rx="1" />
`);
export const heartIcon = icon(svg`
    <path d="M19 14c1.49-1.46 3-3.21 3-5.5A5.5 5.5 0 0 0 16.5 3c-1.76 0-3 .5-4.5 2-1.5-1.5-2.74-2-4.5-2A5.5 5.5 0 0 0 2 8.5c0 2.3 1.5 4.05 3 5.5l7 7Z" />
`);
export const sendIcon = icon(svg`
    <path d="M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11z" />
    <path d="m21.854 2.147-10.94 10.939" />
`);
export const plusIcon = icon(svg`<path d="M5 12h14" /><path d="M12 5v14" />`);
export const minusIcon = icon(svg`<path d="M5 12h14" />`);
export const backIcon = icon(svg`<path d="m12 19-7-7 7-7" /><path d="M19 12H5" />`);
export const openIcon = icon(svg`
    <path d="M15 3h6v6" />
    <path d="M10 14 21 3" />
    <path d="M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6" />
`);
export const pencilIcon = icon(svg`
    <path d="M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z" />
    <path d="m15 5 4 4" />
`);
export const bellIcon = icon(svg`
    <path d="M10.268 21a2 2 0 0 0 3.464 0" />
    <path d="M3.262 15.326A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.673C19.41 13.956 18 12.499 18 8A6 6 0 0 0 6 8c0 4.499-1.411 5.956-2.738 7.326" />
`);

/** The handset of Lucide's phone icons, without what stands beside it. */
const handset = svg`
    <path d="M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384" />
`;
export const callsIcon = icon(handset);
export const callInIcon = icon(svg`<path d="M16 2v6h6" /><path d="m22 2-6 6" />${handset}`);
export const callOutIcon = icon(svg`<path d="m16 8 6-6" /><path d="M22 8V2h-6" />${handset}`);
export const callMissedIcon = icon(svg`<path d="m16 2 6 6" /><path d="m22 2-6 6" />${handset}`);
export const detailsIcon = icon(svg`
    <circle cx="12" cy="12" r="10" />
    <path d="M12 16v-4" />
    <path d="M12 8h.01" />
`);
