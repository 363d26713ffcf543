// SPDX-License-Identifier: Apache-2.0
// The parts of pages, what groups are offered, and the elements of administration, each in its
// states. What opens over the page is shown by ?dialog=NAME.
import { html, nothing, type TemplateResult } from 'lit';
import '../ui/confirm.ts';
import '../ui/person.ts';
import '../ui/relay-server.ts';
import '../ui/space-card.ts';
import '../ui/space.ts';
import type { CallOffer, IceServerView, RelayTrial, RelayView } from '../ui/types.ts';
import '../ui/webrtc-settings.ts';
import './admin-phones.ts';
import './call-preferences.ts';
import './call-setup.ts';
import './call-timeline.ts';
import './chat-search.ts';
import './feed.ts';
import { relay } from './gallery-admin.ts';
import { everybody, idOf, luc, mary, pastCalls, space, team, zoe } from './gallery-people.ts';
import { fakePicture } from './gallery-fakes.ts';
import './im-accounts.ts';
import './mini-dock.ts';
import './person-acts.ts';
import './person-picker.ts';
import './push-settings.ts';
import './room-dialog.ts';
import './setup-offer.ts';
import './sound-settings.ts';
import './space-dialog.ts';
import './space-people.ts';
import './team-dialog.ts';

/** Names of ?dialog= that belong to this file. */
export const DIALOGS = ['confirm', 'team', 'room', 'space', 'space-people', 'webrtc', 'setup',
    'setup-works', 'setup-fails', 'setup-asks', 'webrtc-tested', 'webrtc-alone', 'webrtc-none',
    'pulldown', 'menu'] as const;

const link = { name: 'link', title: 'Meeting link' };
const groupOffers: readonly CallOffer[] = [
    { state: 'idle', connectors: [link] },
    { state: 'idle', connectors: [link, { name: 'rooms', title: 'Rooms' }], chosen: 'rooms' },
];
const trials: readonly RelayTrial[] = [
    { way: 'udp', result: 'works' },
    { way: 'tcp', result: 'nothing' },
    { way: 'tls', result: 'absent' },
];
const relays: readonly (readonly [RelayView, readonly RelayTrial[]])[] = [
    [{ ...relay, allocations: { udp: 0, tcp: 0, tls: 0 }, bytes: 0, packets: 0 }, []],
    [relay, trials],
    [relay, [{ way: 'udp', result: 'testing' }]],
    [{ ...relay, state: 'draining', allocations: { udp: 0, tcp: 1, tls: 0 } }, []],
    [{ ...relay, state: 'off', urls: [] }, []],
];
const servers: IceServerView[] = [
    { urls: ['turn:turn.example.org:3478?transport=udp'], credentials: true, username: 'guest',
        kept: 0 },
    { urls: ['stun:stun.example.org'], credentials: false, username: '' },
];

function groupButtons(): TemplateResult[] {
    return groupOffers.flatMap((offer) =>
        [false, true].map(
            (compact) =>
                html`<vv-call-button
                    .room=${team}
                    fullName="Summer party"
                    .offer=${offer}
                    .compact=${compact}
                ></vv-call-button>`,
        ),
    );
}

/** The sheet as it opens, where all is well, and where nothing is. */
const sheets: readonly (readonly [string, Record<string, unknown>])[] = [
    ['setup', {}],
    ['setup-works', {
        devices: { microphone: 'open', camera: 'open' }, heard: 'yes', rang: 'audible',
        picture: fakePicture(document),
    }],
    ['setup-fails', {
        devices: { microphone: 'denied', camera: 'in-use' }, heard: 'blocked', rang: 'by-autoplay',
    }],
    ['setup-asks', { devices: { microphone: 'asked', camera: 'closed' }, rang: 'by-status' }],
];

function setUps(dialog: string, close: () => void): TemplateResult[] {
    return sheets.map(([name, part]) => {
        const { devices, picture = null, heard = 'no', rang } = part;
        return html`<vv-call-setup
            ?open=${dialog === name}
            .me=${{ user: mary }}
            .devices=${devices ?? { microphone: 'closed', camera: 'closed' }}
            .picture=${picture}
            .heard=${heard}
            .rang=${rang}
            @vv-close=${close}
        ></vv-call-setup>`;
    });
}

/** What Test says of the server with such an address; the last one never answers. */
const ANSWERS = ['relay', 'reflexive', 'nothing', 'invalid', 'late'] as const;
const tested: IceServerView[] = ANSWERS.map((answer) =>
    ({ urls: [`turn:${answer}.example.org`], credentials: false, username: '' }));
const testFake = ({ urls }: RTCIceServer): Promise<string> => {
    const answer = ANSWERS.find((one) => [urls].flat()[0]?.includes(one)) ?? 'nothing';
    return answer === 'late' ? new Promise(() => undefined) : Promise.resolve(answer);
};

