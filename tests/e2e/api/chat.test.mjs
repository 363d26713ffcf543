// SPDX-License-Identifier: Apache-2.0
// Rooms and messages by the real program. The numbers "row 56" ... are those of the threat model.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server, until } from './server.mjs';
import { Tab, newId } from './tab.mjs';

let server;
const cookies = {};
let open = [];

async function tab(name, resume) {
    const one = await Tab.open(server, cookies[name], resume);
    open.push(one);
    return one;
}

const get = (name, path) => server.request('GET', path, { cookie: cookies[name] });
const post = (name, path, body) => server.request('POST', path, { cookie: cookies[name], body });
const put = (name, path, body) => server.request('PUT', path, { cookie: cookies[name], body });
const remove = (name, path) => server.request('DELETE', path, { cookie: cookies[name] });

async function team(owner, members, title = 'Team') {
    const answer = await post(owner, '/api/rooms', { id: newId(), kind: 'team', title, members });
    assert.equal(answer.status, 201, answer.text);
    return answer.json.room.id;
}

const send = (from, room, text, message = newId()) =>
    from.ask('chat.send', { room, message, text });
const said = (one, text) => one.event((e) => e.type === 'chat.message' && e.message.text === text,
    `the message ${text}`);

before(async () => {
    server = await Server.start({
        options: { 'chat.sends_per_s': 50, 'chat.sends_burst': 100, 'signalling.rate_per_s': 200,
            'signalling.burst': 400, 'chat.room_members_max': 4, 'chat.rooms_per_minute': 100 },
    });
    cookies.root = await server.createAdministrator('root');
    for (const name of ['anna', 'bert', 'cleo', 'dora', 'emil']) {
        cookies[name] = await server.createPerson(cookies.root, name);
    }
});

afterEach(() => {
    for (const one of open) {
        one.leave();
    }
    open = [];
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

test('01 two people have one direct room, whoever opens it', async () => {
    const id = newId();
    const made = await post('anna', '/api/rooms', { id, kind: 'direct', name: 'bert' });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.json.room.id, id);
    assert.equal(made.json.room.peer.name, 'bert');
    assert.deepEqual(made.json.people.map((one) => one.name).sort(), ['anna', 'bert']);
    const again = await post('bert', '/api/rooms', { id: newId(), kind: 'direct', name: 'anna' });
    assert.equal(again.status, 200);
    assert.equal(again.json.room.id, id);
    assert.equal(again.json.room.peer.name, 'anna');
    const both = await Promise.all(['cleo', 'dora'].map((name, i) =>
        post(name, '/api/rooms', { id: newId(), kind: 'direct', name: ['dora', 'cleo'][i] })));
    assert.equal(both[0].json.room.id, both[1].json.room.id);
    assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 201]);
    for (const name of ['anna', 'nobody', '']) {
        const refused = await post('anna', '/api/rooms', { id: newId(), kind: 'direct', name });
        assert.equal(refused.status, 404);
    }
});

test('02 a message is answered after the commit and told to all other tabs', async () => {
    const room = await team('anna', ['bert']);
    const [anna, second, bert, cleo] =
        [await tab('anna'), await tab('anna'), await tab('bert'), await tab('cleo')];
    const message = newId();
    const sent = await send(anna, room, 'hello\nworld', message);
    assert.equal(sent.type, 'chat.sent', JSON.stringify(sent));
    assert.equal(sent.message.id, message);
    assert.equal(sent.message.seq, 1);
    assert.equal(sent.message.author.name, 'anna');
    assert.ok(Math.abs(sent.message.at - Date.now() / 1000) < 60);
    for (const one of [second, bert]) {
        assert.deepEqual((await said(one, 'hello\nworld')).message, sent.message);
    }
    assert.equal((await send(bert, room, 'and back')).message.seq, 2);
    await said(anna, 'and back');
    assert.equal(anna.events.filter((e) => e.type === 'chat.message').length, 1);
    assert.equal(cleo.events.filter((e) => e.type === 'chat.message').length, 0);
    const history = await get('bert', `/api/rooms/${room}/messages`);
    assert.deepEqual(history.json.messages.map((m) => m.text), ['hello\nworld', 'and back']);
    assert.equal(history.json.more, false);
});

