// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { Server, makeCertificate, until } from './server.mjs';
import { Tab } from './tab.mjs';

let server;
let cookie;

/** The common name of the certificate that a new connection gets. */
function subject() {
    return new Promise((done, failed) => {
        const socket = tls.connect({ host: '127.0.0.1', port: server.port, servername: 'localhost',
            rejectUnauthorized: false }, () => {
            done(socket.getPeerCertificate().subject.CN);
            socket.destroy();
        });
        socket.on('error', failed);
    });
}

before(async () => {
    server = await Server.start({ tls: true });
    cookie = await server.createAdministrator();
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('01 over TLS the cookie is bound to the host', async () => {
    assert.equal(server.url.protocol, 'https:');
    assert.match(cookie, /^__Host-visavis=/);
    const answer = await server.login('root');
    assert.match(answer.headers['set-cookie'][0], /; Secure/);
    assert.equal((await server.request('GET', '/')).headers['strict-transport-security'],
        'max-age=31536000');
    const plainName = cookie.replace('__Host-', '');
    assert.equal((await server.request('GET', '/api/me', { cookie: plainName })).status, 401);
});

test('02 a new certificate is used after SIGHUP, and no socket is lost', async () => {
    const tab = await Tab.open(server, cookie);
    assert.equal(await subject(), 'localhost');
    const fresh = makeCertificate(server.folder, 'renewed');
    copyFileSync(fresh.cert, server.options['tls.cert']);
    copyFileSync(fresh.key, server.options['tls.key']);
    server.child.kill('SIGHUP');
    await until(async () => (await subject()) === 'renewed', 5000, 'the new certificate');
    assert.equal((await tab.ask('ping')).type, 'ok');
    assert.equal(tab.closed, null);
});

test('03 a bad certificate is refused and the old one stays', async () => {
    copyFileSync(server.config, server.options['tls.cert']);
    server.child.kill('SIGHUP');
    await until(() => /level=error|ERROR|error/.test(server.log), 5000, 'a line in the log');
    assert.equal(await subject(), 'renewed');
});

test('04 plain HTTP on the TLS port gets nothing and harms nothing', async () => {
    await assert.rejects(fetch(`http://127.0.0.1:${server.port}/`));
    assert.equal((await server.request('GET', '/healthz')).text, 'ok');
});
