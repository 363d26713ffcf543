// SPDX-License-Identifier: Apache-2.0
// What a router says of a peer that hears nothing reaches the client, through the whole program:
// RFC 8656 section 11.5. In network namespaces, as the own machine is no peer.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binary, until } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { Networks, SERVER, whyNot } from './networks.mjs';
import { run } from './relay.mjs';

const skip = process.getuid() === 0 ? whyNot() : 'network namespaces need root';
const PEER = '5.5.5.51';
const DATA = 0x0017; // an indication
const endings = new Endings();
let folder;
let networks;
let server;

before(async () => {
    if (skip !== undefined) {
        return;
    }
    folder = mkdtempSync(join(tmpdir(), 'visavis-icmp-'));
    endings.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    networks = new Networks(folder, endings);
    networks.addMachine('client', '5.5.5.50');
    networks.addMachine('peer', PEER);
    server = endings.start(...networks.command('server', binary, ...[`data=${folder}/data`,
        'listen.address=0.0.0.0', 'listen.port=8443', 'turn.drain_s=0', 'turn.workers=2']
        .flatMap((set) => ['--set', set])));
    await until(() => server.log.includes('visavis is ready') || server.hasEnded(), 30_000,
        'the server');
}, LIMIT);
after(() => endings.run(), LIMIT);

test('a port of a peer where nobody listens is told to the client', { skip, ...LIMIT },
    async () => {
        const script = new URL('./unreachable.mjs', import.meta.url).pathname;
        const { code, output } = await run(...networks.command('client', process.execPath, script,
            join(folder, 'data'), SERVER.four, PEER));
        assert.equal(code, 0, output + server.log);
        // Destination unreachable, port unreachable (RFC 792), instead of data.
        assert.deepEqual(JSON.parse(output),
            { codes: [0, 0], method: DATA, type: 3, code: 3, hasData: false });
        await server.end();
        assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
    });
