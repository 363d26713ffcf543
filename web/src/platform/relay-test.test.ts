// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { tryRelay, wayOf } from './relay-test.ts';

test('each address is one way to the server', () => {
    expect(wayOf('stun:a.org:3478')).toBe(undefined);
    expect(wayOf('turn:a.org:3478?transport=udp')).toBe('udp');
    expect(wayOf('turn:a.org:3478?transport=tcp')).toBe('tcp');
    expect(wayOf('turns:a.org:443?transport=tcp')).toBe('tls');
});

test('each way is tried by itself, and one that is not offered is named', async () => {
    const urls = ['stun:a.org', 'turn:a.org?transport=udp', 'turn:a.org?transport=tcp'];
    const tried: RTCIceServer[] = [];
    const heard: string[] = [];
    await tryRelay(
        { urls, username: 'u', credential: 'c' },
        (way, result) => heard.push(`${way} ${result}`),
        async (server) => {
            tried.push(server);
            return [server.urls].flat()[0]?.includes('tcp') ? 'nothing' : 'relay';
        },
    );
    expect(heard.sort()).toEqual(['tcp nothing', 'tls absent', 'udp works']);
    expect(tried.map((server) => [server.urls].flat().length)).toEqual([1, 1]);
});
