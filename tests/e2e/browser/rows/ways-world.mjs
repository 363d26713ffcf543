// SPDX-License-Identifier: Apache-2.0
// What the rows about the ways to call run in: a server, one browser of either kind with John and
// Mary in it, and the connectors as a row wants them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { cookieOf, Server } from '../../api/server.mjs';
import { endAll, openBrowser, signIn } from '../browser.mjs';

const CONNECTORS = '/api/admin/connectors';
export const MEETINGS = 'https://meet.example.org/';

export class Ways {
    static async open(kind) {
        const world = new Ways();
        world.kind = kind;
        world.server = await Server.start({ demo: true });
        world.anna = cookieOf(await world.server.login('anna', 'visavis-demo'));
        world.atFirst = await world.settings();
        await world.change('link', { values: { template: `${MEETINGS}{room}` } });
        world.browser = await openBrowser(kind, 'tone');
        world.mary = await signIn(world.browser, world.server, 'mary');
        world.john = await signIn(world.browser, world.server, 'john', '/people/mary');
        return world;
    }

    async close() {
        await this.browser?.close();
        assert.equal(await this.server?.stop(), 0);
    }

    /** What the administrator has set: {connectors: name -> whether it is on, phones}. */
    async settings() {
        const { json } = await this.server.request('GET', CONNECTORS, { cookie: this.anna });
        const connectors = json.connectors.map(({ name, active }) => [name, active]);
        return { connectors: Object.fromEntries(connectors), phones: json.phones };
    }

    async change(connector, body) {
        const { status, text } = await this.server.request('PUT', `${CONNECTORS}/${connector}`,
            { cookie: this.anna, body });
        assert.equal(status, 204, text);
    }

    /** Switches exactly these on. */
    async use(...names) {
        for (const [name, active] of Object.entries((await this.settings()).connectors)) {
            if (active !== names.includes(name)) {
                await this.change(name, { active: !active });
            }
        }
    }

    /** The person of the page has these addresses of SIP, the first of which is used. */
    async accounts(page, ...values) {
        const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`)
            .join('; ');
        const body = { accounts: values.map((value) => ({ type: 'sip', value })) };
        const { status, text } = await this.server.request('PUT', '/api/me/accounts',
            { cookie, body });
        assert.equal(status, 204, text);
    }

    /** Nobody calls, and there are no windows but those of the two and of a row's own people. */
    ready() {
        return endAll(this.server, this.john, this.mary, ...this.own ?? []);
    }
}

/**
 * Runs tables of rows {name, run(world)} in a browser of the kind; `kinds`: in which alone, for
 * what goes beyond the sentence of the row.
 */
export function runWays(kind, ...tables) {
    const sign = kind === 'firefox' ? ' (Firefox)' : '';
    describe(`ways to call in ${kind}`, () => {
        let world;
        before(async () => {
            world = await Ways.open(kind);
        });
        after(() => world?.close());
        const own = tables.flat().filter(({ kinds = [kind] }) => kinds.includes(kind));
        for (const { name, run } of own) {
            test(name + sign, async () => {
                await world.ready();
                await run(world);
            });
        }
    });
}
