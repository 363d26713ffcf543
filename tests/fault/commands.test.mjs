// SPDX-License-Identifier: Apache-2.0
// Each command, and the start of the server, while an allocation of it fails, or a call of the
// system or of a library: it does its work or says why not, nothing crashes, and the data is whole
// afterwards. COMMAND_TRIES points of each by chance (4; 0: each); FAULT_SEED repeats them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { FURTHER, makeCertificate } from '../e2e/api/server.mjs';
import { generator } from './random.mjs';

const TRIES = Number(process.env.COMMAND_TRIES ?? 4);
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);
const KINDS = ['FAILING_ALLOCATION', 'FAILING_CALL'];
const LIMIT_MS = 60_000; // of one command
const random = generator(SEED);
const folder = mkdtempSync(join(tmpdir(), 'visavis-commands-'));
const data = join(folder, 'data');
const program = resolve(process.env.VISAVIS_BIN ?? 'build/src/app/visavis', '../../..',
    'tests/fault/visavis_failing');
let copies = 0;

/** Runs it on a copy of the data; a server is ended when it is ready. */
async function run(words, { input = '', ...env } = {}) {
    const own = join(folder, `own${copies++}`);
    cpSync(data, own, { recursive: true });
    const counts = join(own, 'counts');
    const args = [...words.map((word) => word.replace('OWN', own)),
        ...(words[0] === 'serve' ? FURTHER : [])];
    const child = spawn(program, args, { cwd: own,
        env: { ...process.env, VISAVIS_DATA: own, FAILING_COUNTS: counts, ...env } });
    const said = [];
    let ready = false;
    child.stdin.on('error', () => {}); // it has ended before it has read
    child.stdin.end(input);
    for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (bytes) => {
            said.push(bytes);
            if (!ready && String(bytes).includes('visavis is ready at')) {
                ready = true;
                child.kill('SIGTERM');
            }
        });
    }
    const late = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    const [status, signal] = await once(child, 'close');
    clearTimeout(late);
    let counted = [0, 0];
    try {
        counted = readFileSync(counts, 'utf8').split(' ').map(Number);
    } catch {
        // It has not come so far.
    }
    return { own, status, signal, text: Buffer.concat(said).toString(), counted, ready };
}

const file = (name, text) => writeFileSync(join(data, name), text);

before(async () => {
    console.log(`# commands: FAULT_SEED=${SEED}`);
    mkdirSync(data);
    makeCertificate(data, 'localhost');
    file('visavis.conf', 'listen.port = 0\ntls.cert = localhost.crt\ntls.key = localhost.key\n'
        + 'ice.server = stun:stun.example.org\n');
    const done = await run(['serve', '--demo', '--data', data, '--set', 'listen.port=0']);
    assert.equal(done.status, 0, done.text);
    for (const words of [['group', 'add', 'sales'], ['backup', join(data, 'kept.backup')]]) {
        const { status, text } = await run([...words, '--data', data]);
        assert.equal(status, 0, text);
    }
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** By name: the words, and what comes from the standard input. */
const commands = {
    'user add': [['user', 'add', 'zoe', '--full-name', 'Zoe', '--admin', '--password-stdin'],
        'correct horse battery\n'],
    'user list': [['user', 'list']],
    'user passwd': [['user', 'passwd', 'mary', '--link']],
    'user disable': [['user', 'disable', 'mary']],
    'group list': [['group', 'list']],
    'group add': [['group', 'add', 'office']],
    'group join': [['group', 'join', 'sales', 'mary']],
    invite: [['invite']],
    'call list': [['call', 'list']],
    'check-config': [['check-config', '--config', 'OWN/visavis.conf']],
    export: [['export', 'mary']],
    erase: [['erase', 'mary'], 'mary\n'],
    backup: [['backup', 'OWN/a.backup']],
    restore: [['restore', 'OWN/kept.backup', '--data', 'OWN/restored']],
    setup: [['setup', 'portal.example.org', '--config', 'OWN/new.conf', '--data', 'OWN/new',
        '--test-certificate']],
    doctor: [['doctor', '--config', 'OWN/visavis.conf']],
    'serve with TLS and a relay': [['serve', '--config', 'OWN/visavis.conf',
        '--set', 'turn.dtls=1']],
    'the demo': [['serve', '--demo', '--data', 'OWN/demo', '--set', 'listen.port=0']],
};

for (const [name, [words, input]] of Object.entries(commands)) {
    test(`${name}: done, or refused with a reason, whatever fails`, { timeout: 1200_000 },
        async () => {
            const fine = await run(words, { input });
            assert.equal(fine.signal, null, fine.text);
            assert.ok(words[0] === 'doctor' || fine.status === 0, fine.text);
            assert.ok(words[0] !== 'serve' || fine.ready, fine.text);
            assert.ok(fine.counted[1] > 0, 'no call can fail');
            rmSync(fine.own, { recursive: true });
            console.log(`# ${name}: ${fine.counted} allocations, calls`);
            for (const [kind, count] of KINDS.map((one, i) => [one, fine.counted[i]])) {
                const tries = TRIES === 0 ? count : Math.min(TRIES, count);
                // One of each part of the way, by chance.
                const points = Array.from({ length: tries }, (_, i) => 1 + Math.floor(
                    (i + random(1000) / 1000) * count / tries));
                for (const point of points) {
                    const where = `${name} ${kind}=${point}: `;
                    const { own, status, signal, text } = await run(words,
                        { input, [kind]: String(point) });
                    assert.equal(signal, null, where + text);
                    assert.doesNotMatch(text, /Sanitizer|runtime error|ASSERT/, where + text);
                    assert.ok([0, 1, 2].includes(status), where + status + text);
                    assert.ok(status === 0 || text !== '', `${where}nothing is said`);
                    const list = await run(['user', 'list', '--data', own]);
                    assert.equal(list.status, 0, where + list.text);
                    rmSync(list.own, { recursive: true });
                    rmSync(own, { recursive: true });
                }
            }
        });
}
