// SPDX-License-Identifier: Apache-2.0
// The server gets another address while it runs: by a new lease, and at its router. In a small
// internet of network namespaces; clients are coturn's.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binary, until } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { Networks, SERVER, whyNot } from './networks.mjs';
import { run } from './relay.mjs';

const skip = process.getuid() === 0 ? whyNot() : 'network namespaces need root';
const PEER = '5.5.5.41';
const endings = new Endings();
let folder;
let networks;

const inside = async (place, ...args) => {
    const { code, output } = await run(...networks.command(place, ...args));
    assert.equal(code, 0, output);
    return output;
};

async function startServer(place, ...sets) {
    const settings = [`data=${join(folder, place)}`, 'listen.address=0.0.0.0', 'listen.port=8443',
        'turn.drain_s=0', 'turn.workers=2', ...sets];
    const server = endings.start(...networks.command(place, binary,
        ...settings.flatMap((set) => ['--set', set])));
    await until(() => server.log.includes('visavis is ready') || server.hasEnded(),
        30_000, 'the server');
    assert.ok(!server.hasEnded(), server.log);
    return server;
}

/** What browsers are told, as the administrator of the server there reads it. */
async function urls(place) {
    const script = `
        const origin = 'http://127.0.0.1:8443';
        const headers = { origin, 'content-type': 'application/json' };
        const body = JSON.stringify({ name: 'root', password: 'correct horse battery' });
        const entered = await fetch(origin + '/api/login', { method: 'POST', headers, body });
        const cookie = entered.headers.getSetCookie().map((text) => text.split(';')[0])
            .join('; ');
        headers.cookie = cookie;
        const relay = await fetch(origin + '/api/admin/relay', { headers });
        console.log(await relay.text());`;
    const text = await inside(place, process.execPath, '--input-type=module', '-e', script);
    return JSON.parse(text).urls;
}

async function stop(server) {
    await server.end();
    assert.equal(server.exitCode, 0, server.log);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
}

/** Packets of a client in `from` by the relay at `server` to an echo elsewhere and back. */
async function exchange(from, place, server) {
    const secret = Buffer.from(readFileSync(join(folder, place, 'turn.secret'), 'utf8')
        .slice(0, 64), 'hex');
    const name = `${Math.floor(Date.now() / 1000) + 300}:anna:address`;
    const password = createHmac('sha1', secret).update(name).digest('base64');
    const { output } = await run(...networks.command(from, 'turnutils_uclient', '-u', name, '-w',
        password, '-p', '8443', '-e', PEER, '-c', '-s', '-v', '-n', '5', '-m', '1', server));
    const number = /start_mclient: tot_send_msgs=\d+, tot_recv_msgs=(\d+)/.exec(output);
    return { output, address: /relay addr: ([\d.]+):/.exec(output)?.[1],
        received: Number(number?.[1]) };
}

before(async () => {
    if (skip !== undefined) {
        return;
    }
    folder = mkdtempSync(join(tmpdir(), 'visavis-address-'));
    endings.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    networks = new Networks(folder, endings);
    networks.addMachine('client', '5.5.5.40');
    networks.addMachine('echo', PEER);
    await run(binary, ['--set', `data=${join(folder, 'server')}`, 'user', 'add', 'root', '--admin',
        '--password-stdin'], { input: 'correct horse battery\n' });
    endings.start(...networks.command('echo', 'turnutils_peer', '-L', PEER), { signal: 'SIGKILL' });
}, LIMIT);
after(() => endings.run(), LIMIT);

test('another address of the machine carries relays while it runs', { skip, ...LIMIT },
    async () => {
        const server = await startServer('server');
        const before = await exchange('client', 'server', SERVER.four);
        assert.deepEqual([before.address, before.received], [SERVER.four, 5], before.output);
        assert.ok((await urls('server')).includes(`stun:${SERVER.four}:8443`));
        // A lease ends, which alone moves nothing, and another one begins.
        await inside('server', 'ip', 'addr', 'del', `${SERVER.four}/24`, 'dev', 'wan');
        await inside('server', 'ip', 'addr', 'add', '5.5.5.11/24', 'dev', 'wan');
        const moved = /the relay has other addresses.*bound=5\.5\.5\.11,\S* told=5\.5\.5\.11,/;
        await until(() => moved.test(server.log), 20_000, 'the change');
        await until(async () => {
            const now = await exchange('client', 'server', '5.5.5.11');
            return now.address === '5.5.5.11' && now.received === 5;
        }, 30_000, 'an exchange by the new address');
        const told = await urls('server');
        assert.ok(told.length > 1 && told.every((url) => url.includes(':5.5.5.11:8443')), told);
        assert.equal(server.log.match(/the relay has other addresses/g).length, 1, server.log);
        assert.doesNotMatch(server.log, /no UDP socket/);
        // And back: what was told first is good again.
        await inside('server', 'ip', 'addr', 'del', '5.5.5.11/24', 'dev', 'wan');
        await inside('server', 'ip', 'addr', 'add', `${SERVER.four}/24`, 'dev', 'wan');
        await until(async () => {
            const now = await exchange('client', 'server', SERVER.four);
            return now.address === SERVER.four && now.received === 5;
        }, 30_000, 'an exchange by the first address');
        await stop(server);
    });
