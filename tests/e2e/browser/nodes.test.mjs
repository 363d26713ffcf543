// SPDX-License-Identifier: Apache-2.0
// N19: two browsers that the one name of the portal leads to different nodes.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { IS_DOOR, LEADS, Nodes } from '../api/nodes.mjs';
import { Postgres } from '../api/postgres.mjs';
import { cookieOf } from '../api/server.mjs';
import { closing, connected, johnAndMary, leaveAll, LIMIT_MS, mediaFlow, openBrowser, pressAnswer,
    pressCall, signIn, until } from './browser.mjs';

let postgres;
let nodes;
let leader;
let door;
let browsers;
before(async () => {
    postgres = await Postgres.start({ fast: true });
    nodes = await Nodes.start(postgres, 'nodes_browser', { demo: true,
        options: { 'metrics.address': '127.0.0.1', 'metrics.port': 0 } });
    [leader, door] = nodes.all;
    const there = `MAP localhost:${leader.port} 127.0.0.1:${door.port}`;
    browsers = await Promise.all([openBrowser(),
        openBrowser('chromium', 'fake', { resolve: there })]);
});
afterEach(async () => {
    for (const node of nodes.all.filter(({ child }) => child.signalCode !== null)) {
        await nodes.again(node); // A test has failed while it was away.
    }
    await leaveAll(nodes.all[0], ...browsers);
});
after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    assert.ok((await nodes.stop()).every((code) => code === 0));
    await postgres.stop();
});

/** How many connections the door has passed on. */
async function passed() {
    const port = /metrics can be read.*port=(\d+)/.exec(door.log)[1];
    const text = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text());
    assert.match(text, /^visavis_node_leads 0$/m);
    return Number(/^visavis_nodes_passed_total (\d+)$/m.exec(text)[1]);
}

const has = (page, text) => page.getByText(text).first().waitFor({ timeout: LIMIT_MS });

test('N19: the caller on one node, the callee on the other: each sees, hears and acts',
    async () => {
    assert.match(leader.log, LEADS);
    assert.match(door.log, IS_DOOR);
    const people = await johnAndMary(leader, browsers);
    assert.ok(await passed() > 0, 'nobody came through the door');
    const { caller, callee } = await connected(people);
    await callee.locator('[data-control=camera]').click();
    await caller.locator('vv-call-stage .face vv-avatar').waitFor({ timeout: LIMIT_MS });
    await callee.locator('[data-control=camera]').click();
    await caller.locator('vv-call-stage .face').waitFor({ state: 'detached', timeout: LIMIT_MS });
    await caller.locator('[data-control=microphone]').click();
    await has(callee, 'John Okafor is muted');
    await caller.locator('[data-control=microphone]').click();
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await closing(callee, () => callee.locator('button.control.end').click());
    await caller.locator('vv-call-message h1').waitFor({ timeout: LIMIT_MS });
});

test('N19: the callee calls back from the other node, and it is declined', async () => {
    const john = await signIn(browsers[0], leader, 'john');
    const mary = await signIn(browsers[1], leader, 'mary', '/people/john');
    const caller = await pressCall(mary);
    await john.locator('vv-incoming-call').getByRole('button', { name: 'Decline', exact: true })
        .click();
    await has(caller, 'has declined the call');
});

test('N19: a connector that is switched off on one node has no button on the other', async () => {
    const mary = await signIn(browsers[1], leader, 'mary', '/people/john');
    const button = mary.locator('vv-call-button button').first();
    await button.waitFor();
    const cookie = cookieOf(await leader.login('anna', 'visavis-demo'));
    const put = (active) => leader.request('PUT', '/api/admin/connectors/webrtc',
        { cookie, body: { active } });
    assert.equal((await put(false)).status, 204);
    await button.waitFor({ state: 'detached', timeout: LIMIT_MS });
    assert.equal((await put(true)).status, 204);
    await button.waitFor({ timeout: LIMIT_MS });
});

test('N19: the node with the portal dies in a call: it goes on, and hanging up works', async () => {
    const people = await johnAndMary(leader, browsers);
    const { caller, callee } = await connected(people);
    await nodes.kept('active');
    const from = door.log.length;
    await leader.stop('SIGKILL', true);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await until('the other node has the call', () =>
        /call taken up again/.test(door.log.slice(from)));
    await nodes.again(leader);
    assert.match(leader.log, IS_DOOR);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await closing(caller, () => caller.locator('button.control.end').click());
    await callee.locator('vv-call-message h1').waitFor({ timeout: LIMIT_MS });
});

test('N19: a call rings through the end of its node and is answered at the next one', async () => {
    [leader, door] = [door, leader];
    const { john, mary } = await johnAndMary(leader, browsers);
    const caller = await pressCall(john);
    await mary.locator('vv-incoming-call').waitFor();
    await nodes.kept('ringing');
    const from = door.log.length;
    await leader.stop('SIGKILL', true);
    await until('the next node has the portal', () => LEADS.test(door.log.slice(from)));
    await nodes.again(leader);
    const callee = await pressAnswer(mary);
    await Promise.all([mediaFlow(caller), mediaFlow(callee)]);
    await closing(callee, () => callee.locator('button.control.end').click());
});
