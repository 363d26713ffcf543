// SPDX-License-Identifier: Apache-2.0
// Chat of two people and in team rooms: the chat page, and mini windows on any page.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { openBrowser, signIn, until } from './browser.mjs';
import { ask, cuttable, directRoom, follow, freshId, write } from './portal.mjs';

let server;
let browser;
let john;
let mary;
let room;
let line;
before(async () => {
    // One test writes a long history as fast as it can.
    server = await Server.start({ demo: true, options: { 'chat.sends_burst': 1000,
        'signalling.burst': 1000, 'signalling.rate_per_s': 1000 } });
    browser = await openBrowser();
    mary = await signIn(browser, server, 'mary');
    john = await signIn(browser, server, 'john');
    line = await cuttable(john.context());
    room = await directRoom(john, 'mary');
});
after(async () => {
    await browser?.close();
    assert.equal(await server.stop(), 0);
});

const said = (page, text) =>
    page.locator('vv-conversation .message:not(.sending)', { hasText: text });
const badge = (page) => page.locator('vv-header .count');

test('chat: a message arrives at once, unread until it is seen, then it is marked as read',
    async () => {
        const unreadOf = async () => (await ask(mary, 'GET', '/api/rooms')).rooms
            .filter((one) => one.unread > 0).map((one) => one.id);
        await mary.goto(`/chat/${room}`);
        await until('the room is read', async () => !(await unreadOf()).includes(room));
        await mary.goto('/people');
        const before = (await unreadOf()).length;
        const unread = (count) => until(`${count} rooms are unread`, async () =>
            (await badge(mary).allTextContents()).join('') === (count > 0 ? String(count) : ''));
        await unread(before);
        await john.goto(`/chat/${room}`);
        await write(john, 'Hello Mary');
        await said(john, 'Hello Mary').waitFor();
        await unread(before + 1);
        await mary.bringToFront();
        await follow(mary, '/chat');
        await mary.locator('vv-room-row', { hasText: 'Hello Mary' }).click();
        await said(mary, 'Hello Mary').waitFor();
        await mary.getByText('New', { exact: true }).waitFor();
        await unread(before);
        await john.locator('vv-conversation').getByText('Read', { exact: true }).waitFor();
        await mary.reload();
        await said(mary, 'Hello Mary').waitFor();
        await unread(before);
    });

test('chat: one sees that the other is typing', async () => {
    await john.goto(`/chat/${room}`);
    await mary.goto(`/chat/${room}`);
    await said(mary, 'Hello Mary').waitFor();
    await said(john, 'Hello Mary').waitFor();
    await mary.locator('vv-composer textarea').pressSequentially('Hm');
    await john.getByText(/is typing/).waitFor();
    await mary.locator('vv-composer textarea').press('Enter');
    await john.getByText(/is typing/).waitFor({ state: 'detached' });
    await said(john, 'Hm').waitFor();
});

test('chat: what is written during an interruption arrives once, in order', async () => {
    await john.goto(`/chat/${room}`);
    await mary.goto(`/chat/${room}`);
    await john.locator('vv-composer').waitFor();
    await line.cut();
    await john.locator('.banner').waitFor();
    const [first, second] = [`one ${freshId()}`, `two ${freshId()}`];
    await write(john, first);
    await write(john, second);
    await john.getByText('Waiting for the connection').first().waitFor();
    line.mend();
    await said(mary, second).waitFor();
    await said(john, second).waitFor();
    for (const page of [john, mary]) {
        const texts = await page.locator('vv-conversation vv-text').evaluateAll((all) =>
            all.map((one) => one.text));
        assert.deepEqual(texts.filter((text) => [first, second].includes(text)), [first, second]);
    }
});

test('chat: a message survives kill -9 of the server as soon as it is acknowledged', async () => {
    const text = `durable ${freshId()}`;
    await write(john, text);
    await said(john, text).waitFor();
    await server.stop('SIGKILL', true);
    const options = { ...server.options, 'listen.port': server.port };
    writeFileSync(server.config, Object.entries(options)
        .map(([name, value]) => `${name} = ${value}\n`).join(''));
    await server.run();
    await john.reload();
    await said(john, text).waitFor();
    assert.equal(await said(john, text).count(), 1);
});

test('chat: history comes by pages while one scrolls up, and search finds an old message',
    async () => {
        const needle = 'Zanzibar';
        await john.evaluate(async ([id, word]) => {
            const { live } = document.querySelector('vv-conversation');
            const fresh = () => btoa(String.fromCharCode(...crypto.getRandomValues(
                new Uint8Array(16)))).replaceAll('+', '-').replaceAll('/', '_').slice(0, 22);
            for (let i = 0; i < 120; i++) {
                const text = i === 3 ? `the ${word} plan` : `line ${i}`;
                await live.request({ type: 'chat.send', room: id, message: fresh(), text });
            }
        }, [room, needle]);
        await john.reload();
        await said(john, 'line 119').waitFor();
        assert.equal(await said(john, needle).count(), 0);
        await until('the old message is there', async () => {
            await john.locator('vv-conversation .log').evaluate((log) => (log.scrollTop = 0));
            return await said(john, needle).count() === 1;
        });
        await john.locator('vv-search input').fill(needle.slice(0, 5));
        await john.locator('vv-chat-search .hit', { hasText: needle }).waitFor();
    });

