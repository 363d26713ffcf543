// SPDX-License-Identifier: Apache-2.0
// The servers that are compared, and the clients that speak to them (drive.c).
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Server, makeCertificate } from '../e2e/api/server.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const perPerson = 1000; // tabs of one person, the largest that the option allows
const shown = 25; // people on a page of the directory
process.setMaxListeners(50); // each server is killed when this ends early
const folder = mkdtempSync(join(os.tmpdir(), 'visavis-load-'));
const driver = join(folder, 'drive');
execFileSync('cc', ['-O2', '-D_GNU_SOURCE', '-o', driver, join(here, 'drive.c'), '-lssl',
    '-lcrypto']);

export const sleep = (ms) => new Promise((next) => setTimeout(next, ms));
/** In the text of a step: a fresh id in each round, and the name given with the pair. */
export const marks = { call: '@call@', callee: '@callee@' };

/** The clients of one server, in a process of their own. */
class Driver {
    count = 0;

    constructor(port, tls) {
        this.child = spawn(driver, [String(port), ...(tls ? ['tls'] : [])],
            { stdio: ['pipe', 'pipe', 'inherit'] });
        this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    }

    /** Gives how many texts, or rounds of steps, have been counted, and how many lines are open. */
    async tell(command) {
        this.child.stdin.write(`${command}\n`);
        const { value } = await this.answers.next();
        const [count, lines] = (value ?? 'fault').split(' ').map(Number);
        if (!Number.isFinite(count)) {
            throw new Error(`${command.slice(0, 60)}: ${value}`);
        }
        this.count = count;
        this.lines = lines;
    }

    async stop() {
        const exit = once(this.child, 'exit');
        this.child.stdin.end();
        await exit;
    }
}

class Side {
    get cpu() {
        const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1].split(' ');
        return (Number(stat[11]) + Number(stat[12])) / ticks;
    }

    get rss() {
        return Number(/VmRSS:\s+(\d+)/
            .exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))[1]);
    }

    /** Counted things for each second of the server's processor time, of which it has `seconds`. */
    async measure(seconds) {
        await this.driver.tell('run 300');
        const [count, cpu] = [this.driver.count, this.cpu];
        for (let i = 0; this.cpu - cpu < seconds; i++) {
            if (i === 100 || (i > 10 && this.driver.count === count)) {
                throw new Error(`${this.name}: too little in ${this.cpu - cpu} s`);
            }
            await this.driver.tell(`run ${seconds * 500}`);
        }
        return (this.driver.count - count) / (this.cpu - cpu);
    }

    /** Opens a socket and gives its number. */
    async open(path, cookie = '-') {
        await this.driver.tell(`open ${path} ${this.origin} ${cookie}`);
        return this.driver.lines - 1;
    }

    /** Sends a text; with `expected` it waits for a text that has it. */
    say(line, message, expected = '-') {
        return this.driver.tell(`say ${line} ${expected}\t${JSON.stringify(message)}`);
    }
}

export class Visavis extends Side {
    name = 'Visavis';
    own = true;

    static async start({ tls, pairs, idle }) {
        const side = new Visavis();
        side.pairs = pairs;
        side.shownOf = Math.max(idle, 2 * pairs);
        side.server = await Server.start({ tls, options: {
            'log.level': 'warn', 'signalling.resume_s': 1, 'signalling.rate_per_s': 10000,
            'signalling.burst': 10000, 'portal.candidates_max': 1000,
            'portal.calls_max': 1000000, 'portal.rejoin_ms': 1000,
            'portal.sessions_per_user_max': perPerson, 'http.connections_max': 100000,
            'http.connections_per_address_max': 100000,
        } });
        const root = await side.server.createAdministrator('root');
        side.people = [];
        for (let i = 0; i < 2 * pairs + Math.max(1, Math.ceil(idle / perPerson)); i++) {
            side.people.push(await side.server.createPerson(root, `person${i}`));
        }
        // A fresh process: the memory of hashing passwords would be taken again without being seen.
        await side.server.stop('SIGTERM', true);
        await side.server.run();
        side.pid = side.server.child.pid;
        process.on('exit', () => side.server.child.kill('SIGKILL'));
        side.origin = side.server.origin;
        side.driver = new Driver(side.server.port, tls);
        await sleep(500);
        side.rssAfterStart = side.rss;
        return side;
    }

    async tab(person, names) {
        const line = await this.open('/ws', this.people[person]);
        await this.say(line, { type: 'hello', id: 1, version: 1 }, '"welcome"');
        await this.say(line, { type: 'people.watch', id: 2, names }, '"people.are"');
        return line;
    }

    /** A tab with a page of the directory: each person is shown by as many tabs as a page has. */
    idle(i) {
        const names = Array.from({ length: shown },
            (_, k) => `person${(i * shown + k) % this.shownOf}`);
        return this.tab(2 * this.pairs + Math.floor(i / perPerson), names);
    }

    async pair(i) {
        return [await this.tab(2 * i, [this.callee(i)]), await this.tab(2 * i + 1, [])];
    }

    callee = (i) => `person${2 * i + 1}`;

    async stop() {
        await this.driver.stop();
        await this.server.stop();
    }
}

export class Relay extends Side {
    own = false;
    round = 0;

    static async start({ tls }, mode) {
        const side = new Relay();
        side.name = mode === 'same' ? 'ws, same work' : 'ws, bare';
        side.folder = mkdtempSync(join(folder, 'relay-'));
        const own = tls ? makeCertificate(side.folder, 'localhost') : undefined;
        side.child = spawn(process.execPath, [join(here, 'relay.mjs')], {
            env: { PATH: process.env.PATH, NODE_ENV: 'production', MODE: mode,
                ...(tls ? { CERT: own.cert, KEY: own.key } : {}) },
            stdio: ['ignore', 'pipe', 'inherit'],
        });
        side.pid = side.child.pid;
        process.on('exit', () => side.child.kill('SIGKILL'));
        const port = Number((await once(side.child.stdout, 'data'))[0]);
        side.origin = `http://localhost:${port}`;
        side.driver = new Driver(port, tls);
        await sleep(500);
        side.rssAfterStart = side.rss;
        return side;
    }

    idle() {
        return this.open('/ws');
    }

    async pair(i) {
        const path = `/ws?pair=${i}-${this.round++}`;
        const first = await this.open(path);
        this.round--;
        const second = await this.open(path);
        this.round++;
        return [first, second];
    }

    callee = () => 'nobody';

    async stop() {
        await this.driver.stop();
        const exit = once(this.child, 'exit');
        this.child.kill('SIGKILL');
        await exit;
    }
}

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