test('03 a message sent again is there once, also over a new connection', async () => {
    const room = await team('anna', ['bert']);
    const bert = await tab('bert');
    const anna = await tab('anna');
    const message = newId();
    const first = await send(anna, room, 'once', message);
    const again = await send(anna, room, 'once', message);
    assert.deepEqual(again.message, first.message);
    // The answer is lost with the connection: the page asks again on the next one.
    const lost = newId();
    anna.ask('chat.send', { room, message: lost, text: 'lost answer' }).catch(() => {});
    anna.cut();
    const back = await tab('anna', { token: anna.welcome.token, last: anna.last });
    assert.equal(back.welcome.resumed, true);
    assert.equal((await send(back, room, 'lost answer', lost)).message.id, lost);
    await said(bert, 'lost answer');
    const history = await get('anna', `/api/rooms/${room}/messages`);
    assert.deepEqual(history.json.messages.map((m) => m.text), ['once', 'lost answer']);
    assert.equal(bert.events.filter((e) => e.type === 'chat.message').length, 2);
    // Somebody else's id is no key to his message.
    assert.equal((await send(bert, room, 'mine', message)).error, 'not-found');
});

test('04 a resumed tab gets what it missed once and in order', async () => {
    const room = await team('anna', ['bert']);
    const anna = await tab('anna');
    const bert = await tab('bert');
    await send(anna, room, 'before');
    await said(bert, 'before');
    bert.cut();
    for (let i = 0; i < 20; i++) {
        await send(anna, room, `missed ${i}`);
    }
    const back = await tab('bert', { token: bert.welcome.token, last: bert.last });
    assert.equal(back.welcome.resumed, true);
    await said(back, 'missed 19');
    const texts = back.events.filter((e) => e.type === 'chat.message').map((e) => e.message.text);
    assert.deepEqual(texts, Array.from({ length: 20 }, (_, i) => `missed ${i}`));
});

test('05 read marks count what is new, in all tabs and after a restart', async () => {
    const room = await team('anna', ['bert']);
    const [anna, bert, other] = [await tab('anna'), await tab('bert'), await tab('bert')];
    for (const text of ['1', '2', '3']) {
        await send(anna, room, text);
    }
    const mine = async (name) => (await get(name, '/api/rooms')).json.rooms
        .find((one) => one.id === room);
    assert.equal((await mine('bert')).unread, 3);
    assert.equal((await mine('anna')).unread, 0);
    assert.equal((await mine('bert')).last.text, '3');
    assert.equal((await bert.ask('chat.read', { room, seq: 2 })).type, 'ok');
    const told = await other.event((e) => e.type === 'chat.hasRead' && e.room === room
        && e.name === 'bert' && e.upTo === 2);
    assert.ok(told);
    await anna.event((e) => e.type === 'chat.hasRead' && e.name === 'bert' && e.upTo === 2);
    await bert.ask('chat.read', { room, seq: 1 }); // never back
    assert.equal((await mine('bert')).unread, 1);
    await bert.ask('chat.read', { room, seq: 99999 }); // never past the latest
    assert.equal((await mine('bert')).read, 3);
    assert.equal((await (await tab('cleo')).ask('chat.read', { room, seq: 1 })).error, 'not-found');
    await server.stop('SIGTERM', true);
    await server.run();
    assert.equal((await mine('bert')).read, 3);
    assert.equal((await mine('anna')).seq, 3);
    const again = await tab('anna');
    assert.equal((await send(again, room, '4')).message.seq, 4);
});

test('06 typing is told to the others, at most every three seconds', async () => {
    const room = await team('anna', ['bert']);
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    for (let i = 0; i < 5; i++) {
        assert.equal((await anna.ask('chat.typing', { room })).type, 'ok');
    }
    await send(anna, room, 'done');
    await said(bert, 'done');
    assert.deepEqual(bert.events.filter((e) => e.type === 'chat.isTyping')
        .map((e) => [e.room, e.name]), [[room, 'anna']]);
    assert.equal(anna.events.filter((e) => e.type === 'chat.isTyping').length, 0);
});

test('07 history pages back and forth', async () => {
    const room = await team('anna', []);
    const anna = await tab('anna');
    for (let i = 1; i <= 12; i++) {
        await send(anna, room, `m${i}`);
    }
    const page = async (query) => {
        const { json } = await get('anna', `/api/rooms/${room}/messages?${query}`);
        return [json.messages.map((m) => m.seq), json.more];
    };
    assert.deepEqual(await page('limit=5'), [[8, 9, 10, 11, 12], true]);
    assert.deepEqual(await page('limit=5&before=8'), [[3, 4, 5, 6, 7], true]);
    assert.deepEqual(await page('limit=5&before=3'), [[1, 2], false]);
    assert.deepEqual(await page('limit=5&after=9'), [[10, 11, 12], false]);
    for (const bad of ['limit=101', 'before=-1', 'after=x', 'limit=5&limit=6']) {
        assert.equal((await get('anna', `/api/rooms/${room}/messages?${bad}`)).status, 400, bad);
    }
});

