// SPDX-License-Identifier: Apache-2.0
// Two nodes on one PostgreSQL: what one knows the other one knows, whichever has the portal.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { IS_DOOR, LEADS, Nodes, serves } from './nodes.mjs';
import { Postgres } from './postgres.mjs';
import { cookieOf, password, until, within } from './server.mjs';
import { Tab, newId } from './tab.mjs';

const on = { microphone: true, camera: true };
const BACK_MS = 5000; // product: back on another node
let postgres;
let nodes;
let leader;
let door;
const cookies = {};

before(async () => {
    postgres = await Postgres.start({ fast: true });
    nodes = await Nodes.start(postgres, 'nodes');
    [leader, door] = nodes.all;
    cookies.root = await leader.createAdministrator('root');
    for (const name of ['anna', 'bert', 'cleo']) {
        cookies[name] = await door.createPerson(cookies.root, name);
    }
});

after(async () => {
    assert.ok((await nodes.stop()).every((code) => code === 0));
    await postgres.stop();
    for (const node of nodes.all) {
        assert.doesNotMatch(node.log, /Sanitizer|runtime error|ASSERT/);
    }
});

const ask = (node, method, path, body, cookie = cookies.root) =>
    node.request(method, path, { cookie, body });
const settings = { servers: [], relayOnly: false, poolSize: 0, collectLog: false };
const start = (tab, call, callee) => tab.ask('call.start', { call, callee, ...on });

async function connectedCall(caller, callee, name) {
    const call = newId();
    await start(caller, call, name);
    await callee.call(call, 'ringing');
    await callee.ask('call.accept', { call, ...on });
    await caller.ask('call.connected', { call });
    await callee.ask('call.connected', { call });
    await caller.call(call, 'active');
    return call;
}

test('the first node has the portal, the second one is a door and says so', async () => {
    assert.match(leader.log, LEADS);
    assert.match(door.log, IS_DOOR);
    assert.doesNotMatch(door.log, LEADS);
    assert.equal((await door.request('GET', '/healthz')).text, 'ok');
    assert.equal((await door.request('GET', '/readyz')).text, 'ready');
    const page = await door.request('GET', '/');
    assert.equal(page.status, 200);
    assert.equal(page.text, (await leader.request('GET', '/')).text);
});

test('N19: people on two nodes see each other, write to each other and call each other',
    async () => {
    const anna = await Tab.open(leader, cookies.anna);
    const bert = await Tab.open(door, cookies.bert);
    await anna.ask('people.watch', { names: ['bert'] });
    const status = (name, wanted) => anna.event((e) => e.type === 'person.changed'
        && e.person.name === name && e.person.status === wanted, wanted);
    await bert.ask('status.set', { status: 'do-not-disturb' });
    await status('bert', 'do-not-disturb');
    await bert.ask('status.set', { status: 'available' });
    await status('bert', 'available');

    const made = await ask(leader, 'POST', '/api/rooms', { id: newId(), kind: 'direct',
        name: 'bert' }, cookies.anna);
    const room = made.json.room.id;
    assert.equal((await bert.ask('chat.send', { message: newId(), room, text: 'over there' })).type,
        'chat.sent');
    await anna.event((e) => JSON.stringify(e).includes('over there'), 'the message');
    await anna.ask('chat.send', { message: newId(), room, text: 'and back' });
    await bert.event((e) => JSON.stringify(e).includes('and back'), 'the answer');

    for (const [caller, callee, name] of [[anna, bert, 'bert'], [bert, anna, 'anna']]) {
        const declined = newId();
        await start(caller, declined, name);
        await callee.call(declined, 'ringing');
        await callee.ask('call.decline', { call: declined });
        assert.equal((await caller.call(declined, 'ended')).reason, 'declined');
        const cancelled = newId();
        await start(caller, cancelled, name);
        await callee.call(cancelled, 'ringing');
        await caller.ask('call.end', { call: cancelled, reason: 'hung-up' });
        assert.equal((await callee.call(cancelled, 'ended')).reason, 'cancelled');
        const call = await connectedCall(caller, callee, name);
        await callee.ask('call.end', { call, reason: 'hung-up' });
        assert.equal((await caller.call(call, 'ended')).reason, 'hung-up');
    }
    anna.leave();
    bert.leave();
});

