// SPDX-License-Identifier: Apache-2.0
// The activity stream and the popover of a person, with two people who see each other's doing live.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { openBrowser, signIn, until } from './browser.mjs';
import { ask, cuttable, freshId, post, write } from './portal.mjs';

let server;
let browser;
let john;
let mary;
before(async () => {
    server = await Server.start({ demo: true });
    browser = await openBrowser();
    mary = await signIn(browser, server, 'mary', '/');
    john = await signIn(browser, server, 'john', '/');
});
after(async () => {
    await browser?.close();
    assert.equal(await server.stop(), 0);
});

const card = (page, text) => page.locator('vv-activity', { hasText: text });

async function share(page, text) {
    const compose = page.locator('.feed-compose');
    await compose.locator('textarea').fill(text);
    await compose.getByRole('button', { name: 'Post' }).click();
    await card(page, text.slice(0, 7)).waitFor();
}

test('N23: a post is seen at once; its links and mentions work, others stay text', async () => {
    const text = 'Look at https://example.org/plan, @john! javascript:alert(1) @nobody';
    await share(mary, text);
    const seen = card(john, 'Look at');
    await seen.waitFor();
    const link = seen.getByRole('link', { name: 'https://example.org/plan' });
    assert.equal(await link.getAttribute('href'), 'https://example.org/plan');
    assert.match(await link.getAttribute('rel'), /noopener/);
    await seen.getByRole('link', { name: '@john' }).waitFor();
    assert.equal(await seen.getByRole('link', { name: '@nobody' }).count(), 0);
    assert.equal(await seen.locator('a[href^="javascript"]').count(), 0);
    assert.equal(await card(mary, 'Look at').count(), 1);
});

test('stream: likes and comments reach both sides, each once', async () => {
    const text = `To be liked ${freshId()}`;
    await share(mary, text);
    const [hers, his] = [card(mary, text), card(john, text)];
    await his.getByRole('button', { name: /^Like/ }).click();
    await until('Mary sees the like', async () =>
        (await hers.locator('.like').textContent()).trim() === '1');
    await his.locator('.like[aria-pressed=true]').waitFor();
    assert.equal(await hers.locator('.like').getAttribute('aria-pressed'), 'false');
    await his.getByRole('button', { name: 'Comment' }).click();
    await write(his, 'Well done');
    await hers.getByText('Well done').waitFor();
    await write(hers, 'Thank you');
    await his.getByText('Thank you').waitFor();
    for (const place of [hers, his]) {
        assert.equal(await place.locator('li').count(), 2);
        await place.getByText('2 comments').first().waitFor();
    }
});

test('stream: older comments and posts come by pages', async () => {
    const text = `Much talked about ${freshId()}`;
    const id = await post(mary, text);
    await card(john, text).waitFor();
    for (let i = 1; i <= 5; i++) {
        const comment = { id: freshId(), text: `comment ${i}` };
        await ask(mary, 'POST', `/api/activities/${id}/comments`, comment);
    }
    for (let i = 0; i < 25; i++) {
        await post(mary, `filler ${i}`);
    }
    await john.goto('/');
    await card(john, 'filler 24').waitFor();
    assert.equal(await card(john, text).count(), 0);
    await john.getByRole('button', { name: 'Show older posts' }).click();
    const old = card(john, text);
    await old.waitFor();
    assert.equal(await old.locator('li').count(), 3);
    await old.getByRole('button', { name: 'Show 2 earlier comments' }).click();
    await until('all comments are there', async () => await old.locator('li').count() === 5);
});

test('stream: one deletes one\'s own, after a question, and it is gone for everybody', async () => {
    const text = `Not for long ${freshId()}`;
    await share(mary, text);
    await card(john, text).waitFor();
    assert.equal(await card(john, text).getByTitle('Delete this post').count(), 0);
    await card(mary, text).getByTitle('Delete this post').click();
    await card(mary, text).getByRole('button', { name: 'Cancel' }).click();
    await card(mary, text).getByTitle('Delete this post').click();
    await card(mary, text).getByRole('button', { name: 'Delete', exact: true }).click();
    await card(john, text).waitFor({ state: 'detached' });
    await card(mary, text).waitFor({ state: 'detached' });
});