test('08 a search finds what was just said, by words and beginnings, in own rooms', async () => {
    const room = await team('anna', ['bert'], 'Kitchen');
    const other = await team('cleo', ['anna']);
    const [anna, cleo] = [await tab('anna'), await tab('cleo')];
    await send(anna, room, 'The Crème brûlée is ready');
    await send(anna, room, 'creme only');
    await send(cleo, other, 'creme of cleo');
    const search = async (name, query) => {
        const { status, json } = await get(name, `/api/chat/search?${query}`);
        assert.equal(status, 200);
        return json.hits.map((hit) => hit.message.text);
    };
    assert.deepEqual(await search('anna', 'q=brulee+creme'), ['The Crème brûlée is ready']);
    assert.deepEqual(await search('anna', 'q=cre'),
        ['creme of cleo', 'creme only', 'The Crème brûlée is ready']);
    assert.deepEqual(await search('bert', 'q=cre'), ['creme only', 'The Crème brûlée is ready']);
    assert.deepEqual(await search('anna', `q=cre&room=${other}`), ['creme of cleo']);
    assert.deepEqual(await search('bert', 'q=%22+OR+%22'), []);
    assert.equal((await get('bert', `/api/chat/search?q=cre&room=${other}`)).status, 404);
    assert.equal((await get('bert', '/api/chat/search?q=cre&room=x')).status, 404);
    const first = (await get('anna', '/api/chat/search?q=creme&limit=2')).json;
    assert.equal(first.hits.length, 2);
    assert.equal(first.hits[1].title, 'Kitchen');
    const next = (await get('anna', `/api/chat/search?q=creme&before=${first.next}`)).json;
    assert.deepEqual(next.hits.map((hit) => hit.message.text), ['The Crème brûlée is ready']);
    assert.equal(next.next, '');
});

test('09 a room is changed live for its members', async () => {
    const [anna, bert, cleo] = [await tab('anna'), await tab('bert'), await tab('cleo')];
    const room = await team('anna', ['bert'], 'Old name');
    await bert.event((e) => e.type === 'room.changed' && e.room.id === room
        && e.room.title === 'Old name');
    const renamed = await put('bert', `/api/rooms/${room}`, { title: 'New name' });
    assert.equal(renamed.json.room.title, 'New name');
    await anna.event((e) => e.type === 'room.changed' && e.room.title === 'New name');
    assert.equal((await post('bert', `/api/rooms/${room}/members`, { name: 'cleo' })).status, 200);
    const told = await cleo.event((e) => e.type === 'room.changed' && e.room.id === room);
    assert.equal(told.room.members, 3);
    assert.equal((await remove('anna', `/api/rooms/${room}/members/anna`)).status, 204);
    await anna.event((e) => e.type === 'room.removed' && e.room === room);
    const left = await bert.event((e) => e.type === 'room.changed' && e.room.id === room
        && e.room.owner === 'bert');
    assert.equal(left.room.members, 2);
    assert.equal((await put('bert', `/api/rooms/${room}`, { title: ' ' })).status, 400);
    assert.equal((await remove('cleo', `/api/rooms/${room}/members/bert`)).status, 403);
    assert.equal((await post('bert', `/api/rooms/${room}/members`, { name: 'nobody' })).status,
        404);
    const direct = (await get('anna', '/api/rooms')).json.rooms.find((r) => r.kind === 'direct');
    assert.equal((await put('anna', `/api/rooms/${direct.id}`, { title: 'x' })).status, 403);
    assert.equal((await post('anna', `/api/rooms/${direct.id}/members`, { name: 'cleo' })).status,
        403);
});

test('10 a room has a largest number of people', async () => {
    const room = await team('anna', ['bert', 'cleo', 'dora', 'bert']);
    const full = await post('anna', `/api/rooms/${room}/members`, { name: 'emil' });
    assert.equal(full.status, 429);
    const big = await post('anna', '/api/rooms', { id: newId(), kind: 'team', title: 'x',
        members: ['bert', 'cleo', 'dora', 'emil'] });
    assert.equal(big.status, 429);
});

