// SPDX-License-Identifier: Apache-2.0
// Where the Call button stands and when it is not there (M1 to M19; M13 to M16 are among the rows
// of calling), in Chromium and in Firefox.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { cookieOf, Server } from '../api/server.mjs';
import { openBrowser, opening, pressCall, signIn, until } from './browser.mjs';
import { ask, calledBy, directRoom, follow, freshId, post, teamRoom, write } from './portal.mjs';

let server;
let browsers;
let john;
let mary;
const rows = [];
const row = (name, run) => rows.push({ name, run });

/** Opens the popover of the first such name and gives it. */
async function popover(page, name) {
    const person = page.locator('vv-activity vv-person.name', { hasText: name }).first();
    await person.locator('a').first().hover();
    const card = page.locator('vv-person-card', { hasText: name });
    await card.waitFor();
    return card;
}

row('M1: the popover of a name in the activity stream holds a Call button', async () => {
    await post(mary, 'Hello from Mary');
    await john.goto('/');
    const card = await popover(john, 'Mary');
    await card.getByRole('button', { name: /^Call – Start a video call with Mary/ }).waitFor();
    await card.getByRole('button', { name: 'Chat' }).waitFor();
    await card.getByText('Head of purchasing').waitFor();
    await until('the popover tells her status', () => card.locator('vv-status')
        .evaluate((status) => status.shadowRoot.textContent.includes('Available')));
    await john.reload();
    await john.locator('vv-activity vv-avatar').first().hover();
    await john.locator('vv-person-card', { hasText: 'Mary' })
        .getByRole('button', { name: /^Call/ }).waitFor();
});

row('M2: a Call button stands beside the name of a profile', async () => {
    await john.goto('/people/mary');
    await john.locator('.profile-name vv-call-button button').waitFor();
});

row('M3: the header of the room of two holds a Call button', async () => {
    await john.goto(`/chat/${await directRoom(john, 'mary')}`);
    await john.locator('.room-head vv-call-button button').waitFor();
    assert.deepEqual(await calledBy(john.locator('.room-head')), ['mary']);
});

row('M4: the title bar of a mini window on any page holds a Call button', async () => {
    await john.goto('/people/mary');
    await john.locator('.profile-name').getByRole('button', { name: 'Chat' }).click();
    const bar = john.locator('vv-mini-dock section header');
    await bar.locator('vv-call-button button').waitFor();
    for (const path of ['/', '/spaces', '/settings']) {
        await follow(john, path);
        assert.deepEqual(await calledBy(bar), ['mary'], path);
    }
    await bar.getByRole('button', { name: /^Close/ }).click();
});

row('M5: nobody is offered to call himself', async () => {
    await post(john, 'Hello from John');
    await john.goto('/');
    const card = await popover(john, 'John');
    assert.deepEqual(await calledBy(card), []);
    await john.goto('/people/john');
    await john.getByRole('link', { name: 'Edit profile' }).waitFor();
    assert.deepEqual(await calledBy(john), []);
    await john.goto('/people');
    await john.locator('vv-call-button button').first().waitFor();
    assert.equal((await calledBy(john)).includes('john'), false);
});

row('M6: after a change of room the button calls the other person', async () => {
    const [withMary, withLuc] = [await directRoom(john, 'mary'), await directRoom(john, 'luc')];
    await john.goto(`/chat/${withMary}`);
    const head = john.locator('.room-head');
    await head.locator('vv-call-button button').waitFor();
    await john.locator(`vv-room-row a[href="/chat/${withLuc}"]`).click();
    await head.getByRole('button', { name: /Luc/ }).waitFor();
    assert.deepEqual(await calledBy(head), ['luc']);
    const caller = await opening(john.context(), () =>
        head.locator('vv-call-button button').first().click());
    await until('the window calls Luc', async () => /^Call to Luc /.test(await caller.title()));
    await caller.close();
});

row('M7: a popover that replaces another one has exactly one button', async () => {
    const lucs = await signIn(browsers[1], server, 'luc');
    await post(mary, 'Hello from Mary');
    await post(lucs, 'Hello from Luc');
    await john.goto('/');
    await popover(john, 'Mary');
    await popover(john, 'Luc');
    await until('one card is open', async () =>
        await john.locator('vv-person-card').count() === 1);
    assert.deepEqual(await calledBy(john), ['luc']);
    await lucs.context().close();
});

