// SPDX-License-Identifier: Apache-2.0
// N18: the server is killed in the middle of a call. Pictures and sound go on, the call is known
// again after the next start, and hanging up works.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Server } from '../api/server.mjs';
import { closing, connected, johnAndMary, leaveAll, LIMIT_MS, mediaFlow, openBrowser, pressCall,
    signIn } from './browser.mjs';
import { cuttable } from './portal.mjs';

let server;
let browsers;
before(async () => {
    server = await Server.start({ demo: true });
    browsers = await Promise.all([openBrowser(), openBrowser()]);
});
afterEach(async () => {
    if (server.child.signalCode !== null) {
        await server.run(true); // A test has failed while it was away.
    }
    await leaveAll(server, ...browsers);
});
after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    assert.equal(await server.stop(), 0);
});

test('N18: a call goes on over a kill of the server, and ends when one hangs up', async () => {
    const people = await johnAndMary(server, browsers);
    const { caller, callee } = await connected(people);

    server.args.push('--set', `listen.port=${server.port}`);
    await server.stop('SIGKILL', true);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]); // without any server
    await server.run(true);
    assert.match(server.log, /call taken up again/);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);

    // What is pressed takes effect as soon as the page is back.
    await closing(caller, () => caller.locator('button.control.end').click());
    await callee.locator('vv-call-message h1').waitFor({ timeout: LIMIT_MS });
    assert.equal(await callee.locator('button.control.end').count(), 0);
    const history = await callee.evaluate(() =>
        fetch('/api/calls').then((answer) => answer.json()));
    assert.equal(history.calls[0].reason, 'hung-up');
    await people.close?.();
});

test('N18: a call right after a start rings at a page that comes later', async () => {
    let line;
    const prepare = async (context) => (line = await cuttable(context));
    const mary = await signIn(browsers[1], server, 'mary', '/people', { prepare });
    const john = await signIn(browsers[0], server, 'john', '/people/mary');
    await john.locator('vv-call-button button').first().waitFor();
    server.args.push('--set', `listen.port=${server.port}`);
    await server.stop('SIGKILL', true);
    await line.cut(); // As long as it waits to try again.
    await server.run(true);
    const caller = await pressCall(john);
    await caller.getByText('Calling Mary Whitfield').waitFor();
    line.mend();
    await mary.locator('vv-incoming-call').waitFor();
    await closing(caller, () => caller.locator('button.control.end').click());
    await mary.locator('vv-incoming-call').waitFor({ state: 'detached' });
});

test('N18, part 7: a hang-up pressed while the server is away takes effect after, and then '
    + 'everybody can call again', async () => {
    const people = await johnAndMary(server, browsers);
    const { caller, callee } = await connected(people);
    await server.stop('SIGKILL', true);
    await caller.locator('button.control.end').click();
    await caller.getByText('You have ended the call.').waitFor();
    await caller.getByText('The server is away for the moment.').waitFor();
    assert.equal(caller.isClosed(), false);
    await closing(caller, () => server.run(true)); // It has told it, and goes.
    await callee.getByText('has ended the call').waitFor({ timeout: LIMIT_MS });
    await callee.close();
    // The page that called knows of the end when it is back, too.
    await people.john.locator('vv-call-button button[title*="It rings"]').first().waitFor();
    const again = await connected(people);
    await again.caller.locator('button.control.end').click();
    await people.close?.();
});
