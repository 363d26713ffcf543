// SPDX-License-Identifier: Apache-2.0
// Bad input: each case gets its clear answer, and afterwards the server lives and has not grown.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Server } from './server.mjs';
import { Tab, frame, newId } from './tab.mjs';

const GROWTH_KIB_MAX = 24 * 1024; // also with sanitizers, whose quarantine is capped below

let server;
let root;
let rss;

/** Sends bytes and gives everything that comes until the end (or until `ms` have passed). */
function exchange(bytes, { ms = 1500, end = false } = {}) {
    return new Promise((done) => {
        const chunks = [];
        const socket = net.connect(server.port, '127.0.0.1', () => {
            socket.write(bytes);
            if (end) {
                socket.end();
            }
        });
        const finish = () => {
            clearTimeout(timer);
            socket.destroy();
            done(Buffer.concat(chunks).toString('latin1'));
        };
        const timer = setTimeout(finish, ms);
        socket.on('data', (chunk) => chunks.push(chunk));
        socket.on('error', finish);
        socket.on('close', finish);
    });
}

const statuses = (text) =>
    [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => Number(match[1]));

before(async () => {
    process.env.ASAN_OPTIONS ??= 'quarantine_size_mb=4';
    server = await Server.start({ options: { 'http.head_timeout_ms': 1000 } });
    root = await server.createAdministrator();
    await server.createPerson(root, 'mary');
    rss = server.rssKiB();
});

