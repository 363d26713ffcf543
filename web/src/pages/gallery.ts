// SPDX-License-Identifier: Apache-2.0
// Every element in every state with fakes: the base of screenshots and of accessibility tests.
// ?theme=light or dark shows one only, ?only=dialog,field some groups, ?language=fr another
// language, ?dir=rtl from right to left, ?dialog=webrtc what opens over the page, ?portal=/chat a
// page of the portal with everything around it (&stranger: nobody is signed in), ?call=active the
// window of a call, ?guest=form the page of a guest.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { pastSign, pastWords } from '../model/past.ts';
import type { PastCallInfo } from '../protocol/messages.ts';
import { ADMIN_TEXTS, CALL_TEXTS, END_TEXTS, GUEST_TEXTS, WINDOW_TEXTS }
    from '../text/more-texts.ts';
import { addTexts, chooseLanguage, formatDuration, formatHour, setLanguage, t }
    from '../text/text.ts';
import '../ui/above-frame.ts';
import '../ui/avatar.ts';
import '../ui/call-button.ts';
import '../ui/composer.ts';
import '../ui/confirm.ts';
import '../ui/dialog.ts';
import { define, VvLightElement } from '../ui/element.ts';
import '../ui/field.ts';
import '../ui/header.ts';
import '../ui/incoming-call.ts';
import '../ui/invitation.ts';
import '../ui/past-call.ts';
import '../ui/person-card.ts';
import '../ui/person-row.ts';
import '../ui/room-row.ts';
import '../ui/search.ts';
import '../ui/status.ts';
import '../ui/text-block.ts';
import '../ui/toast.ts';
import type { CallOffer, PersonView } from '../ui/types.ts';
import '../ui/user-menu.ts';
import { VvCallPage } from './call-screen.ts';
import { adminGroups } from './gallery-admin.ts';
import { callGroups, callPage } from './gallery-call.ts';
import { endedCalls, silentCall } from './gallery-ends.ts';
import { fakePicture } from './gallery-fakes.ts';
import { guestGroups, guestLinks, guestPage } from './gallery-guests.ts';
import { activities, calm, direct, ines, john, luc, mary, pastCalls, rooms, team, zoe }
    from './gallery-people.ts';
import { partGroups } from './gallery-parts.ts';
import { galleryServices } from './gallery-services.ts';
import { VvPortal } from './portal-shell.ts';
import { services } from './services.ts';
import './activity-card.ts';
import './conversation.ts';
import { VvGuestPage } from './guest-entry.ts';
import { showTheme } from './theme.ts';

const STATUSES = ['available', 'away', 'do-not-disturb', 'in-call', 'offline'] as const;
const people: readonly PersonView[] = [mary, john, luc, ines, zoe];

export class VvGallery extends VvLightElement {
    static override properties = { stream: { state: true }, dialog: { state: true } };
    declare stream: MediaStream | null;
    declare dialog: string;

    constructor() {
        super();
        this.stream = fakePicture(this.ownerDocument);
        this.dialog = new URLSearchParams(location.search).get('dialog') ?? '';
    }

    protected override render(): TemplateResult {
        const only = new URLSearchParams(location.search).get('theme');
        const themes = ['light', 'dark'].filter((theme) => !only || only === theme);
        return html`<main class="gallery" aria-label="Gallery">
            ${themes.map((theme, i) => this.theme(theme, i === 0))}
        </main>`;
    }

    protected override updated(changed: PropertyValues<this>): void {
        if (changed.has('dialog')) {
            void press(this, this.dialog);
        }
    }

