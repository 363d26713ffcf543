// SPDX-License-Identifier: Apache-2.0
// SIGTERM while a call is being relayed.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until, within } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { startCall, startRelay, uclient } from './relay.mjs';

const endings = new Endings();
after(() => endings.run(), LIMIT);

const one = ['-t', '-s', '-m', '1', '-n', '1'];

test('SIGTERM waits for relayed calls, refuses new ones, and ends when they have', async () => {
    const server = await startRelay({ endings, options: { 'turn.drain_s': 60 } });
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
    const [code] = await within(60_000, server.exited, 'the end');
    assert.equal(code, 0);
    assert.equal(await server.stop(), 0);
});

test('where another server takes over, new relays are sent there and live ones stay', async () => {
    const other = await startRelay({ endings, options: { 'turn.drain_s': 0,
        'turn.relay_port_min': 40000, 'turn.relay_port_max': 40099 } });
    const data = mkdtempSync(join(tmpdir(), 'visavis-drain-'));
    copyFileSync(join(other.folder, 'turn.secret'), join(data, 'turn.secret'));
    const server = await startRelay({ data, endings, options: { 'turn.drain_s': 60,
        'turn.relay_port_min': 40100, 'turn.relay_port_max': 40199,
        'turn.alternate': `127.0.0.1:${other.port}` } });
    const call = await startCall(server);
    const relayOf = ({ output }) => Number(/relay addr: 127\.0\.0\.1:(\d+)/.exec(output)?.[1]);
    const running = uclient(server, call, ['-t', '-s', '-v', '-m', '1', '-n', '400', '-z', '20']);
    await until(async () => (await uclient(server, call, one)).sent > 0, 20_000, 'the relay');
    server.child.kill('SIGTERM');
    for (const tab of [call.ann, call.bert]) {
        await tab.event((e) => e.type === 'call.renew', 'word of the other server');
    }
    for (const moved of await Promise.all([['-t'], []].map((transport) =>
        uclient(server, call, [...transport, '-s', '-v', '-m', '1', '-n', '5'])))) {
        assert.match(moved.output, /error 300 \(Try Alternate\)/);
        assert.ok(relayOf(moved) >= 40000 && relayOf(moved) < 40100, moved.output);
        assert.equal(moved.sent, 10, moved.output);
        assert.equal(moved.lost, 0, moved.output);
    }
    const { sent, lost, output } = await running;
    assert.ok(relayOf({ output }) >= 40100, output);
    assert.equal(sent, 800, output.slice(-600));
    assert.equal(lost, 0);
    assert.equal((await within(60_000, server.exited, 'the end'))[0], 0);
    assert.equal(await server.stop(), 0);
    assert.equal(await other.stop(), 0);
});

test('without relayed calls it ends at once, and a second signal does not wait', async () => {
    const idle = await startRelay({ endings, options: { 'turn.drain_s': 600 } });
    assert.equal(await idle.stop(), 0);
    const server = await startRelay({ endings, options: { 'turn.drain_s': 600 } });
    const call = await startCall(server);
    const stop = new AbortController();
    const running = uclient(server, call, ['-t', '-s', '-m', '1', '-n', '400', '-z', '20'],
        { signal: stop.signal });
    await until(async () => (await uclient(server, call, one)).sent > 0,
        20_000, 'the relay');
    server.child.kill('SIGTERM');
    await until(() => /ending in good order/.test(server.log), 20_000, 'the first signal');
    assert.equal(await server.stop('SIGTERM'), 0);
    stop.abort(); // It would wait for what is lost.
    await running;
});

test('a relay that goes on does not hold the server longer than turn.drain_s', async () => {
    const server = await startRelay({ endings, options: { 'turn.drain_s': 3 } });
    const call = await startCall(server);
    const stop = new AbortController();
    // Far longer than what is allowed.
    const running = uclient(server, call, ['-t', '-s', '-m', '1', '-n', '5000', '-z', '20'],
        { signal: stop.signal });
    await until(async () => (await uclient(server, call, one)).sent > 0, 20_000, 'the relay');
    let live = true;
    running.then(() => (live = false));
    const began = performance.now();
    server.child.kill('SIGTERM');
    const [code] = await within(25_000, server.exited, 'the end, with a live relay');
    const took = performance.now() - began;
    assert.equal(code, 0);
    assert.ok(live, 'the relay ended before the server');
    assert.ok(took >= 2900, `it waited ${took} ms only`);
    assert.equal(await server.stop(), 0);
    stop.abort(); // It would wait for what is lost.
    await running;
});
