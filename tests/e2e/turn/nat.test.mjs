// SPDX-License-Identifier: Apache-2.0
// A server behind a NAT asks another STUN server (Debian's coturn) for its public address.
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
const PUBLIC = '5.5.5.31'; // of the router of `home`
const endings = new Endings();
let folder;
let networks;

/** One relay's address by coturn's client, in the home; the credential is as the server's. */
async function relayAddress(server = '10.31.0.2') {
    const secret = Buffer.from(readFileSync(join(folder, 'data', 'turn.secret'), 'utf8'), 'hex');
    const name = `${Math.floor(Date.now() / 1000) + 300}:nat:test`;
    const password = createHmac('sha1', secret).update(name).digest('base64');
    const { output } = await run(...networks.command('home', 'turnutils_uclient', '-u', name, '-w',
        password, '-p', '8443', '-y', '-c', '-t', '-s', '-v', '-n', '5', '-m', '1', server));
    return { output, address: /relay addr: ([\d.]+):/.exec(output)?.[1] };
}

/** Our server in the home, until it is ready. */
async function startServer(...sets) {
    const settings = [`data=${join(folder, 'data')}`, 'listen.address=0.0.0.0', 'listen.port=8443',
        'turn.drain_s=0', ...sets];
    const server = endings.start(...networks.command('home', binary,
        ...settings.flatMap((set) => ['--set', set])));
    await until(() => server.log.includes('visavis is ready') || server.hasEnded(),
        30_000, 'the server');
    assert.ok(!server.hasEnded(), server.log);
    return server;
}

async function stop(server) {
    await server.end();
    assert.equal(server.exitCode, 0, server.log);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
}

before(async () => {
    if (skip !== undefined) {
        return;
    }
    folder = mkdtempSync(join(tmpdir(), 'visavis-nat-'));
    endings.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    networks = new Networks(folder, endings);
    networks.addHome('home', 31);
    networks.setRouter('home', 'port-restricted');
    endings.start(...networks.command('server', 'turnserver', '-n', '--no-cli', '--no-tls',
        '--no-dtls', '--stun-only', '-L', SERVER.four, '-p', '3478', '--pidfile',
        join(folder, 'coturn.pid'), '--userdb', join(folder, 'coturn.db'), '-l', 'stdout',
        '--simple-log'), { signal: 'SIGKILL' });
    await until(async () => (await run(...networks.command('home', 'turnutils_stunclient', '-p',
        '3478', SERVER.four), { limit: 2000 })).output.includes('reflexive'), 20_000, 'coturn');
}, LIMIT);
after(() => endings.run(), LIMIT);

test('nobody is asked unless it is wanted; then relays are told by the address of the router',
    { skip, ...LIMIT }, async () => {
        const silent = await startServer();
        assert.equal((await relayAddress()).address, '10.31.0.2');
        await stop(silent);
        const server = await startServer(`turn.detect=${SERVER.four}:3478`);
        assert.match(server.log, /others see this machine so.*address=5\.5\.5\.31/);
        const { output, address } = await relayAddress();
        assert.equal(address, PUBLIC, output);
        assert.match(output, /tot_recv_msgs=10\b/); // two relays that are told so meet inside
        const { output: found } = await run(...networks.command('home', binary, '--set',
            `data=${join(folder, 'data')}`, '--set', 'listen.address=0.0.0.0', '--set',
            'listen.port=8443', '--set', `turn.detect=${SERVER.four}:3478`, 'doctor'));
        assert.match(found, /ask +others see this machine as 5\.5\.5\.31, and relays are told so/);
        await stop(server);
    });

test('a new lease behind a router that has got another address is followed', { skip, ...LIMIT },
    async () => {
        const server = await startServer(`turn.detect=${SERVER.four}:3478`);
        const change = (place, ...args) => run(...networks.command(place, 'ip', ...args));
        const move = async (place, device, from, to) => {
            await change(place, 'addr', 'del', `${from}/24`, 'dev', device);
            await change(place, 'addr', 'add', `${to}/24`, 'dev', device);
        };
        await move('r-home', 'wan', PUBLIC, '5.5.5.32');
        await move('home', 'eth0', '10.31.0.2', '10.31.0.3');
        await change('home', 'route', 'add', 'default', 'via', '10.31.0.1');
        await until(() => /bound=10\.31\.0\.3,\S* told=5\.5\.5\.32,/.test(server.log), 30_000,
            'the answer to the question that is asked again');
        const { output, address } = await relayAddress('10.31.0.3');
        assert.equal(address, '5.5.5.32', output);
        await stop(server);
        await move('r-home', 'wan', '5.5.5.32', PUBLIC);
        await move('home', 'eth0', '10.31.0.3', '10.31.0.2');
        await change('home', 'route', 'add', 'default', 'via', '10.31.0.1');
    });

test('a STUN server that is silent is told in the log, and the own address stays',
    { skip, ...LIMIT }, async () => {
        const server = await startServer(`turn.detect=${SERVER.four}:9`);
        assert.match(server.log, /the STUN server of turn\.detect says nothing/);
        assert.equal((await relayAddress()).address, '10.31.0.2');
        await stop(server);
    });
