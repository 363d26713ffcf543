// SPDX-License-Identifier: Apache-2.0
// How fast tabs are back after the server was killed: 5,000 of them (--tabs), each in its session
// with the people that its page shows, come back as the portal's pages do: at times by chance that
// grow while nobody answers. --plain: without TLS. --clients: so many programs have the tabs, since
// one spends longer on its side of the handshakes than the server on all. --write puts the table
// into docs/performance.md.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../e2e/api/freeport.mjs';
import { Server } from '../e2e/api/server.mjs';
import { nowMs } from './backtabs.mjs';
import { ownCircumstances, format, here, median, writeTable } from './table.mjs';

const { values } = parseArgs({ options: {
    tabs: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '3' },
    clients: { type: 'string', default: '4' },
    plain: { type: 'boolean', default: false }, write: { type: 'boolean', default: false },
} });
const TABS = Number(values.tabs);
const PER_PERSON = 50;
const SHOWN = 25;
const LIMIT_MS = 180_000; // for a machine with other work
const secure = !values.plain;
const sleep = (ms) => new Promise((next) => setTimeout(next, ms));

/** Some of the tabs, in a program of their own. */
class Clients {
    constructor(server, tabs) {
        this.child = fork(join(here, 'backtabs.mjs'));
        this.child.send({ port: server.url.port, host: server.url.host, origin: server.origin,
            secure, tabs });
    }

    /** When each of them was there, the first time after `since`. */
    async there(since) {
        this.child.send({ since });
        const [{ backs }] = await once(this.child, 'message',
            { signal: AbortSignal.timeout(LIMIT_MS) });
        return backs;
    }

    leave() {
        this.child.disconnect();
    }
}

const cpuMs = (server) => {
    const fields = readFileSync(`/proc/${server.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
};

/** How long /healthz takes meanwhile; gives what ends it and tells. */
function watchHealth(origin) {
    const child = spawn(process.execPath, [join(here, 'health.mjs'), origin],
        { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (data) => (text += data));
    return async () => {
        child.stdin.end();
        await once(child, 'close');
        return JSON.parse(text);
    };
}

async function round(server, clients) {
    const exited = once(server.child, 'exit');
    server.child.kill('SIGKILL');
    await exited;
    await sleep(500);
    await server.run();
    const ready = nowMs();
    const cpu = cpuMs(server);
    const told = [server.origin, `http://127.0.0.1:${metricsPort}`].map(watchHealth);
    const all = await Promise.all(clients.map((one) => one.there(ready)));
    const spent = cpuMs(server) - cpu;
    const [health, inner] = await Promise.all(told.map((tell) => tell()));
    const backs = all.flat().map((back) => back - ready);
    return { all: Math.max(...backs), half: median(backs), cpu: spent / TABS,
        health: Math.max(...health), healthMedian: median(health),
        inner: Math.max(...inner), innerMedian: median(inner) };
}

const loadBefore = os.loadavg()[0];
const port = await freePort();
const metricsPort = await freePort();
const server = await Server.start({ tls: secure, options: { 'listen.port': port,
    'metrics.address': '127.0.0.1', 'metrics.port': metricsPort,
    'log.level': 'warn', 'portal.sessions_per_user_max': PER_PERSON,
    'portal.sessions_max': TABS + 100, 'http.connections_max': 100000,
    'http.connections_per_address_max': 100000 } });
try {
    const root = await server.createAdministrator('root');
    const people = [];
    for (let i = 0; i < Math.ceil(TABS / PER_PERSON); i++) {
        people.push(await server.createPerson(root, `person${i}`));
    }
    const tabs = Array.from({ length: TABS }, (_, i) => ({
        cookie: people[Math.floor(i / PER_PERSON)],
        names: Array.from({ length: SHOWN }, (_, k) => `person${(i * SHOWN + k) % people.length}`),
    }));
    const each = Math.ceil(TABS / Number(values.clients));
    const clients = Array.from({ length: Number(values.clients) }, (_, i) =>
        new Clients(server, tabs.slice(i * each, (i + 1) * each)));
    await Promise.all(clients.map((one) => one.there(0)));
    const results = [];
    for (let i = 0; i < Number(values.rounds); i++) {
        results.push(await round(server, clients));
        console.error(results.at(-1));
    }
    clients.forEach((one) => one.leave());
    const row = (title, goal, key, digits) => `| ${title} | ${goal} `
        + `| ${format(median(results.map((each) => each[key])), digits)} `
        + `| ${format(Math.max(...results.map((each) => each[key])), digits)} |`;
    const table = [`| ${format(TABS, 0)} tabs${secure ? ', TLS' : ''} | goal | median | worst |`,
        '|---|---:|---:|---:|', row('ready to the last tab back, ms', '5,000', 'all', 0),
        row('ready to half of them back, ms', '', 'half', 0),
        row('processor of the server a tab, ms', secure ? '' : '0.25', 'cpu', 2),
        row('slowest answer of /healthz at `metrics.address`, ms', '250', 'inner', 0),
        row('median answer there, ms', '', 'innerMedian', 1),
        row('slowest answer of /healthz at the port of the pages, ms', '', 'health', 0),
        row('median answer there, ms', '', 'healthMedian', 1), '',
        `${results.length} kills. ${ownCircumstances(loadBefore)}`].join('\n');
    console.log(table);
    if (values.write) {
        writeTable(secure ? 'back-tls' : 'back', table);
    }
} finally {
    await server.stop('SIGKILL');
}
