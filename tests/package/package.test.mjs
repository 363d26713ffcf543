// SPDX-License-Identifier: Apache-2.0
// The Debian package: built twice, looked at by lintian, and installed, upgraded, removed and
// purged in a fresh Debian without network.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync }
    from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Server, within } from '../e2e/api/server.mjs';
import { Tab, newId } from '../e2e/api/tab.mjs';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const MINUTES = 60_000;
let folder;
let packageFile;
const running = [];

function run(command, args, options = {}) {
    const result = spawnSync(command, args,
        { cwd: top, encoding: 'utf8', timeout: 9 * MINUTES, ...options });
    return { status: result.status, text: `${result.stdout}${result.stderr}` };
}

function right(command, args, options) {
    const { status, text } = run(command, args, options);
    assert.equal(status, 0, `${command} ${args.join(' ')}\n${text.slice(-4000)}`);
    return text;
}

const build = () => right('packaging/debian/build', [folder]).trim().split('\n').at(-1);
const sum = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

before(() => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-package-'));
    packageFile = build();
});
after(() => {
    running.forEach((child) => child.kill('SIGKILL')); // those that a failed test has left
    rmSync(folder, { recursive: true, force: true });
});

test('01 the same sources give the same package', () => {
    const first = sum(packageFile);
    rmSync(packageFile);
    assert.equal(build(), packageFile);
    assert.equal(sum(packageFile), first);
});

test('02 lintian finds nothing', () => {
    const said = right('lintian', ['--allow-root', '--fail-on', 'error,warning', packageFile]);
    assert.doesNotMatch(said, /^[EW]: /m);
});

test('03 the service is sandboxed: an exposure of at most 2.0', () => {
    const said = right('systemd-analyze', ['security', '--offline=true', '--threshold=20',
        'packaging/systemd/visavis.service']);
    assert.match(said, /Overall exposure level for visavis.service: [01]\.\d/);
});

/** A minimal Debian with the libraries that the package names, but without the package. */
function makeRoot() {
    const root = join(folder, 'root');
    const depends = right('dpkg-deb', ['-f', packageFile, 'Depends']);
    const libraries = depends.split(',').map((each) => each.trim().split(/[ |]/)[0])
        .filter((name) => name !== 'systemd');
    const site = right('apt-get', ['indextargets', '--format', '$(SITE)',
        'Codename: bookworm', 'Component: main']).split('\n')[0];
    right('debootstrap', ['--variant=minbase',
        `--include=systemd-standalone-sysusers,${libraries.join(',')}`, 'bookworm', root, site]);
    return root;
}

/** Runs a command in the root, where there is no network. */
const inside = (root, ...words) => right('unshare', ['-n', 'chroot', root, ...words]);

async function startInside(root) {
    const child = spawn('chroot', ['--userspec=visavis:visavis', root, 'visavis', 'serve',
        '--config', '/etc/visavis/visavis.conf', '--set', 'listen.port=0'],
    { stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(child);
    const lines = createInterface({ input: child.stdout });
    const said = [];
    const url = await within(MINUTES, new Promise((ready, failed) => {
        lines.on('line', (line) => {
            said.push(line);
            const found = /^visavis is ready at (\S+)$/.exec(line)?.[1];
            if (found !== undefined) {
                ready(found);
            }
        });
        child.on('exit', (code) => failed(new Error(`exit ${code}`)));
    }), 'the server in the root');
    return { child, url, said };
}

async function stop(child) {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await within(MINUTES, gone, 'its end'), [0, null]);
}

/** The first link makes the administrator, who invites somebody; the two call each other. */
async function placeCall(url, link) {
    const server = Object.assign(new Server(), { url: new URL(url), origin: new URL(url).origin,
        port: Number(new URL(url).port), firstLink: link });
    const on = { microphone: true, camera: true };
    const root = await server.createAdministrator('root');
    const tabs = [await Tab.open(server, root),
        await Tab.open(server, await server.createPerson(root, 'anna'))];
    const call = newId();
    await tabs[0].ask('call.start', { call, callee: 'anna', ...on });
    await tabs[1].ask('call.accept', { call, ...on });
    for (const tab of tabs) {
        await tab.ask('call.connected', { call });
    }
    await tabs[0].call(call, 'active');
    await tabs[0].ask('call.end', { call, reason: 'hung-up' });
    assert.equal((await tabs[1].call(call, 'ended')).reason, 'hung-up');
    tabs.forEach((tab) => tab.leave());
}

test('04 installed, used, upgraded, removed and purged without network', async () => {
    const root = makeRoot();
    const data = join(root, 'var/lib/visavis');
    const config = join(root, 'etc/visavis/visavis.conf');
    copyFileSync(packageFile, join(root, 'visavis.deb'));
    const began = Date.now();
    inside(root, 'dpkg', '-i', '/visavis.deb');
    assert.match(inside(root, 'visavis', '--version'), /^visavis \d+\.\d+\.\d+\nbuilt with libuv/);
    assert.match(inside(root, 'id', 'visavis'), /uid=\d+\(visavis\)/);
    inside(root, 'install', '-d', '-o', 'visavis', '-g', 'visavis', '-m', '700',
        '/var/lib/visavis'); // what StateDirectory= does
    const { child, url, said } = await startInside(root);
    const link = said.find((line) => /\/join\/[\w-]{43}$/.test(line));
    assert.ok(link);
    const started = Date.now();
    await placeCall(url, link.trim());
    console.log(`# from dpkg -i to a call that is over: ${Date.now() - began} ms, of these `
        + `${Date.now() - started} ms from the first link on`);
    assert.equal(await (await fetch(`${url}/readyz`)).text(), 'ready');
    assert.match(await (await fetch(url)).text(), /<vv-portal>|<script type="module"/);
    await stop(child);
    assert.equal(statSync(join(data, 'visavis.db')).mode & 0o777, 0o600);

    appendFileSync(config, '# a line of the administrator\n');
    inside(root, 'dpkg', '-i', '/visavis.deb');
    assert.match(readFileSync(config, 'utf8'), /a line of the administrator/);
    inside(root, 'dpkg', '-r', 'visavis');
    assert.ok(!existsSync(join(root, 'usr/bin/visavis')));
    assert.ok(existsSync(join(data, 'visavis.db')), 'removal keeps the data');
    assert.ok(existsSync(config), 'removal keeps the configuration');
    inside(root, 'dpkg', '-P', 'visavis');
    assert.ok(!existsSync(data) && !existsSync(config), 'purge leaves nothing');
});
