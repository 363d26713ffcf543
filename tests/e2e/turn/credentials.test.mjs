// SPDX-License-Identifier: Apache-2.0
// How long the credential of a call works: until its call ends, whatever becomes of the server, and
// while one of two secrets is that by which it was signed.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Server, until } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { startCall, startRelay } from './relay.mjs';
import { Pair, StunClient, credentialOf } from './stun.mjs';

const endings = new Endings();
after(() => endings.run(), LIMIT);

const addressOf = ({ port }) => ({ address: '127.0.0.1', port });

/** The answer to somebody new with that credential. */
async function answerTo(server, credential) {
    const client = new StunClient(addressOf(server), credential);
    try {
        const code = await client.allocate();
        if (code === 0) {
            await client.refresh(0);
        }
        return code;
    } finally {
        client.close();
    }
}

async function isKept(server, call) {
    const { json } = await server.request('GET', '/api/calls', { cookie: server.cookies.ann });
    return json.calls.some((one) => one.id === call.id);
}

test('the end of a call ends its relays at once, and its credential for ever', LIMIT, async () => {
    const server = await startRelay({ endings, options: { 'turn.drain_s': 0 } });
    server.args.push('--set', `listen.port=${server.port}`);
    const ended = await startCall(server);
    const pair = await Pair.open(addressOf(server), ended, endings);
    assert.ok(await pair.flows());
    const since = performance.now();
    await ended.ann.ask('call.end', { call: ended.id, reason: 'hung-up' });
    await until(async () => await pair.refreshCode() !== 0, 5000, 'the end of the relays');
    const took = performance.now() - since;
    assert.ok(took < 5000, `it took ${took} ms`);
    const heard = pair.count();
    pair.say(Buffer.from('is anybody there'));
    assert.equal(await answerTo(server, ended), 401);
    assert.equal(pair.count(), heard);

    await until(() => isKept(server, ended), 20_000, 'the call is kept');
    [ended.ann, ended.bert].forEach((tab) => tab.leave());
    const lives = await startCall(server);
    assert.equal(await answerTo(server, lives), 0);
    assert.equal(await server.stop('SIGKILL', true), 'SIGKILL');
    await server.run();
    assert.equal(await answerTo(server, ended), 401, 'after kill -9');
    assert.equal(await answerTo(server, lives), 0, 'a call that has not ended, after kill -9');
});

test('another secret takes over by SIGHUP; the one before works on, none older, no damaged one',
    LIMIT, async () => {
        const server = await Server.start({ options: { 'turn.drain_s': 0 } });
        endings.addServer(server);
        const file = join(server.folder, 'turn.secret');
        const read = () => readFileSync(file, 'utf8').trim();
        const reload = async (words = 'another TURN secret') => {
            const before = server.log.length;
            server.child.kill('SIGHUP');
            await until(() => server.log.includes(words, before), 20_000, words);
        };
        const first = read();
        const old = credentialOf(server.folder, 'old');
        const pair = await Pair.open(addressOf(server), old, endings);

        writeFileSync(file, randomBytes(32).toString('hex'));
        const middle = credentialOf(server.folder, 'middle');
        assert.equal(await answerTo(server, middle), 401, 'before the signal');
        await reload();
        assert.equal(await answerTo(server, middle), 0);
        assert.equal(await answerTo(server, old), 0, 'the secret before');

        const second = read();
        writeFileSync(file, `${randomBytes(32).toString('hex')}\n${second}\n`);
        const young = credentialOf(server.folder, 'young');
        await reload();
        assert.equal(await answerTo(server, young), 0);
        assert.equal(await answerTo(server, middle), 0);
        assert.equal(await answerTo(server, old), 401, 'older than the one before');
        assert.equal(await pair.refreshCode(), 0, 'a relay that is open goes on');
        assert.ok(await pair.flows());

        const whole = read();
        appendFileSync(file, 'no secret');
        await reload('the TURN secret cannot be used');
        assert.equal(await answerTo(server, young), 0, 'a damaged file changes nothing');
        writeFileSync(file, whole);
        for (const secret of [first, second, whole.slice(0, 64)]) {
            assert.ok(!server.log.includes(secret), 'a secret in the log');
        }

        server.args.push('--set', `listen.port=${server.port}`);
        assert.equal(await server.stop('SIGTERM', true), 0);
        await server.run();
        assert.equal(await answerTo(server, young), 0);
        assert.equal(await answerTo(server, middle), 0, 'the second line, after a restart');
    });

test('what browsers are given is signed by the secret of now', LIMIT, async () => {
    const server = await startRelay({ endings, options: { 'turn.drain_s': 0 } });
    writeFileSync(join(server.folder, 'turn.secret'), randomBytes(32).toString('hex'));
    server.child.kill('SIGHUP');
    await until(() => /another TURN secret/.test(server.log), 20_000, 'the other secret');
    const call = await startCall(server);
    assert.equal(credentialOf(server.folder, 'x', call.name).password, call.password);
    assert.equal(await answerTo(server, call), 0);
    await call.end();
});