    /** What opens over the page opens in one theme: it is the only one that can. */
    private theme(theme: string, opens: boolean): TemplateResult {
        const dialog = opens ? this.dialog : '';
        const open = (which: string) => () => (this.dialog = which);
        const wanted = query.get('only')?.split(',') ?? [''];
        const group = (title: string, content: unknown): TemplateResult | typeof nothing =>
            wanted.some((word) => title.includes(word))
                ? html`<h2>${title}</h2>
                      <div class="samples">${content}</div>`
                : nothing;
        return html`<section data-theme=${theme} aria-label=${theme}>
            <h1>${theme}</h1>
            ${group('vv-header', html`<vv-header page="chat" .unread=${3} .missed=${2}
                ><vv-user-menu .me=${mary} status="away"></vv-user-menu
            ></vv-header>`)}
            ${group('vv-avatar', this.avatars())}
            ${group('vv-status',
                people.map((p) => html`<vv-status .status=${p.status}></vv-status>`))}
            ${group('vv-portrait', people.map((p) => html`<vv-portrait link .person=${p}>
                </vv-portrait><vv-portrait size="s" .person=${p}></vv-portrait>`))}
            ${group('vv-call-button', this.buttons())}
            ${group('vv-call-button, its tooltips', this.tooltips())}
            ${group('vv-above, over a popover', this.above(opens))}
            ${group('what opens beside its button', this.pulldowns(opens))}
            ${group('vv-person-row', people.map((person) => this.row(person)))}
            ${group('vv-person-card', people.map((person) => this.card(person)))}
            ${group('vv-text', html`<vv-text .text=${activities[0]?.text} .mentions=${people}>
            </vv-text>`)}
            ${group('vv-composer', this.composers())}
            ${group('vv-room-row', rooms.map((room, i) => html`<vv-room-row .room=${room}
                .peer=${room.peer} line=${room.last?.text ?? ''} when="12:00" ?chosen=${i === 1}>
            </vv-room-row>`))}
            ${group('vv-activity', activities.map((activity) => html`<vv-activity
                .activity=${activity}></vv-activity>`))}
            ${group('vv-conversation', html`<vv-conversation compact .room=${direct}>
            </vv-conversation>`)}
            ${group('vv-incoming-call', this.cards())}
            ${group('vv-past-call', pastCalls.map((call) => this.past(call)))}
            ${group('vv-past-call, each end of a call',
                [silentCall, ...endedCalls].map((call) => this.past(call)))}
            ${group('vv-field', this.fields())}
            ${group('vv-search', html`<vv-search label="Search in chat"></vv-search>`)}
            ${group('vv-toast', this.toasts())} ${group('vv-dialog, vv-invitation', this.dialogs())}
            ${guestGroups().map(([title, content]) => group(title, content))}
            ${partGroups(dialog, open).map(([title, content]) => group(title, content))}
            ${adminGroups().map(([title, content]) => group(title, content))}
            ${callGroups(mary, this.stream, this.dialog, open).map(([title, content]) =>
                group(title, content),
            )}
        </section>`;
    }

    private avatars(): TemplateResult[] {
        const sizes = ['s', 'm', 'l'] as const;
        return people.flatMap((person) =>
            sizes.map(
                (size) =>
                    html`<vv-avatar
                        size=${size}
                        .name=${person.name}
                        .fullName=${person.fullName}
                        .hash=${person.avatar}
                    ></vv-avatar>`,
            ),
        );
    }

    private buttons(): TemplateResult[] {
        const connectors = [
            { name: 'webrtc', title: 'Visavis' },
            { name: 'link', title: 'Meeting link' },
        ];
        const offers: CallOffer[] = [
            { state: 'idle' },
            { state: 'in-progress' },
            { state: 'absent' },
            { state: 'idle', connectors, chosen: 'link' },
        ];
        return offers.flatMap((offer) =>
            [false, true].map(
                (compact) =>
                    html`<vv-call-button
                        name="mary"
                        fullName="Mary Stone"
                        status="available"
                        .reach=${{ devices: 2, push: true }}
                        .offer=${offer}
                        .compact=${compact}
                    ></vv-call-button>`,
            ),
        );
    }

    /** What a press will do, for each status. */
    private tooltips(): TemplateResult[] {
        return STATUSES.flatMap((status) => [0, 1, 2].map((devices) =>
            html`<vv-call-button compact name="mary" fullName="Mary Stone" .status=${status}
                .reach=${{ devices, push: devices > 0 }} .offer=${{ state: 'idle' }}>
            </vv-call-button>`));
    }

    /** ?dialog=pulldown and ?dialog=menu show them open, by their own buttons. */
    private pulldowns(opens: boolean): TemplateResult {
        const offer: CallOffer = { state: 'idle', connectors: [{ name: 'webrtc', title: '' },
            { name: 'link', title: '' }, { name: 'sip', title: '' }], chosen: 'link' };
        return html`<vv-call-button class=${opens ? 'pulldown' : ''} name="mary"
                fullName="Mary Stone" .offer=${offer}></vv-call-button>
            <vv-user-menu class=${opens ? 'menu' : ''} .me=${mary}></vv-user-menu>`;
    }

    /** ?dialog=above shows it: two calls and a toast over the open pulldown. */
    private above(opens: boolean): TemplateResult {
        const offer: CallOffer = { state: 'idle', connectors: [{ name: 'webrtc', title: '' },
            { name: 'link', title: '' }], chosen: 'webrtc' };
        return html`<button type="button" class="button" @click=${() => (this.dialog = 'above')}>
                Cards
            </button>
            <vv-call-button class=${opens ? 'above' : ''} name="mary" fullName="Mary Stone"
                .offer=${offer}></vv-call-button>
            ${opens && this.dialog === 'above' ? html`<vv-above>
                <vv-toast slot="toast" text="Mary is invited"></vv-toast>
                <vv-incoming-call .caller=${john}></vv-incoming-call>
                <vv-incoming-call .caller=${luc} waiting></vv-incoming-call>
            </vv-above>` : nothing}`;
    }

    private card(person: PersonView): TemplateResult {
        const state = person.status === 'in-call' ? 'in-progress' : 'idle';
        return html`<vv-person-card
            .person=${person}
            .offer=${{ state }}
            ?self=${person === mary}
        ></vv-person-card>`;
    }

