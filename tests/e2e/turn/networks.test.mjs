// SPDX-License-Identifier: Apache-2.0
// Who can call whom across routers and firewalls, and whether the call goes directly or is relayed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { binary } from '../api/server.mjs';
import { killProcesses, mediaFlow, openBrowser, pathOf, pressAnswer, pressCall, signIn, until,
    watchPeers } from '../browser/browser.mjs';
import { makeAuthority } from './authority.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { Networks, SERVER, whyNot } from './networks.mjs';

const skip = process.getuid() === 0 ? whyNot() : 'network namespaces need root';
const origin = `https://${SERVER.name}`;
const endings = new Endings();
let folder;
let networks;
let server;
let authority;
const browsers = {};

function startServer({ cert, key }) {
    const data = join(folder, 'data');
    const sets = { data, 'listen.address': '::', 'listen.port': 443, origin, 'tls.cert': cert,
        'tls.key': key, 'turn.drain_s': 0 };
    const args = Object.entries(sets).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    for (const name of ['john', 'mary']) {
        execFileSync(binary, ['--set', `data=${data}`, 'user', 'add', name, '--password-stdin'],
            { input: 'visavis-demo\n', timeout: 60_000 });
    }
    server = endings.start(...networks.command('server', binary, ...args));
    return until('the server is ready', () => {
        assert.ok(!server.hasEnded(), server.log);
        return server.log.includes('visavis is ready');
    });
}

before(async () => {
    if (skip !== undefined) {
        return;
    }
    folder = mkdtempSync(join(tmpdir(), 'visavis-networks-'));
    endings.add('the folder', () => rmSync(folder, { recursive: true, force: true }));
    networks = new Networks(folder, endings);
    networks.addHome('anna', 21);
    networks.addHome('bert', 22);
    networks.addSix('six', 66);
    const made = makeAuthority(folder, SERVER.name);
    authority = made.authority;
    await startServer(made);
}, LIMIT);
after(async () => {
    await endings.run();
    assert.doesNotMatch(server?.log ?? '', /Sanitizer|runtime error/);
}, LIMIT);

/** The browser of a place; it stays for the next test. */
async function browserAt(place) {
    if (browsers[place] === undefined) {
        browsers[place] = await openBrowser('chromium', 'fake', { authority, launch:
            { executablePath: networks.wrapper(place, '/usr/lib/chromium/chromium') } });
        endings.addBrowser(browsers[place], killProcesses);
    }
    return browsers[place];
}

/** John in `from` calls Mary in `to`; gives the path of both windows, once it is as wanted: a call
 * may begin by the relay, which is there when it is answered, and go on directly. */
async function call(from, to, wanted = 'relayed') {
    const site = { origin };
    const contexts = new Endings();
    const enter = async (place, ...who) => {
        const page = await signIn(await browserAt(place), site, ...who);
        contexts.add(`the windows of ${who[0]}`, () => page.context().close());
        await watchPeers(page.context());
        return page;
    };
    try {
        const mary = await enter(to, 'mary');
        const john = await enter(from, 'john', '/people/mary');
        const caller = await pressCall(john);
        const callee = await pressAnswer(mary);
        await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
        const paths = [];
        for (const page of [caller, callee]) {
            paths.push(await until(`the path is ${wanted}`, async () => {
                const path = await pathOf(page);
                const relayed = path && [path.local, path.remote].some(
                    ({ candidateType }) => candidateType === 'relay');
                return relayed === (wanted === 'relayed') && path;
            }));
        }
        await caller.locator('button.control.end').click();
        await callee.locator('vv-call-message h1').waitFor();
        return paths;
    } finally {
        await contexts.run();
    }
}

const cases = [
    ['two homes behind port-restricted routers', 'port-restricted', 'port-restricted', 'direct'],
    ['a port-restricted home and a symmetric one', 'port-restricted', 'symmetric', 'relayed'],
    ['two homes behind symmetric routers', 'symmetric', 'symmetric', 'relayed'],
    ['a home and a company that lets only 443/tcp out', 'port-restricted', 'only-443', 'relayed'],
    ['a symmetric home and such a company', 'symmetric', 'only-443', 'relayed'],
    ['two such companies', 'only-443', 'only-443', 'relayed'],
];

const passes443 = ({ local }) => assert.notEqual(local.relayProtocol, 'udp'); // TCP or TLS

for (const [title, annas, berts, wanted] of cases) {
    test(`${title}: connected, ${wanted}`, { skip, ...LIMIT }, async () => {
        networks.setRouter('anna', annas);
        networks.setRouter('bert', berts);
        const paths = await call('anna', 'bert', wanted);
        [annas, berts].forEach((kind, i) => kind === 'only-443' && passes443(paths[i]));
    });
}

test('a home with IPv4 alone and a machine with IPv6 alone: connected, relayed', { skip, ...LIMIT },
    async () => {
        networks.setRouter('anna', 'port-restricted');
        await call('anna', 'six');
    });

test('a company with IPv4 alone and a machine with IPv6 alone: connected, relayed',
    { skip, ...LIMIT }, async () => {
        networks.setRouter('anna', 'only-443');
        const [anna] = await call('anna', 'six');
        passes443(anna);
    });
