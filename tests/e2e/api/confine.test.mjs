// SPDX-License-Identifier: Apache-2.0
// What the running server may still do: seen in what the kernel says of its threads, and in files.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync,
    rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server, until } from './server.mjs';

const CAP_NET_BIND_SERVICE = 1n << 10n;

/** What the kernel says of each thread, by its name. */
function threads(pid) {
    return readdirSync(`/proc/${pid}/task`).map((task) => {
        const text = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8');
        const field = (name) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(text)[1];
        return { name: field('Name'), seccomp: field('Seccomp'), effective: field('CapEff'),
            permitted: field('CapPrm'), uid: Number(field('Uid').split('\t')[0]),
            news: field('NoNewPrivs') };
    });
}

/** A thread confines itself before all else, but it may begin after the others are ready. */
async function confined(pid) {
    const all = () => threads(pid);
    await until(() => all().every(({ seccomp }) => seccomp === '2'), 20_000,
        'threads that confine themselves');
    return all();
}

/** A free port that only root, or who has the capability, may bind. */
async function lowPort() {
    for (let port = 1023; port > 600; port--) {
        const listener = net.createServer();
        const free = await new Promise((done) => {
            listener.on('error', () => done(false)).listen(port, '127.0.0.1', () => done(true));
        });
        await new Promise((done) => listener.close(done));
        if (free) {
            return port;
        }
    }
    throw new Error('every low port is taken');
}

test('01 each thread has its list of system calls, no capability and no way to get one',
    async () => {
        const server = await Server.start();
        const all = await confined(server.child.pid);
        const names = new Set(all.map(({ name }) => name.replace(/ ?\d*$/, '')));
        for (const name of ['visavis', 'store', 'finder', 'turn']) {
            assert.ok(names.has(name), `${[...names]} have no ${name}`);
        }
        for (const each of all) {
            assert.equal(each.seccomp, '2', `the filter of ${each.name}`);
            assert.equal(each.news, '1', `new privileges of ${each.name}`);
            assert.equal(BigInt(`0x${each.permitted}`), 0n, `capabilities of ${each.name}`);
        }
        assert.equal((await server.request('GET', '/healthz')).status, 200);
        assert.equal(await server.stop(), 0);
        assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
    });

test('02 a certificate outside of its folders cannot be read once it serves', async () => {
    const server = await Server.start({ tls: true });
    const elsewhere = mkdtempSync(join(tmpdir(), 'visavis-elsewhere-'));
    try {
        // The files of the certificate become links to a folder that was not named at the start.
        for (const file of ['tls.cert', 'tls.key'].map((name) => server.options[name])) {
            const target = join(elsewhere, file.split('/').at(-1));
            writeFileSync(target, readFileSync(file));
            rmSync(file);
            symlinkSync(target, file);
        }
        const from = server.log.length;
        server.child.kill('SIGHUP');
        while (!/configuration read again/.test(server.log.slice(from))) {
            await new Promise((done) => server.child.stderr.once('data', done));
        }
        assert.doesNotMatch(server.log.slice(from), /certificate read again/);
        assert.equal((await server.request('GET', '/healthz')).status, 200);
    } finally {
        rmSync(elsewhere, { recursive: true, force: true });
        assert.equal(await server.stop(), 0);
    }
});

test('03 started by root it is somebody else, with a port that only root may take', async (t) => {
    if (process.getuid() !== 0) {
        t.skip('this test is not run by root');
        return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'visavis-user-'));
    const data = join(folder, 'data');
    chmodSync(folder, 0o755);
    mkdirSync(data);
    const nobody = Number(/^nobody:[^:]*:(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))[1]);
    const port = await lowPort();
    // The configuration is root's and outside of the folder that is given away.
    const server = await Server.start({ data: folder, args: ['--data', data],
        options: { 'security.user': 'nobody', 'listen.port': port } });
    try {
        assert.equal(server.port, port);
        for (const each of await confined(server.child.pid)) {
            assert.equal(each.uid, nobody, `the user of ${each.name}`);
            assert.equal(BigInt(`0x${each.permitted}`) & CAP_NET_BIND_SERVICE, 0n);
        }
        assert.equal(statSync(join(data, 'visavis.db')).uid, nobody);
        assert.ok(!existsSync(join(folder, 'visavis.db')));
    } finally {
        assert.equal(await server.stop(), 0);
    }
});

test('04 a folder of somebody else is refused with what to do', async (t) => {
    if (process.getuid() !== 0) {
        t.skip('this test is not run by root');
        return;
    }
    const folder = mkdtempSync(join(tmpdir(), 'visavis-user-'));
    writeFileSync(join(folder, 'kept'), 'a file of root');
    chownSync(folder, 0, 0);
    await assert.rejects(Server.start({ data: folder, options: { 'security.user': 'nobody' } }),
        /chown it, or change security\.user/);
    assert.equal(readFileSync(join(folder, 'kept'), 'utf8'), 'a file of root');
    rmSync(folder, { recursive: true, force: true });
});

test('05 it can be switched off, and says so', async () => {
    const server = await Server.start({ options: { 'security.confine': 0 } });
    assert.ok(threads(server.child.pid).every(({ seccomp }) => seccomp === '0'));
    assert.match(server.log, /not confined/);
    assert.equal(await server.stop(), 0);
});
