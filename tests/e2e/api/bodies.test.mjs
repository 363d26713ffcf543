// SPDX-License-Identifier: Apache-2.0
// What the HTTP API is sent that is not as docs/api.md has it: each field missing, of another type,
// too long or not allowed is refused with its name, and nothing is changed by it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from './server.mjs';
import { newId } from './tab.mjs';

const LONG = 'x'.repeat(5000);
const NO_TEXT = { number: 7, list: [], object: {}, truth: true, nothing: null };

let server;
const cookies = {};
const ids = {};

before(async () => {
    server = await Server.start({ options: { 'portal.profiles_per_minute': 100000,
        'chat.rooms_per_minute': 100000, 'portal.invitations_max': 1000,
        'push.hosts': 'push.example.org' } });
    cookies.root = await server.createAdministrator('root');
    cookies.mary = await server.createPerson(cookies.root, 'mary');
    await send('PUT', '/api/admin/webrtc', 'root', webrtc());
    const team = await send('POST', '/api/rooms', 'mary',
        { id: newId(), kind: 'team', title: 'Team', members: [] });
    ids.team = team.json.room.id;
    await send('POST', '/api/spaces', 'mary', { name: 'club', title: 'Club', description: '' });
    const post = await send('POST', '/api/activities', 'mary', { id: newId(), text: 'Hello' });
    ids.activity = post.json.activity.id;
    const invited = await send('POST', '/api/invitations', 'root', { kind: 'member' });
    ids.token = invited.json.url.split('/').at(-1);
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error|ASSERT/);
});

const send = (method, path, who, body) =>
    server.request(method, path, { cookie: cookies[who], body });

const webrtc = (more = {}) => ({ servers: [], relayOnly: false, poolSize: 0, collectLog: true,
    ...more });
const ice = (more = {}) => webrtc({ servers: [{ urls: ['turn:turn.example.org'],
    credentials: true, username: 'u', password: 'p', ...more }] });
const line = (more = {}) => ({ lines: [{ level: 'info', connector: 'webrtc', client: 'c', time: 1,
    text: 't', ...more }] });

/** Requests with a good body of texts; `optional`: may be missing; `long`: how much is too much. */
const texts = {
    profile: ['PUT', '/api/me/profile', 'mary',
        { fullName: 'M', email: 'm@b.example', position: 'P', language: 'en' }],
    password: ['PUT', '/api/me/password', 'mary',
        { old: 'not the right one', new: 'another horse' }],
    login: ['POST', '/api/login', 'nobody', { name: 'mary', password: 'wrong horse' }],
    problem: ['POST', '/api/problems', 'mary', { reference: 'AB12CD34', what: 'a test' }],
    invitation: ['POST', '/api/invitations', 'root', { kind: 'member' }],
    rename: ['PUT', () => `/api/rooms/${ids.team}`, 'mary', { title: 'Team' }],
    member: ['POST', () => `/api/rooms/${ids.team}/members`, 'mary', { name: 'root' }],
    space: ['PUT', '/api/spaces/club', 'mary', { title: 'Club', description: 'D' }],
    invite: ['POST', '/api/spaces/club/invitations', 'mary', { name: 'root' }],
    activity: ['POST', '/api/activities', 'mary', { id: newId(), text: 'Words' }],
    comment: ['POST', () => `/api/activities/${ids.activity}/comments`, 'mary',
        { id: newId(), text: 'Words' }],
    join: ['POST', () => `/api/join/${ids.token}`, 'nobody',
        { name: 'lucy', fullName: 'Lucy', email: 'l@b.example', password: 'a long password' }],
    push: ['PUT', '/api/push', 'mary',
        { endpoint: 'https://push.example.org/1', p256dh: 'BA', auth: 'AA' }],
};
const where = (path) => (typeof path === 'function' ? path() : path);

