// SPDX-License-Identifier: Apache-2.0
// SIGTERM while a call is being relayed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../api/server.mjs';
import { startCall, startRelay, uclient } from './relay.mjs';

const one = ['-t', '-s', '-m', '1', '-n', '1'];

test('SIGTERM waits for relayed calls, refuses new ones, and ends when they have', async () => {
    const server = await startRelay({ options: { 'turn.drain_s': 60 } });
    const call = await startCall(server);
    // By TCP, so that the relays end with the client and not with their lifetime.
    const running = uclient(server, call, ['-t', '-s', '-m', '1', '-n', '150', '-z', '20']);
    await until(async () => (await uclient(server, call, one)).sent > 0,
        20_000, 'the relay');
    server.child.kill('SIGTERM');
    await until(async () => {
        const { code, output } = await uclient(server, call, one);
        return code !== 0 && /508/.test(output);
    }, 20_000, 'the refusal of a new relay');
    const { sent, lost, output } = await running;
    assert.equal(sent, 300, output.slice(-600));
    assert.equal(lost, 0);
    const [code] = await server.exited;
    assert.equal(code, 0);
    assert.equal(await server.stop(), 0);
});

test('without relayed calls it ends at once, and a second signal does not wait', async () => {
    const idle = await startRelay({ options: { 'turn.drain_s': 600 } });
    assert.equal(await idle.stop(), 0);
    const server = await startRelay({ options: { 'turn.drain_s': 600 } });
    const call = await startCall(server);
    const running = uclient(server, call, ['-t', '-s', '-m', '1', '-n', '400', '-z', '20']);
    await until(async () => (await uclient(server, call, one)).sent > 0,
        20_000, 'the relay');
    server.child.kill('SIGTERM');
    await until(() => /ending in good order/.test(server.log), 20_000, 'the first signal');
    assert.equal(await server.stop('SIGTERM'), 0);
    await running;
});
