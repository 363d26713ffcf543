// SPDX-License-Identifier: Apache-2.0
// visavis setup with the real binary: what it asks, writes, keeps and refuses.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync,
    rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { freePort } from './freeport.mjs';
import { Server, binary, cookieOf, makeCertificate } from './server.mjs';

const LINK = /^https:\/\/[^/]+\/join\/[\w-]{43}$/m;
let folder;
let config;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-setup-'));
    config = join(folder, 'visavis.conf');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function setup(words, { input = '', ...options } = {}) {
    const done = spawnSync(binary, ['setup', ...words, '--config', config],
        { input, encoding: 'utf8', timeout: 30_000, ...options });
    assert.equal(done.signal, null, done.stderr);
    assert.doesNotMatch(done.stderr, /Sanitizer|runtime error/);
    return { code: done.status, out: done.stdout, err: done.stderr };
}

function right(result) {
    assert.equal(result.code, 0, result.out + result.err);
    return result;
}

const read = () => readFileSync(config, 'utf8');
/** The file as name: value. */
const options = () => Object.fromEntries(read().split('\n').filter((line) => /^\w/.test(line))
    .map((line) => line.split(' = ')));
const copies = () => readdirSync(folder).filter((name) => /^visavis\.conf\.before-/.test(name));

