// SPDX-License-Identifier: Apache-2.0
// What follows a call: its timeline in words, words of who declined, being told when somebody is
// available, and blocking.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { connected, endAll, johnAndMary, openBrowser, pressCall, until } from './browser.mjs';

let server;
let browsers;
let people;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
    people = await johnAndMary(server, browsers);
});
afterEach(() => endAll(server, people.john, people.mary));
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

const card = (page) => page.locator('vv-incoming-call');
const press = (place, name) => place.getByRole('button', { name, exact: true }).click();

test('part 11: both sides open the timeline of a call in plain words', async () => {
    const { caller, callee } = await connected(people);
    await callee.getByRole('timer').waitFor();
    await new Promise((resolve) => setTimeout(resolve, 3000)); // A look at the media, a report.
    await caller.locator('button.control.end').click();
    await callee.locator('vv-call-message').waitFor();
    await callee.close();
    await until('the window is gone', () => caller.isClosed());
    for (const [page, words] of [[people.john, ['You called Mary Whitfield.',
        'It rang on Chrome on Linux.', 'Mary Whitfield answered on', 'You have ended the call.']],
    [people.mary, ['John Okafor called you.', 'You answered on', 'John Okafor has ended']]]) {
        await page.goto('/calls');
        await page.locator('vv-past-call .details').first().click();
        const line = page.locator('vv-call-timeline');
        for (const text of [...words, 'Sound and picture were connected.']) {
            await line.getByText(text).first().waitFor();
        }
    }
    await people.john.goto('/people/mary');
});

test('part 4: declined with words: the caller reads them in the call window', async () => {
    const caller = await pressCall(people.john);
    await card(people.mary).waitFor();
    await press(card(people.mary), 'Decline with a message');
    await press(card(people.mary), 'I am in a meeting.');
    await people.mary.getByText('Declined. John Okafor has your message.').waitFor();
    await caller.getByText('Mary Whitfield: I am in a meeting.').waitFor();
    await caller.close();
});

test('part 5: who waits for somebody is told when he is available', async () => {
    await people.mary.locator('vv-user-menu .user').click();
    await press(people.mary, 'Invisible');
    const caller = await pressCall(people.john);
    await press(caller, 'Tell me when available');
    await caller.getByText('You will be told when Mary Whitfield is available.').waitFor();
    await caller.close();
    await people.mary.locator('vv-user-menu .user').click();
    await press(people.mary, 'Available');
    await people.john.getByText('Mary Whitfield is available now.').waitFor();
});

test('part 12: who is blocked rings nothing and learns nothing; unblocked he rings again',
    async () => {
        await people.mary.goto('/people/john');
        await press(people.mary, 'Block');
        await press(people.mary.locator('vv-confirm'), 'Block');
        await people.mary.getByText('John Okafor is blocked.').waitFor();
        const caller = await pressCall(people.john);
        await caller.locator('vv-call-stage').waitFor();
        assert.equal(await card(people.mary).count(), 0);
        await caller.locator('button.control.end').click();
        await until('the window is gone', () => caller.isClosed());
        await people.mary.goto('/settings');
        await press(people.mary.locator('vv-call-preferences'), 'Unblock');
        await people.mary.getByText('John Okafor can call you again.').waitFor();
        const again = await pressCall(people.john);
        await card(people.mary).waitFor();
        await again.locator('button.control.end').click();
        await until('the window is gone', () => again.isClosed());
    });