for (const [name, [method, path, who, good]] of Object.entries(texts)) {
    test(`${name}: a field that is no text, too long or unknown is refused`, async () => {
        for (const field of Object.keys(good)) {
            for (const [kind, value] of Object.entries(NO_TEXT)) {
                const { status, json } = await send(method, where(path), who,
                    { ...good, [field]: value });
                assert.equal(status, 400, `${field} as ${kind}`);
                assert.equal(json.error, 'invalid', `${field} as ${kind}`);
                assert.equal(json.field, field, `${field} as ${kind}`);
            }
            if (!['text'].includes(field)) {
                const long = await send(method, where(path), who, { ...good, [field]: LONG });
                assert.ok([400, 404].includes(long.status), `${field} too long: ${long.text}`);
            }
        }
        const unknown = await send(method, where(path), who, { ...good, other: 'x' });
        assert.equal(unknown.status, 400);
        assert.equal(unknown.json.error, 'invalid');
        for (const body of [[], 'text', 7, null]) {
            const answer = await send(method, where(path), who, body);
            assert.equal(answer.status, 400, JSON.stringify(body));
        }
    });
}

/** What is not allowed in a field: the request, and the field that is named. */
const wrong = {
    'an empty name': ['PUT', '/api/me/profile', 'mary',
        { fullName: '', email: '', position: '', language: '' }, 'fullName'],
    'an address without @': ['PUT', '/api/me/profile', 'mary',
        { fullName: 'M', email: 'nowhere', position: '', language: '' }, 'email'],
    'a position of two lines': ['PUT', '/api/me/profile', 'mary',
        { fullName: 'M', email: '', position: 'a\nb', language: '' }, 'position'],
    'a language that is none': ['PUT', '/api/me/profile', 'mary',
        { fullName: 'M', email: '', position: '', language: 'english-of-old' }, 'language'],
    'a password that is short': ['PUT', '/api/me/password', 'mary',
        { old: 'whatever it was', new: 'short' }],
    'a kind of invitation': ['POST', '/api/invitations', 'root', { kind: 'king' }],
    'a kind of room': ['POST', '/api/rooms', 'mary',
        { id: newId(), kind: 'tower', name: 'root' }],
    'a room without an id': ['POST', '/api/rooms', 'mary', { kind: 'direct', name: 'root' }],
    'an id that is none': ['POST', '/api/rooms', 'mary',
        { id: 'mine', kind: 'direct', name: 'root' }],
    'members that are no list': ['POST', '/api/rooms', 'mary',
        { id: newId(), kind: 'team', title: 'T', members: 'root' }, 'members'],
    'members that are no texts': ['POST', '/api/rooms', 'mary',
        { id: newId(), kind: 'team', title: 'T', members: [7] }, 'members'],
    'a member with a long name': ['POST', '/api/rooms', 'mary',
        { id: newId(), kind: 'team', title: 'T', members: [LONG] }, 'members'],
    'too many members': ['POST', '/api/rooms', 'mary',
        { id: newId(), kind: 'team', title: 'T', members: Array(500).fill('root') }, 'members'],
    'a team without a title': ['POST', '/api/rooms', 'mary',
        { id: newId(), kind: 'team', title: '', members: [] }],
    'a user name of capitals': ['POST', () => `/api/join/${ids.token}`, 'nobody',
        { name: 'LUCY', fullName: 'L', email: '', password: 'a long password' }, 'name'],
    'a new one without full name': ['POST', () => `/api/join/${ids.token}`, 'nobody',
        { name: 'lucy', fullName: '', email: '', password: 'a long password' }, 'fullName'],
    'a new one with a wrong address': ['POST', () => `/api/join/${ids.token}`, 'nobody',
        { name: 'lucy', fullName: 'L', email: '@', password: 'a long password' }, 'email'],
    'a new one with a short password': ['POST', () => `/api/join/${ids.token}`, 'nobody',
        { name: 'lucy', fullName: 'L', email: '', password: 'short' }, 'password'],
    'a reference that is short': ['POST', '/api/problems', 'mary',
        { reference: 'AB', what: 'x' }, 'reference'],
    'a reference with blanks': ['POST', '/api/problems', 'mary',
        { reference: 'AB CD EF', what: 'x' }, 'reference'],
    'a key of no browser': ['PUT', '/api/push', 'mary',
        { endpoint: 'https://push.example.org/1', p256dh: '!', auth: 'AA' }, 'p256dh'],
    'a secret of no browser': ['PUT', '/api/push', 'mary', { endpoint: 'https://push.example.org/1',
        p256dh: Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]).toString('base64url'),
        auth: 'AA' }, 'auth'],
    'a foreign push service': ['PUT', '/api/push', 'mary', { endpoint: 'https://other.example/1',
        p256dh: Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]).toString('base64url'),
        auth: Buffer.alloc(16, 1).toString('base64url') }],
    'accounts that are no list': ['PUT', '/api/me/accounts', 'mary', { accounts: 'sip' }],
    'an account that is a text': ['PUT', '/api/me/accounts', 'mary', { accounts: ['sip'] }],
    'too many accounts': ['PUT', '/api/me/accounts', 'mary',
        { accounts: Array(9).fill({ type: 'sip', value: 'a@b.example' }) }],
    'an account of no kind': ['PUT', '/api/me/accounts', 'mary',
        { accounts: [{ type: 'none', value: 'a@b.example' }] }],
    'lines that are no list': ['POST', '/api/clientlog', 'mary', { lines: 'all' }, 'lines'],
    'no lines': ['POST', '/api/clientlog', 'mary', {}, 'lines'],
    'a line without level': ['POST', '/api/clientlog', 'mary', line({ level: 7 }), 'lines'],
    'a line without connector': ['POST', '/api/clientlog', 'mary', line({ connector: [] }),
        'lines'],
    'a line without client': ['POST', '/api/clientlog', 'mary', line({ client: null }), 'lines'],
    'a line without text': ['POST', '/api/clientlog', 'mary', line({ text: {} }), 'lines'],
    'a line without time': ['POST', '/api/clientlog', 'mary', line({ time: -1 }), 'lines'],
    'a line of a far time': ['POST', '/api/clientlog', 'mary', line({ time: 1e300 })],
    'too many lines': ['POST', '/api/clientlog', 'mary',
        { lines: Array(51).fill(line().lines[0]) }, 'lines'],
    'phones neither nor': ['PUT', '/api/admin/phones', 'root', { calls: 'yes' }],
    'neither active nor values': ['PUT', '/api/admin/connectors/link', 'root', {}],
    'active and values': ['PUT', '/api/admin/connectors/link', 'root',
        { active: true, values: {} }],
    'values of none that has any': ['PUT', '/api/admin/connectors/webrtc', 'root',
        { values: {} }],
    'a value that is no text': ['PUT', '/api/admin/connectors/link', 'root',
        { values: { template: 7 } }, 'template'],
    'a value with a control character': ['PUT', '/api/admin/connectors/link', 'root',
        { values: { template: 'https://a.example/{room}\u0007' } }, 'template'],
    'a value that is refused': ['PUT', '/api/admin/connectors/link', 'root',
        { values: { template: 'http://a.example/{room}' } }, 'template'],
    'no servers': ['PUT', '/api/admin/webrtc', 'root', { relayOnly: false, collectLog: true }],
    'servers that are no list': ['PUT', '/api/admin/webrtc', 'root', webrtc({ servers: 'all' })],
    'relayOnly as text': ['PUT', '/api/admin/webrtc', 'root', webrtc({ relayOnly: 'no' })],
    'collectLog as text': ['PUT', '/api/admin/webrtc', 'root', webrtc({ collectLog: 1 })],
    'a pool that is large': ['PUT', '/api/admin/webrtc', 'root', webrtc({ poolSize: 1000 }),
        'poolSize'],
    'too many servers': ['PUT', '/api/admin/webrtc', 'root', webrtc({ servers: Array(17).fill(
        { urls: ['stun:a.example'], credentials: false, username: '' }) }), 'servers.16.urls.0'],
    'too many addresses': ['PUT', '/api/admin/webrtc', 'root',
        ice({ urls: Array(5).fill('turn:a.example') }), 'servers.0.urls.0'],
    'a server without addresses': ['PUT', '/api/admin/webrtc', 'root', ice({ urls: [] }),
        'servers.0.urls.0'],
    'an address that is a number': ['PUT', '/api/admin/webrtc', 'root', ice({ urls: [7] }),
        'servers.0.urls.0'],
    'an address that is long': ['PUT', '/api/admin/webrtc', 'root',
        ice({ urls: [`turn:${'a'.repeat(300)}`] }), 'servers.0.urls.0'],
    'an address that is none': ['PUT', '/api/admin/webrtc', 'root', ice({ urls: ['ftp://a'] }),
        'servers.0.urls.0'],
    'a user that is long': ['PUT', '/api/admin/webrtc', 'root', ice({ username: LONG }),
        'servers.0.username'],
    'a secret that is long': ['PUT', '/api/admin/webrtc', 'root', ice({ password: LONG }),
        'servers.0.password'],
    'a person neither nor': ['PUT', '/api/admin/people/mary', 'root', {}],
    'a person both': ['PUT', '/api/admin/people/mary', 'root',
        { disabled: true, group: 'sales', member: true }],
    'a group without member': ['PUT', '/api/admin/people/mary', 'root', { group: 'sales' }],
    'disabled as text': ['PUT', '/api/admin/people/mary', 'root', { disabled: 'yes' }],
};

