// SPDX-License-Identifier: Apache-2.0
// Guests for the gallery: their card, a call with one, and the page by which they come.
import { html } from 'lit';
import '../ui/incoming-call.ts';
import '../ui/past-call.ts';
import type { PersonView } from '../ui/types.ts';
import type { GuestView, VvGuestPage } from './guest-entry.ts';
import './guest-links.ts';

export const guest: PersonView = {
    name: 'guest-0123456789ab', fullName: 'Bob Carpenter', position: '', avatar: '',
    status: 'in-call', accounts: '', devices: 0, push: false, guest: true,
};

const host = { name: 'mary', fullName: 'Mary Stone', avatar: '' };
const views: Readonly<Record<string, Partial<VvGuestPage>>> = {
    form: { view: { host, signedIn: '' } satisfies GuestView },
    member: { view: { host, signedIn: 'John Doe' } satisfies GuestView },
    refused: { view: { host, signedIn: '' }, problem: 'There are enough guests now.' },
    dead: { view: 'dead' },
    loading: { view: 'loading' },
};

/** ?guest=form and others: the whole page. */
export const guestPage = (state: string): object => views[state] ?? {};

/** Its answers: a link in each state. */
const asked = (): Promise<unknown> => Promise.resolve({
    on: true, maxSeconds: 604_800,
    links: ['open', 'waiting', 'talking', 'used', 'expired'].map((state, i) => ({
        id: String(i), label: 'Acme', guest: i > 0 ? guest.fullName : '', state,
        expires: 1_800_000_000,
    })),
});
export const guestLinks = (close: () => void): unknown =>
    html`<vv-guest-links .request=${asked} @vv-close=${close}></vv-guest-links>`;

export function guestGroups(): readonly (readonly [string, unknown])[] {
    return [
        ['vv-incoming-call, of a guest', [false, true].map((waiting) => html`<vv-incoming-call
            .caller=${guest} ?waiting=${waiting}></vv-incoming-call>`)],
        ['vv-past-call, with a guest', html`<vv-past-call .person=${guest} sign="in"
            words="12 min" when="12:00" at="2026-01-01T12:00:00Z"></vv-past-call>`],
    ];
}
