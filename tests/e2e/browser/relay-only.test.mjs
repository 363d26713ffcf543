// SPDX-License-Identifier: Apache-2.0
// Whose address is hidden sends from a relay, and nothing that reaches the other shows where he
// is; they see and hear each other all the same.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { Tab } from '../api/tab.mjs';
import { leaveAll, mediaFlow, openBrowser, pathOf, pressAnswer, pressCall, signIn, until,
    watchPeers } from './browser.mjs';

let server;
const browsers = {};
const cookies = {};

before(async () => {
    server = await Server.start({ demo: true });
    browsers.chromium = await openBrowser();
    browsers.firefox = await openBrowser('firefox');
    for (const name of ['anna', 'john', 'mary']) {
        cookies[name] = cookieOf(await server.login(name, 'visavis-demo'));
    }
});
afterEach(() => leaveAll(server, ...Object.values(browsers)));
after(async () => {
    await Promise.all(Object.values(browsers).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

async function wish(name, relayOnly) {
    const tab = await Tab.open(server, cookies[name]);
    assert.equal((await tab.ask('call.prefer', { relayOnly })).type, 'ok');
    tab.leave();
}

async function member(name, group, is) {
    const answer = await server.request('PUT', `/api/admin/people/${name}`,
        { cookie: cookies.anna, body: { group, member: is } });
    assert.equal(answer.status, 204, answer.text);
}

/** All that the pages of a context are told of the other's network. */
function overhear(page) {
    const told = [];
    const listen = (one) => one.on('websocket', (socket) => socket.on('framereceived',
        ({ payload }) => {
            const { type, candidate, sdp } = JSON.parse(String(payload));
            if (type === 'call.candidate' && candidate !== '') {
                told.push(candidate);
            } else if (type === 'call.description') {
                told.push(...sdp.match(/(?<=^a=)candidate:.*$|^c=.*$/gm) ?? []);
            }
        }));
    page.context().pages().forEach(listen);
    page.context().on('page', listen);
    return told;
}

/** The latest connection of a page: how it sends, its own candidates, the other's. */
async function network(page) {
    const path = await pathOf(page);
    const candidates = (kind) => path.candidates.filter(({ type }) => type === kind)
        .map(({ candidateType, port }) => ({ type: candidateType, port }));
    return path && { own: candidates('local-candidate'), other: candidates('remote-candidate'),
        from: path.local.candidateType };
}

/** In a page: its relayed candidates of the call are told late, as over a slow network. */
function tellRelaysLate() {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        if (/"call\.trickle"/.test(data) && / typ relay /.test(data) && !/"early"/.test(data)) {
            setTimeout(() => this.readyState === WebSocket.OPEN && send.call(this, data), 600);
        } else {
            send.call(this, data);
        }
    };
}

/** A call of John and Mary with media on both sides; what each side and its pages know. */
async function talk(kinds = {}) {
    const john = await signIn(browsers[kinds.john ?? 'chromium'], server, 'john', '/people/mary');
    const mary = await signIn(browsers[kinds.mary ?? 'chromium'], server, 'mary');
    await Promise.all([john, mary].map((page) => watchPeers(page.context())));
    await (kinds.late && john.context().addInitScript(tellRelaysLate));
    const told = { john: overhear(john), mary: overhear(mary) };
    await Promise.all([john, mary].map((page) => page.reload())); // Sockets while one listens.
    const caller = await pressCall(john);
    const callee = await pressAnswer(mary);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await until('one connection of each is left', () => caller.evaluate(() =>
        window.peers.filter((peer) => peer.connectionState !== 'closed').length === 1));
    const found = {};
    for (const [name, page] of [['john', caller], ['mary', callee]]) {
        found[name] = await until('a path is in use', () => network(page));
    }
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await Promise.all([john, mary].map((page) => page.context().close()));
    return { told, found };
}

/** Nothing that `other` was told or has found out is of a place where `hidden` is. */
function assertHidden({ told, found }, hidden, other) {
    const { own, from } = found[hidden];
    assert.equal(from, 'relay', JSON.stringify(found));
    assert.ok(own.every(({ type }) => type === 'relay'), JSON.stringify(own));
    const lines = told[other];
    assert.ok(lines.some((line) => line.includes(' typ relay ')), 'his relay was told');
    for (const line of lines) {
        assert.match(line, /^c=IN IP4 0\.0\.0\.0\r?$| typ relay raddr 0\.0\.0\.0 rport 0( |\r?$)/);
    }
    // Those that he has now, and those that he told before ICE began again.
    const ports = [...own.map(({ port }) => port),
        ...lines.flatMap((line) => / (\d+) typ relay /.exec(line)?.[1] ?? []).map(Number)];
    for (const { type, port } of found[other].other) {
        // A check may be faster than the message with the candidate: RFC 8445 7.3.1.3.
        assert.match(type, /^(relay|prflx)$/);
        assert.ok(ports.includes(port), `${type} ${port} is none of ${ports}`);
    }
}

test('who hides nothing is told of and reached where he is', async () => {
    const { told, found } = await talk();
    for (const name of ['john', 'mary']) {
        assert.ok(told[name].some((line) => line.includes(' typ host ')), String(told[name]));
        assert.notEqual(found[name].from, 'relay');
    }
});

for (const [who, other, kinds] of [['john', 'mary', {}], ['mary', 'john', {}],
    ['mary', 'john', { mary: 'firefox' }]]) {
    const sign = kinds.mary ? ' (Firefox)' : '';
    test(`${who} hides the own address: the relay only, ${other} is told of nothing else${sign}`,
        async () => {
            await wish(who, true);
            assertHidden(await talk(kinds), who, other);
            await wish(who, false);
        });
}

// Until then nothing that Mary's relay may reach is known, and her ICE has failed.
test('mary hides the own address, and the other’s relay is told late: they talk all the same',
    async () => {
        await wish('mary', true);
        assertHidden(await talk({ late: true }), 'mary', 'john');
        await wish('mary', false);
    });

for (const group of ['platform/relay-only', 'platform/guests']) {
    test(`a member of ${group} sends from the relay only, and nobody is told another address`,
        async () => {
            await member('mary', group, true);
            assertHidden(await talk(), 'mary', 'john');
            await member('mary', group, false);
        });
}