/** What each page lists, without which nothing is known of its buttons. */
const LISTED = { '/people': 'vv-person-row', '/chat': 'vv-room-row', '/': 'vv-activity',
    '/people/mary': '.profile-name', '/calls': 'vv-past-call', '/people/luc': 'main h1' };

row('M8: nobody is offered to call who was disabled, and nothing fails', async () => {
    const page = await signIn(browsers[1], server, 'luc');
    await post(page, 'Before I go');
    await directRoom(john, 'luc');
    await john.goto('/people/luc');
    await john.locator('.profile-name').getByRole('button', { name: 'Chat' }).click();
    const mini = john.locator('vv-mini-dock section', { hasText: 'Luc' });
    await mini.locator('header vv-call-button button').waitFor();
    await johnCalls(page);
    const list = await john.context().newPage();
    await list.goto('/people');
    const row = list.locator('vv-person-row', { hasText: 'Luc' });
    await row.locator('vv-call-button button').waitFor();
    server.command(['user', 'disable', 'luc']);
    await page.waitForURL('**/login**');
    // Pages that are open lose it as well, and have it again when he is back.
    await row.waitFor({ state: 'detached' });
    await john.getByRole('heading', { name: 'Nothing here' }).waitFor();
    assert.deepEqual([await calledBy(mini), await calledBy(john)], [[], []]);
    server.command(['user', 'enable', 'luc']);
    await row.locator('vv-call-button button').waitFor();
    server.command(['user', 'disable', 'luc']);
    await row.waitFor({ state: 'detached' });
    await list.close();
    john.faults.length = 0;
    for (const path of ['/people', '/chat', '/', '/people/mary', '/calls', '/people/luc']) {
        await john.goto(path);
        await john.locator(LISTED[path]).first().waitFor();
        await until(`his button is gone from ${path}`, async () =>
            !(await calledBy(john)).includes('luc'));
    }
    await mini.locator('header').waitFor();
    assert.deepEqual(await calledBy(mini), []);
    await mini.getByRole('button', { name: /^Close/ }).click();
    await john.goto('/');
    await popover(john, 'Luc');
    assert.deepEqual(await calledBy(john.locator('vv-person-card')), []);
    const room = await directRoom(john, 'mary');
    await john.goto(`/chat/${room}`);
    await john.locator('vv-room-row', { hasText: 'Luc' }).click();
    await john.locator('.room-head', { hasText: 'Luc' }).waitFor();
    await until('his room has no button', async () =>
        (await calledBy(john.locator('.room-head'))).length === 0);
    await john.locator('vv-page-chat').getByText('Nobody can write to this person').waitFor();
    assert.equal(await john.locator('vv-page-chat vv-composer').count(), 0);
    assert.deepEqual(faultsOf(john), []);
    server.command(['user', 'enable', 'luc']);
    await until('luc may sign in', async () =>
        (await server.login('luc', 'visavis-demo')).status === 200);
    await page.context().close();
});

/** The page's requests for what is not there any more are answered with 404: no fault of it. */
const faultsOf = (page) => page.faults.filter((fault) => !fault.includes('404'));

/** On the page of administrators: after a question, which can be left. */
async function erasePaul(anna, rowOf) {
    await anna.goto('/admin/people');
    const erase = (name) => rowOf(name).getByRole('button', { name: 'Delete', exact: true });
    await erase('paul').click();
    const dialog = anna.locator('vv-confirm[open]');
    await dialog.getByRole('heading', { name: /^Delete Paul Petit for good\?$/ }).waitFor();
    await dialog.getByText(/cannot be undone/).waitFor();
    assert.equal(await erase('anna').count(), 0); // oneself
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await erase('paul').click();
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
}

/** Paul is there for the row that deletes him: the people of the demo stay. */
async function newcomer() {
    const cookie = cookieOf(await server.login('anna', 'visavis-demo'));
    const { status } = await server.request('POST', `/api/join/${await server.invite(cookie)}`,
        { body: { name: 'paul', fullName: 'Paul Petit', email: '', password: 'visavis-demo' } });
    assert.equal(status, 201);
    return signIn(browsers[1], server, 'paul');
}

