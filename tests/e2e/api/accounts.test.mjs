// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Server, binary, cookieOf, password, until } from './server.mjs';
import { Tab } from './tab.mjs';

let server;
let root;

/** A WebP container (lossy header) of the given size. */
function webp(width, height, padding = 0) {
    const frameHead = Buffer.alloc(10 + padding);
    frameHead.set([0x30, 0x01, 0x00, 0x9d, 0x01, 0x2a]);
    frameHead.writeUInt16LE(width, 6);
    frameHead.writeUInt16LE(height, 8);
    const size = frameHead.length + (frameHead.length & 1);
    const head = Buffer.alloc(20);
    head.write('RIFF', 0);
    head.writeUInt32LE(12 + size, 4);
    head.write('WEBPVP8 ', 8);
    head.writeUInt32LE(frameHead.length, 16);
    return Buffer.concat([head, frameHead, Buffer.alloc(size - frameHead.length)]);
}

before(async () => {
    server = await Server.start();
    root = await server.createAdministrator('root');
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('01 the first link makes the administrator and works once', async () => {
    const me = await server.request('GET', '/api/me', { cookie: root });
    assert.equal(me.status, 200);
    assert.equal(me.json.administrator, true);
    assert.deepEqual(me.json.groups, ['platform/administrators']);
    assert.equal(me.json.user.name, 'root');
    const token = server.firstLink.split('/join/')[1];
    assert.equal((await server.request('GET', `/api/invitations/${token}`)).status, 404);
});

test('02 signing in gives a cookie that no script can read', async () => {
    const answer = await server.login('root');
    assert.equal(answer.status, 200);
    const cookie = answer.headers['set-cookie'][0];
    assert.match(cookie, /^visavis=[\w-]{43}; /);
    for (const word of ['HttpOnly', 'SameSite=Lax', 'Path=/']) {
        assert.ok(cookie.includes(word), word);
    }
    assert.ok(!cookie.includes('Secure'));
});

test('03 a wrong name and a wrong password get the same answer', async () => {
    const name = await server.login('nobody');
    const secret = await server.login('root', 'wrong password');
    assert.equal(name.status, 401);
    assert.equal(name.json.error, 'wrong-login');
    assert.equal(name.text, secret.text);
    assert.equal(secret.status, 401);
});

test('04 without a sign-in everything else is refused', async () => {
    for (const path of ['/api/me', '/api/people', '/api/people/root', '/api/me/logins', '/ws']) {
        assert.equal((await server.request('GET', path, { headers: { Origin: server.origin } }))
            .status, 401, path);
    }
    assert.equal((await server.request('GET', '/api/me', { cookie: 'visavis=' + 'A'.repeat(43) }))
        .status, 401);
});

test('05 an invitation makes a person, checks each field and dies with its use', async () => {
    const token = await server.invite(root);
    const seen = await server.request('GET', `/api/invitations/${token}`);
    assert.deepEqual(seen.json, { kind: 'member', name: '' });
    const good = { name: 'mary', fullName: 'Mary Major', email: 'mary@example.org', password };
    for (const [field, value] of [['name', 'Mary!'], ['fullName', ''], ['email', 'no at'],
        ['password', 'short']]) {
        const answer = await server.request('POST', `/api/join/${token}`,
            { body: { ...good, [field]: value } });
        assert.equal(answer.status, 400, field);
        assert.equal(answer.json.field, field);
    }
    const taken = await server.request('POST', `/api/join/${token}`,
        { body: { ...good, name: 'root' } });
    assert.equal(taken.status, 409);
    assert.equal(taken.json.error, 'taken');
    const joined = await server.request('POST', `/api/join/${token}`, { body: good });
    assert.equal(joined.status, 201, joined.text);
    assert.equal(joined.json.administrator, false);
    const again = await server.request('POST', `/api/join/${token}`,
        { body: { ...good, name: 'other' } });
    assert.equal(again.status, 404);
});

test('06 only administrators invite, and nobody else learns that one can', async () => {
    const cookie = cookieOf(await server.login('mary'));
    const answer = await server.request('POST', '/api/invitations',
        { cookie, body: { kind: 'member' } });
    assert.equal(answer.status, 404);
    const bad = await server.request('POST', '/api/invitations',
        { cookie: root, body: { kind: 'password' } });
    assert.equal(bad.status, 400);
});

test('07 the directory finds by part of a name and gives pages', async () => {
    const all = await server.request('GET', '/api/people', { cookie: root });
    assert.equal(all.json.total, 2);
    const some = await server.request('GET', '/api/people?q=MAJ', { cookie: root });
    assert.deepEqual(some.json.people.map((person) => person.name), ['mary']);
    assert.deepEqual(Object.keys(some.json.people[0]).sort(),
        ['accounts', 'avatar', 'devices', 'fullName', 'name', 'position', 'push', 'status']);
    const one = await server.request('GET', '/api/people?limit=1&offset=1', { cookie: root });
    assert.equal(one.json.people.length, 1);
    assert.equal(one.json.total, 2);
    for (const query of ['limit=101', 'offset=-1', 'q=%ff', 'limit=01']) {
        assert.equal((await server.request('GET', `/api/people?${query}`, { cookie: root })).status,
            400, query);
    }
    assert.equal((await server.request('GET', '/api/people/nobody', { cookie: root })).status, 404);
});

test('08 the own profile changes, and bad values name their field', async () => {
    const cookie = cookieOf(await server.login('mary'));
    const good = { fullName: 'Mary <b>Major</b>', email: '', position: 'Chief', language: 'fr' };
    const answer = await server.request('PUT', '/api/me/profile', { cookie, body: good });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.fullName, 'Mary <b>Major</b>');
    assert.equal(answer.json.position, 'Chief');
    const seen = await server.request('GET', '/api/people/mary', { cookie: root });
    assert.equal(seen.json.position, 'Chief');
    for (const [field, value] of [['fullName', 'x'.repeat(129)], ['email', 'a b'],
        ['position', 'a\u0007b'], ['language', 'klingonese']]) {
        const bad = await server.request('PUT', '/api/me/profile',
            { cookie, body: { ...good, [field]: value } });
        assert.equal(bad.status, 400, field);
        assert.equal(bad.json.field, field);
    }
});

test('09 bodies must be exactly what is asked for', async () => {
    const cookie = cookieOf(await server.login('mary'));
    const bad = ['', '{', '[]', '{"name":"root","password":1}', '{"name":"root"}',
        '{"name":"root","password":"x","extra":"y"}', '{"name":"a","name":"b","password":"x"}',
        '{"name":"\\ud800","password":"x"}', '{"name":"\\u0000","password":"x"}',
        '['.repeat(5000), '{"name":"root","password":"x"} x'];
    for (const body of bad) {
        const answer = await server.request('POST', '/api/login', { body });
        assert.equal(answer.status, 400, body.slice(0, 60));
        assert.equal(answer.json.error, 'invalid');
    }
    const type = await server.request('PUT', '/api/me/profile',
        { cookie, body: '{}', headers: { 'Content-Type': 'text/plain' } });
    assert.equal(type.status, 400);
});

test('10 a write needs the own Origin, every request the own Host', async () => {
    for (const origin of [null, 'null', 'https://evil.example', `${server.origin}.evil.example`,
        server.origin.replace('http:', 'https:')]) {
        const answer = await server.request('POST', '/api/login',
            { origin, body: { name: 'root', password } });
        assert.equal(answer.status, 403, String(origin));
    }
    const poisoned = await server.request('GET', '/', { headers: { Host: 'evil.example' } });
    assert.equal(poisoned.status, 421);
});

test('11 pictures are checked, served by hash and taken away', async () => {
    const cookie = cookieOf(await server.login('mary'));
    const put = (body, type = 'image/webp') => server.request('PUT', '/api/me/avatar',
        { cookie, body, headers: { 'Content-Type': type } });
    assert.equal((await put(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).status, 400);
    assert.equal((await put(webp(64, 64), 'image/png')).status, 400);
    assert.equal((await put(webp(257, 257))).status, 400);
    assert.equal((await put(webp(64, 32))).status, 400);
    assert.equal((await put(webp(64, 64, 70000))).status, 413);
    const picture = webp(64, 64, 200);
    const answer = await put(picture);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.json.avatar, /^[\w-]{43}$/);
    const served = await server.request('GET', `/avatar/${answer.json.avatar}`);
    assert.deepEqual(served.bytes, picture);
    assert.equal(served.headers['content-type'], 'image/webp');
    assert.equal(served.headers['x-content-type-options'], 'nosniff');
    assert.match(served.headers['cache-control'], /immutable/);
    assert.match(served.headers['content-security-policy'], /sandbox/);
    const gone = await server.request('DELETE', '/api/me/avatar', { cookie });
    assert.equal(gone.json.avatar, '');
    assert.equal((await server.request('GET', `/avatar/${answer.json.avatar}`)).status, 404);
    assert.equal((await server.request('GET', '/avatar/../etc/passwd')).status, 404);
});

test('12 sign-ins are listed, and one of them can be ended with its tabs', async () => {
    const first = cookieOf(await server.login('mary'));
    const second = cookieOf(await server.login('mary'));
    const list = (await server.request('GET', '/api/me/logins', { cookie: first })).json.logins;
    const current = list.find((login) => login.current);
    assert.ok(current && list.length >= 2);
    assert.ok(list.every((login) => /^(Browser|\w+ on \w+)$/.test(login.device)));
    const other = (await server.request('GET', '/api/me', { cookie: second })).json.login;
    assert.ok(list.some((login) => login.id === other));
    const tab = await Tab.open(server, second);
    const foreign = await server.request('DELETE', `/api/me/logins/${other}`, { cookie: root });
    assert.equal(foreign.status, 404);
    const ended = await server.request('DELETE', `/api/me/logins/${other}`, { cookie: first });
    assert.equal(ended.status, 204);
    assert.equal((await tab.event((e) => e.type === 'bye')).reason, 'logged-out');
    await tab.ended();
    assert.equal((await server.request('GET', '/api/me', { cookie: second })).status, 401);
    assert.equal((await server.request('GET', '/api/me', { cookie: first })).status, 200);
});

test('13 signing out takes the cookie away and makes it worthless', async () => {
    const cookie = cookieOf(await server.login('mary'));
    const answer = await server.request('POST', '/api/logout', { cookie });
    assert.equal(answer.status, 204);
    assert.match(answer.headers['set-cookie'][0], /^visavis=; .*Max-Age=0/);
    assert.equal((await server.request('GET', '/api/me', { cookie })).status, 401);
});

test('14 a new password ends all other sign-ins', async () => {
    const own = cookieOf(await server.login('mary'));
    const other = cookieOf(await server.login('mary'));
    const change = (body) => server.request('PUT', '/api/me/password', { cookie: own, body });
    const wrong = await change({ old: 'wrong password', new: 'another good one' });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.json.error, 'wrong-login');
    assert.equal((await change({ old: password, new: 'short' })).json.field, 'new');
    assert.equal((await change({ old: password, new: 'another good one' })).status, 204);
    assert.equal((await server.request('GET', '/api/me', { cookie: own })).status, 200);
    assert.equal((await server.request('GET', '/api/me', { cookie: other })).status, 401);
    assert.equal((await server.login('mary')).status, 401);
    assert.equal((await server.login('mary', 'another good one')).status, 200);
});

