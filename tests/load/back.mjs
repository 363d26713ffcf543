// SPDX-License-Identifier: Apache-2.0
// How fast tabs are back after the server was killed: 5,000 of them (--tabs), each in its session
// with the people that its page shows, come back as the portal's pages do: at times by chance that
// grow while nobody answers. --plain: without TLS. --write puts the table into docs/performance.md.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../e2e/api/freeport.mjs';
import { Server, until } from '../e2e/api/server.mjs';
import { frame } from '../e2e/api/tab.mjs';
import { circumstances, format, here, median, writeTable } from './table.mjs';

const { values } = parseArgs({ options: {
    tabs: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '3' },
    plain: { type: 'boolean', default: false }, write: { type: 'boolean', default: false },
} });
const TABS = Number(values.tabs);
const PER_PERSON = 50;
const SHOWN = 25;
const RETRY_FIRST_MS = 200; // as web/src/protocol/connection.ts
const RETRY_LAST_MS = 5000;
const LIMIT_MS = 60_000;
const secure = !values.plain;
const sleep = (ms) => new Promise((next) => setTimeout(next, ms));

/** A tab that only wants to be there. */
class Tab {
    back = 0; // when it had its people again
    retryMs = RETRY_FIRST_MS;
    #input = Buffer.alloc(0);

    constructor(server, cookie, names, session) {
        Object.assign(this, { server, cookie, names, session });
    }

    connect() {
        const { port, url } = this.server;
        const key = randomBytes(16).toString('base64');
        this.back = 0;
        this.step = undefined;
        this.#input = Buffer.alloc(0);
        this.socket = secure ? tls.connect({ port, host: '127.0.0.1', servername: 'localhost',
            rejectUnauthorized: false, session: this.session }) : net.connect(port, '127.0.0.1');
        this.socket.on('session', (session) => (this.session = session));
        this.socket.on(secure ? 'secureConnect' : 'connect', () => this.socket.write(
            `GET /ws HTTP/1.1\r\nHost: ${url.host}\r\nOrigin: ${url.origin}\r\n`
            + 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
            + `Sec-WebSocket-Key: ${key}\r\nCookie: ${this.cookie}\r\n\r\n`));
        this.socket.on('data', (data) => this.#read(data));
        this.socket.on('error', () => {});
        this.socket.on('close', () => {
            if (!this.ends) {
                setTimeout(() => this.connect(), this.retryMs * (0.5 + Math.random() / 2));
                this.retryMs = Math.min(this.retryMs * 2, RETRY_LAST_MS);
            }
        });
    }

    #say(message) {
        this.socket.write(frame(1, JSON.stringify(message)));
    }

    /** What it waits for is told by words that stand in no other message. */
    #read(data) {
        this.#input = Buffer.concat([this.#input, data]);
        const has = (text) => {
            const found = this.#input.includes(text);
            this.#input = found ? Buffer.alloc(0) : this.#input;
            return found;
        };
        if (this.step === undefined && has('\r\n\r\n')) {
            this.step = 'hello';
            this.#say({ type: 'hello', id: 1, version: 1 });
        } else if (this.step === 'hello' && has('"welcome"')) {
            this.step = 'watch';
            this.#say({ type: 'people.watch', id: 2, names: this.names });
        } else if (this.step === 'watch' && has('"people.are"')) {
            this.step = 'there';
            this.retryMs = RETRY_FIRST_MS;
            this.back = performance.now();
        } else if (this.step === 'there') {
            this.#input = Buffer.alloc(0);
        }
    }

    leave() {
        this.ends = true;
        this.socket.destroy();
    }
}

const cpuMs = (server) => {
    const fields = readFileSync(`/proc/${server.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
};

/** How long /healthz takes meanwhile; gives what ends it and tells. */
function watchHealth(server) {
    const child = spawn(process.execPath, [join(here, 'health.mjs'), server.origin],
        { stdio: ['pipe', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (data) => (text += data));
    return async () => {
        child.stdin.end();
        await once(child, 'close');
        return JSON.parse(text);
    };
}

async function round(server, tabs) {
    const exited = once(server.child, 'exit');
    server.child.kill('SIGKILL');
    await exited;
    await sleep(500);
    await server.run();
    const ready = performance.now();
    const cpu = cpuMs(server);
    const told = watchHealth(server);
    await until(() => tabs.every((tab) => tab.back > ready), LIMIT_MS, 'all tabs to be back');
    const spent = cpuMs(server) - cpu;
    const health = await told();
    const backs = tabs.map((tab) => tab.back - ready);
    return { all: Math.max(...backs), half: median(backs), cpu: spent / TABS,
        health: Math.max(...health), healthMedian: median(health) };
}

const loadBefore = os.loadavg()[0];
const port = await freePort();
const server = await Server.start({ tls: secure, options: { 'listen.port': port,
    'log.level': 'warn', 'portal.sessions_per_user_max': PER_PERSON,
    'portal.sessions_max': TABS + 100, 'http.connections_max': 100000,
    'http.connections_per_address_max': 100000 } });
try {
    const root = await server.createAdministrator('root');
    const people = [];
    for (let i = 0; i < Math.ceil(TABS / PER_PERSON); i++) {
        people.push(await server.createPerson(root, `person${i}`));
    }
    const tabs = Array.from({ length: TABS }, (_, i) => new Tab(server,
        people[Math.floor(i / PER_PERSON)],
        Array.from({ length: SHOWN }, (_, k) => `person${(i * SHOWN + k) % people.length}`)));
    for (const tab of tabs) {
        tab.connect();
        await sleep(1);
    }
    await until(() => tabs.every((tab) => tab.back > 0), LIMIT_MS, 'all tabs');
    const results = [];
    for (let i = 0; i < Number(values.rounds); i++) {
        results.push(await round(server, tabs));
        console.error(results.at(-1));
    }
    tabs.forEach((tab) => tab.leave());
    const row = (title, goal, key, digits) => `| ${title} | ${goal} `
        + `| ${format(median(results.map((each) => each[key])), digits)} `
        + `| ${format(Math.max(...results.map((each) => each[key])), digits)} |`;
    const table = [`| ${format(TABS, 0)} tabs${secure ? ', TLS' : ''} | goal | median | worst |`,
        '|---|---:|---:|---:|', row('ready to the last tab back, ms', '5,000', 'all', 0),
        row('ready to half of them back, ms', '', 'half', 0),
        row('processor of the server a tab, ms', secure ? '' : '0.25', 'cpu', 2),
        row('slowest answer of /healthz meanwhile, ms', '250', 'health', 0),
        row('median answer of /healthz meanwhile, ms', '', 'healthMedian', 1), '',
        `${results.length} kills. ${circumstances(loadBefore)}`].join('\n');
    console.log(table);
    if (values.write) {
        writeTable(secure ? 'back-tls' : 'back', table);
    }
} finally {
    await server.stop('SIGKILL');
}