after(async () => {
    assert.equal((await server.request('GET', '/healthz')).text, 'ok');
    const grown = server.rssKiB() - rss;
    assert.ok(grown < GROWTH_KIB_MAX, `grown by ${grown} KiB`);
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('01 HTTP that smuggles or is malformed is refused once; the connection closes', async () => {
    const host = () => `Host: ${server.url.host}\r\n`;
    const cases = {
        'both lengths': `POST /api/login HTTP/1.1\r\n${host()}Content-Length: 4\r\n` +
            'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n',
        'two lengths': `POST /api/login HTTP/1.1\r\n${host()}Content-Length: 4\r\n` +
            'Content-Length: 5\r\n\r\nabcde',
        'list of lengths': `POST /api/login HTTP/1.1\r\n${host()}Content-Length: 4, 4\r\n\r\nabcd`,
        'negative length': `POST /api/login HTTP/1.1\r\n${host()}Content-Length: -1\r\n\r\n`,
        'plus length': `POST /api/login HTTP/1.1\r\n${host()}Content-Length: +4\r\n\r\nabcd`,
        'huge length':
            `POST /api/login HTTP/1.1\r\n${host()}Content-Length: ${'9'.repeat(30)}\r\n\r\n`,
        'chunked not last': `POST /api/login HTTP/1.1\r\n${host()}` +
            'Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n',
        'chunked disguised': `POST /api/login HTTP/1.1\r\n${host()}` +
            'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
        'blank before colon': `GET /healthz HTTP/1.1\r\n${host()}X-A : b\r\n\r\n`,
        'obs-fold': `GET /healthz HTTP/1.1\r\n${host()}X-A: b\r\n c\r\n\r\n`,
        'bare LF': `GET /healthz HTTP/1.1\n${host()}\n`,
        'NUL in a value': `GET /healthz HTTP/1.1\r\n${host()}X-A: a\0b\r\n\r\n`,
        'bad name': `GET /healthz HTTP/1.1\r\n${host()}X(A): b\r\n\r\n`,
        'no host': 'GET /healthz HTTP/1.1\r\n\r\n',
        'two hosts': `GET /healthz HTTP/1.1\r\n${host()}${host()}\r\n`,
        'no HTTP': 'hello\r\n\r\n',
        'a TLS hello': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
        'version 9': `GET /healthz HTTP/9.9\r\n${host()}\r\n`,
    };
    for (const [name, text] of Object.entries(cases)) {
        const answer = await exchange(Buffer.from(text, 'latin1'));
        const got = statuses(answer);
        assert.ok(got.length <= 1, `${name}: ${answer}`);
        assert.ok(got.length === 0 || (got[0] >= 400 && got[0] < 600), `${name}: ${answer}`);
    }
});

test('02 what is too large has its own answer', async () => {
    const host = `Host: ${server.url.host}\r\n`;
    const cases = [
        [`GET /${'a'.repeat(5000)} HTTP/1.1\r\n${host}\r\n`, 414],
        [`GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(40000)}\r\n\r\n`, 431],
        [`GET / HTTP/1.1\r\n${host}${'A: b\r\n'.repeat(200)}\r\n`, 431],
        [`POST /api/login HTTP/1.1\r\n${host}Content-Length: 99999999\r\n\r\n`, 413],
        [`POST /api/login HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n` +
            `ffffff\r\n${'a'.repeat(300000)}`, 413],
    ];
    for (const [text, status] of cases) {
        assert.deepEqual(statuses(await exchange(text)), [status], text.slice(0, 60));
    }
});

test('03 other methods and other hosts are refused', async () => {
    const host = `Host: ${server.url.host}\r\n`;
    for (const line of ['TRACE / HTTP/1.1', 'CONNECT example.org:443 HTTP/1.1',
        'GET http://example.org/ HTTP/1.1', 'BREW / HTTP/1.1', 'OPTIONS * HTTP/1.1']) {
        const [status] = statuses(await exchange(`${line}\r\n${host}\r\n`));
        assert.ok(status === undefined || status >= 400, `${line}: ${status}`);
    }
});

test('04 a slow request is cut', async () => {
    const started = Date.now();
    await exchange(`GET / HTTP/1.1\r\nHost: ${server.url.host}\r\nX-`, { ms: 6000 });
    assert.ok(Date.now() - started < 5000);
});

test('05 broken frames close with the code of RFC 6455', async () => {
    const cases = [
        ['unmasked', frame(1, '{}', { masked: false }), 1002],
        ['reserved bit', frame(1, '{}', { rsv: 0x40 }), 1002],
        ['unknown opcode', frame(3, '{}'), 1002],
        ['long ping', frame(9, 'x'.repeat(126)), 1002],
        ['torn ping', frame(9, 'x', { fin: false }), 1002],
        ['continuation of nothing', frame(0, 'x'), 1002],
        ['new message inside one', Buffer.concat([frame(1, 'a', { fin: false }), frame(1, 'b')]),
            1002],
        ['bad UTF-8', frame(1, Buffer.from([0x22, 0xff, 0x22])), 1007],
        ['surrogate', frame(1, Buffer.from([0xed, 0xa0, 0x80])), 1007],
        ['giant', frame(1, 'x'.repeat(70000)), 1009],
        ['giant in pieces', Buffer.concat([frame(1, 'x'.repeat(60000), { fin: false }),
            frame(0, 'x'.repeat(60000))]), 1009],
        ['close with one byte', frame(8, 'x'), 1002],
        ['close with code 1006', frame(8, Buffer.from([0x03, 0xee])), 1002],
    ];
    for (const [name, bytes, code] of cases) {
        const tab = await Tab.open(server, root);
        tab.socket.write(bytes);
        assert.equal((await tab.ended()).code, code, name);
    }
});

test('06 an announced length reserves nothing', async () => {
    const before = server.rssKiB();
    const tabs = [];
    for (let i = 0; i < 20; i++) {
        const tab = await Tab.open(server, root);
        tab.socket.write(Buffer.from([0x81, 0xfe, 0xff, 0xff, 1, 2, 3, 4]));
        tabs.push(tab);
    }
    assert.ok(server.rssKiB() - before < 4096);
    for (const tab of tabs) {
        tab.cut();
    }
});

test('07 a message torn into single bytes is still one message', async () => {
    const tab = await Tab.open(server, root);
    const bytes = frame(1, JSON.stringify({ type: 'ping', id: 99 }));
    for (const byte of bytes) {
        tab.socket.write(Buffer.from([byte]));
        await new Promise((next) => setImmediate(next));
    }
    assert.equal((await tab.ask('ping')).type, 'ok');
    assert.ok(tab.messages.some((message) => message.id === 99));
    tab.leave();
});

test('08 bad messages get an error each and harm nobody', async () => {
    const id = newId();
    const cases = ['', 'null', '[]', '{', '{}', '"x"', '{"type":"ping"}', '{"type":"ping","id":0}',
        '{"type":"ping","id":-1}', '{"type":"ping","id":1.5}',
        '{"type":"ping","id":9007199254740993}', '{"type":"ping","id":"1"}',
        '{"type":"ping","id":1,"id":2}', '{"type":"ping","type":"ping","id":1}',
        '{"type":"ping","id":1,"x":null}', '{"type":"welcome","id":1}', '{"type":"bye","id":1}',
        '{"type":"__proto__","id":1}', '['.repeat(3000), '{"a":'.repeat(100),
        `{"type":"call.decline","id":1,"call":"${id}="}`,
        `{"type":"call.decline","id":1,"call":"${id.slice(1)}"}`,
        '{"type":"call.decline","id":1,"call":"../../../../../../etc"}',
        `{"type":"call.end","id":1,"call":"${id}","reason":"too-long"}`,
        `{"type":"call.trickle","id":1,"call":"${id}","candidate":"x","mid":"",`
            + '"line":256,"ufrag":""}',
        `{"type":"call.start","id":1,"call":"${id}","callee":"${'m'.repeat(33)}",`
            + '"microphone":true,"camera":true}',
        `{"type":"call.start","id":1,"call":"${id}","callee":"mary","microphone":1,"camera":true}`,
        `{"type":"call.start","id":1,"call":"${id}","callee":"m\\u0000",`
            + '"microphone":true,"camera":true}',
        `{"type":"ping","id":${'1'.repeat(4000)}}`, '{"type":"ping","id":1}}'];
    for (const text of cases) {
        const tab = await Tab.open(server, root);
        tab.raw(text);
        assert.equal((await tab.ask('ping')).type, 'ok', text.slice(0, 80));
        const errors = tab.messages.filter((message) => message.type === 'error');
        assert.equal(errors.length, 1, text.slice(0, 80));
        assert.match(errors[0].error, /^(bad-message|unknown-type)$/, text.slice(0, 80));
        tab.leave();
    }
});

test('09 a reader that does not read is cut, and the server keeps no backlog', async () => {
    const slow = await Tab.open(server, root);
    slow.socket.pause();
    const before = server.rssKiB();
    for (let i = 0; i < 400 && slow.closed === null; i++) {
        slow.raw(JSON.stringify({ type: 'ping', id: i + 1 }));
    }
    await new Promise((next) => setTimeout(next, 300));
    assert.ok(server.rssKiB() - before < 4096);
    slow.cut();
});

test('10 hundreds of connections that say nothing are gone when they go', async () => {
    const sockets = Array.from({ length: 300 }, () => net.connect(server.port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => new Promise((next) => {
        socket.on('connect', next).on('error', next);
    })));
    assert.equal((await server.request('GET', '/healthz')).text, 'ok');
    for (const socket of sockets) {
        socket.destroy();
    }
});