row('M8: who is deleted is gone from every open page, and nothing fails', async () => {
    const pauls = await newcomer();
    const words = `To be forgotten ${freshId()}`;
    await post(pauls, words);
    const commented = await post(mary, 'What do you say?');
    await ask(pauls, 'POST', `/api/activities/${commented}/comments`,
        { id: freshId(), text: words });
    const team = await teamRoom(john, 'The four', ['paul', 'mary']);
    const room = await directRoom(john, 'paul');
    await pauls.goto(`/chat/${room}`);
    await write(pauls.locator('vv-conversation'), words);
    await pauls.locator('vv-conversation .message:not(.sending)', { hasText: words }).waitFor();
    await john.goto('/people/paul');
    await john.locator('.profile-name vv-call-button button').waitFor();
    await johnCalls(pauls);
    const open = async (path, sign) => {
        const page = await john.context().newPage();
        page.faults = [];
        page.on('pageerror', (error) => page.faults.push(String(error)));
        await page.goto(path);
        await page.locator(sign).filter({ hasText: /Paul|forgotten|four/ }).first().waitFor();
        return page;
    };
    const pages = [await open('/', 'vv-activity'), await open(`/chat/${room}`, '.room-head'),
        await open('/calls', 'vv-past-call'), await open('/people', 'vv-person-row'),
        await open(`/chat/${team}`, '.room-head')];
    const [home, chat, calls, people, three] = pages;
    const anna = await signIn(browsers[0], server, 'anna');
    const rowOf = (name) => anna.locator('vv-admin-people li', { hasText: name });
    await erasePaul(anna, rowOf);
    await pauls.waitForURL('**/login**');
    await rowOf('paul').waitFor({ state: 'detached' });
    await Promise.all([home, chat, people].map((page) =>
        page.getByText(/Paul|forgotten/).first().waitFor({ state: 'detached' })));
    await home.locator('vv-activity', { hasText: 'What do you say?' }).waitFor();
    const { people: left } = await ask(three, 'GET', `/api/rooms/${team}`);
    assert.deepEqual(left.map(({ name }) => name).sort(), ['john', 'mary']);
    await chat.locator('.room-head', { hasText: 'Deleted person' }).waitFor();
    await chat.locator('.message', { hasText: 'This message was erased.' }).waitFor();
    await chat.locator('vv-conversation').getByText('Nobody can write to this person').waitFor();
    await calls.locator('vv-past-call', { hasText: 'Deleted person' }).first().waitFor();
    for (const page of pages) {
        await until(`no button calls him on ${page.url()}`, async () =>
            (await calledBy(page)).every((name) => !/^paul$|^deleted-/.test(name)));
        assert.equal(await page.locator('vv-toast .problem, [role=alert]').count(), 0);
    }
    await chat.locator('.message vv-person a').first().hover();
    const card = chat.locator('vv-person-card', { hasText: 'Deleted person' });
    await card.waitFor();
    assert.equal(await card.getByRole('button').count(), 0);
    await home.reload();
    await home.locator('vv-activity', { hasText: 'What do you say?' }).waitFor();
    assert.equal(await home.getByText(words).count(), 0);
    await anna.goto('/admin/audit');
    await anna.getByText(/deleted a person \(deleted-[0-9a-f]{16}\)/).waitFor();
    for (const page of [...pages, anna]) {
        assert.deepEqual(faultsOf(page), [], page.url());
        await page.close();
    }
    await Promise.all([pauls, anna].map((page) => page.context().close()));
});

/** A call that the history will tell of. */
async function johnCalls(page) {
    const caller = await pressCall(john);
    await page.locator('vv-incoming-call').waitFor();
    await caller.locator('button.control.end').click();
    await page.locator('vv-incoming-call').waitFor({ state: 'detached' });
}

/** John in a browser that lacks what calls need. */
async function withoutWebrtc(act) {
    const page = await signIn(browsers[0], server, 'john');
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    await page.context().addInitScript(() => {
        delete window.RTCPeerConnection;
        delete window.webkitRTCPeerConnection;
    });
    await act(page, said);
    assert.deepEqual(page.faults, []);
    await page.context().close();
}

row('M9: a browser without WebRTC is offered no call and says so once a day', async () => {
    await withoutWebrtc(async (page, said) => {
        for (const path of ['/people', '/people/mary', '/people']) {
            await page.goto(path);
            await page.locator('vv-header').waitFor();
            await page.getByText('Mary').first().waitFor();
            assert.deepEqual(await calledBy(page), [], path);
        }
        assert.equal(said.filter((line) => line.includes('WebRTC')).length, 1, said.join('\n'));
    });
});