for (const [name, [method, path, who, body, field]] of Object.entries(wrong)) {
    test(`${name} is refused, by its name where it has one`, async () => {
        const { status, json, text } = await send(method, where(path), who, body);
        assert.equal(status, 400, text);
        assert.equal(json.error, 'invalid', text);
        if (field !== undefined) {
            assert.equal(json.field, field, text);
        }
    });
}

/** Questions whose numbers or ids are none; and what is not there. */
const questions = [
    ['/api/admin/audit?before=x', 'root', 400], ['/api/admin/audit?limit=-1', 'root', 400],
    ['/api/admin/audit?limit=99999', 'root', 400], ['/api/admin/people?offset=x', 'root', 400],
    ['/api/admin/people?limit=x', 'root', 400], ['/api/people?limit=101', 'mary', 400],
    ['/api/people?offset=%', 'mary', 400], ['/api/people?limit=', 'mary', 400],
    ['/api/calls?before=x', 'mary', 400], ['/api/calls?limit=101', 'mary', 400],
    ['/api/calls?missed=2', 'mary', 400], ['/api/calls?with=nobody', 'mary', 404],
    ['/api/calls/none/timeline', 'mary', 404], ['/api/people/nobody', 'mary', 404],
    ['/api/chat/search?q=a&room=none', 'mary', 404],
    ['/api/activities?before=x', 'mary', 400], ['/api/activities?limit=x', 'mary', 400],
    ['/api/activities/none', 'mary', 404], ['/api/rooms/none', 'mary', 404],
    ['/api/rooms/none/messages', 'mary', 404], ['/api/spaces/none', 'mary', 404],
    ['/api/connectors/none?callee=root', 'mary', 404], ['/api/connectors/sip', 'mary', 404],
    ['/api/invitations/none', 'nobody', 404],
];
for (const [path, who, wanted] of questions) {
    test(`GET ${path} is answered with ${wanted}`, async () => {
        const { status, json, text } = await send('GET', path, who);
        assert.equal(status, wanted, text);
        assert.ok(json.error, text);
    });
}

