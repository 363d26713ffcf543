// SPDX-License-Identifier: Apache-2.0
// Rooms, activities and spaces of docs/api.md: every answer is read by the generated decoders.
import {
    decodeAnswerActivities,
    decodeAnswerActivity,
    decodeAnswerComment,
    decodeAnswerComments,
    decodeAnswerHistory,
    decodeAnswerHits,
    decodeAnswerRoom,
    decodeAnswerRooms,
    decodeAnswerSpace,
    decodeAnswerSpaces,
} from '../protocol/messages.ts';
import type { AnswerRoom, AnswerSpace } from '../protocol/messages.ts';
import type { ApiProblem } from './services.ts';
import type { TalkApi } from './talk.ts';

/** One request; answers the parsed body (undefined when there is none). */
export type Request = (method: string, path: string, body?: unknown) => Promise<unknown>;

function read<T>(decode: (body: unknown) => T | null, body: unknown): T {
    const answer = decode(body);
    if (answer === null) {
        throw { error: 'internal' } satisfies ApiProblem;
    }
    return answer;
}

export function createTalkApi(request: Request): TalkApi {
    const part = encodeURIComponent;
    const done = async (method: string, path: string, body?: unknown): Promise<void> =>
        void (await request(method, path, body));
    const room = async (method: string, path: string, body?: unknown): Promise<AnswerRoom> =>
        read(decodeAnswerRoom, await request(method, path, body));
    const space = async (method: string, path: string, body?: unknown): Promise<AnswerSpace> =>
        read(decodeAnswerSpace, await request(method, path, body));
    return {
        rooms: async () => read(decodeAnswerRooms, await request('GET', '/api/rooms')).rooms,
        room: (id) => room('GET', `/api/rooms/${part(id)}`),
        directRoom: (id, name) => room('POST', '/api/rooms', { id, kind: 'direct', name }),
        makeTeam: (id, title, members) =>
            room('POST', '/api/rooms', { id, kind: 'team', title, members }),
        renameRoom: (id, title) => room('PUT', `/api/rooms/${part(id)}`, { title }),
        addMember: (id, name) => room('POST', `/api/rooms/${part(id)}/members`, { name }),
        removeMember: (id, name) =>
            done('DELETE', `/api/rooms/${part(id)}/members/${part(name)}`),
        history: async (id, where) => {
            const query = new URLSearchParams(
                Object.entries(where ?? {}).map(([key, value]) => [key, String(value)]),
            );
            const path = `/api/rooms/${part(id)}/messages?${query}`;
            return read(decodeAnswerHistory, await request('GET', path));
        },
        searchChat: async (q, id, before) => {
            const query = new URLSearchParams({ q });
            if (id) {
                query.set('room', id);
            }
            if (before) {
                query.set('before', before);
            }
            return read(decodeAnswerHits, await request('GET', `/api/chat/search?${query}`));
        },
        ...streamApi(request, done),
        spaces: async () => read(decodeAnswerSpaces, await request('GET', '/api/spaces')),
        space: (name) => space('GET', `/api/spaces/${part(name)}`),
        makeSpace: (name, title, description) =>
            space('POST', '/api/spaces', { name, title, description }),
        changeSpace: (name, title, description) =>
            space('PUT', `/api/spaces/${part(name)}`, { title, description }),
        inviteToSpace: (name, who) =>
            done('POST', `/api/spaces/${part(name)}/invitations`, { name: who }),
        membership: (name, act) => done('POST', `/api/spaces/${part(name)}/${act}`),
        removeFromSpace: (name, who) =>
            done('DELETE', `/api/spaces/${part(name)}/members/${part(who)}`),
    };
}

type StreamKeys = 'activities' | 'post' | 'removeActivity' | 'comments' | 'comment'
    | 'removeComment' | 'like';

function streamApi(
    request: Request,
    done: (method: string, path: string, body?: unknown) => Promise<void>,
): Pick<TalkApi, StreamKeys> {
    const of = (activity: string): string => `/api/activities/${encodeURIComponent(activity)}`;
    return {
        activities: async (space, before) => {
            const some = { ...(space && { space }), ...(before && { before }) };
            const query = new URLSearchParams(some);
            const body = await request('GET', `/api/activities?${query}`);
            return read(decodeAnswerActivities, body);
        },
        post: async (id, text, space) => {
            const body = { id, text, ...(space && { space }) };
            return read(decodeAnswerActivity, await request('POST', '/api/activities', body));
        },
        removeActivity: (id) => done('DELETE', of(id)),
        comments: async (id, after) => {
            const query = after ? `?after=${encodeURIComponent(after)}` : '';
            const body = await request('GET', `${of(id)}/comments${query}`);
            return read(decodeAnswerComments, body);
        },
        comment: async (activity, id, text) => {
            const body = await request('POST', `${of(activity)}/comments`, { id, text });
            return read(decodeAnswerComment, body).comment;
        },
        removeComment: (activity, id) =>
            done('DELETE', `${of(activity)}/comments/${encodeURIComponent(id)}`),
        like: (id, liked) => done(liked ? 'PUT' : 'DELETE', `${of(id)}/like`),
    };
}
