// SPDX-License-Identifier: Apache-2.0
// For hostile.test.mjs, in a network of its own: a peer's address becomes one of the server's.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary, until } from '../api/server.mjs';
import { Endings } from './endings.mjs';
import { StunClient, bindingRequest, credentialOf } from './stun.mjs';

const LATER = '11.0.0.2';
const endings = new Endings();
const ip = (...args) => execFileSync('ip', args, { timeout: 20_000 });

async function start(folder) {
    const server = endings.start(binary, ['data=' + folder, 'listen.address=0.0.0.0',
        'listen.port=8443', 'turn.relay_address=11.0.0.1', 'turn.drain_s=0']
        .flatMap((set) => ['--set', set]));
    await until(() => server.log.includes('visavis is ready') || server.hasEnded(),
        30_000, 'the server');
    assert.ok(!server.hasEnded(), server.log);
    return server;
}

async function judge(folder) {
    const client = new StunClient({ address: '11.0.0.1', port: 8443 }, credentialOf(folder));
    endings.add('the client', () => client.close());
    assert.equal(await client.allocate(), 0);
    assert.equal(await client.bind(0x4000, LATER, 8443), 0); // somebody else's still
    ip('addr', 'add', `${LATER}/32`, 'dev', 'lo');
    await until(async () => await client.bind(0x4000, LATER, 8443) === 403,
        20_000, 'the end of the peer');
    assert.equal(await client.permit(LATER), 403);
    // The channel of before leads nowhere: our own port would answer this.
    client.strays.length = 0;
    client.channelData(0x4000, bindingRequest());
    client.send(LATER, 8443, bindingRequest());
    for (let i = 0; i < 3; i++) {
        assert.equal(await client.refresh(), 0);
    }
    assert.deepEqual(client.strays, []);
    ip('addr', 'del', `${LATER}/32`, 'dev', 'lo');
    await until(async () => await client.bind(0x4000, LATER, 8443) === 0,
        20_000, 'the peer, which is somebody else again');
}

const folder = mkdtempSync(join(tmpdir(), 'visavis-address-'));
endings.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
try {
    ip('link', 'set', 'lo', 'up');
    ip('addr', 'add', '11.0.0.1/32', 'dev', 'lo');
    const server = await start(folder);
    await judge(folder);
    await server.end();
    assert.equal(server.exitCode, 0, server.log);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
    process.stdout.write('all is well\n');
} finally {
    await endings.run();
}
