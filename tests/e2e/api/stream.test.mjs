// SPDX-License-Identifier: Apache-2.0
// The activity stream and spaces by the real program.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from './server.mjs';
import { Tab, newId } from './tab.mjs';

let server;
const cookies = {};
let open = [];

async function tab(name) {
    const one = await Tab.open(server, cookies[name]);
    open.push(one);
    return one;
}

const get = (name, path) => server.request('GET', path, { cookie: cookies[name] });
const post = (name, path, body) => server.request('POST', path, { cookie: cookies[name], body });
const put = (name, path, body) => server.request('PUT', path, { cookie: cookies[name], body });
const remove = (name, path) => server.request('DELETE', path, { cookie: cookies[name] });

async function write(name, text, space) {
    const body = { id: newId(), text, ...space && { space } };
    const answer = await post(name, '/api/activities', body);
    assert.equal(answer.status, 201, answer.text);
    return answer.json.activity;
}

/** A space of `owner` in which `members` are. */
async function makeSpace(name, owner, members = []) {
    const answer = await post(owner, '/api/spaces', { name, title: `The ${name}`,
        description: 'One\ntwo' });
    assert.equal(answer.status, 201, answer.text);
    for (const member of members) {
        const invited = await post(owner, `/api/spaces/${name}/invitations`, { name: member });
        assert.equal(invited.status, 204, invited.text);
        assert.equal((await post(member, `/api/spaces/${name}/join`)).status, 204);
    }
    return answer.json;
}

