// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createHttpApi, createRequest } from './http-api.ts';

interface Asked {
    path: string;
    init: RequestInit;
}

function fake(status: number, body: string) {
    const asked: Asked[] = [];
    const api = createHttpApi((path, init) => {
        asked.push({ path, init });
        return Promise.resolve(new Response(status === 204 ? null : body, { status }));
    });
    return { api, asked };
}

test('a name with a slash stays one part of the path and a query stays one value', async () => {
    const { api, asked } = fake(200, '{"people":[],"total":0}');
    await api.profile('a/../b');
    await api.people('a&limit=9', 25, 25);
    expect(asked.map((one) => one.path)).toEqual([
        '/api/people/a%2F..%2Fb',
        '/api/people?q=a%26limit%3D9&offset=25&limit=25',
    ]);
});

test('a body goes as JSON and a picture as it is', async () => {
    const { api, asked } = fake(200, '{}');
    await api.login('mary', 'secret');
    const picture = new Blob(['x'], { type: 'image/webp' });
    await api.saveAvatar(picture);
    expect(asked[0]?.init.body).toBe('{"name":"mary","password":"secret"}');
    expect(asked[0]?.init.headers).toEqual({ 'content-type': 'application/json' });
    expect(asked[1]?.init.body).toBe(picture);
    expect(asked[1]?.init.headers).toEqual({ 'content-type': 'image/webp' });
});

test('a refusal keeps its id and its field', async () => {
    const { api } = fake(400, '{"error":"invalid","message":"bad","field":"email"}');
    await expect(api.removeAvatar()).rejects.toMatchObject({ error: 'invalid', field: 'email' });
});

test('a refusal that is not ours is told by its status', async () => {
    await expect(fake(413, '<html>').api.logout()).rejects.toEqual({ error: 'too-large' });
    await expect(fake(502, '<html>').api.logout()).rejects.toEqual({ error: 'internal' });
});

test('a server that cannot be reached is told as the network', async () => {
    const api = createHttpApi(() => Promise.reject(new TypeError('failed')));
    await expect(api.me()).rejects.toEqual({ error: 'network' });
});

test('nobody signed in is no fault, a broken server is one', async () => {
    expect(await fake(401, '{"error":"unauthorized"}').api.me()).toBeUndefined();
    await expect(fake(500, '').api.me()).rejects.toEqual({ error: 'internal' });
});

test('an answer without content is enough for a write', async () => {
    const { api, asked } = fake(204, '');
    await api.endLogin('a b');
    expect(asked[0]?.path).toBe('/api/me/logins/a%20b');
});

test('who was erased is called so, and nobody else', async () => {
    const people = ['deleted-00ff00ff00ff00ff', 'deleted-by-accident', 'Mary'];
    const body = JSON.stringify({ people: people.map((fullName) => ({ name: 'n', fullName })) });
    const request = createRequest(() => Promise.resolve(new Response(body)));
    const answer = (await request('GET', '/api/calls')) as { people: { fullName: string }[] };
    expect(answer.people.map(({ fullName }) => fullName))
        .toEqual(['Deleted person', 'deleted-by-accident', 'Mary']);
});