test('N19: what an administrator sets on one node the next answer on the other one has',
    async () => {
    for (const [here, there] of [[leader, door], [door, leader]]) {
        const tab = await Tab.open(there, cookies.anna);
        const name = `stun:stun${here.port}.example.org`;
        const saved = await ask(here, 'PUT', '/api/admin/webrtc',
            { ...settings, servers: [{ urls: [name] }] });
        assert.equal(saved.status, 204, saved.text);
        const call = newId();
        const { iceServers } = await start(tab, call, 'bert');
        assert.ok(iceServers.some(({ urls }) => urls.includes(name)), JSON.stringify(iceServers));
        await tab.ask('call.end', { call, reason: 'hung-up' });
        await ask(here, 'PUT', '/api/admin/connectors/webrtc', { active: false });
        assert.equal((await start(tab, newId(), 'bert')).error, 'connector-disabled');
        await tab.event((e) => e.type === 'connectors.changed' && e.connectors.length === 0);
        await ask(here, 'PUT', '/api/admin/connectors/webrtc', { active: true });
        await tab.event((e) => e.type === 'connectors.changed' && e.connectors.length === 1);
        tab.leave();
    }
});

test('the portal sees the browser behind a door, not the door', async () => {
    const signIn = () => new Promise((done, failed) => {
        http.request({ host: '127.0.0.1', port: door.port, localAddress: '127.0.0.9',
            path: '/api/login', method: 'POST', agent: false, headers: { Host: door.url.host,
                Origin: door.origin, 'Content-Type': 'application/json',
                'X-Forwarded-For': '192.0.2.1' } },
        (answer) => done(cookieOf(answer.resume()))).on('error', failed)
            .end(JSON.stringify({ name: 'bert', password }));
    });
    const { json } = await ask(door, 'GET', '/api/me/logins', undefined, await signIn());
    assert.equal(json.logins.find((login) => login.current).address, '127.0.0.9');
});

/** What comes from the link of the leader until it closes. */
function link(say, connect = () => net.connect(leader.link, '127.0.0.1')) {
    return within(20_000, new Promise((done) => {
        const chunks = [];
        const socket = connect();
        socket.on('connect', () => say(socket)).on('secureConnect', () => say(socket))
            .on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
            .on('close', () => done(Buffer.concat(chunks).toString('latin1')));
    }), 'the end of the connection');
}

const hello = Buffer.concat([Buffer.from('VVN1'), Buffer.from([0, 4, 0, 9, 192, 0, 2, 7]),
    Buffer.alloc(12)]);
const head = `GET /api/me HTTP/1.1\r\nHost: localhost\r\n\r\n`;

test('149: who has not the key is no node', async () => {
    const psk = (key) => link((socket) => socket.write(Buffer.concat([hello, Buffer.from(head)])),
        () => tls.connect({ host: '127.0.0.1', port: leader.link, minVersion: 'TLSv1.2',
            rejectUnauthorized: false, ciphers: 'PSK', checkServerIdentity: () => undefined,
            pskCallback: () => ({ psk: key, identity: 'visavis node' }) }));
    assert.doesNotMatch(await link((socket) => socket.end(head)), /HTTP/);
    assert.doesNotMatch(await link((socket) => socket.end(Buffer.concat([hello,
        Buffer.from(head)]))), /HTTP/);
    assert.doesNotMatch(await psk(Buffer.alloc(32, 7)), /HTTP/);
    assert.doesNotMatch(await psk(nodes.key), /HTTP/); // the file itself is not the key
});