    private composers(): TemplateResult {
        return html`<vv-composer label="What do you want to share?" action="Post"></vv-composer>
            <vv-composer compact label="Write a message" action="Send" value="Hello"></vv-composer>
            <vv-composer compact label="Write" action="Send" .maxBytes=${4} value="Too long">
            </vv-composer>`;
    }

    private row(person: PersonView): TemplateResult {
        return html`<vv-person-row
            .person=${person}
            .offer=${{ state: person.status === 'in-call' ? 'in-progress' : 'idle' }}
            ?self=${person.name === 'zoe'}
        ></vv-person-row>`;
    }

    private cards(): TemplateResult[] {
        return people
            .slice(0, 5)
            .map(
                (caller, i) =>
                    html`<vv-incoming-call
                        .caller=${caller}
                        ?soundBlocked=${i === 1}
                        ?elsewhere=${i === 4}
                        ?waiting=${i === 2}
                        ?replying=${i === 3}
                    ></vv-incoming-call>`,
            );
    }

    private past(call: PastCallInfo): TemplateResult {
        const { key, why } = pastWords(call);
        const words = t(key, { duration: formatDuration(call.seconds) });
        return html`<vv-past-call
            .person=${call.peer}
            .offer=${{ state: call.peer === john ? 'in-progress' : 'idle' }}
            .sign=${pastSign(call)}
            .words=${why ? `${words} · ${t(why)}` : words}
            .when=${formatHour(call.startedAtMs / 1000)}
            .open=${call.missed}
        ></vv-past-call>`;
    }

    private fields(): TemplateResult {
        return html`<vv-field label="Full name" value="Mary Stone"></vv-field>
            <vv-field label="Password" type="password" hint="At least 10 characters."></vv-field>
            <vv-field label="E-mail" value="mary@" error="This is not an e-mail address.">
            </vv-field>
            <vv-field label="Link" value="https://example.org" readonly></vv-field>`;
    }

    private toasts(): TemplateResult {
        return html`<vv-toast text="Saved"></vv-toast>
            <vv-toast kind="problem" text="The server cannot be reached."></vv-toast>`;
    }

    private dialogs(): TemplateResult {
        const open = (which: string) => () => (this.dialog = which);
        const shown = (which: string): boolean => this.dialog === which;
        return html`<button type="button" class="button" @click=${open('form')}>Invite</button>
            <button type="button" class="button" @click=${open('link')}>Link</button>
            <vv-invitation ?open=${shown('form')} @vv-close=${open('')}></vv-invitation>
            <vv-invitation
                ?open=${shown('link')}
                url="https://visavis.example.org/join/Zk3vQ0cXr1bq8mYw2nLt"
                .expires=${1800000000}
                @vv-close=${open('')}
            ></vv-invitation>
            ${shown('guests') ? guestLinks(open('')) : nothing}`;
    }
}

/** Some states come by a press only: of a button in a shadow, or of each Test of the settings. */
async function press(gallery: VvGallery, dialog: string): Promise<void> {
    const place = dialog && gallery.querySelector<VvLightElement>(`.${dialog}`);
    if (place) {
        await place.updateComplete;
        (place.shadowRoot ?? place)
            .querySelectorAll<HTMLElement>('.more, .user, .webrtc-test')
            .forEach((button) => button.click());
    }
}

/** One window of each kind, beside each other. */
function openMinis(): void {
    const { minis } = services.get();
    minis.start(mary.name);
    [calm, direct, team].forEach((room) => minis.show(room));
    minis.resize(calm, true);
    minis.resize(direct, true);
}

/** The whole window is this element. */
function show(tag: string, element: CustomElementConstructor, set: object = {}): void {
    const theme = query.get('theme');
    showTheme(theme === 'light' || theme === 'dark' ? theme : 'auto');
    define(tag, element);
    const shown = Object.assign(document.createElement(tag), set);
    document.querySelector('vv-gallery')?.replaceWith(shown);
}

const query = new URLSearchParams(location.search);
services.give(galleryServices());
const wanted = chooseLanguage(query.get('language') ?? '', navigator.languages);
void setLanguage(wanted, navigator.languages).then(() => addTexts(CALL_TEXTS))
    .then(() => addTexts(END_TEXTS)).then(() => addTexts(ADMIN_TEXTS))
    .then(() => addTexts(WINDOW_TEXTS)).then(() => addTexts(GUEST_TEXTS)).then(() => {
    const portal = query.get('portal');
    const call = query.get('call');
    const guest = query.get('guest');
    if (query.get('dir') === 'rtl') {
        document.documentElement.dir = 'rtl';
    }
    if (call !== null) {
        show('vv-call-page', VvCallPage, callPage(call, mary, fakePicture(document)));
    } else if (guest !== null) {
        show('vv-guest-page', VvGuestPage, guestPage(guest));
    } else if (portal !== null) {
        history.replaceState(null, '', portal);
        show('vv-portal', VvPortal);
    } else {
        openMinis();
        define('vv-gallery', VvGallery);
    }
});
