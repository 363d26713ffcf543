// SPDX-License-Identifier: Apache-2.0
// Every way in which a call can end at a real server: one reason, the same for both sides, in both
// histories, in one line of the chat, in one line of the log, and in what explains it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, until } from './server.mjs';
import { Tab, newId } from './tab.mjs';

const CONNECT_MS = 5000;
const REJOIN_MS = 4000;
const LANES = ['fast', 'ring', 'long']; // Side by side, because two of them take their time.
const LONG_MS = 120_000; // More than any limit below, on a busy machine.
const on = { microphone: true, camera: false };

let server;
const cookies = {};
before(async () => {
    server = await Server.start({ options: { 'portal.ring_ms': 20000,
        'portal.connect_ms': CONNECT_MS, 'portal.rejoin_ms': REJOIN_MS,
        'portal.leave_grace_ms': 100, 'portal.call_max_ms': 60000 } });
    cookies.root = await server.createAdministrator('root');
    for (const name of ['cleo', ...LANES.flatMap((lane) => [`${lane}-anna`, `${lane}-bert`])]) {
        cookies[name] = await server.createPerson(cookies.root, name);
    }
});
after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

const get = async (name, path) =>
    (await server.request('GET', path, { cookie: cookies[name] })).json;
const admin = async (method, path, body) => {
    const { status } = await server.request(method, path, { cookie: cookies.root, body });
    assert.equal(status, 204, `${method} ${path}`);
};
/** The newest that the tab was told of the call, once that is its end. */
const end = (tab, call) => until(() => {
    const changes = tab.events.filter((e) => e.type === 'call.changed' && e.call.id === call);
    return changes.at(-1)?.call.state === 'ended' && changes.at(-1).call;
}, LONG_MS, 'the end of the call');

async function dial({ caller, call, to }, connector) {
    const reply = await caller.ask('call.start', { call, callee: to, ...on,
        ...connector && { connector } });
    assert.equal(reply.type, 'call.is', JSON.stringify(reply));
}
async function answer(it, connector) {
    await dial(it, connector);
    await it.callee.call(it.call, 'ringing');
    assert.equal((await it.callee.ask('call.accept', { call: it.call, ...on })).type, 'call.is');
}
async function talk(it) {
    await answer(it);
    for (const side of [it.caller, it.callee]) {
        assert.equal((await side.ask('call.connected', { call: it.call })).type, 'ok');
    }
    await it.caller.call(it.call, 'active');
}
const finish = (side, call, reason) => side.ask('call.end', { call, reason });

/** `by`: whose doing; `missed`: by the callee; `quiet`: the callee is not told, it never rang. */
const ROWS = [
    { name: 'the caller hangs up', reason: 'hung-up', by: 'caller', run: async (it) => {
        await talk(it);
        await finish(it.caller, it.call, 'hung-up');
    } },
    { name: 'the callee hangs up', reason: 'hung-up', by: 'callee', run: async (it) => {
        await talk(it);
        await finish(it.callee, it.call, 'hung-up');
    } },
    { name: 'one hangs up before media are connected', reason: 'hung-up', by: 'caller',
        run: async (it) => {
            await answer(it);
            await finish(it.caller, it.call, 'hung-up');
        } },
    { name: 'the callee declines', reason: 'declined', by: 'callee', unanswered: true,
        run: async (it) => {
            await dial(it);
            await it.callee.call(it.call, 'ringing');
            await it.callee.ask('call.decline', { call: it.call });
        } },
    { name: 'the caller gives up', reason: 'cancelled', by: 'caller', missed: true,
        run: async (it) => {
            await dial(it);
            await it.callee.call(it.call, 'ringing');
            await finish(it.caller, it.call, 'hung-up');
        } },
    { name: 'nobody is there', reason: 'unreachable', missed: true, quiet: true,
        run: async (it) => {
            it.callee.leave();
            await it.callee.ended();
            it.further.leave();
            await it.further.ended();
            await until(async () => (await get(it.from, `/api/people/${it.to}`)).status
                === 'offline', 10_000, 'the callee is offline');
            await dial(it);
        } },
    { name: 'the callee is in another call and lets none wait', reason: 'busy', missed: true,
        quiet: true, run: async (it) => {
            const other = { ...it, caller: it.third, call: newId() };
            await it.callee.ask('call.prefer', { waiting: false });
            await answer(other);
            await dial(it);
            await finish(it.third, other.call, 'hung-up');
            await it.callee.ask('call.prefer', { waiting: true });
        } },
    { name: 'the microphone of the callee is not allowed', reason: 'permission-denied',
        by: 'callee', run: async (it) => {
            await answer(it);
            await finish(it.callee, it.call, 'permission-denied');
        } },
    { name: 'the caller has no microphone', reason: 'no-device', by: 'caller', run: async (it) => {
        await answer(it);
        await finish(it.caller, it.call, 'no-device');
    } },
    { name: 'a page finds no path for media', reason: 'media-failed', by: 'callee',
        run: async (it) => {
            await answer(it);
            await finish(it.callee, it.call, 'media-failed');
        } },
    { name: 'media are never connected', reason: 'media-failed', run: answer },
    { name: 'a page has lost its media', reason: 'media-lost', by: 'caller', run: async (it) => {
        await talk(it);
        await finish(it.caller, it.call, 'media-lost');
    } },
    { name: 'the window of the caller vanishes', reason: 'signalling-lost', run: async (it) => {
        await talk(it);
        it.caller.cut();
        it.caller = it.watcher; // Another page of his hears of it.
    } },
    { name: 'one calls anew where nobody is any more', reason: 'replaced', run: async (it) => {
        const anew = newId();
        await talk(it);
        it.callee.cut();
        await it.caller.event((e) => e.call?.id === it.call && e.call.peerAway, 'one is away');
        it.caller.cut();
        [it.caller, it.callee] = [it.watcher, it.further];
        // Busy, as long as the server has not seen that.
        await until(async () => (await it.caller.ask('call.start',
            { call: anew, callee: it.to, ...on })).call?.id === anew, REJOIN_MS, 'a new call');
        await it.callee.call(anew, 'ringing');
        await finish(it.caller, anew, 'hung-up');
    } },
    { name: 'an administrator ends it', reason: 'stopped', run: async (it) => {
        await talk(it);
        await admin('DELETE', `/api/admin/calls/${it.call}`);
    } },
    { name: 'nobody answers', lane: 'ring', reason: 'no-answer', missed: true, run: dial },
    { name: 'the longest time is reached', lane: 'long', reason: 'too-long', run: talk },
];

