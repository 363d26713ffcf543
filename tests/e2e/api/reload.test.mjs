// SPDX-License-Identifier: Apache-2.0
// SIGHUP: what is taken over, what is said to need a restart, and what stays as it was.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Server, until } from './server.mjs';

let server;
let root;

before(async () => {
    server = await Server.start({ args: ['--set', 'portal.searches_per_minute=3'] });
    root = await server.createAdministrator('root');
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

async function reload(lines, expected) {
    writeFileSync(server.config, lines.join('\n'));
    const from = server.log.length;
    server.child.kill('SIGHUP');
    await until(() => expected.test(server.log.slice(from)), 20000, String(expected));
    return server.log.slice(from);
}

const statuses = async (path, count) => {
    const all = [];
    for (let i = 0; i < count; i++) {
        all.push((await server.request('GET', path, { cookie: root })).status);
    }
    return all;
};

test('01 new values are used at once, and those that need a restart are named', async () => {
    const log = await reload(['listen.port = 0', 'portal.profiles_per_minute = 2',
        'portal.users_max = 7', 'http.headers_max = 99', 'portal.searches_per_minute = 50'],
        /configuration read again/);
    assert.deepEqual(await statuses('/api/people/root', 3), [200, 200, 429]);
    assert.match(log, /restart.*option=portal\.users_max/);
    assert.match(log, /restart.*option=http\.headers_max/);
    assert.doesNotMatch(log, /option=portal\.(profiles|searches)_per_minute|option=listen/);
    assert.deepEqual(await statuses('/api/people', 4), [200, 200, 200, 429], 'as --set says');
});

test('02 a level of the log counts from the next line on', async () => {
    await reload(['listen.port = 0', 'log.level = error'], /$/);
    await until(async () => { // until no further line says that it was read
        const from = server.log.length;
        server.child.kill('SIGHUP');
        await new Promise((next) => setTimeout(next, 300));
        return server.log.length === from;
    }, 20000, 'silence');
    await reload(['listen.port = 0', 'log.level = info'], /configuration read again/);
});

test('03 with a fault in the file everything stays as it was', async () => {
    const log = await reload(['listen.port = 0', 'portal.profiles_per_minute = 0'],
        /stays as it was/);
    assert.match(log, /visavis\.conf:2: portal\.profiles_per_minute: a number from 1 to/);
    assert.equal((await server.request('GET', '/healthz')).status, 200);
});
