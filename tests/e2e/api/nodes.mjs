// SPDX-License-Identifier: Apache-2.0
// Nodes: servers on one database of PostgreSQL, of which one has the portal. Each listens at a port
// of its own, and all have the one origin, as behind a name with several addresses.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './freeport.mjs';
import { Server, until } from './server.mjs';

export const LEADS = /this node has the portal now/;
export const IS_DOOR = /another node has the portal: this one is a door/;

export class Nodes {
    all = [];

    /** `count` nodes on a fresh database of `postgres`; the first one has the portal. */
    static async start(postgres, name, { count = 2, options = {}, demo = false } = {}) {
        const nodes = new Nodes();
        nodes.folder = mkdtempSync(join(tmpdir(), 'visavis-nodes-'));
        nodes.postgres = postgres;
        nodes.database = name;
        nodes.keyFile = join(nodes.folder, 'key');
        nodes.key = randomBytes(32);
        writeFileSync(nodes.keyFile, nodes.key, { mode: 0o600 });
        const ports = await freePorts(2 * count);
        const url = postgres.createDatabase(name);
        for (let i = 0; i < count; i++) {
            const node = await Server.start({ demo, options: { 'store.url': url,
                origin: `http://localhost:${ports[0]}`, 'listen.port': ports[2 * i],
                'cluster.address': `127.0.0.1:${ports[2 * i + 1]}`,
                'cluster.key_file': nodes.keyFile, ...options } });
            node.port = ports[2 * i];
            node.link = ports[2 * i + 1];
            nodes.all.push(node);
        }
        return nodes;
    }

    /** Comes when so many calls of that state are in the database: such a one outlives its node. */
    kept(state, count = 1) {
        const where = { ringing: 'answered_at_ms = 0', active: 'active_at_ms <> 0' }[state];
        return until(() => Number(this.postgres.ask(this.database,
            `SELECT count(*) FROM calls WHERE ended_at_ms = 0 AND ${where}`)) === count, 20_000,
        `${count} calls that are ${state}`);
    }

    /** Starts one again that has ended. */
    async again(node) {
        const { port } = node;
        node.log = '';
        await node.run();
        node.port = port;
    }

    async stop() {
        const codes = [];
        const leads = this.postgres.ask(this.database, 'SELECT address FROM visavis_leader');
        const isDoor = ({ link }) => leads !== `127.0.0.1:${link}`;
        // Doors first: none becomes the leader for a moment.
        for (const node of [...this.all.filter(isDoor), ...this.all.filter((n) => !isDoor(n))]) {
            if (node.child.exitCode === null && node.child.signalCode === null) {
                codes.push(await node.stop());
            }
        }
        rmSync(this.folder, { recursive: true, force: true });
        return codes;
    }
}

/** Comes when the node answers requests of the portal. */
export const serves = (node, ms = 20_000) => until(async () => {
    const answer = await node.request('GET', '/api/me').catch(() => undefined);
    return answer?.status === 401;
}, ms, 'that the portal answers');
