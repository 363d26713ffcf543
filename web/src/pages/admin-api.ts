// SPDX-License-Identifier: Apache-2.0
// docs/api.md, Administration. Each refuses with an ApiProblem.
import type { PersonView, RelayView, WebrtcView } from '../ui/types.ts';
import { createRequest } from './http-api.ts';
import type { Request } from './talk-api.ts';

export interface ConnectorRow {
    name: string;
    kind: 'media' | 'meeting' | 'program';
    active: boolean;
    title: string;
    description: string;
    fields: { name: string; title: string; hint: string; value: string }[];
}

/** The built-in server with credentials for a trial. */
export interface TurnServer {
    urls: string[];
    username: string;
    credential: string;
}

export interface AdminPerson {
    person: PersonView;
    disabled: boolean;
    groups: string[];
}

export interface AdminCall {
    id: string;
    state: string;
    seconds: number;
    caller: PersonView;
    callee: PersonView;
}

export interface OpenInvitation {
    id: string;
    kind: string;
    name: string;
    expires: number;
}

export interface AdminGuestLink {
    id: string;
    label: string;
    host: string;
    guest: string;
    state: string;
    expires: number;
}

export interface AuditEntry {
    seq: number;
    at: number;
    by: string;
    act: string;
    target: string;
    detail: string;
}

/** What `visavis doctor` found; `rule` names the sentence in doctor-*.ftl, `values` go into it. */
export interface Finding {
    check: string;
    level: 'good' | 'warning' | 'fault';
    rule: string;
    values: string[];
    what: string;
    todo: string;
}

/** An hour of the server; `at`: its beginning, Unix time. */
export interface HourView {
    at: number;
    calls: number;
    answered: number;
    sessions: number;
    relays: number;
    reports: number;
    lossPermille: number;
}

/** The oldest hour first. */
export interface NowView {
    people: number;
    here: number;
    sessions: number;
    calls: number;
    hours: HourView[];
}

const part = encodeURIComponent;

export function createAdminApi(request: Request) {
    const json = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
        (await request(method, `/api/admin/${path}`, body)) as T;
    const done = async (method: string, path: string, body?: unknown): Promise<void> =>
        void (await request(method, `/api/admin/${path}`, body));
    return {
        connectors: () =>
            json<{ connectors: ConnectorRow[]; phones: boolean; publicServer: string }>(
                'GET', 'connectors'),
        switchPhones: (calls: boolean) => done('PUT', 'phones', { calls }),
        switchConnector: (name: string, active: boolean) =>
            done('PUT', `connectors/${part(name)}`, { active }),
        saveValues: (name: string, values: Record<string, string>) =>
            done('PUT', `connectors/${part(name)}`, { values }),
        webrtc: () => json<WebrtcView>('GET', 'webrtc'),
        saveWebrtc: (form: WebrtcView) => done('PUT', 'webrtc', form),
        tryServer: (server: number) => json<RTCIceServer>('POST', 'webrtc/test', { server }),
        relay: () => json<RelayView>('GET', 'relay'),
        now: () => json<NowView>('GET', 'now'),
        tryRelay: () => json<TurnServer>('POST', 'relay/test', {}),
        people: (query: string, offset: number, limit: number) =>
            json<{ people: AdminPerson[]; total: number; groups: string[] }>(
                'GET', `people?q=${part(query)}&offset=${offset}&limit=${limit}`),
        disable: (name: string, disabled: boolean) =>
            done('PUT', `people/${part(name)}`, { disabled }),
        erase: (name: string) => done('DELETE', `people/${part(name)}`),
        group: (name: string, group: string, member: boolean) =>
            done('PUT', `people/${part(name)}`, { group, member }),
        reset: (name: string) =>
            json<{ url: string; expires: number }>('POST', `people/${part(name)}/reset`),
        invitations: async () =>
            (await json<{ invitations: OpenInvitation[] }>('GET', 'invitations')).invitations,
        guestLinks: async () => (await json<{ links: AdminGuestLink[] }>('GET', 'guests')).links,
        withdrawGuest: (id: string) => done('DELETE', `guests/${id}`),
        withdraw: (id: string) => done('DELETE', `invitations/${id}`),
        calls: async () => (await json<{ calls: AdminCall[] }>('GET', 'calls')).calls,
        endCall: (id: string) => done('DELETE', `calls/${id}`),
        doctor: () => json<{ faults: number; findings: Finding[] }>('GET', 'doctor'),
        audit: (before: number) =>
            json<{ entries: AuditEntry[]; next: number }>('GET', `audit?before=${before}`),
    };
}

export type AdminApi = ReturnType<typeof createAdminApi>;

let current = createAdminApi(createRequest((path, init) => fetch(path, init)));

/** Who answers the pages of administration. */
export const adminApi = (): AdminApi => current;

/** For pages without a server. */
export function giveAdminApi(api: AdminApi): void {
    current = api;
}