test('row 56 and 57: a room that is not mine is as one that does not exist', async () => {
    const room = await team('anna', ['bert']);
    const cleo = await tab('cleo');
    const none = newId();
    for (const id of [room, none]) {
        assert.equal((await send(cleo, id, 'intruder')).error, 'not-found');
        assert.equal((await cleo.ask('chat.typing', { room: id })).error, 'not-found');
        for (const [method, path, body] of [
            ['GET', `/api/rooms/${id}`], ['GET', `/api/rooms/${id}/messages`],
            ['PUT', `/api/rooms/${id}`, { title: 'mine' }],
            ['POST', `/api/rooms/${id}/members`, { name: 'cleo' }],
            ['DELETE', `/api/rooms/${id}/members/cleo`],
            ['DELETE', `/api/rooms/${id}/members/anna`],
        ]) {
            const answer = await server.request(method, path, { cookie: cookies.cleo, body });
            assert.equal(answer.status, 404, `${method} ${path}`);
            assert.deepEqual(answer.json, { error: 'not-found',
                message: 'no such thing, or not yours' });
        }
    }
    // A taken id does not hand over the room.
    const taken = await post('cleo', '/api/rooms', { id: room, kind: 'team', title: 'Mine now',
        members: [] });
    assert.equal(taken.status, 404);
    assert.equal((await get('anna', `/api/rooms/${room}`)).json.room.title, 'Team');
    for (const path of ['/api/rooms', `/api/rooms/${room}/messages`, '/api/chat/search?q=x']) {
        assert.equal((await server.request('GET', path)).status, 401);
    }
    const foreign = await server.request('POST', '/api/rooms',
        { cookie: cookies.anna, origin: 'https://evil.example', body: {} });
    assert.equal(foreign.status, 403);
});

test('row 58: nobody writes in the name of another', async () => {
    const room = await team('anna', ['bert']);
    const anna = await tab('anna');
    const forged = await anna.ask('chat.send', { room, message: newId(), text: 'x',
        author: 'bert' });
    assert.equal(forged.error, 'bad-message');
    assert.equal((await send(anna, room, 'mine')).message.author.name, 'anna');
});

test('row 60: the rate and the quota of one person are limited', async () => {
    const room = await team('dora', []);
    const dora = await tab('dora');
    const answers = await Promise.all(Array.from({ length: 160 }, (_, i) =>
        send(dora, room, `flood ${i}`)));
    const kept = answers.filter((answer) => answer.type === 'chat.sent').length;
    assert.ok(kept >= 100 && kept < 160, String(kept));
    assert.equal(answers.find((answer) => answer.type === 'error').error, 'limit');
    const seqs = answers.filter((answer) => answer.type === 'chat.sent')
        .map((answer) => answer.message.seq);
    assert.deepEqual(seqs, Array.from({ length: kept }, (_, i) => i + 1));
});

test('row 62 and 63: text is text, and bad text is refused', async () => {
    const room = await team('anna', []);
    const anna = await tab('anna');
    const text = 'javascript:alert(1) <img src=x onerror=alert(2)> https://x.example/a.png';
    assert.equal((await send(anna, room, text)).message.text, text);
    for (const bad of ['', ' \n ', 'a\u0007', 'a\rb', '\u202eabc', 'x'.repeat(4001)]) {
        const refused = await send(anna, room, bad);
        assert.equal(refused.error, 'bad-message', JSON.stringify(bad.slice(0, 9)));
    }
});

test('row 64: a removal and messages are decided by the order of the commits', async () => {
    const room = await team('anna', ['bert']);
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const answers = [];
    for (let i = 0; i < 30; i++) {
        answers.push(send(bert, room, `r${i}`));
        if (i === 15) {
            answers.push(remove('anna', `/api/rooms/${room}/members/bert`));
        }
    }
    const all = await Promise.all(answers);
    assert.equal(all.find((answer) => answer.status !== undefined).status, 204);
    const outcomes = all.filter((answer) => answer.type !== undefined)
        .map((answer) => (answer.type === 'chat.sent' ? 'kept' : answer.error));
    const firstRefused = outcomes.indexOf('not-found');
    if (firstRefused >= 0) {
        assert.ok(outcomes.slice(firstRefused).every((outcome) => outcome === 'not-found'),
            outcomes.join(' '));
    }
    await bert.event((e) => e.type === 'room.removed' && e.room === room);
    assert.equal((await send(bert, room, 'after')).error, 'not-found');
    const history = await get('anna', `/api/rooms/${room}/messages?limit=100`);
    assert.equal(history.json.messages.length, outcomes.filter((o) => o === 'kept').length);
    // The subscription has ended: nothing of the room comes any more.
    const before = bert.events.length;
    await send(anna, room, 'secret');
    await anna.ask('ping');
    await bert.ask('ping');
    assert.ok(bert.events.slice(before).every((e) => e.type !== 'chat.message'));
    assert.equal((await get('bert', `/api/rooms/${room}/messages`)).status, 404);
    assert.equal((await get('bert', '/api/chat/search?q=secret')).json.hits.length, 0);
});