test('chat: a hit of the search opens the room at its message, and one reads on from there',
    async () => {
        await john.goto('/chat');
        await john.locator('vv-search input').fill('Zanzi');
        await john.locator('vv-chat-search .hit', { hasText: 'Zanzibar' }).click();
        const talk = john.locator('vv-conversation');
        const found = talk.locator('.message[aria-current=true]', { hasText: 'Zanzibar' });
        const inSight = () => found.evaluate((message) => {
            const box = message.getBoundingClientRect();
            const log = message.closest('.log').getBoundingClientRect();
            return box.top >= log.top && box.bottom <= log.bottom;
        });
        await until('the found one is before the eyes', inSight);
        assert.equal(await said(john, 'line 119').count(), 0, 'the latest ones are far away');
        await until('the latest one is reached', async () => {
            await talk.locator('.log').evaluate((log) => (log.scrollTop = log.scrollHeight));
            return await said(john, 'line 119').count() === 1;
        });
        const lines = await talk.locator('.message').evaluateAll((all) => all.map((one) =>
            /line (\d+)/.exec(one.querySelector('vv-text')?.shadowRoot?.textContent
                ?? one.textContent)?.[1]).filter(Boolean).map(Number));
        assert.deepEqual(lines, [...new Set(lines)].sort((a, b) => a - b), 'each once, in order');
        assert.ok(lines.length > 110, `${lines.length} lines`);
        await john.reload(); // The address leads there as well.
        await until('it is found again', inSight);
        await talk.getByRole('button', { name: 'The latest messages' }).click();
        await said(john, 'line 119').waitFor();
        assert.equal(await found.count(), 0);
    });

test('chat: a team room is made, renamed, extended and left', async () => {
    await john.goto('/chat');
    await john.getByRole('button', { name: 'New team room' }).click();
    const dialog = john.locator('vv-team-dialog');
    await dialog.getByLabel('Title').fill('Rowing');
    await dialog.getByRole('button', { name: /^Add Mary/ }).click();
    await dialog.getByRole('button', { name: 'Make room' }).click();
    await john.waitForURL('**/chat/*');
    await write(john.locator('vv-conversation'), 'Who has oars?');
    await mary.goto('/chat');
    await mary.locator('vv-room-row', { hasText: 'Rowing' }).click();
    await said(mary, 'Who has oars?').waitFor();
    await write(mary.locator('vv-conversation'), 'Me');
    await said(john, 'Me').waitFor();
    await john.locator('.room-head').getByRole('button', { name: '2 people' }).click();
    const people = john.locator('vv-room-dialog');
    await people.getByLabel('Title').fill('Rowing club');
    await people.getByRole('button', { name: 'Save' }).click();
    await mary.locator('.room-head', { hasText: 'Rowing club' }).waitFor();
    await people.getByRole('button', { name: /^Add Luc/ }).click();
    await mary.locator('.room-head').getByRole('button', { name: '3 people' }).waitFor();
    await mary.locator('.room-head').getByRole('button', { name: '3 people' }).click();
    await mary.getByRole('button', { name: 'Leave this room' }).click();
    await mary.waitForURL('**/chat');
    await mary.locator('vv-room-row', { hasText: 'Rowing' }).waitFor({ state: 'detached' });
    await people.getByText('2 people').waitFor();
});

test('chat: several mini windows stay over pages and reloads, and can be minimised', async () => {
    const minis = john.locator('vv-mini-dock section');
    const withMary = minis.filter({ hasText: 'Mary' });
    const chatWith = async (name) => {
        await follow(john, `/people/${name}`);
        await john.locator('.profile-name').getByRole('button', { name: 'Chat' }).click();
    };
    await john.goto('/people');
    await chatWith('mary');
    await write(withMary, 'From the small window');
    await said(withMary, 'From the small window').waitFor();
    await withMary.getByRole('button', { name: /^Minimise/ }).click();
    await withMary.locator('textarea').waitFor({ state: 'detached' });
    await chatWith('luc');
    await minis.filter({ hasText: 'Luc' }).locator('textarea').waitFor();
    await follow(john, '/spaces');
    assert.equal(await minis.count(), 2);
    await john.reload();
    await minis.nth(1).waitFor();
    assert.equal(await withMary.locator('textarea').count(), 0);
    assert.equal(await minis.filter({ hasText: 'Luc' }).locator('textarea').count(), 1);
    await mary.goto(`/chat/${room}`);
    await write(mary.locator('vv-conversation'), 'I answer');
    await withMary.locator('.count').waitFor();
    await withMary.locator('.bar').click();
    await said(withMary, 'I answer').waitFor();
    await withMary.getByRole('button', { name: /^Open the chat/ }).click();
    await john.waitForURL(`**/chat/${room}`);
    await said(john.locator('vv-page-chat'), 'I answer').waitFor();
    await minis.getByRole('button', { name: /^Close/ }).click();
    await minis.first().waitFor({ state: 'detached' });
});

test('chat: a stranger\'s room looks like none', async () => {
    const sofia = await signIn(browser, server, 'sofia', `/chat/${room}`);
    await sofia.getByText('This conversation does not exist').waitFor();
    await sofia.context().close();
});
