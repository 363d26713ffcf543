// SPDX-License-Identifier: Apache-2.0
// Behind a proxy that tells who asks, and beside one that nobody trusts.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Server, cookieOf, password, within } from './server.mjs';
import { upgrade } from './tab.mjs';

const EACH_MAX = 3; // connections from one address
const options = { 'http.connections_per_address_max': EACH_MAX,
    'portal.login_attempts_per_prefix': 2 };
let trusting;
let plain;

before(async () => {
    [trusting, plain] = await Promise.all([
        Server.start({ options: { ...options, 'http.trusted_proxies': '127.0.0.1 10.0.0.0/8' } }),
        Server.start({ options })]);
});
after(async () => {
    for (const server of [trusting, plain]) {
        assert.equal(await server.stop(), 0);
    }
});

const from = (text) => ({ headers: { 'X-Forwarded-For': text } });

function signIn(server, text, secret = password) {
    return server.request('POST', '/api/login',
        { body: { name: 'root', password: secret }, ...from(text) });
}

async function addressOf(server, cookie) {
    const { json } = await server.request('GET', '/api/me/logins', { cookie });
    return json.logins.find((login) => login.current).address;
}

test('a sign-in shows the address that the proxy told, and without trust the own one', async () => {
    for (const [server, text, shown] of [
        [trusting, '198.51.100.9, 192.0.2.7, 10.0.0.1', '192.0.2.7'],
        [trusting, '2001:db8::7', '2001:db8::7'], [trusting, 'unknown', '127.0.0.1'],
        [plain, '192.0.2.7', '127.0.0.1']]) {
        if (server.firstLink !== undefined && server.known === undefined) {
            await server.createAdministrator('root');
            server.known = true;
        }
        const answer = await signIn(server, text);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(await addressOf(server, cookieOf(answer)), shown, text);
    }
});

test('who guesses behind the proxy is throttled, and others behind it are not', async () => {
    for (const status of [401, 401, 429]) {
        assert.equal((await signIn(trusting, '203.0.113.5', 'a wrong password')).status, status);
    }
    // What he writes before the address that the proxy has heard does not help him.
    assert.equal((await signIn(trusting, '192.0.2.99, 203.0.113.5', 'a wrong one')).status, 429);
    assert.equal((await signIn(trusting, '192.0.2.20')).status, 200);
});

test('one connection of the proxy has requests of many, and each of them is seen', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (text) => new Promise((done, failed) => {
        http.request({ host: '127.0.0.1', port: trusting.port, path: '/api/login', method: 'POST',
            agent, headers: { Host: trusting.url.host, Origin: trusting.origin,
                'Content-Type': 'application/json', 'X-Forwarded-For': text } }, (response) => {
            response.on('end', () => done(cookieOf({ headers: response.headers }))).resume();
        }).on('error', failed).end(JSON.stringify({ name: 'root', password }));
    });
    for (const text of ['192.0.2.31', '192.0.2.32', '192.0.2.31']) {
        assert.equal(await addressOf(trusting, await within(20_000, ask(text), 'an answer')), text);
    }
    agent.destroy();
});

test('tabs behind the proxy are counted by their own address', async () => {
    const cookie = cookieOf(await signIn(trusting, '192.0.2.40'));
    const open = (text) => upgrade(trusting, cookie, from(text));
    const tabs = [];
    for (let i = 0; i < EACH_MAX; i++) {
        tabs.push(await open('192.0.2.41'));
    }
    assert.deepEqual(tabs.map(({ status }) => status), Array(EACH_MAX).fill(101));
    assert.equal((await open('192.0.2.41')).status, 429);
    tabs.push(await open('192.0.2.42'));
    assert.equal(tabs.at(-1).status, 101);
    tabs.forEach(({ socket }) => socket.destroy());
});
