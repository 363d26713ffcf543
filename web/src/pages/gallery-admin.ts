// SPDX-License-Identifier: Apache-2.0
// The parts of the administration's pages, with answers that are invented: a server with much to
// tell, and a quiet one.
import { html, type TemplateResult } from 'lit';
import type { RelayView } from '../ui/types.ts';
import { createAdminApi, type AdminApi } from './admin-api.ts';
import './admin-check.ts';
import './admin-connectors.ts';
import './admin-lists.ts';
import './admin-now.ts';
import './admin-people.ts';
import './admin-phones.ts';
import { everybody, idOf, ines, john, luc, mary, NOON, zoe } from './gallery-people.ts';
import type { ApiProblem } from './services.ts';

export const relay: RelayView = {
    state: 'on',
    urls: [
        'stun:visavis.example.org:443',
        'turn:visavis.example.org:443?transport=udp',
        'turn:visavis.example.org:443?transport=tcp',
        'turns:visavis.example.org:443?transport=tcp',
    ],
    allocations: { udp: 2, tcp: 0, tls: 1 },
    connections: 4,
    bytes: 123_456_789,
    packets: 234_567,
};

const connectors = [
    { name: 'webrtc', kind: 'media', active: true, title: 'WebRTC', description: '', fields: [] },
    {
        name: 'link', kind: 'meeting', active: false, title: 'Meeting link', description: '',
        fields: [{
            name: 'template', title: '', hint: '', value: 'https://meet.example.org/{room}',
        }],
    },
    {
        name: 'pager', kind: 'program', active: true, title: 'Pager of the house',
        description: 'A connector of somebody else, which has <b>words</b> of its own.', fields: [],
    },
];
const groupsOf: Readonly<Record<string, readonly string[]>> = {
    mary: ['platform/administrators', 'design'], luc: ['platform/relay-only'],
};
const people = everybody.map((person) => ({
    person, disabled: person === zoe, groups: groupsOf[person.name] ?? [],
}));
const invitation = (n: number, kind: string, name = '') =>
    ({ id: idOf('invitation', n), kind, name, expires: NOON + n * 86_400 });
const call = (n: number, state: string, seconds: number) =>
    ({ id: idOf('call', n), state, seconds, caller: n === 1 ? mary : zoe, callee: n === 1 ? john
        : ines });
const act = (seq: number, name: string, target: string, detail = '') =>
    ({ seq, at: NOON - seq * 4000, by: 'mary', act: name, target, detail });
const finding = (check: string, level: string, rule: string, ...values: string[]) =>
    ({ check, level, rule, values, what: `${check}: ${rule}`, todo: '' });

