// SPDX-License-Identifier: Apache-2.0
// visavis backup and restore, as an administrator runs them beside and without the server.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Server, binary } from './server.mjs';

let server;
let root;
let folder;

before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'visavis-backup-'));
    server = await Server.start();
    root = await server.createAdministrator('root');
});

after(async () => {
    assert.equal(await server.stop(), 0);
    rmSync(folder, { recursive: true, force: true });
});

function run(...args) {
    const { status, stdout, stderr } = spawnSync(binary,
        [...args, '--config', server.config, '--data', server.folder],
        { encoding: 'utf8', timeout: 60_000 });
    return { status, text: stdout + stderr };
}

test('01 a backup beside the running server has what was acknowledged', async () => {
    const people = [];
    for (let i = 0; i < 5; i++) {
        people.push(server.createPerson(root, `mary${i}`));
    }
    const copies = [run('backup', join(folder, 'during.db'))];
    await Promise.all(people);
    copies.push(run('backup', join(folder, 'after.db')));
    for (const { status, text } of copies) {
        assert.equal(status, 0, text);
        assert.match(text, /is a whole copy.*keep it safe/);
    }
    assert.equal(statSync(join(folder, 'after.db')).mode & 0o777, 0o600);
    const again = run('backup', join(folder, 'after.db'));
    assert.equal(again.status, 1);
    assert.match(again.text, /is there already and was not changed/);
});

test('02 a restore waits for the end of the server, then brings all people back', async () => {
    const file = join(folder, 'after.db');
    await server.createPerson(root, 'zoe');
    const early = run('restore', file);
    assert.equal(early.status, 1);
    assert.match(early.text, /the server is running on .*: stop it first/);
    assert.equal(await server.stop('SIGTERM', true), 0);
    const done = run('restore', file);
    assert.equal(done.status, 0, done.text);
    assert.match(done.text, /everybody must sign in again/);
    await server.run();
    assert.equal((await server.request('GET', '/api/me', { cookie: root })).status, 401);
    assert.equal((await server.login('mary4')).status, 200);
    assert.equal((await server.login('zoe')).status, 401);
    const list = run('user', 'list').text;
    assert.equal(list.trim().split('\n').length, 6);
});

test('03 what is no copy is refused in words, and the people stay', async () => {
    assert.equal(await server.stop('SIGTERM', true), 0);
    const letter = join(folder, 'letter');
    writeFileSync(letter, 'a letter to my aunt');
    assert.match(run('restore', letter).text, /damaged, or no copy made by visavis backup/);
    assert.match(run('restore', join(folder, 'none')).text, /there is no file/);
    assert.match(run('restore', join(folder, 'after.db')).text, /before is there from an earlier/);
    assert.match(run('backup').text, /usage: visavis backup FILE/);
    await server.run();
    assert.equal((await server.login('mary0')).status, 200);
});

test('04 a second server on the same folder is refused and says why', () => {
    const second = run('serve', '--set', 'listen.port=0');
    assert.equal(second.status, 1);
    assert.match(second.text, /another server runs on this database/);
});