test('15 guessing one account is throttled, others are not', async () => {
    await server.createPerson(root, 'victim');
    let limited = 0;
    for (let i = 0; i < 14; i++) {
        limited += (await server.login('victim', `guess number ${i}`)).status === 429 ? 1 : 0;
    }
    assert.ok(limited >= 3, `${limited} of 14`);
    assert.equal((await server.login('victim')).status, 429);
    assert.equal((await server.login('root')).status, 200);
});

test('15a guesses are remembered over a kill', async () => {
    await server.createPerson(root, 'prey');
    for (let i = 0; i < 10; i++) {
        await server.login('prey', `guess number ${i}`);
    }
    await server.createPerson(root, 'later'); // acknowledged, and so is what was written before
    await server.stop('SIGKILL', true);
    await server.run();
    assert.equal((await server.login('prey')).status, 429);
    assert.equal((await server.login('root')).status, 200);
});

test('15b nobody reads the whole directory profile by profile', async () => {
    const cookie = await server.createPerson(root, 'reader');
    const read = async (path, count) => {
        const statuses = [];
        for (let i = 0; i < count; i++) {
            statuses.push((await server.request('GET', path, { cookie })).status);
        }
        return statuses;
    };
    const profiles = await read('/api/people/nobody', 70);
    assert.ok(profiles.slice(0, 60).every((status) => status === 404));
    assert.ok(profiles.slice(60).includes(429), 'names that do not exist count too');
    const limited = await server.request('GET', '/api/people/root', { cookie });
    assert.match(limited.json.message, /wait a minute/);
    const searches = await read('/api/people?q=root', 140);
    assert.ok(searches.slice(0, 120).every((status) => status === 200));
    assert.ok(searches.slice(120).includes(429));
    assert.equal((await server.request('GET', '/api/people/root', { cookie: root })).status, 200);
});