/** A day with a morning and an afternoon, and one bad hour. */
const hours = Array.from({ length: 24 }, (_, i) => ({
    at: NOON - (23 - i) * 3600, calls: Math.round(40 * Math.sin((i * Math.PI) / 12) ** 2),
    answered: i, sessions: 20 + 5 * (i % 12), relays: i % 7, reports: i === 3 ? 0 : 10,
    lossPermille: i === 17 ? 84.2 : i / 2,
}));
const answers: Readonly<Record<string, unknown>> = {
    connectors: { connectors, phones: true, publicServer: 'stun:stun.example.net' },
    webrtc: { servers: [], relayOnly: false, poolSize: 0, collectLog: false },
    relay,
    now: { people: 60, here: 23, sessions: 41, calls: 3, hours },
    people: { people, total: 60, groups: ['platform/administrators', 'sales'] },
    invitations: {
        invitations: [
            invitation(1, 'member'), invitation(2, 'administrator'),
            invitation(3, 'password', luc.fullName),
        ],
    },
    guests: {
        links: ['open', 'waiting', 'talking', 'used', 'expired'].map((state, i) => ({
            id: String(i), label: 'Acme', host: luc.fullName, guest: i > 0 ? 'Bob Carpenter' : '',
            state, expires: NOON,
        })),
    },
    calls: { calls: [call(1, 'active', 754), call(2, 'ringing', 12), call(3, 'connecting', 1)] },
    audit: {
        entries: [
            act(1, 'connector-on', 'link'), act(2, 'group-joined', 'luc', 'platform/relay-only'),
            act(3, 'user-disabled', 'zoe'), act(4, 'of-a-newer-server', 'something'),
            act(5, 'connector-off', 'sip'), act(6, 'connector-settings', 'webrtc'),
            act(7, 'phones-on', ''), act(8, 'phones-off', ''), act(9, 'user-enabled', 'zoe'),
            act(10, 'group-left', 'luc', 'platform/relay-only'), act(11, 'password-link', 'luc'),
            act(12, 'invitation-withdrawn', ''), act(13, 'invited', 'member'),
            act(14, 'call-ended', 'john', 'mary'),
            act(15, 'user-erased', 'deleted-0123456789abcdef'), act(16, 'invited', 'administrator'),
            { ...act(17, 'user-added', 'ben'), by: '' }, act(18, 'password-set', 'ben'),
            act(19, 'group-added', 'sales'), act(20, 'activity-removed', 'luc'),
            act(21, 'comment-removed', 'luc'), act(22, 'guest-invited', ''),
            act(23, 'guest-link-withdrawn', ''),
        ],
        next: 14,
    },
    doctor: {
        faults: 1,
        findings: [
            finding('clock', 'good', 'clock-good'),
            finding('disk', 'warning', 'disk-little', '312', '/var/lib/visavis'),
            finding('relay-udp', 'fault', 'of-a-newer-server'),
            finding('origin', 'good', 'origin-good'),
        ],
    },
};
const empty: Readonly<Record<string, unknown>> = {
    ...answers,
    connectors: { connectors: connectors.slice(0, 1), phones: false, publicServer: '' },
    now: {
        people: 1, here: 1, sessions: 1, calls: 0,
        hours: [{ ...hours[0], at: NOON, calls: 0, sessions: 1, relays: 0, lossPermille: 0 }],
    },
    people: { people: [], total: 0, groups: [] },
    invitations: { invitations: [] },
    guests: { links: [] },
    calls: { calls: [] },
    audit: { entries: [], next: 0 },
};

function answering(known: Readonly<Record<string, unknown>>): AdminApi {
    return createAdminApi(async (method, path) => {
        const [, , , what = ''] = new URL(path, 'http://gallery.invalid').pathname.split('/');
        const refused: ApiProblem = { error: 'internal', reference: '3f9a1c' };
        return method === 'GET' && what in known ? known[what] : Promise.reject(refused);
    });
}

export const fullAdmin = answering(answers);
const quietAdmin = answering(empty);
const slowAdmin = createAdminApi(() => new Promise(() => undefined));

export function adminGroups(): readonly (readonly [string, unknown])[] {
    const check = (part: Record<string, unknown>): TemplateResult => html`<vv-admin-check
        .admin=${fullAdmin} .runs=${part['runs'] ?? false} .findings=${part['findings']}
        .faults=${part['faults'] ?? 0}></vv-admin-check>`;
    return [
        ['vv-admin-connectors', [fullAdmin, quietAdmin].map((admin) =>
            html`<vv-admin-connectors .admin=${admin}></vv-admin-connectors>`)],
        ['vv-admin-people', html`<vv-admin-people .admin=${fullAdmin}></vv-admin-people>`],
        ['vv-admin-invitations', [fullAdmin, quietAdmin, slowAdmin].map((admin) =>
            html`<vv-admin-invitations .admin=${admin}></vv-admin-invitations>`)],
        ['vv-admin-guests', [fullAdmin, quietAdmin, slowAdmin].map((admin) =>
            html`<vv-admin-guests .admin=${admin}></vv-admin-guests>`)],
        ['vv-admin-calls', [fullAdmin, quietAdmin].map((admin) =>
            html`<vv-admin-calls .admin=${admin}></vv-admin-calls>`)],
        ['vv-admin-now', [fullAdmin, quietAdmin, slowAdmin].map((admin) =>
            html`<vv-admin-now .admin=${admin}></vv-admin-now>`)],
        ['vv-hour-chart', html`<vv-hour-chart heading="Calls"
            .hours=${hours.map(({ at, calls }) => ({ at, value: calls }))}></vv-hour-chart>`],
        ['vv-admin-audit', [fullAdmin, quietAdmin].map((admin) =>
            html`<vv-admin-audit .admin=${admin}></vv-admin-audit>`)],
        ['vv-admin-check', [check({}), check({ runs: true }),
            check(answers['doctor'] as Record<string, unknown>)]],
    ];
}
