// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { resubscribe } from './resubscribe.ts';

const keys = { endpoint: 'https://push.example.org/2', p256dh: 'BA', auth: 'AA' };

async function run(status: number, answer: object): Promise<string[]> {
    const asked: string[] = [];
    await resubscribe({
        fetch: async (path, init) => {
            asked.push(`${init?.method ?? 'GET'} ${path} ${String(init?.body ?? '')}`.trim());
            return new Response(JSON.stringify(answer), { status });
        },
        subscribe: async (key) => {
            asked.push(`subscribe ${key}`);
            return keys;
        },
    });
    return asked;
}

test('another subscription is told to the server, by its own key', async () => {
    expect(await run(200, { key: 'K', on: true })).toEqual([
        'GET /api/push', 'subscribe K', `PUT /api/push ${JSON.stringify(keys)}`]);
});

test('who has switched it off, or is signed out, is subscribed to nothing', async () => {
    expect(await run(200, { key: 'K', on: false })).toEqual(['GET /api/push']);
    expect(await run(401, {})).toEqual(['GET /api/push']);
});
