// SPDX-License-Identifier: Apache-2.0
// Starts the real binary (VISAVIS_BIN) on an own folder and a free port, and speaks to it.
import { spawn, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const binary = resolve(root, process.env.VISAVIS_BIN ?? 'build/src/app/visavis');
/** tests/fault/manager.c: keeps the listening sockets over a restart, as systemd does. That of the
 *  same build, or of `build` when the program was built alone. */
const beside = resolve(binary, '../../../tests/fault/manager');
export const manager = existsSync(beside) ? beside : resolve(root, 'build/tests/fault/manager');
export const password = 'correct horse battery';

/** A certificate for localhost, made anew. */
export function makeCertificate(folder, name) {
    const cert = join(folder, `${name}.crt`);
    const key = join(folder, `${name}.key`);
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
        'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-addext',
        'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { cert, key };
}

const START_MS = 60_000; // generous: sanitizers, and everybody else on the machine
const ANSWER_MS = 60_000;
const STOP_MS = 60_000; // longer than any drain of the tests
/** Further options of every server, as a sanitizer needs them: `name=value name=value`. */
export const FURTHER = (process.env.VISAVIS_SET ?? '').split(' ').filter((word) => word !== '')
    .flatMap((word) => ['--set', word]);
/** A PostgreSQL, as postgresql://name@host:port: every server then keeps what it has there, in a
 *  database of its own; empty: each in the file of its folder. */
export const STORE = process.env.VISAVIS_TEST_STORE ?? '';
/** Those of this process that live: none outlives it, whatever goes wrong. */
const living = new Set();
process.on('exit', () => living.forEach((child) => child.kill('SIGKILL')));

/** The database that goes with a folder of data; made when it is not there. */
function databaseOf(folder) {
    const name = basename(folder).replaceAll(/\W/g, '_');
    const ask = (sql) => execFileSync('psql', ['-XAtqc', sql, `${STORE}/postgres`],
        { encoding: 'utf8', timeout: 60_000 }).trim();
    if (ask(`SELECT count(*) FROM pg_database WHERE datname = '${name}'`) === '0') {
        ask(`CREATE DATABASE "${name}"`);
    }
    return `${STORE}/${name}`;
}

/** The promise, or the failure `what` after `ms`. */
export function within(ms, promise, what) {
    let timer;
    const late = new Promise((_, failed) => {
        timer = setTimeout(() => failed(new Error(`${what}: not within ${ms} ms`)), ms);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export class Server {
    log = '';
    output = [];

    /** `options` are lines of the configuration file, by name; `args` go to the command line. */
    static async start({ options = {}, args = [], tls = false, demo = false, data,
        managed = false } = {}) {
        const server = new Server();
        server.managed = managed;
        server.args = args;
        server.folder = data ?? mkdtempSync(join(tmpdir(), 'visavis-api-'));
        server.tls = tls;
        // Tests call the same few people again and again.
        server.options = { 'listen.port': 0, 'portal.unanswered_max': 1000,
            'portal.calls_per_minute': 100000, 'portal.stranger_calls_per_hour': 100000,
            ...(STORE === '' ? {} : { 'store.url': databaseOf(server.folder) }), ...options };
        if (tls) {
            const { cert, key } = makeCertificate(server.folder, 'localhost');
            Object.assign(server.options, { 'tls.cert': cert, 'tls.key': key });
        }
        server.config = join(server.folder, 'visavis.conf');
        writeFileSync(server.config, Object.entries(server.options)
            .map(([name, value]) => `${name} = ${value}\n`).join(''));
        await server.run(demo);
        return server;
    }

    async run(demo = false) {
        const args = ['serve', '--config', this.config, '--data', this.folder, ...this.args,
            ...FURTHER];
        const words = [binary, ...args, ...(demo ? ['--demo'] : [])];
        const [program, ...rest] = this.managed ? [manager, ...words] : words;
        this.child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
        this.child.stderr.setEncoding('utf8').on('data', (text) => (this.log += text));
        living.add(this.child);
        this.exited = once(this.child, 'exit');
        this.exited.then(() => living.delete(this.child), () => living.delete(this.child));
        this.output = [];
        try {
            await within(START_MS, this.#ready(), 'the server is ready');
        } catch (error) {
            this.child.kill('SIGKILL'); // or it would keep this process from its end
            throw error;
        }
        this.origin = this.url.origin;
        this.port = Number(this.url.port);
        this.firstLink = this.output.find((line) => line.includes('/join/'));
    }

    #ready() {
        const lines = createInterface({ input: this.child.stdout });
        return new Promise((ready, failed) => {
            lines.on('line', (line) => {
                this.output.push(line);
                const url = /^visavis is ready at (\S+)$/.exec(line)?.[1];
                if (url !== undefined) {
                    this.url = new URL(url);
                    ready();
                }
            });
            this.child.on('error', failed);
            this.child.on('exit', (code) => failed(new Error(`exit ${code}: ${this.log}`)));
        });
    }

    /** Ends by a signal and gives the exit code. */
    async stop(signal = 'SIGTERM', keep = false) {
        if (this.child.exitCode === null && this.child.signalCode === null) {
            this.child.kill(signal);
        }
        const [code, by] = await within(STOP_MS, this.exited, 'the server ends').catch((error) => {
            this.child.kill('SIGKILL');
            throw error;
        });
        const report = this.log.search(/==\d+==ERROR|runtime error/);
        if (report >= 0) {
            console.error(this.log.slice(report, report + 6000));
        }
        if (!keep) {
            rmSync(this.folder, { recursive: true, force: true });
        }
        return code ?? by;
    }

    /** A managed server is replaced by a new one; comes when that is ready. */
    async restart(signal = 'SIGHUP') {
        const before = this.output.length;
        this.child.kill(signal);
        await until(() => this.output.slice(before).some((line) => /is ready at/.test(line)),
            60_000, 'the next server');
    }

    /** Statements beside it, or while it is stopped, on whichever store it has. */
    sql(text) {
        const [program, ...args] = STORE === ''
            ? ['python3', '-c', 'import sqlite3, sys;'
                + 'c = sqlite3.connect(sys.argv[1], timeout=20);'
                + 'c.executescript(sys.argv[2]); c.commit()', join(this.folder, 'visavis.db'), text]
            : ['psql', '-Xqv', 'ON_ERROR_STOP=1', '-c', text, this.options['store.url']];
        execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
    }

    /** The command line on the running server's database. */
    command(args, input) {
        return execFileSync(binary, [...args, '--config', this.config, '--data', this.folder],
            { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
    }

    rssKiB() {
        const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
        return Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
    }

    /** One request; objects become JSON. Gives status, headers, text and (when it is) json. */
    request(method, path, { body, cookie, headers = {}, origin = this.origin } = {}) {
        const own = { ...headers };
        let payload = body;
        if (body !== undefined && !Buffer.isBuffer(body) && typeof body !== 'string') {
            payload = JSON.stringify(body);
        }
        if (payload !== undefined) {
            own['Content-Type'] ??= 'application/json';
            own['Content-Length'] = Buffer.byteLength(payload);
        }
        if (cookie !== undefined) {
            own.Cookie = cookie;
        }
        if (origin !== null && method !== 'GET') {
            own.Origin = origin;
        }
        return new Promise((done, failed) => {
            const request = (this.tls ? https : http).request({
                host: '127.0.0.1', port: this.port, method, path, agent: false,
                servername: 'localhost', rejectUnauthorized: false,
                headers: { Host: this.url.host, ...own },
            }, (response) => {
                const chunks = [];
                response.on('data', (chunk) => chunks.push(chunk));
                response.on('end', () => {
                    const bytes = Buffer.concat(chunks);
                    const text = bytes.toString('utf8');
                    const type = response.headers['content-type'] ?? '';
                    done({ status: response.statusCode, headers: response.headers, bytes, text,
                        json: type.startsWith('application/json') ? JSON.parse(text) : undefined });
                });
                response.on('error', failed);
            });
            request.setTimeout(ANSWER_MS, () => request.destroy(new Error('no answer')));
            request.on('error', failed);
            request.end(payload);
        });
    }

    /** Uses up the first link: the administrator `name`; gives the cookie. */
    async createAdministrator(name = 'root') {
        const token = this.firstLink.split('/join/')[1];
        return this.join(token, name);
    }

    async join(token, name, fullName = `Full ${name}`) {
        const answer = await this.request('POST', `/api/join/${token}`,
            { body: { name, fullName, email: '', password } });
        if (answer.status !== 201) {
            throw new Error(`join: ${answer.status} ${answer.text}`);
        }
        return cookieOf(answer);
    }

    async invite(cookie, kind = 'member') {
        const answer = await this.request('POST', '/api/invitations', { cookie, body: { kind } });
        return answer.json.url.split('/join/')[1];
    }

    /** A further person by an invitation; gives the cookie. */
    async createPerson(administrator, name) {
        return this.join(await this.invite(administrator), name);
    }

    async login(name, secret = password) {
        return this.request('POST', '/api/login', { body: { name, password: secret } });
    }
}

/** The name=value part of the session cookie that an answer sets. */
export function cookieOf(answer) {
    return (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).at(-1);
}

/** Waits until `probe` gives something true, or fails after `ms`; `pause` ms between two looks. */
export async function until(probe, ms = 5000, what = 'a condition', pause = 20) {
    const end = Date.now() + ms;
    for (;;) {
        const value = await probe();
        if (value) {
            return value;
        }
        if (Date.now() > end) {
            throw new Error(`waited in vain: ${what}`);
        }
        await new Promise((next) => setTimeout(next, pause));
    }
}