test('149: what a node has said before is nothing when somebody says it again', async () => {
    // Somebody between the nodes: what the door sends is kept, and sent once more.
    const kept = [];
    const between = net.createServer((near) => {
        const far = net.connect(leader.link, '127.0.0.1');
        near.on('data', (chunk) => {
            kept.push(chunk);
            far.write(chunk);
        }).on('close', () => far.destroy()).on('error', () => {});
        far.on('data', (chunk) => near.write(chunk)).on('close', () => near.destroy())
            .on('error', () => {});
    }).listen(0, '127.0.0.1');
    await until(() => between.listening);
    const move = async (port) => {
        const from = door.log.length;
        postgres.ask('nodes', `UPDATE visavis_leader SET address = '127.0.0.1:${port}'`);
        await until(() => door.log.slice(from).includes(`address=127.0.0.1:${port}`), 20_000);
    };
    await move(between.address().port);
    assert.equal((await door.request('GET', '/api/me', { cookie: cookies.anna })).status, 200);
    assert.ok(kept.length > 0);
    assert.ok(!Buffer.concat(kept).includes('GET '), 'it is not encrypted');
    const answer = await link((socket) => kept.forEach((chunk) => socket.write(chunk)));
    assert.doesNotMatch(answer, /HTTP/);
    between.close();
    await move(leader.link);
    await serves(door);
});

test('a large answer and a large request pass a door whole', async () => {
    const [script] = /\/assets\/[\w.-]+\.js/.exec((await door.request('GET', '/')).text) ?? [];
    for (const path of [script ?? '/', '/']) {
        const [there, here] = [await door.request('GET', path), await leader.request('GET', path)];
        assert.equal(there.status, 200);
        assert.ok(there.bytes.equals(here.bytes));
    }
    const long = 'x'.repeat(200_000);
    assert.equal((await ask(door, 'POST', '/api/rooms', { long })).status, 413);
});

async function kill(node) {
    assert.equal(await node.stop('SIGKILL', true), 'SIGKILL');
}

test('N19: the node with the portal dies: ringing calls ring on, connected ones go on, at the other'
    + ' node', async () => {
    const anna = await Tab.open(leader, cookies.anna);
    const bert = await Tab.open(door, cookies.bert);
    const cleo = await Tab.open(door, cookies.cleo);
    const root = await Tab.open(leader, cookies.root);
    const active = await connectedCall(anna, bert, 'bert');
    const ringing = newId();
    await start(root, ringing, 'cleo');
    await cleo.call(ringing, 'ringing');
    await nodes.kept('ringing');
    await nodes.kept('active');
    const from = door.log.length;
    const began = Date.now();
    await kill(leader);
    const open = async (cookie) => until(async () =>
        Tab.open(door, cookie).catch(() => undefined), 20_000, 'a tab', 50);
    const tabs = await Promise.all(['anna', 'bert', 'cleo', 'root'].map((name) =>
        open(cookies[name])));
    const back = Date.now() - began;
    const [anna2, bert2, cleo2, root2] = tabs;
    assert.equal((await cleo2.call(ringing, 'ringing')).peer.name, 'root');
    console.log(`# everybody is back after ${back} ms`);
    assert.ok(back < BACK_MS, `${back} ms`);
    assert.match(door.log.slice(from), LEADS);
    const rings = cleo2.events.filter((e) => e.type === 'call.changed' && e.call.id === ringing);
    assert.equal(rings.length, 1, 'it rings twice');
    for (const tab of [anna2, bert2]) {
        const { call } = await tab.ask('call.join', { call: active });
        assert.equal(call.state, 'active');
    }
    await root2.ask('call.join', { call: ringing });
    assert.equal((await cleo2.ask('call.accept', { call: ringing, ...on })).call.state,
        'connecting');
    await root2.call(ringing, 'connecting');
    await root2.ask('call.end', { call: ringing, reason: 'hung-up' });
    await cleo2.call(ringing, 'ended');
    await anna2.ask('call.end', { call: active, reason: 'hung-up' });
    await bert2.call(active, 'ended');
    tabs.forEach((tab) => tab.leave());
});

