// SPDX-License-Identifier: Apache-2.0
// GET /api/calls of docs/api.md, read by the generated decoder.
import { decodeAnswerCalls, type AnswerCalls } from '../protocol/messages.ts';
import type { CallsApi } from './history.ts';
import type { ApiProblem } from './services.ts';
import type { Request } from './talk-api.ts';

const PAGE_SIZE = 30;

export function createCallsApi(request: Request): CallsApi {
    const ask = async (query: Record<string, string>): Promise<AnswerCalls> => {
        const body = await request('GET', `/api/calls?${new URLSearchParams(query)}`);
        const answer = decodeAnswerCalls(body);
        if (answer === null) {
            throw { error: 'internal' } satisfies ApiProblem;
        }
        return answer;
    };
    return {
        calls: ({ with: name, missed, before }) => ask({
            limit: String(PAGE_SIZE), ...(name && { with: name }), ...(missed && { missed: '1' }),
            ...(before && { before }),
        }),
        missedCalls: async () => (await ask({ limit: '0' })).missed,
    };
}