/** The places for buttons that hold nothing: they would still take room. */
const emptyPlaces = (page) => page.locator('.acts, .actions').evaluateAll((places) =>
    places.filter((place) => place.checkVisibility() && ![...place.querySelectorAll('*')].some(
        (one) => (one.localName === 'slot' ? one.assignedElements() : [one])
            .some((found) => found.checkVisibility()))).map((place) => place.outerHTML));

row('M10: without an active connector there is no Call button and no empty place', async () => {
    const anna = await signIn(browsers[0], server, 'anna');
    await post(mary, 'Who calls me?');
    await john.goto('/people/mary');
    await john.locator('vv-call-button button').waitFor();
    await ask(anna, 'PUT', '/api/admin/connectors/webrtc', { active: false });
    await john.locator('vv-call-button button').waitFor({ state: 'detached' });
    for (const path of ['/people', '/chat', '/people/mary', '/']) {
        await john.goto(path);
        await john.locator(LISTED[path]).first().waitFor();
        await john.locator('.banner').waitFor({ state: 'detached' });
        assert.deepEqual(await calledBy(john), [], path);
        assert.deepEqual(await emptyPlaces(john), [], path);
    }
    await popover(john, 'Mary');
    assert.deepEqual([await calledBy(john), await emptyPlaces(john)], [[], []]);
    await ask(anna, 'PUT', '/api/admin/connectors/webrtc', { active: true });
    await john.goto('/people/mary');
    await john.locator('vv-call-button button').waitFor();
    await anna.context().close();
});

row('M11: a team room and a space have no button of the connector for two', async () => {
    const room = await teamRoom(john, 'The three', ['mary']);
    await john.goto(`/chat/${room}`);
    await john.locator('.room-head', { hasText: 'The three' }).waitFor();
    assert.deepEqual(await calledBy(john.locator('.room-head')), []);
    const name = 'design';
    await ask(john, 'POST', '/api/spaces', { name, title: 'Design', description: '' });
    await john.goto(`/spaces/${name}`);
    await john.getByRole('heading', { name: 'Design' }).waitFor();
    assert.deepEqual(await calledBy(john.locator('.space-banner')), []);
});

row('M17: a browser that cannot call can use the portal', async () => {
    await withoutWebrtc(async (page) => {
        await page.goto('/');
        const text = `Written without WebRTC ${freshId()}`;
        const composer = page.locator('vv-feed .feed-compose');
        await composer.locator('textarea').fill(text);
        await composer.getByRole('button', { name: 'Post' }).click();
        await page.locator('vv-activity', { hasText: text }).waitFor();
        await page.goto(`/chat/${await directRoom(page, 'mary')}`);
        await write(page.locator('vv-conversation'), text);
        await page.locator('vv-conversation .message:not(.sending)', { hasText: text }).waitFor();
        assert.deepEqual(await calledBy(page), []);
    });
});

row('M19: who shares no space and no room with somebody may still call', async () => {
    const sofia = await signIn(browsers[1], server, 'sofia');
    const rooms = (await ask(sofia, 'GET', '/api/rooms')).rooms;
    assert.equal(rooms.some((room) => room.peer?.name === 'john'), false);
    const spacesOf = async (page) => (await ask(page, 'GET', '/api/spaces')).spaces
        .filter(({ member }) => member).map(({ name }) => name);
    const hers = await spacesOf(sofia);
    assert.ok(hers.length > 0);
    assert.deepEqual((await spacesOf(john)).filter((name) => hers.includes(name)), []);
    await john.goto('/people/sofia');
    const caller = await pressCall(john);
    await sofia.locator('vv-incoming-call').waitFor();
    await caller.locator('button.control.end').click();
    await sofia.locator('vv-incoming-call').waitFor({ state: 'detached' });
    await sofia.context().close();
});

for (const [kind, sign] of [['chromium', ''], ['firefox', ' (Firefox)']]) {
    describe(`the Call button in ${kind}`, () => {
        before(async () => {
            server = await Server.start({ demo: true });
            browsers = [await openBrowser(kind), await openBrowser()];
            mary = await signIn(browsers[1], server, 'mary');
            john = await signIn(browsers[0], server, 'john');
        });
        after(async () => {
            await Promise.all(browsers.map((browser) => browser.close()));
            assert.equal(await server.stop(), 0);
        });
        rows.forEach(({ name, run }) => test(name + sign, run));
    });
}