test('who was the leader is a door when it comes back', async () => {
    await nodes.again(leader);
    assert.match(leader.log, IS_DOOR);
    [leader, door] = [door, leader];
    await serves(door);
    const [anna, bert] = [await Tab.open(leader, cookies.anna), await Tab.open(door, cookies.bert)];
    const call = await connectedCall(anna, bert, 'bert');
    await bert.ask('call.end', { call, reason: 'hung-up' });
    await anna.call(call, 'ended');
    anna.leave();
    bert.leave();
});

test('150: a leader that has lost the database to another one writes nothing, and ends',
    async () => {
    const anna = await Tab.open(leader, cookies.anna);
    const made = await ask(leader, 'POST', '/api/rooms', { id: newId(), kind: 'direct',
        name: 'cleo' }, cookies.anna);
    const room = made.json.room.id;
    const from = door.log.length;
    leader.child.kill('SIGSTOP');
    anna.raw(JSON.stringify({ type: 'chat.send', id: 99, message: newId(), room,
        text: 'of the old leader' }));
    // As when its machine is cut off: the database ends its session, and the lock is free.
    postgres.ask('nodes', "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = "
        + "'advisory' AND classid = 1987539316");
    await until(() => LEADS.test(door.log.slice(from)), 20_000, 'the next leader');
    await serves(door);
    const { log } = leader;
    leader.child.kill('SIGCONT');
    const [code] = await within(20_000, leader.exited, 'the end of the old leader');
    assert.equal(code, 75, leader.log.slice(log.length));
    assert.match(leader.log.slice(log.length), /another node has had the database since/);
    const messages = await ask(door, 'GET', `/api/rooms/${room}/messages?limit=100`, undefined,
        cookies.anna);
    assert.equal(messages.status, 200);
    assert.ok(!messages.text.includes('of the old leader'));
    await nodes.again(leader);
    assert.match(leader.log, IS_DOOR);
    [leader, door] = [door, leader];
    await serves(door);
});

test('a leader whose session is ended and who is first again goes on', async () => {
    const before = Number(postgres.ask('nodes', 'SELECT epoch FROM visavis_leader'));
    door.child.kill('SIGSTOP');
    try {
        postgres.ask('nodes', "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = "
            + "'advisory' AND classid = 1987539316");
        await until(async () => (await leader.request('GET', '/readyz')).status === 200, 20_000);
        const anna = await Tab.open(leader, cookies.anna);
        const made = await ask(leader, 'POST', '/api/rooms', { id: newId(), kind: 'direct',
            name: 'root' }, cookies.anna);
        assert.equal((await anna.ask('chat.send', { message: newId(), room: made.json.room.id,
            text: 'still here' })).type, 'chat.sent');
        anna.leave();
    } finally {
        door.child.kill('SIGCONT');
    }
    assert.equal(Number(postgres.ask('nodes', 'SELECT epoch FROM visavis_leader')), before);
});

test('a door without a leader answers 503 and says when to come again', async () => {
    leader.child.kill('SIGSTOP'); // it keeps the lock and answers nobody
    try {
        const late = await door.request('GET', '/api/me', { cookie: cookies.anna });
        assert.equal(late.status, 503);
        assert.equal(late.headers['retry-after'], '1');
        await assert.rejects(Tab.open(door, cookies.anna), /upgrade answered 503/);
        assert.equal((await door.request('GET', '/healthz')).status, 200);
    } finally {
        leader.child.kill('SIGCONT');
    }
    await serves(door);
});

test('a door ends in good order at once', async () => {
    assert.equal(await door.stop('SIGTERM', true), 0);
    await nodes.again(door);
    await serves(door);
});