test('16 everything that was acknowledged is there after a kill', async () => {
    await server.createPerson(root, 'kept');
    await server.stop('SIGKILL', true);
    await server.run();
    assert.equal(server.firstLink, undefined);
    assert.equal((await server.request('GET', '/api/me', { cookie: root })).status, 200);
    const seen = await server.request('GET', '/api/people/kept', { cookie: root });
    assert.equal(seen.json.fullName, 'Full kept');
});

test('17 who is disabled by the command line is out within seconds', async () => {
    const cookie = await server.createPerson(root, 'leaver');
    const tab = await Tab.open(server, cookie);
    server.command(['user', 'disable', 'leaver']);
    assert.equal((await tab.event((e) => e.type === 'bye')).reason, 'disabled');
    await tab.ended();
    assert.equal((await server.request('GET', '/api/me', { cookie })).status, 401);
    assert.equal((await server.login('leaver')).status, 401);
    assert.equal((await server.request('GET', '/api/people/leaver', { cookie: root })).status, 404);
    assert.equal((await server.request('GET', '/api/me', { cookie: root })).status, 200);
});

test('17a a disable by the command line is not undone by what the server writes', async () => {
    const cookie = await server.createPerson(root, 'busy');
    let refused = false;
    let written = 0;
    const write = async () => {
        while (!refused) {
            const answer = await server.request('PUT', '/api/me/profile', { cookie,
                body: { fullName: `Busy ${written}`, email: '', position: '', language: '' } });
            assert.ok([200, 401, 404].includes(answer.status), answer.text);
            refused ||= answer.status === 401;
            written += answer.status === 200 ? 1 : 0;
        }
    };
    const writing = write();
    await until(() => written > 5);
    await promisify(execFile)(binary,
        ['user', 'disable', 'busy', '--config', server.config, '--data', server.folder]);
    await writing;
    const line = server.command(['user', 'list']).split('\n').find((l) => l.startsWith('busy\t'));
    assert.match(line, /^busy\tdisabled\t/);
    assert.match(line, new RegExp(`Busy ${written - 1}\\t`), 'with the last acknowledged write');
});

test('18 the own writes are not taken for those of another process', async () => {
    await server.createPerson(root, 'quiet');
    await new Promise((next) => setTimeout(next, 1500));
    const before = server.log.split('bringing memory up to date').length;
    await server.createPerson(root, 'silent');
    await new Promise((next) => setTimeout(next, 1500));
    assert.equal(server.log.split('bringing memory up to date').length, before);
});