/** With each answer of a test, with no server beside the built-in one, with none at all. */
function webrtcs(dialog: string, close: () => void): TemplateResult[] {
    const form = (list: IceServerView[]) =>
        ({ servers: list, relayOnly: false, poolSize: 2, collectLog: true });
    const off: RelayView = { ...relay, state: 'off', urls: [] };
    const works: RelayTrial[] = trials.map(({ way }) => ({ way, result: 'works' }));
    const states = [['webrtc-tested', tested, relay, works], ['webrtc-alone', [], relay, []],
        ['webrtc-none', [], off, []]] as const;
    return states.map(([name, list, built, results]) => html`<vv-webrtc-settings
        class=${name}
        ?open=${dialog === name}
        .form=${form([...list])}
        .test=${testFake}
        .relay=${built}
        .trials=${results}
        @vv-close=${close}
    ></vv-webrtc-settings>`);
}

function dialogs(dialog: string, open: (which: string) => () => void): TemplateResult {
    const close = open('');
    const form = { servers, relayOnly: true, poolSize: 0, collectLog: false };
    return html`${DIALOGS.map(
            (name) =>
                html`<button type="button" class="button" @click=${open(name)}>${name}</button>`,
        )}
        <vv-confirm
            ?open=${dialog === 'confirm'}
            heading="Delete this activity?"
            text="This cannot be undone."
            action="Delete"
            @vv-close=${close}
            @vv-confirm=${close}
        ></vv-confirm>
        <vv-team-dialog ?open=${dialog === 'team'} @vv-close=${close}></vv-team-dialog>
        <vv-room-dialog ?open=${dialog === 'room'} .room=${team} @vv-close=${close}>
        </vv-room-dialog>
        <vv-space-dialog ?open=${dialog === 'space'} .space=${space} @vv-close=${close}>
        </vv-space-dialog>
        <vv-space-people
            ?open=${dialog === 'space-people'}
            .known=${{ space, people: everybody }}
            @vv-close=${close}
        ></vv-space-people>
        <vv-webrtc-settings
            ?open=${dialog === 'webrtc'}
            .form=${form}
            .problem=${{ field: 'servers.1.urls.0', text: 'This is no address of a server.' }}
            .relay=${relay}
            .trials=${trials}
            @vv-close=${close}
        ></vv-webrtc-settings>
        ${webrtcs(dialog, close)} ${setUps(dialog, close)}`;
}

export function partGroups(
    dialog: string,
    open: (which: string) => () => void,
): readonly (readonly [string, unknown])[] {
    return [
        ['vv-call-button, for a group', groupButtons()],
        [
            'vv-person, vv-space',
            html`<vv-person .person=${luc}></vv-person><vv-space .space=${space}></vv-space>`,
        ],
        [
            'vv-space-card',
            [space, { ...space, description: '', member: false }, undefined].map(
                (known) =>
                    html`<vv-space-card .space=${known} .offer=${groupOffers[0]}></vv-space-card>`,
            ),
        ],
        ['vv-feed, vv-comments', html`<vv-feed .space=${''} administrator></vv-feed>`],
        ['vv-conversation, of a team', html`<vv-conversation .room=${team}></vv-conversation>`],
        ['vv-conversation, that is gone', html`<vv-conversation compact .room=${idOf('gone', 1)}>
        </vv-conversation>`],
        ['vv-chat-search', html`<vv-chat-search query="drawings"></vv-chat-search>`],
        // Not behind an open dialog: that may have one itself, and two landmarks with one name.
        ['vv-person-picker', dialog ? nothing
            : html`<vv-person-picker .except=${['mary']}></vv-person-picker>`],
        ['vv-im-accounts', html`<vv-im-accounts></vv-im-accounts>`],
        ['vv-sound-settings', html`<vv-sound-settings></vv-sound-settings>`],
        ['vv-push-settings', ['default', 'asked', 'granted', 'denied', 'none'].map((state) =>
            html`<vv-push-settings .permission=${state === 'asked' ? 'default' : state}
                .busy=${state === 'asked'}></vv-push-settings>`)],
        [
            'vv-relay-server',
            relays.map(
                ([one, results]) =>
                    html`<vv-relay-server .relay=${one} .trials=${results}></vv-relay-server>`,
            ),
        ],
        ['vv-setup-offer', html`<vv-setup-offer></vv-setup-offer>`],
        ['vv-call-preferences', html`<vv-call-preferences></vv-call-preferences>`],
        ['vv-call-timeline', [pastCalls[1]?.id, idOf('gone', 2), idOf('slow', 1), idOf('every', 1)]
            .map((id) =>
            html`<vv-call-timeline .call=${id}></vv-call-timeline>`)],
        ['vv-person-acts', [mary, luc, zoe].map((person) =>
            html`<vv-person-acts .person=${person}></vv-person-acts>`)],
        ['vv-mini-dock', html`<div class="dock-sample"><vv-mini-dock></vv-mini-dock></div>`],
        [
            'vv-admin-phones',
            [true, false].map((on) => html`<vv-admin-phones .phones=${on}></vv-admin-phones>`),
        ],
        ['dialogs of pages', dialogs(dialog, open)],
    ];
}