async function prepare(lane) {
    const [from, to] = [`${lane}-anna`, `${lane}-bert`];
    const [caller, watcher, callee, further, third] = await Promise.all(
        [from, from, to, to, 'cleo'].map((name) => Tab.open(server, cookies[name])));
    return { call: newId(), from, to, caller, watcher, callee, further, third };
}

/** The line of the call in the chat of the two, as `name` reads it. */
async function linesOf({ call }, name, other) {
    const { json } = await server.request('POST', '/api/rooms',
        { cookie: cookies[name], body: { id: newId(), kind: 'direct', name: other } });
    const { messages } = await get(name, `/api/rooms/${json.room.id}/messages`);
    return messages.filter((m) => m.kind === 'call' && m.call.call === call);
}

async function checkHistory({ call }, name, wanted) {
    const find = async () => (await get(name, '/api/calls')).calls.find(({ id }) => id === call);
    const { role, reason, byMe, answered, missed } = await until(find, 10_000, 'the history');
    assert.deepEqual({ role, reason, byMe, answered, missed }, wanted, `history of ${name}`);
}

/** What is kept of the call, wherever it can be read. */
async function checkKept(it, { reason, by, missed = false, unanswered = missed }) {
    const { call, from, to } = it;
    for (const role of ['caller', 'callee']) {
        const [name, other] = role === 'caller' ? [from, to] : [to, from];
        await checkHistory(it, name, { role, reason, byMe: by === role, answered: !unanswered,
            missed: missed && role === 'callee' });
        const lines = await until(async () => {
            const some = await linesOf(it, name, other);
            return some.length > 0 && some;
        }, 10_000, 'a line in the chat');
        assert.deepEqual(lines.map((m) => [m.author.name, m.call.reason, m.call.answered]),
            [[from, reason, !unanswered]]);
    }
    const doer = { caller: from, callee: to }[by];
    const log = server.log.split('\n').filter((line) =>
        line.includes(`call ended call=${call} `));
    assert.equal(log.length, 1, log.join('\n'));
    assert.ok(log[0].includes(
        ` reason=${reason} by=${doer ?? '-'} caller=${from} callee=${to} seconds=`), log[0]);
    assert.ok(server.command(['call', 'explain', call])
        .includes(`It ended as ${reason}${doer ? ` by ${doer}` : ''}; `));
}

async function checkTold(it, { reason, by, quiet }) {
    const told = await end(it.caller, it.call);
    assert.deepEqual([told.reason, told.byMe], [reason, by === 'caller']);
    if (quiet) {
        assert.deepEqual(it.callee.events.filter((e) => e.call?.id === it.call), []);
    } else {
        const other = await end(it.callee, it.call);
        assert.deepEqual([other.reason, other.byMe], [reason, by === 'callee']);
    }
}

async function tryRow(row, lane) {
    const it = await prepare(lane);
    const tabs = [it.caller, it.watcher, it.callee, it.further, it.third];
    await row.run(it);
    await checkTold(it, row);
    await checkKept(it, row);
    tabs.forEach((tab) => tab.leave());
    await Promise.all(tabs.map((tab) => tab.ended()));
}

test('part 3: a call has one reason everywhere', { concurrency: true }, (t) => Promise.all(
    LANES.map((lane) => t.test(lane, { concurrency: 1 }, async (inLane) => {
        for (const row of ROWS.filter((one) => (one.lane ?? 'fast') === lane)) {
            await inLane.test(`${row.reason}: ${row.name}`, () => tryRow(row, lane));
        }
    }))));

test('part 3: connector-disabled: calls are switched off while it rings', async () => {
    await tryRow({ reason: 'connector-disabled', missed: true, run: async (it) => {
        await dial(it);
        await it.callee.call(it.call, 'ringing');
        await admin('PUT', '/api/admin/connectors/webrtc', { active: false });
        await admin('PUT', '/api/admin/connectors/webrtc', { active: true });
    } }, 'fast');
});

test('part 3: server-shutdown: a call through a link does not outlive the server', async () => {
    const it = await prepare('fast');
    await admin('PUT', '/api/admin/connectors/link',
        { values: { template: 'https://meet.example.org/{room}' } });
    await admin('PUT', '/api/admin/connectors/link', { active: true });
    await answer(it, 'link');
    await server.stop('SIGTERM', true);
    await server.run();
    await checkKept(it, { reason: 'server-shutdown' }); // No page was there to be told.
});
