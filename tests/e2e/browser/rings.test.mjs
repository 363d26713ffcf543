// SPDX-License-Identifier: Apache-2.0
// Where and how a call rings, as both sides are told: Mary has a laptop and a phone (two sign-ins),
// John reads on which of them it rings.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { endAll, mediaFlow, openBrowser, pressCall, signIn, until, watchPeers }
    from './browser.mjs';
import { follow } from './portal.mjs';
import { answerAndStop, promised, STOP_MS } from './rows/world.mjs';

const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 '
    + '(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';

let server;
let browsers;
let john;
let laptop;
let phone;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
    john = await signIn(browsers[0], server, 'john', '/people/mary');
    laptop = await signIn(browsers[1], server, 'mary');
    phone = await signIn(browsers[1], server, 'mary', '/people', { userAgent: PHONE });
    await Promise.all([john, laptop, phone].map((page) => watchPeers(page.context())));
});
afterEach(() => endAll(server, john, laptop, phone));
after(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

const card = (page) => page.locator('vv-incoming-call');
const gone = (page) => card(page).waitFor({ state: 'detached' });
const line = (caller) => caller.locator('vv-call-stage .line');
const press = (page, name, options) =>
    card(page).getByRole('button', { name, exact: true }).click(options);

async function ring() {
    await john.bringToFront();
    const caller = await pressCall(john);
    await Promise.all([laptop, phone].map((page) => card(page).waitFor()));
    return caller;
}

async function cancel(caller) {
    await caller.locator('button.control.end').click();
    await Promise.all([laptop, phone].map(gone));
    await until('the window is gone', () => caller.isClosed());
}

test('part 1: the caller reads on which devices it rings', async () => {
    await laptop.locator('h1').click();
    await phone.locator('h1').click(); // From a click on, each may sound.
    const caller = await ring();
    await until('both are named', async () => {
        const text = await line(caller).textContent();
        return /^Ringing on /.test(text) && /Chrome on Linux/.test(text)
            && /Safari on iPhone/.test(text);
    });
    await cancel(caller);
});

test('part 1, N21: a page that may not sound shows it, and the caller is told so until a click',
    async () => {
        await laptop.goto('/people');
        await phone.reload(); // Now the browser lets neither of them sound before a click.
        await Promise.all([laptop, phone].map((page) =>
            page.locator('vv-person-row').first().waitFor()));
        const caller = await ring();
        await card(phone).getByText('Sound is blocked – click to hear').waitFor();
        await until('it is said', async () =>
            /^Shown on .*without sound/.test(await line(caller).textContent()));
        await card(phone).getByText('Sound is blocked – click to hear').click();
        await until('the phone rings', async () =>
            /^Ringing on Safari on iPhone/.test(await line(caller).textContent()));
        await cancel(caller);
    });

test('part 1: Ignore here takes card and ring from one device, the other still rings', async () => {
    const second = await phone.context().newPage();
    await second.goto('/people');
    const caller = await ring();
    await card(second).waitFor();
    await press(phone, 'Ignore here');
    await Promise.all([gone(phone), gone(second)]);
    assert.equal(await card(laptop).count(), 1);
    await line(caller).waitFor(); // It still rings for the caller.
    assert.equal(await caller.locator('vv-call-message').count(), 0);
    await phone.reload();
    await phone.locator('vv-person-row').first().waitFor();
    assert.equal(await card(phone).count(), 0);
    await second.close();
    await cancel(caller);
});

test('part 1: answered on one device, the others stop within 1 s and say where', async () => {
    let caller;
    let callee;
    await promised(STOP_MS, async () => {
        await endAll(server, john, laptop, phone); // Of a try before.
        caller = await ring();
        const answered = await answerAndStop(laptop, [laptop, phone]);
        callee = answered.callee;
        return answered.ms;
    });
    await phone.getByText('Answered on Chrome on Linux').waitFor();
    assert.equal(await laptop.getByText('Answered on').count(), 0);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await caller.locator('button.control.end').click();
    await callee.locator('vv-call-message').waitFor();
    await callee.close();
    await until('the window is gone', () => caller.isClosed());
});

test('N6: an answer and a refusal at the same moment: one wins, the other is told', async () => {
    const caller = await ring();
    // The refusal may take the card away before the press of Answer has reached it: either is a
    // person who came too late, and then no window opens.
    const pressed = await Promise.all([[laptop, 'Answer'], [phone, 'Decline']].map(
        ([page, name]) => press(page, name, { timeout: 5000 }).then(() => name, () => '')));
    assert.notEqual(pressed.join(''), '');
    await Promise.all([laptop, phone].map(gone));
    const declined = caller.getByText('has declined the call');
    const active = caller.getByRole('timer');
    await declined.or(active).first().waitFor();
    const windows = () => laptop.context().pages().filter((page) => page !== laptop);
    if (await declined.count() > 0) {
        for (const callee of windows()) { // It was opened in the click, and is told.
            await callee.getByText('You have declined the call on another device')
                .or(callee.getByText('You have declined the call.'))
                .or(callee.getByText('This call is over')).first().waitFor();
        }
    } else {
        await phone.getByText('Answered on Chrome on Linux').waitFor();
        await Promise.all([caller, ...windows()].map((page) => mediaFlow(page)));
    }
});

test('nothing has failed meanwhile', async () => {
    await follow(laptop, '/chat');
    for (const page of [john, laptop, phone]) {
        assert.deepEqual(page.faults, []);
    }
});