before(async () => {
    server = await Server.start({ options: { 'stream.posts_per_day': 60,
        'chat.rooms_per_minute': 100, 'chat.room_members_max': 4 } });
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

test('01 an activity, its comments and likes reach everybody live', async () => {
    const [anna, bert] = [await tab('anna'), await tab('bert')];
    const activity = await write('anna', 'Hello @bert and @nobody, see https://example.org');
    assert.deepEqual(activity.mentions.map((one) => one.name), ['bert']);
    assert.equal(activity.author.name, 'anna');
    const added = await bert.event((e) => e.type === 'activity.added'
        && e.activity.id === activity.id);
    assert.deepEqual(added.activity, activity);

    const comment = await post('bert', `/api/activities/${activity.id}/comments`,
        { id: newId(), text: 'Thank you' });
    assert.equal(comment.status, 201, comment.text);
    const told = await anna.event((e) => e.type === 'activity.commented');
    assert.deepEqual(told.comment, comment.json.comment);
    assert.equal(told.comments, 1);

    const path = `/api/activities/${activity.id}/like`;
    assert.equal((await put('bert', path)).status, 204);
    assert.equal((await put('bert', path)).status, 204);
    const liked = await anna.event((e) => e.type === 'activity.liked' && e.likes === 1);
    assert.equal(liked.name, 'bert');
    const seen = (await get('bert', '/api/activities')).json.activities[0];
    assert.deepEqual([seen.id, seen.likes, seen.liked, seen.comments, seen.latest[0].text],
        [activity.id, 1, true, 1, 'Thank you']);
    assert.equal((await get('anna', '/api/activities')).json.activities[0].liked, false);
    assert.equal((await remove('bert', path)).status, 204);
    await anna.event((e) => e.type === 'activity.liked' && e.likes === 0 && !e.liked);

    const gone = `/api/activities/${activity.id}/comments/${comment.json.comment.id}`;
    assert.equal((await remove('bert', gone)).status, 204);
    const uncommented = await anna.event((e) => e.type === 'activity.uncommented');
    assert.equal(uncommented.comments, 0);
    assert.equal((await remove('bert', gone)).status, 404);
    assert.equal((await remove('anna', `/api/activities/${activity.id}`)).status, 204);
    await bert.event((e) => e.type === 'activity.removed' && e.activity === activity.id);
    assert.equal((await get('anna', `/api/activities/${activity.id}`)).status, 404);
});

test('02 the same id again gives what is there', async () => {
    const id = newId();
    const anna = await tab('anna');
    const first = await post('anna', '/api/activities', { id, text: 'once' });
    const again = await post('anna', '/api/activities', { id, text: 'once' });
    assert.deepEqual(again.json, first.json);
    assert.equal((await post('bert', '/api/activities', { id, text: 'mine' })).status, 404);
    const comment = newId();
    const path = `/api/activities/${id}/comments`;
    await post('anna', path, { id: comment, text: 'c' });
    assert.equal((await post('anna', path, { id: comment, text: 'c' })).status, 201);
    assert.equal((await get('anna', path)).json.comments.length, 1);
    await anna.ask('ping');
    assert.equal(anna.events.filter((e) => e.type === 'activity.added').length, 1);
});

test('03 the stream and comments page', async () => {
    const texts = [];
    for (let i = 0; i < 5; i++) {
        texts.unshift((await write('cleo', `page ${i}`)).text);
    }
    const one = (await get('cleo', '/api/activities?limit=3')).json;
    const two = (await get('cleo', `/api/activities?limit=2&before=${one.next}`)).json;
    assert.deepEqual([...one.activities, ...two.activities].map((a) => a.text), texts);
    const { id } = one.activities[0];
    for (let i = 0; i < 5; i++) {
        await post('cleo', `/api/activities/${id}/comments`, { id: newId(), text: `c${i}` });
    }
    const first = (await get('bert', `/api/activities/${id}/comments?limit=3`)).json;
    const rest = (await get('bert', `/api/activities/${id}/comments?after=${first.next}`)).json;
    assert.deepEqual([...first.comments, ...rest.comments].map((c) => c.text),
        ['c0', 'c1', 'c2', 'c3', 'c4']);
    assert.equal(rest.next, '');
    const whole = (await get('bert', `/api/activities/${id}`)).json;
    assert.equal(whole.comments.length, 5);
    assert.deepEqual(whole.activity.latest.map((c) => c.text), ['c2', 'c3', 'c4']);
});

test('row 58: others may not delete, administrators may', async () => {
    const activity = await write('anna', 'mine');
    const path = `/api/activities/${activity.id}`;
    const { json } = await post('bert', `${path}/comments`, { id: newId(), text: 'his' });
    assert.equal((await remove('bert', path)).status, 403);
    assert.equal((await remove('anna', `${path}/comments/${json.comment.id}`)).status, 403);
    assert.equal((await remove('root', `${path}/comments/${json.comment.id}`)).status, 204);
    assert.equal((await remove('root', path)).status, 204);
    for (const [method, where] of [['GET', ''], ['DELETE', ''], ['GET', '/comments'],
        ['PUT', '/like'], ['DELETE', '/like']]) {
        for (const id of [activity.id, newId(), 'x']) {
            const answer = await server.request(method, `/api/activities/${id}${where}`,
                { cookie: cookies.anna });
            assert.equal(answer.status, 404, `${method} ${where} ${id}`);
        }
    }
});

test('what an administrator deletes of others stands in the log of acts, his own does not',
    async () => {
        const entries = async () => (await get('root', '/api/admin/audit')).json.entries
            .map(({ by, act, target }) => `${by} ${act} ${target}`);
        const before = (await entries()).length;
        const path = `/api/activities/${(await write('anna', 'hers')).id}`;
        for (const name of ['bert', 'root']) {
            const { json } = await post(name, `${path}/comments`, { id: newId(), text: 'one' });
            assert.equal((await remove('root', `${path}/comments/${json.comment.id}`)).status,
                204);
        }
        assert.equal((await remove('root', path)).status, 204);
        const own = await write('root', 'own');
        assert.equal((await remove('root', `/api/activities/${own.id}`)).status, 204);
        const mine = await write('anna', 'mine again');
        assert.equal((await remove('anna', `/api/activities/${mine.id}`)).status, 204);
        const after = await entries();
        assert.deepEqual(after.slice(0, after.length - before),
            ['root activity-removed anna', 'root comment-removed bert']);
    });

test('row 61: at most 50 people are mentioned, each once', async () => {
    const many = Array.from({ length: 300 }, (_, i) => (i % 2 ? '@anna' : `@p${i}`)).join(' ');
    const activity = await write('bert', many);
    assert.deepEqual(activity.mentions.map((one) => one.name), ['anna']);
});

test('row 60: text has limits, and a day has a quota', async () => {
    for (const text of ['', ' ', 'x'.repeat(4001), 'a\u0007']) {
        const refused = await post('dora', '/api/activities', { id: newId(), text });
        assert.equal(refused.status, 400);
        assert.equal(refused.json.field, 'text');
    }
    assert.equal((await post('dora', '/api/activities', { id: 'x', text: 'a' })).status, 400);
    let status = 201;
    for (let i = 0; i < 70 && status === 201; i++) {
        ({ status } = await post('dora', '/api/activities', { id: newId(), text: `n${i}` }));
    }
    assert.equal(status, 429);
});

test('10 a space is made, joined by invitation, and left', async () => {
    const [anna, bert, cleo] = [await tab('anna'), await tab('bert'), await tab('cleo')];
    const { space, people } = await makeSpace('garden', 'anna');
    assert.deepEqual([space.owner, space.members, space.member, people.length],
        ['anna', 1, true, 1]);
    assert.equal(space.description, 'One\ntwo');
    const room = (await get('anna', `/api/rooms/${space.room}`)).json.room;
    assert.deepEqual([room.kind, room.title, room.space], ['space', 'The garden', 'garden']);

    assert.equal((await get('bert', '/api/spaces/garden')).status, 404);
    assert.equal((await post('bert', '/api/spaces/garden/join')).status, 404);
    await post('anna', '/api/spaces/garden/invitations', { name: 'bert' });
    const invited = await bert.event((e) => e.type === 'space.changed');
    assert.deepEqual([invited.space.member, invited.space.invited], [false, true]);
    const mine = (await get('bert', '/api/spaces')).json;
    assert.deepEqual([mine.spaces.length, mine.invitations[0].name], [0, 'garden']);
    assert.equal((await get('bert', `/api/rooms/${space.room}`)).status, 404);
    assert.equal((await post('bert', '/api/activities',
        { id: newId(), text: 'x', space: 'garden' })).status, 404);

    assert.equal((await post('bert', '/api/spaces/garden/join')).status, 204);
    await anna.event((e) => e.type === 'space.changed' && e.space.members === 2);
    await bert.event((e) => e.type === 'room.changed' && e.room.id === space.room);
    await post('bert', '/api/spaces/garden/invitations', { name: 'cleo' });
    await cleo.event((e) => e.type === 'space.changed' && e.space.invited);
    assert.equal((await post('cleo', '/api/spaces/garden/refuse')).status, 204);
    await cleo.event((e) => e.type === 'space.removed' && e.name === 'garden');

    assert.equal((await put('bert', '/api/spaces/garden', { title: 'X', description: '' })).status,
        403);
    const changed = await put('anna', '/api/spaces/garden', { title: 'Park', description: '' });
    assert.equal(changed.json.space.title, 'Park');
    await bert.event((e) => e.type === 'room.changed' && e.room.title === 'Park');
    assert.equal((await remove('bert', '/api/spaces/garden/members/anna')).status, 403);

    assert.equal((await post('anna', '/api/spaces/garden/leave')).status, 204);
    await anna.event((e) => e.type === 'room.removed' && e.room === space.room);
    assert.equal((await get('anna', '/api/spaces/garden')).status, 404);
    assert.equal((await get('bert', '/api/spaces/garden')).json.space.owner, 'bert');
    assert.equal((await post('bert', '/api/spaces/garden/leave')).status, 204);
    const taken = await post('anna', '/api/spaces', { name: 'garden', title: 'Mine' });
    assert.equal(taken.status, 409); // its name is not free: what was said in it stays unseen
});

test('11 the stream of a space is for its members', async () => {
    await makeSpace('attic', 'anna', ['bert']);
    const [bert, cleo] = [await tab('bert'), await tab('cleo')];
    const activity = await write('anna', 'in the attic', 'attic');
    assert.deepEqual(activity.space, { name: 'attic', title: 'The attic' });
    await bert.event((e) => e.type === 'activity.added' && e.activity.id === activity.id);
    const path = `/api/activities/${activity.id}`;
    assert.equal((await get('bert', path)).status, 200);
    assert.equal((await get('bert', '/api/activities?space=attic')).json.activities.length, 1);
    assert.equal((await get('bert', '/api/activities')).json.activities[0].id, activity.id);
    for (const answer of [await get('cleo', path), await remove('cleo', path),
        await get('cleo', '/api/activities?space=attic'), await put('cleo', `${path}/like`),
        await post('cleo', `${path}/comments`, { id: newId(), text: 'x' }),
        await post('cleo', '/api/activities', { id: newId(), text: 'x', space: 'attic' })]) {
        assert.equal(answer.status, 404, answer.text);
    }
    const feed = (await get('cleo', '/api/activities?limit=50')).json.activities;
    assert.ok(feed.every((one) => one.id !== activity.id));
    await cleo.ask('ping');
    assert.ok(cleo.events.every((e) => e.type !== 'activity.added'));
    // A removal ends it at once.
    assert.equal((await remove('anna', '/api/spaces/attic/members/bert')).status, 204);
    await bert.event((e) => e.type === 'space.removed' && e.name === 'attic');
    const before = bert.events.length;
    await write('anna', 'after bert', 'attic');
    await bert.ask('ping');
    assert.ok(bert.events.slice(before).every((e) => e.type !== 'activity.added'));
    assert.equal((await get('bert', path)).status, 404);
});

test('12 spaces have rules and limits, and outlive a restart', async () => {
    for (const [field, body] of [['name', { name: 'Bad Name', title: 'x' }],
        ['title', { name: 'ok', title: ' ' }],
        ['description', { name: 'ok', title: 'x', description: 'y'.repeat(1001) }]]) {
        const refused = await post('anna', '/api/spaces', body);
        assert.deepEqual([refused.status, refused.json.field], [400, field]);
    }
    const made = await makeSpace('cellar', 'cleo', ['anna', 'bert', 'emil']);
    assert.equal((await post('cleo', '/api/spaces/cellar/invitations', { name: 'dora' })).status,
        429);
    assert.equal((await post('cleo', '/api/spaces/cellar/invitations', { name: 'nobody' })).status,
        404);
    const activity = await write('cleo', 'kept', 'cellar');
    const order = (await get('cleo', '/api/spaces/cellar')).json.people.map((one) => one.name);
    assert.deepEqual([order[0], order.length], ['cleo', 4]);
    await server.stop('SIGTERM', true);
    await server.run();
    const after = (await get('anna', '/api/spaces/cellar')).json;
    assert.equal(after.space.room, made.space.room);
    assert.deepEqual(after.people.map((one) => one.name).sort(), [...order].sort());
    assert.equal((await get('emil', `/api/activities/${activity.id}`)).status, 200);
});