test('asks one question, and a second time what is no domain', () => {
    const { out, err } = right(setup([],
        { input: 'https://calls.example.org/\n Calls.Example.org\n' }));
    assert.equal(err.match(/Under which domain/g).length, 2);
    assert.match(err, /without https:\/\//);
    assert.match(out, /^https:\/\/calls\.example\.org\/join\/[\w-]{43}$/m);
    assert.equal(options().origin, 'https://calls.example.org');
});

test('a public domain gets its certificate by ACME, and it is said whom that asks', () => {
    const { out } = right(setup(['calls.example.org', '--email', 'root@example.org',
        '--acme', 'https://acme.example.org/directory']));
    assert.deepEqual(options(), { data: join(folder, 'data'), 'listen.address': '::',
        'listen.port': '443', origin: 'https://calls.example.org', 'turn.ports': '3478',
        'acme.directory': 'https://acme.example.org/directory', 'acme.email': 'root@example.org' });
    assert.match(out, /accept the terms of this authority/);
    assert.equal(setup(['calls.example.net']).code, 0);
    assert.match(options()['acme.directory'], /^https:\/\/acme-v02\.api\.letsencrypt\.org\//);
});

test('a domain of this machine gets a certificate for trying, and is told; the server runs with it',
    async () => {
        const port = await freePort();
        const { out } = right(setup(['localhost', '--port', String(port)]));
        assert.match(out, /^NOTICE: the certificate is for trying only/m);
        assert.equal(options()['listen.address'], '127.0.0.1');
        assert.equal(statSync(options()['tls.key']).mode & 0o777, 0o600);
        const token = LINK.exec(out)[0].split('/join/')[1];
        const server = await Server.start({ data: options().data, args: ['--config', config] });
        try {
            server.tls = true;
            assert.equal(server.origin, `https://localhost:${port}`);
            assert.match(await server.join(token, 'root'), /^__Host-/);
            const { json } = await server.request('GET', '/api/me',
                { cookie: (await server.login('root').then(cookieOf)) });
            assert.ok(json.user.administrator ?? json.administrator, JSON.stringify(json));
        } finally {
            assert.equal(await server.stop(), 0);
        }
    });

test('files of a certificate are checked before anything is written', () => {
    const { cert, key } = makeCertificate(folder, 'one');
    const other = makeCertificate(folder, 'other');
    const bad = setup(['calls.example.org', '--cert', cert, '--key', other.key]);
    assert.equal(bad.code, 1);
    assert.match(bad.err, /not a certificate and its key/);
    assert.match(setup(['calls.example.org', '--cert', cert, '--key', '/nowhere']).err,
        /cannot be found/);
    assert.ok(!existsSync(config));
    right(setup(['calls.example.org', '--cert', cert, '--key', key]));
    assert.equal(options()['tls.cert'], cert);
    assert.equal(options()['acme.directory'], undefined);
});

test('a second run says so, keeps the file of before and the options of others', () => {
    writeFileSync(config, `# of the administrator\nlisten.port = 8080\nportal.ring_ms = 30000\n`
        + `data = ${folder}/kept\n`, { mode: 0o640 });
    const before = read();
    assert.match(right(setup(['one.example.org'])).out, /There was a configuration: it is kept as/);
    assert.equal(readFileSync(join(folder, copies()[0]), 'utf8'), before);
    assert.match(read(), /^# of the administrator$/m);
    assert.equal(options()['portal.ring_ms'], '30000');
    assert.equal(options().data, join(folder, 'kept'));
    assert.equal(statSync(config).mode & 0o777, 0o640);
    right(setup(['two.example.org', '--test-certificate', '--port', '8444']));
    right(setup(['two.example.org', '--test-certificate', '--port', '8444']));
    assert.equal(copies().length, 3);
    assert.equal(options().origin, 'https://two.example.org:8444');
    assert.equal(options()['acme.directory'], undefined);
    assert.equal(read().match(/^origin = /gm).length, 1);
    assert.equal(read().match(/Written by visavis setup/g).length, 1);
    assert.equal(options()['portal.ring_ms'], '30000');
});

test('what was wrong in the file is said with its line, and nothing is changed', () => {
    writeFileSync(config, 'portal.ring_ms = soon\n');
    const { code, err } = setup(['one.example.org']);
    assert.equal(code, 1);
    assert.match(err, /nothing is changed, because of .*portal\.ring_ms/);
    assert.equal(read(), 'portal.ring_ms = soon\n');
    assert.deepEqual(readdirSync(folder), ['visavis.conf']);
});

test('what is no domain is refused, with a reason', () => {
    for (const [name, why] of [['https://a.example', /only the name/], ['a.example:8443', /--port/],
        ['192.0.2.1', /this is an address/], ['a..example', /between dots/],
        ['-a.example', /hyphens/],
        ['müller.example', /xn--/], ['a_b.example', /letters, digits/],
        [`${'a'.repeat(64)}.example`, /letters/], [`${'a.'.repeat(130)}example`, /253/]]) {
        const { code, err } = setup(name.startsWith('-') ? [] : [name], { input: `${name}\n` });
        assert.equal(code, 1, name);
        assert.match(err, why, name);
    }
    assert.equal(setup([], { input: '' }).code, 1);
    assert.equal(setup([], { input: '?\n?\n?\na.example.org\n' }).code, 1);
    assert.ok(!existsSync(config));
});

test('words that do not belong together are a usage error', () => {
    for (const words of [['a.example', 'b.example'], ['a.example', '--cert', 'x'], ['--nonsense'],
        ['a.example', '--test-certificate', '--acme', 'https://x'], ['a.example', '--port', '0'],
        ['a.example', '--port', '70000'], ['a.example', '--email'],
        ['a.example', '--test-certificate', '--email', 'x@y'],
        ['a.example', '--acme', 'a\nb = c']]) {
        assert.equal(setup(words).code, 2, words.join(' '));
    }
    assert.ok(!existsSync(config));
});

test('a place that cannot be written is named', { skip: process.getuid() !== 0 && 'needs root' },
    () => {
        mkdirSync(join(folder, 'closed'), { mode: 0o555 });
        config = join(folder, 'closed', 'visavis.conf');
        chmodSync(folder, 0o755);
        const { code, err } = setup(['localhost'], { uid: 65534, gid: 65534 });
        assert.equal(code, 1);
        assert.match(err, /closed\/visavis\.conf\.new cannot be written: Permission denied/);
        config = join(folder, 'nowhere', 'visavis.conf');
        assert.match(setup(['localhost']).err, /cannot be written: No such file/);
    });

test('run by root, what is in the data folder belongs to its owner',
    { skip: process.getuid() !== 0 && 'needs root' }, () => {
        const data = join(folder, 'data');
        chmodSync(folder, 0o755);
        mkdirSync(data, { mode: 0o700 });
        chownSync(data, 65534, 65534);
        right(setup(['localhost']));
        for (const name of readdirSync(data)) {
            assert.equal(statSync(join(data, name)).uid, 65534, name);
        }
        assert.equal(statSync(config).uid, 0);
    });
