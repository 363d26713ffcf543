// SPDX-License-Identifier: Apache-2.0
// Calls that are over, of docs/api.md, read by the generated decoders.
import { decodeAnswerCalls, decodeAnswerTimeline, type AnswerCalls }
    from '../protocol/messages.ts';
import type { CallsApi } from './history.ts';
import type { ApiProblem } from './services.ts';
import type { Request } from './talk-api.ts';

const PAGE_SIZE = 30;

export function createCallsApi(request: Request): CallsApi {
    const read = async <T>(path: string, decode: (body: unknown) => T | null): Promise<T> => {
        const answer = decode(await request('GET', path));
        if (answer === null) {
            throw { error: 'internal' } satisfies ApiProblem;
        }
        return answer;
    };
    const ask = (query: Record<string, string>): Promise<AnswerCalls> =>
        read(`/api/calls?${new URLSearchParams(query)}`, decodeAnswerCalls);
    return {
        calls: ({ with: name, missed, before }) => ask({
            limit: String(PAGE_SIZE), ...(name && { with: name }), ...(missed && { missed: '1' }),
            ...(before && { before }),
        }),
        missedCalls: async () => (await ask({ limit: '0' })).missed,
        timeline: (call) => read(`/api/calls/${encodeURIComponent(call)}/timeline`,
            decodeAnswerTimeline),
    };
}