test('a meeting of a room is refused where it is not possible, and kept where it is', async () => {
    const room = await team('anna', ['bert']);
    const [anna, bert, cleo] = [await tab('anna'), await tab('bert'), await tab('cleo')];
    const meet = (who, where, connector, message = newId()) =>
        who.ask('chat.meet', { room: where, message, connector, picked: true });
    assert.equal((await meet(anna, room, 'link')).error, 'connector-disabled');
    assert.equal((await meet(anna, room, 'webrtc')).error, 'connector-disabled');
    assert.equal((await meet(cleo, room, 'link')).error, 'not-found');
    const values = { template: 'https://meet.example.org/{room}' };
    for (const body of [{ values }, { active: true }]) {
        assert.equal((await put('root', '/api/admin/connectors/link', body)).status, 204);
    }
    const direct = await post('anna', '/api/rooms', { id: newId(), kind: 'direct', name: 'bert' });
    assert.equal((await meet(anna, direct.json.room.id, 'link')).error, 'connector-disabled');
    const message = newId();
    const begun = await meet(anna, room, 'link', message);
    assert.equal(begun.type, 'chat.sent', JSON.stringify(begun));
    assert.equal(begun.message.kind, 'meeting');
    const told = await bert.event((e) => e.type === 'chat.message' && e.message.id === message);
    assert.deepEqual(told.message, begun.message);
    assert.deepEqual((await meet(bert, room, 'link')).message, begun.message);
    const { json } = await get('bert', `/api/rooms/${room}/messages`);
    assert.deepEqual(json.messages, [begun.message]);
    const { json: hits } = await get('bert', '/api/chat/search?q=meet.example.org');
    assert.deepEqual(hits.hits, [], 'a link of the server is nothing that somebody has said');
    await anna.event((e) => e.type === 'choices.changed'
        && e.choices.some((c) => c.target === `#${room}` && c.connector === 'link'));
});

test('a disabled person disappears from nothing and can do nothing', async () => {
    const room = await team('anna', ['emil']);
    const emil = await tab('emil');
    await send(emil, room, 'I was here');
    server.command(['user', 'disable', 'emil']);
    await emil.ended();
    const history = await get('anna', `/api/rooms/${room}/messages`);
    assert.equal(history.json.messages[0].author.name, 'emil');
    const direct = await post('anna', '/api/rooms', { id: newId(), kind: 'direct', name: 'emil' });
    assert.equal(direct.status, 404);
    assert.equal((await get('anna', `/api/rooms/${room}`)).json.room.members, 2);
});

test('what was acknowledged outlives a kill, and is there once', async () => {
    const room = await team('anna', []);
    const anna = await tab('anna');
    const acknowledged = [];
    const sending = (async () => {
        for (let i = 0; ; i++) {
            const message = newId();
            const sent = await send(anna, room, `k${i}`, message);
            acknowledged.push(sent.message);
        }
    })().catch(() => {});
    await until(() => acknowledged.length >= 20, 20000);
    await server.stop('SIGKILL', true);
    await sending;
    await server.run();
    const kept = [];
    let after = 0;
    for (;;) {
        const { json } = await get('anna', `/api/rooms/${room}/messages?limit=100&after=${after}`);
        kept.push(...json.messages);
        if (!json.more) break;
        after = kept.at(-1).seq;
    }
    assert.deepEqual(kept.slice(0, acknowledged.length).map((m) => m.id),
        acknowledged.map((m) => m.id));
    assert.ok(kept.length <= acknowledged.length + 1);
    const found = await get('anna', `/api/chat/search?q=k0+&room=${room}`);
    assert.equal(found.json.hits.length, 1);
});
