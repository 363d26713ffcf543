// SPDX-License-Identifier: Apache-2.0
// Guests in two browsers: the host makes a link by clicking, the guest has no account, waits in the
// lobby and is let in or refused.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { leaveAll, LIMIT_MS, mediaFlow, openBrowser, opening, signIn, until, watchPeers }
    from './browser.mjs';
import { ask } from './portal.mjs';

let server;
let browsers;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
});
afterEach(() => leaveAll(server, ...browsers));
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

const hostPage = () => signIn(browsers[0], server, 'mary', '/calls', { prepare: watchPeers });
const card = (page) => page.locator('vv-incoming-call');

/** Makes a link as people do, and gives what stands in its field. */
async function invite(mary, label) {
    await mary.getByRole('button', { name: 'Invite a guest', exact: true }).click();
    await mary.getByLabel('Who it is for').fill(label);
    await mary.getByRole('button', { name: 'Make a link', exact: true }).click();
    const url = await mary.getByLabel('Link for the guest').inputValue();
    assert.match(url, /\/guest\/[\w-]{43}$/);
    return url;
}
const shut = (mary) => mary.keyboard.press('Escape');

/** A browser of somebody without an account. */
async function visitor(url) {
    const context = await browsers[1].newContext({ viewport: null, locale: 'en-GB' });
    context.setDefaultTimeout(LIMIT_MS);
    await watchPeers(context);
    const page = await context.newPage();
    await page.goto(url);
    return page;
}

/** By keyboard alone: the name, and Enter. */
async function askToJoin(page, name) {
    await page.getByRole('heading', { name: 'Mary Whitfield invites you to a call' }).waitFor();
    await page.getByLabel('Your name').focus();
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await page.getByText('has been told that you are here').waitFor();
}

test('N22: a guest comes by a link, waits, is let in, and both see and hear each other',
    async () => {
        const mary = await hostPage();
        const url = await invite(mary, 'Bob of Acme');
        await shut(mary);
        const guest = await visitor(url);
        assert.equal(await guest.locator('vv-header, nav').count(), 0, 'nothing of the portal');
        await askToJoin(guest, 'Mary Whitfield');
        await card(mary).getByText('Mary Whitfield (guest) asks to be let in').waitFor();
        assert.equal(await card(mary).getByRole('button', { name: 'Decline with a message' })
            .count(), 0);
        const call = await opening(mary.context(), () => card(mary)
            .getByRole('button', { name: 'Let in', exact: true }).click());
        await Promise.all([mediaFlow(guest), mediaFlow(call)]);
        await call.getByRole('heading', { name: 'Mary Whitfield (guest)' }).waitFor();
        assert.match(await call.title(), /Mary Whitfield \(guest\)/);
        assert.equal(await guest.locator('[data-control=chat]').count(), 0);
        const anna = await signIn(browsers[0], server, 'anna', '/admin/calls');
        await anna.getByText('Mary Whitfield (guest)').waitFor();
        // A reload of the guest's tab leads back into the call.
        await guest.reload();
        await Promise.all([mediaFlow(guest), mediaFlow(call)]);
        await call.locator('button.control.end').click();
        await guest.getByText('Your link has been used').waitFor();
        assert.equal(await guest.getByRole('button', { name: 'Call again' }).count(), 0);
        // Never the sign-in page, which is nothing for a guest.
        await until('the guest is signed out', () => guest.evaluate(() =>
            fetch('/api/me').then(({ status }) => status === 401)));
        await guest.reload();
        await guest.getByRole('heading', { name: 'The call is over' }).waitFor();
        await guest.getByText('Ask the person who sent it for a new one').waitFor();
        await mary.reload();
        await mary.getByText('Mary Whitfield (guest)').waitFor();
        assert.equal(await mary.locator('vv-past-call vv-call-button').count(), 0);
        await mary.locator('vv-past-call .details').first().click();
        await mary.locator('vv-call-timeline li')
            .filter({ hasText: 'Mary Whitfield (guest)' }).first().waitFor();
        const again = await visitor(url);
        await again.getByText('This link does not work any more').waitFor();
    });

test('N22: a guest who is refused is told so, and the link works no more', async () => {
    const mary = await hostPage();
    const url = await invite(mary, '');
    await shut(mary);
    const guest = await visitor(url);
    await askToJoin(guest, 'Bob');
    await card(mary).getByRole('button', { name: 'Refuse', exact: true }).click();
    await guest.locator('vv-call-message h1').waitFor();
    await guest.getByText('Your link has been used').waitFor();
    const again = await visitor(url);
    await again.getByText('Ask the person who sent it for a new one').waitFor();
});

test('N22: the host sees the links, withdraws one, and its guest is out', async () => {
    const mary = await hostPage();
    const url = await invite(mary, 'Withdrawn');
    const guest = await visitor(url);
    await askToJoin(guest, 'Eve');
    await mary.getByText('The guest asks to be let in').waitFor();
    await mary.getByRole('button', { name: 'Withdraw the link for Eve' }).click();
    await mary.getByText('Withdraw this link?').waitFor();
    await mary.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await guest.locator('vv-call-message h1').waitFor();
    await card(mary).waitFor({ state: 'detached' });
    await until('it is gone', async () => !(await ask(mary, 'GET', '/api/guests')).links
        .some(({ guest: name }) => name === 'Eve'));
    await guest.goto(url); // The tab knows that it has been there.
    await guest.getByRole('heading', { name: 'The call is over' }).waitFor();
    const again = await visitor(url);
    await again.getByText('This link does not work any more').waitFor();
});

test('N22: a link says to who is signed in here where to call from', async () => {
    const mary = await hostPage();
    const url = await invite(mary, '');
    const john = await signIn(browsers[1], server, 'john');
    await john.goto(url);
    await john.getByText('You are signed in here as').waitFor();
    await john.getByRole('link', { name: 'Open the profile' }).click();
    await john.waitForURL('**/people/mary');
});
