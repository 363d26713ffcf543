// SPDX-License-Identifier: Apache-2.0
// docs/api.md over fetch. A refusal is thrown as an ApiProblem.
import { t } from '../text/text.ts';
import type { Api, ApiProblem, LoginView } from './services.ts';
import { createTalkApi, type Request } from './talk-api.ts';
import type { TalkApi } from './talk.ts';

type Fetch = (path: string, init: RequestInit) => Promise<Response>;
const TIMEOUT_MS = 20000;

/** An error of the server as JSON; a proxy's page of HTML tells nothing but its status. */
async function problemOf(response: Response): Promise<ApiProblem> {
    const known: unknown = await response.json().catch(() => null);
    if (typeof known === 'object' && known !== null && 'error' in known) {
        return known as ApiProblem;
    }
    const byStatus: Record<number, string> = {
        401: 'wrong-login',
        403: 'forbidden',
        404: 'not-found',
        413: 'too-large',
        429: 'limit',
    };
    return { error: byStatus[response.status] ?? 'internal' };
}

export async function ask(
    fetch: Fetch,
    method: string,
    path: string,
    body?: unknown,
): Promise<Response> {
    const init: RequestInit = { method, signal: AbortSignal.timeout(TIMEOUT_MS) };
    if (body instanceof Blob) {
        init.body = body;
        init.headers = { 'content-type': body.type };
    } else if (body !== undefined) {
        init.body = JSON.stringify(body);
        init.headers = { 'content-type': 'application/json' };
    }
    let response: Response;
    try {
        response = await fetch(path, init);
    } catch {
        throw { error: 'network' } satisfies ApiProblem;
    }
    if (!response.ok) {
        throw await problemOf(response);
    }
    return response;
}

export function createHttpApi(fetch: Fetch): Api {
    const json = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
        (await (await ask(fetch, method, path, body)).json()) as T;
    const done = async (method: string, path: string, body?: unknown): Promise<void> =>
        void (await ask(fetch, method, path, body));
    const part = encodeURIComponent;
    return {
        login: (name, password) => json('POST', '/api/login', { name, password }),
        logout: () => done('POST', '/api/logout'),
        me: async () => {
            try {
                return await json('GET', '/api/me');
            } catch (thrown) {
                // 401, whatever its id: nobody is signed in, which is no fault.
                const { error } = thrown as ApiProblem;
                if (error === 'network' || error === 'internal' || error === 'limit') {
                    throw thrown;
                }
                return undefined;
            }
        },
        saveProfile: (form) => json('PUT', '/api/me/profile', form),
        savePassword: (old, fresh) => done('PUT', '/api/me/password', { old, new: fresh }),
        saveAvatar: (picture) => json('PUT', '/api/me/avatar', picture),
        removeAvatar: () => json('DELETE', '/api/me/avatar'),
        accounts: () => json('GET', '/api/me/accounts'),
        saveAccounts: (accounts) => done('PUT', '/api/me/accounts', { accounts }),
        logins: async () => (await json<{ logins: LoginView[] }>('GET', '/api/me/logins')).logins,
        endLogin: (id) => done('DELETE', `/api/me/logins/${part(id)}`),
        people: (query, offset, limit) =>
            json('GET', `/api/people?q=${part(query)}&offset=${offset}&limit=${limit}`),
        profile: (name) => json('GET', `/api/people/${part(name)}`),
        invite: (kind) => json('POST', '/api/invitations', { kind }),
        invitation: (token) => json('GET', `/api/invitations/${part(token)}`),
        join: (token, form) => json('POST', `/api/join/${part(token)}`, form),
        resetPassword: (token, password) => json('POST', `/api/join/${part(token)}`, { password }),
        push: () => json('GET', '/api/push'),
        savePush: (keys) => done('PUT', '/api/push', keys),
        removePush: () => done('DELETE', '/api/push'),
    };
}

/** The part of the API for what people say: pages of the portal, the chat beside a call. */
export function createHttpTalkApi(fetch: Fetch): TalkApi {
    return createTalkApi(createRequest(fetch));
}

/** One request, for the parts of the API that read their answers themselves. */
export function createRequest(fetch: Fetch): Request {
    return async (method, path, body) => {
        const response = await ask(fetch, method, path, body);
        return response.status === 204 ? undefined : parse(await response.text());
    };
}

/**
 * Who was erased is called so in the reader's language; the server has only a name for it. Few
 * answers have one: the others are not gone through value by value.
 */
function parse(text: string): unknown {
    const erased = /^deleted-[0-9a-f]{16}$/;
    return text.includes('"deleted-')
        ? JSON.parse(text, (_, value) =>
            erased.test(value?.fullName) ? { ...value, fullName: t('person-erased') } : value)
        : JSON.parse(text);
}
