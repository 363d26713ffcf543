// SPDX-License-Identifier: Apache-2.0
// The command line against the real binary (VISAVIS_BIN), each test on a data folder of its own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server } from './server.mjs';

const binary = process.env.VISAVIS_BIN;
assert.ok(binary, 'VISAVIS_BIN names the program to test');

/** Runs `body` with a function that runs visavis on a fresh data folder. */
function withData(body) {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-cli-'));
  const data = join(folder, 'data');
  const run = (words, input = '') => {
    const env = { ...process.env, VISAVIS_DATA: data };
    const done = spawnSync(binary, words, { input, env, encoding: 'utf8', timeout: 30000 });
    assert.equal(done.error, undefined);
    assert.equal(done.signal, null, `ended by ${done.signal}: ${done.stderr}`);
    assert.doesNotMatch(done.stderr, /Sanitizer|runtime error/);
    return { code: done.status, out: done.stdout, err: done.stderr };
  };
  try {
    body(run, folder, data);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const right = (result) => assert.equal(result.code, 0, result.err);
function wrong(result, code, pattern) {
  assert.equal(result.code, code, result.out + result.err);
  assert.match(result.err, pattern);
  assert.equal(result.out, '');
}
const users = (run) => run(['user', 'list']).out.split('\n')
  .filter((line) => line !== '').map((line) => line.split('\t'));

test('--version and --help say what they should', () => withData((run) => {
  const version = run(['--version']);
  right(version);
  assert.match(version.out, /^visavis \d+\.\d+\.\d+\nbuilt with libuv .*OpenSSL .*SQLite/);
  const help = run(['--help']);
  right(help);
  for (const word of ['user add', 'user passwd', 'group join', 'invite', 'check-config']) {
    assert.ok(help.out.includes(word), word);
  }
}));

test('user add prints a link that works once and the list shows the person', () =>
    withData((run) => {
  const added = run(['user', 'add', 'mary', '--full-name', 'Mary Whitfield', '--email',
                     'mary@example.org', '--admin']);
  right(added);
  assert.match(added.out, /^http:\/\/localhost:8080\/join\/[A-Za-z0-9_-]{43}\n$/);
  assert.deepEqual(users(run), [['mary', 'enabled', 'Mary Whitfield', 'mary@example.org',
                                 'platform/administrators']]);
}));

test('the link follows the origin', () => withData((run) => {
  const added = run(['user', 'add', 'mary', '--set', 'origin=https://intranet.example.org']);
  right(added);
  assert.match(added.out, /^https:\/\/intranet\.example\.org\/join\//);
}));

test('the folder and the database are for their owner only', () => withData((run, folder, data) => {
  right(run(['user', 'add', 'mary']));
  assert.equal(statSync(data).mode & 0o777, 0o700);
  assert.equal(statSync(join(data, 'visavis.db')).mode & 0o777, 0o600);
}));

test('names are checked, and taken ones refused without regard to case', () => withData((run) => {
  right(run(['user', 'add', 'mary']));
  wrong(run(['user', 'add', 'mary']), 1, /there is a user mary already/);
  wrong(run(['user', 'add', 'Mary']), 1, /only the characters|starts with/);
  wrong(run(['user', 'add', '../etc']), 1, /starts with/);
  wrong(run(['user', 'add', 'john', '--email', 'john']), 1, /--email: .*name@host/);
  wrong(run(['user', 'add', 'john', '--full-name', '\u202eJohn']), 1, /control character/);
  assert.equal(users(run).length, 1);
}));

test('a password comes from the standard input and is checked', () => withData((run) => {
  wrong(run(['user', 'add', 'mary', '--password-stdin'], 'short\n'), 1, /at least 10/);
  wrong(run(['user', 'add', 'mary', '--password-stdin']), 1, /no password/);
  wrong(run(['user', 'add', 'mary', '--password-stdin'], `${'x'.repeat(257)}\n`), 1, /at most 256/);
  const added = run(['user', 'add', 'mary', '--password-stdin'], 'correct horse battery\n');
  right(added);
  assert.equal(added.out, '');
  right(run(['user', 'passwd', 'mary'], 'another horse battery\n'));
  wrong(run(['user', 'passwd', 'nobody'], 'another horse battery\n'), 1, /nobody is called nobody/);
  assert.match(run(['user', 'passwd', 'mary', '--link']).out, /\/join\/[A-Za-z0-9_-]{43}\n$/);
}));

test('people are disabled and enabled, but never the only administrator', () => withData((run) => {
  right(run(['user', 'add', 'anna', '--admin']));
  right(run(['user', 'add', 'mary']));
  right(run(['user', 'disable', 'mary']));
  assert.equal(users(run)[1][1], 'disabled');
  assert.match(run(['user', 'disable', 'mary']).err, /was disabled already/);
  right(run(['user', 'enable', 'mary']));
  assert.equal(users(run)[1][1], 'enabled');
  assert.match(run(['user', 'enable', 'mary']).err, /was not disabled/);
  wrong(run(['user', 'disable', 'anna']), 1, /only administrator/);
  wrong(run(['group', 'leave', 'platform/administrators', 'anna']), 1, /only administrator/);
  right(run(['group', 'join', 'platform/administrators', 'mary']));
  right(run(['user', 'disable', 'anna']));
}));

test('groups are made, joined and left', () => withData((run) => {
  right(run(['user', 'add', 'mary']));
  wrong(run(['group', 'join', 'sales', 'mary']), 1, /there is no group sales/);
  assert.match(run(['group', 'list']).err, /no group; `visavis group add GROUP`/);
  right(run(['group', 'add', 'sales']));
  wrong(run(['group', 'add', 'sales']), 1, /already/);
  wrong(run(['group', 'add', 'Sales Team']), 1, /group name|starts with/);
  right(run(['group', 'join', 'sales', 'mary']));
  assert.equal(users(run)[0][4], 'sales');
  assert.match(run(['group', 'join', 'sales', 'mary']).err, /mary is in sales already/);
  assert.equal(run(['group', 'list']).out, 'sales\t1\n');
  right(run(['group', 'leave', 'sales', 'mary']));
  assert.equal(users(run)[0][4], '');
  wrong(run(['group', 'leave', 'sales', 'mary']), 1, /is not in sales/);
}));

test('an invitation is a link', () => withData((run) => {
  const member = run(['invite']);
  right(member);
  assert.match(member.out, /\/join\/[A-Za-z0-9_-]{43}\n$/);
  assert.notEqual(run(['invite', '--admin']).out, member.out);
}));

test('a command that is not understood says how it goes', () => withData((run) => {
  wrong(run(['nonsense']), 2, /no command nonsense; `visavis --help`/);
  wrong(run(['user']), 2, /^usage: visavis user add NAME.*\n +visavis user list\n/);
  wrong(run(['user', 'remove', 'mary']), 2, /visavis user disable NAME/);
  assert.equal(run(['help']).out, run(['--help']).out);
  wrong(run(['user', 'add']), 2, /usage: visavis user add NAME/);
  wrong(run(['user', 'add', 'mary', 'john']), 2, /usage/);
  wrong(run(['user', 'add', 'mary', '--link']), 2, /usage/);
  wrong(run(['user', 'add', 'mary', '--email']), 2, /usage/);
  wrong(run(['--nonsense']), 2, /no option --nonsense/);
  wrong(run(['--config']), 2, /value is missing/);
  wrong(run(['user', 'list', '--demo']), 2, /--demo/);
}));

test('a wrong configuration names file, line, option and what is allowed', () =>
  withData((run, folder) => {
    const file = join(folder, 'visavis.conf');
    writeFileSync(file, '# mine\nlisten.port = 80800\n');
    wrong(run(['check-config', '--config', file]), 1,
          /visavis\.conf:2: listen\.port: a number from 0 to 65535 is allowed/);
    wrong(run(['check-config', '--config', join(folder, 'none')]), 1, /cannot be opened/);
    wrong(run(['check-config', '--set', 'listen.address=here']), 1, /numeric/);
    wrong(run(['--set', 'listen.prot=1']), 1, /no such option/);
  }));

test('check-config shows the strongest value and no secret', () => withData((run, folder) => {
  const file = join(folder, 'visavis.conf');
  writeFileSync(file, 'listen.port = 9000\nlog.level = warn\n' +
    'ice.server = turn:turn.example.org:3478?transport=udp user topsecret\n');
  const shown = run(['check-config', '--config', file, '--set', 'listen.port=9001']);
  right(shown);
  assert.match(shown.out, /^listen\.port = 9001$/m);
  assert.match(shown.out, /^log\.level = warn$/m);
  assert.match(shown.out, /^ice\.server = turn:.* user \(secret\)$/m);
  assert.doesNotMatch(shown.out + shown.err, /topsecret/);
}));

test('--demo is refused on an address that others can reach', () => withData((run) => {
  const refused = run(['--demo', '--set', 'listen.address=0.0.0.0']);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /loopback/);
}));

test('a file that is no database is named, and left as it is', () =>
    withData((run, folder, data) => {
  right(run(['group', 'add', 'sales']));
  const file = join(data, 'visavis.db');
  rmSync(`${file}-wal`, { force: true });
  writeFileSync(file, 'a letter to my aunt, not a database at all');
  const failed = run(['user', 'list']);
  assert.equal(failed.code, 1);
  assert.match(failed.err, /visavis\.db cannot be opened/);
  assert.equal(statSync(file).size, 42);
}));

test('a wrong folder is noticed and nothing is made in it', () => withData((run, folder, data) => {
  for (const words of [['user', 'list'], ['user', 'disable', 'mary'], ['group', 'list']]) {
    wrong(run(words), 1, /no database in .*data: is it the server's folder/);
  }
  assert.equal(existsSync(data), false);
  right(run(['group', 'add', 'sales']));
  const empty = run(['user', 'list']);
  right(empty);
  assert.match(empty.err, /nobody has an account; `visavis user add NAME --admin`/);
}));

test('a link says when it works and whether others can use it', () => withData((run) => {
  assert.match(run(['invite']).err, /works once, until .* UTC, and only on this machine: .*origin/);
  const open = run(['invite', '--set', 'origin=https://intranet.example.org']);
  assert.match(open.err, /works once, until [\d-]+ [\d:]+ UTC\.\n$/);
}));

test('what the commands do stands in the log of acts', async () => {
  const server = await Server.start();
  try {
    const root = await server.createAdministrator('root');
    const secret = 'another horse battery\n';
    server.command(['user', 'add', 'mary', '--admin']);
    server.command(['user', 'disable', 'mary']);
    server.command(['user', 'enable', 'mary']);
    server.command(['user', 'passwd', 'mary', '--link']);
    server.command(['user', 'passwd', 'mary'], secret);
    server.command(['group', 'add', 'sales']);
    server.command(['group', 'join', 'sales', 'mary']);
    server.command(['group', 'leave', 'sales', 'mary']);
    server.command(['invite']);
    server.command(['invite', '--admin']);
    assert.throws(() => server.command(['group', 'join', 'nowhere', 'mary']));
    server.command(['erase', 'mary'], 'mary\n');
    const answer = await server.request('GET', '/api/admin/audit', { cookie: root });
    const entries = answer.json.entries.reverse();
    assert.ok(entries.every(({ by, at }) => by === '' && Math.abs(Date.now() / 1000 - at) < 600));
    const erased = entries.at(-1).target;
    assert.match(erased, /^deleted-/);
    assert.deepEqual(entries.map(({ act, target, detail }) => [act, target, detail]), [
      ['user-added', erased, ''], ['group-joined', erased, 'platform/administrators'],
      ['user-disabled', erased, ''], ['user-enabled', erased, ''],
      ['password-link', erased, ''], ['password-set', erased, ''],
      ['group-added', 'sales', ''], ['group-joined', erased, 'sales'],
      ['group-left', erased, 'sales'], ['invited', 'member', ''],
      ['invited', 'administrator', ''], ['user-erased', erased, ''],
    ]);
    assert.doesNotMatch(answer.text, /another horse/);
  } finally {
    assert.equal(await server.stop(), 0);
  }
});
