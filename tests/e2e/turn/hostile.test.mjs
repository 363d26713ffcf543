// SPDX-License-Identifier: Apache-2.0
// A user with a good credential and bad intentions, against the whole program.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { run } from './relay.mjs';
import { StunClient, Victim, credentialOf } from './stun.mjs';

const endings = new Endings();
const PUBLIC = '5.5.5.31'; // as if behind a NAT
let server;
let victim;
let client;

function newClient(call) {
    const made = new StunClient({ address: '127.0.0.1', port: server.port },
        credentialOf(server.folder, call));
    endings.add('a client', () => made.close());
    return made;
}

before(async () => {
    // Each port that this machine gives to the victim is one from which may be relayed.
    server = await Server.start({ options: { 'turn.relay_address': '127.0.0.1',
        'turn.public_address': PUBLIC, 'turn.relay_port_min': 10000,
        'turn.relay_port_max': 65535, 'turn.drain_s': 0 } });
    endings.addServer(server);
    victim = await new Victim().open();
    endings.add('the victim', () => victim.close());
    client = newClient('ports');
    assert.equal(await client.allocate(), 0);
}, LIMIT);
after(() => endings.run(), LIMIT);

/** The IPv4 address as IPv4-mapped, IPv4-compatible, NAT64 and 6to4. */
function disguises(ip) {
    const hex = Buffer.from(ip.split('.').map(Number)).toString('hex');
    return [`${'00'.repeat(10)}ffff${hex}`, `${'00'.repeat(12)}${hex}`,
        `0064ff9b${'00'.repeat(8)}${hex}`, `2002${hex}${'00'.repeat(10)}`];
}

test('behind a NAT no port of the server is a peer, also none in the range of relays', LIMIT,
    async () => {
        for (const port of [victim.port, server.port, 22]) {
            assert.equal(await client.bind(0x4000, '127.0.0.1', port), 403, `${port}`);
        }
        assert.equal(await client.permit('127.0.0.1'), 403);
        client.send('127.0.0.1', victim.port, Buffer.from('hello inside'));
        assert.equal(await client.refresh(), 0);
        assert.equal(await client.refresh(), 0); // What was to be sent is out by now.
        assert.deepEqual(await victim.listen(), []);
    });

test('of the public address only relays are peers, and a port without one hears nothing', LIMIT,
    async () => {
        assert.equal(await client.bind(0x4001, PUBLIC, 443), 403);
        assert.equal(await client.bind(0x4001, PUBLIC, victim.port), 0);
        client.channelData(0x4001, Buffer.from('hello inside'));
        assert.equal(await client.refresh(), 0);
        assert.equal(await client.refresh(), 0);
        assert.deepEqual(await victim.listen(), []);
        assert.deepEqual(client.strays, []);
    });

test('what is private, and any disguise of it or of the server, is no peer', LIMIT, async () => {
    for (const ip of ['10.1.2.3', '192.168.1.1', '172.16.0.1', '169.254.169.254', '100.64.0.1',
        '127.0.0.1', '0.0.0.0']) {
        for (const form of [ip, ...disguises(ip)]) {
            assert.equal(await client.bind(0x4002, form, 50000), 403, form);
            assert.equal(await client.permit(form), 403, form);
        }
    }
    for (const form of disguises(PUBLIC)) {
        assert.equal(await client.bind(0x4002, form, 50000), 403, form);
    }
    for (const form of [`${'00'.repeat(15)}01`, `fe80${'00'.repeat(13)}01`,
        `fd00${'00'.repeat(13)}01`, `ff02${'00'.repeat(13)}01`]) {
        assert.equal(await client.bind(0x4002, form, 50000), 403, form);
    }
    assert.equal(await client.bind(0x4002, '8.8.8.8', 50000), 0); // so 403 says something
});

test('one user has as many allocations in a call as the options say', LIMIT, async () => {
    const table = readFileSync(new URL('../../../src/app/options.def', import.meta.url), 'utf8');
    const most = Number(/"turn\.call_allocations_max", [\w.]+, "(\d+)"/.exec(table)[1]);
    for (let i = 0; i < most; i++) {
        assert.equal(await newClient('many').allocate(), 0, `${i}`);
    }
    assert.equal(await newClient('many').allocate(), 486);
});

const alone = (await run('unshare', ['-n', 'true'])).code === 0;
test('an address that the machine gets later is its own', { ...LIMIT,
    skip: alone ? false : 'no network namespaces here' }, async () => {
    const script = new URL('./newaddress.mjs', import.meta.url).pathname;
    const { code, output } = await run('unshare', ['-n', process.execPath, script],
        { limit: 90_000 });
    assert.equal(code, 0, output);
    assert.match(output, /^all is well$/m);
});