const gone = ['/api/me/logins/none', `/api/me/logins/${newId()}`, '/api/admin/calls/none',
    `/api/admin/calls/${newId()}`, '/api/admin/invitations/none',
    `/api/admin/invitations/${newId()}`, '/api/admin/people/nobody'];
for (const path of gone) {
    test(`DELETE ${path.replace(/[^/]{22}$/, '<id>')} finds nothing`, async () => {
        const { status, text } = await send('DELETE', path, 'root');
        assert.equal(status, 404, text);
    });
}

test('pictures that are none are refused by what they are', async () => {
    const put = (type, body) => server.request('PUT', '/api/me/avatar',
        { cookie: cookies.mary, headers: { 'Content-Type': type }, body });
    assert.equal((await put('image/png', 'x')).status, 400);
    assert.equal((await put('image/webp', '')).status, 400);
    assert.equal((await put('image/webp', 'RIFFxxxxWEBPVP8 no picture')).status, 400);
});

test('nothing of it has changed anything', async () => {
    const { json } = await send('GET', '/api/admin/webrtc', 'root');
    assert.deepEqual(json, { servers: [], relayOnly: false, poolSize: 0, collectLog: true });
    const me = await send('GET', '/api/me', 'mary');
    assert.equal(me.json.user.name, 'mary');
    const links = await send('GET', '/api/admin/invitations', 'root');
    assert.equal(links.json.invitations.length, 1);
});
