// SPDX-License-Identifier: Apache-2.0
// Rows M25 to M30 of the acceptance table: IM accounts in the own settings and what follows of
// them, with the connector SIP.
import assert from 'node:assert/strict';
import { ask, follow } from '../portal.mjs';
import { until } from '../browser.mjs';

/** The type of the connector Meeting link. */
const OWN_LINK = 'My own meeting link';

const form = ({ mary }) => mary.locator('vv-im-accounts');
const field = (world, place) => form(world).locator('vv-field input').nth(place);
const press = (world, name) => form(world).getByRole('button', { name, exact: true });
const kept = async ({ mary }) => (await ask(mary, 'GET', '/api/me/accounts')).accounts;
const button = ({ john }) => john.locator('vv-page-profile vv-call-button').first();
const sip = (name) => `${name}@sip.example.org`;

async function save(world) {
    const answer = world.mary.waitForResponse((one) =>
        one.url().endsWith('/api/me/accounts') && one.request().method() === 'PUT');
    await press(world, 'Save').click();
    return (await answer).status();
}

/** SIP is on or off, the two have these accounts, Mary is in her settings, John on her profile. */
async function begin(world, { active = true, mary = [], john = [] } = {}) {
    await world.use('webrtc', 'sip');
    await world.accounts(world.mary, ...mary);
    await world.accounts(world.john, ...john);
    await world.use(...active ? ['webrtc', 'sip'] : ['webrtc']);
    await Promise.all([world.mary.goto('/settings'), world.john.goto('/people/mary')]);
    await world.mary.locator('.login-list li').first().waitFor();
    await button(world).getByRole('button').first().waitFor();
}

/** What the profile on the page says of one's kinds of accounts. */
const facts = (page) => page.locator('vv-page-profile dl').evaluate((list) =>
    [...list.querySelectorAll('dt')].filter((one) => one.innerText === 'SIP address')
        .map((one) => one.nextElementSibling.innerText));

const edited = [
    {
        name: 'M26: while no connector needs an account there is no field for one, and a call is '
            + 'possible',
        run: async (world) => {
            await begin(world, { active: false });
            assert.deepEqual(await ask(world.mary, 'GET', '/api/me/accounts'),
                { types: [], accounts: [] });
            assert.equal(await form(world).locator('form').count(), 0);
            assert.equal(await button(world).locator('.more').count(), 0);
        },
    },
    {
        name: 'M25: the types of connectors that are switched on are offered in the form',
        run: async (world) => {
            await begin(world);
            await press(world, 'Add an account').click();
            const offered = async () => (await form(world).locator('option').allTextContents())
                .map((one) => one.trim());
            assert.deepEqual(await offered(), ['SIP address']);
            await field(world, 0).fill(sip('mary'));
            assert.equal(await save(world), 204);
            assert.deepEqual(await kept(world), [{ type: 'sip', value: sip('mary') }]);
            await world.use('webrtc', 'sip', 'link');
            await world.mary.reload();
            await press(world, 'Add an account').click();
            assert.deepEqual((await offered()).slice(-2).sort(), [OWN_LINK, 'SIP address']);
        },
    },
    {
        name: 'M28: an invalid account is refused at its field and not kept',
        run: async (world) => {
            await begin(world, { mary: [sip('mary')] });
            await press(world, 'Add an account').click();
            await field(world, 1).fill('no address');
            assert.equal(await save(world), 400);
            await form(world).locator('.field-error')
                .getByText('Give it as name@host or name@host:port').waitFor();
            const first = form(world).locator('fieldset').nth(0);
            assert.equal(await first.locator('.field-error').count(), 0);
            assert.equal(await field(world, 1).getAttribute('aria-invalid'), 'true');
            assert.ok(await field(world, 1).evaluate((input) =>
                input === document.activeElement));
            assert.equal((await kept(world)).length, 1);
            await field(world, 1).fill(sip('second'));
            await form(world).locator('.field-error').waitFor({ state: 'detached' });
            assert.equal(await save(world), 204);
        },
    },
];

const used = [
    {
        name: 'M27: without an account on both sides there is no button of that connector',
        run: async (world) => {
            await begin(world, { mary: [sip('mary')] });
            assert.equal(await button(world).locator('.more').count(), 0, 'only Mary has one');
            await world.accounts(world.john, sip('john'));
            await world.john.reload();
            await button(world).locator('.more').waitFor();
            await follow(world.john, '/people/luc');
            await until('his button is there', async () =>
                await button(world).evaluate((one) => one.name) === 'luc');
            await button(world).getByRole('button').first().waitFor();
            assert.equal(await button(world).locator('.more').count(), 0, 'Luc has none');
        },
    },
    {
        name: 'M30: of two accounts of one type the first is used; edited and removed',
        run: async (world) => {
            await begin(world, { mary: [sip('mary'), sip('second')], john: [sip('john')] });
            const link = async () =>
                (await ask(world.john, 'GET', '/api/connectors/sip?callee=mary')).link;
            assert.equal(await link(), `sip:${sip('mary')}`);
            await field(world, 0).fill(sip('other'));
            assert.equal(await save(world), 204);
            assert.equal(await link(), `sip:${sip('other')}`);
            await press(world, 'Remove').first().click();
            assert.equal(await field(world, 0).inputValue(), sip('second'));
            assert.equal(await save(world), 204);
            assert.equal(await link(), `sip:${sip('second')}`);
            await world.mary.reload();
            assert.equal(await field(world, 0).inputValue(), sip('second'));
        },
    },
    {
        name: 'M29: accounts of a connector that is switched off are not given to pages',
        run: async (world) => {
            const { mary, john } = world;
            await begin(world, { mary: [sip('mary')], john: [sip('john')] });
            const shown = async () => JSON.stringify(await ask(john, 'GET', '/api/people/mary'));
            await button(world).locator('.more').waitFor();
            assert.match(await shown(), /"accounts":"sip"/);
            assert.deepEqual(await facts(john), [sip('mary')]);
            await world.use('webrtc');
            await button(world).locator('.more').waitFor({ state: 'detached' });
            assert.doesNotMatch(await shown(), /sip/);
            await john.reload();
            await john.locator('vv-page-profile h1').waitFor();
            assert.deepEqual(await facts(john), []);
            assert.doesNotMatch(await john.content(), /sip\.example\.org/);
            await mary.reload();
            await mary.locator('.login-list li').first().waitFor();
            await ask(mary, 'GET', '/api/me/accounts');
            assert.equal(await form(world).locator('form').count(), 0);
            assert.doesNotMatch(await mary.content(), /sip\.example\.org/);
        },
    },
];

export const accounts = [edited, used].flat();