test('stream: the author of a comment deletes it, others cannot', async () => {
    const text = `With a slip ${freshId()}`;
    const id = await post(mary, text);
    const said = { id: freshId(), text: 'A slip of the pen' };
    await ask(john, 'POST', `/api/activities/${id}/comments`, said);
    const [hers, his] = [card(mary, text), card(john, text)];
    await Promise.all([hers, his].map((one) => one.getByText(said.text).waitFor()));
    assert.equal(await hers.getByTitle('Delete this comment').count(), 0);
    await his.getByTitle('Delete this comment').click();
    await his.getByRole('button', { name: 'Delete', exact: true }).click();
    await Promise.all([hers, his].map((one) =>
        one.getByText(said.text).waitFor({ state: 'detached' })));
});

test('stream: what was missed during an interruption is there afterwards', async () => {
    await mary.goto('/');
    const line = await cuttable(john.context());
    await john.goto('/');
    await john.locator('vv-activity').first().waitFor();
    await line.cut();
    await john.locator('.banner').waitFor();
    const text = `While you were away ${freshId()}`;
    await share(mary, text);
    assert.equal(await card(john, text).count(), 0);
    line.mend();
    await card(john, text).waitFor();
    assert.equal(await card(john, text).count(), 1);
});

test('stream: a refused post is not lost, and the refusal is told in words', async () => {
    await mary.goto('/');
    await mary.route('**/api/activities', (route) => route.request().method() === 'POST'
        ? route.abort() : route.continue());
    const compose = mary.locator('.feed-compose');
    const text = `Try and try ${freshId()}`;
    await compose.locator('textarea').fill(text);
    await compose.getByRole('button', { name: 'Post' }).click();
    await mary.getByText('The server cannot be reached').waitFor();
    assert.equal(await compose.locator('textarea').inputValue(), text);
    await mary.unroute('**/api/activities');
    await compose.getByRole('button', { name: 'Post' }).click();
    await card(mary, text).waitFor();
    assert.equal(await compose.locator('textarea').inputValue(), '');
    mary.faults.length = 0; // The aborted request is named by the browser itself.
});

test('stream: the popover opens by keyboard, its buttons come next, Escape closes it', async () => {
    await john.goto('/');
    const name = john.locator('vv-activity vv-person.name', { hasText: 'Mary' }).first();
    await name.locator('a').first().focus();
    await john.keyboard.press('Shift+Tab');
    await john.keyboard.press('Tab');
    const popup = john.locator('vv-person-card');
    await popup.waitFor();
    const focused = () => john.evaluate(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) {
            at = at.shadowRoot.activeElement;
        }
        return at?.textContent.trim();
    });
    await john.keyboard.press('Tab');
    assert.match(await focused(), /^Mary/);
    await john.keyboard.press('Tab');
    assert.equal(await focused(), 'Chat');
    await john.keyboard.press('Tab');
    assert.equal(await focused(), 'Call');
    await john.keyboard.press('Escape');
    await popup.waitFor({ state: 'detached' });
});

test('stream: the popover opens by a tap, and stays inside 320 pixels', async () => {
    const context = await browser.newContext({ hasTouch: true, baseURL: server.origin,
        viewport: { width: 320, height: 640 }, locale: 'en-GB',
        storageState: await john.context().storageState() });
    const phone = await context.newPage();
    await phone.goto('/');
    await phone.locator('vv-activity vv-person.name a').first().tap();
    const popup = phone.locator('vv-person-card');
    await popup.getByRole('button', { name: 'Chat' }).waitFor();
    const box = await popup.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(wide, 320);
    assert.equal(new URL(phone.url()).pathname, '/');
    await popup.getByRole('button', { name: 'Chat' }).tap();
    await phone.waitForURL('**/chat/*');
    await context.close();
});

test('stream: the popover stays inside 320 pixels in French too, also when it grows', async () => {
    const anna = await signIn(browser, server, 'anna', '/',
        { viewport: { width: 320, height: 640 }, locale: 'fr-FR' });
    await anna.locator('vv-activity vv-person.name a', { hasText: 'Mary' }).first().focus();
    const popup = anna.locator('vv-person-card');
    await popup.getByRole('button', { name: /^Appeler/ }).waitFor();
    const inside = () => anna.locator('vv-person .card').evaluate((card) => {
        const { left, right } = card.getBoundingClientRect();
        return left >= 0 && right <= innerWidth;
    });
    await until('it is on the screen', inside);
    // What more is learnt of her makes the card wider.
    await popup.evaluate((card) => {
        card.style.display = 'block';
        card.style.width = '18rem';
    });
    await until('it is on the screen again', inside);
    await anna.context().close();
});

test('stream: nothing has failed meanwhile', () => {
    const faults = [...john.faults, ...mary.faults].filter((fault) =>
        !/ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket/.test(fault));
    assert.deepEqual(faults, []);
});
