// SPDX-License-Identifier: Apache-2.0
// What the service manager hears of the real program; socat stands for its socket.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server, until } from './server.mjs';

test('ready, a sign of life, reloading, ready again, stopping: in this order', async (t) => {
    const server = await Server.start({ options: { 'turn.drain_s': 600 } });
    assert.equal(await server.stop('SIGTERM', true), 0);
    const socket = join(server.folder, 'notify');
    const manager = spawn('socat', ['-u', `UNIX-RECV:${socket}`, 'STDOUT'],
        { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = once(manager, 'exit');
    t.after(() => manager.kill()); // It would keep this process from its end.
    let heard = '';
    manager.stdout.setEncoding('utf8').on('data', (text) => (heard += text));
    await until(() => existsSync(socket), 20_000, 'the socket of the manager');
    Object.assign(process.env, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000' });
    try {
        await server.run();
    } finally {
        delete process.env.NOTIFY_SOCKET;
        delete process.env.WATCHDOG_USEC;
    }
    await until(() => /READY=1(WATCHDOG=1){2}/.test(heard), 20_000, 'signs of life');
    server.child.kill('SIGHUP');
    await until(() => /RELOADING=1\nMONOTONIC_USEC=\d+READY=1/.test(heard), 20_000, 'a reload');
    assert.equal(await server.stop(), 0);
    await until(() => /READY=1.*STOPPING=1\nEXTEND_TIMEOUT_USEC=660000000$/s.test(heard),
        20_000, 'the word of the end');
    manager.kill();
    await gone;
});
