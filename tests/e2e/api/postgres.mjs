// SPDX-License-Identifier: Apache-2.0
// A real PostgreSQL on a free loopback port and an own folder, as a user that is not root. It ends
// with `stop`, by its process; Debian's own service is not touched.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './freeport.mjs';
import { until } from './server.mjs';

const VERSIONS = '/usr/lib/postgresql';

function programs() {
    const newest = readdirSync(VERSIONS).map(Number).filter((n) => n >= 15).sort((a, b) => b - a);
    return join(VERSIONS, String(newest[0]), 'bin');
}

/** initdb and postgres refuse to run as root. */
function account() {
    if (process.getuid() !== 0) {
        return {};
    }
    const number = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    return { uid: number('-u'), gid: number('-g') };
}

export class Postgres {
    log = '';

    /** `settings` are those of postgresql.conf; without a disk to wait for when `fast`. */
    static async start({ settings = {}, fast = false, password } = {}) {
        const postgres = new Postgres();
        postgres.account = account();
        postgres.folder = mkdtempSync(join(tmpdir(), 'visavis-postgres-'));
        if (postgres.account.uid !== undefined) {
            chownSync(postgres.folder, postgres.account.uid, postgres.account.gid);
        }
        postgres.port = await freePort();
        postgres.settings = { listen_addresses: '127.0.0.1', port: postgres.port,
            unix_socket_directories: '', max_connections: 40, shared_buffers: '16MB',
            ...(fast ? { fsync: 'off' } : {}), ...settings };
        execFileSync(join(programs(), 'initdb'), ['-D', join(postgres.folder, 'data'), '-U',
            'visavis', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
        { ...postgres.account, stdio: 'ignore', cwd: '/', timeout: 120_000 });
        await postgres.run();
        return postgres;
    }

    async run() {
        const words = Object.entries(this.settings).flatMap(([name, value]) =>
            ['-c', `${name}=${value}`]);
        this.child = spawn(join(programs(), 'postgres'),
            ['-D', join(this.folder, 'data'), ...words],
            { ...this.account, stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
        this.child.stderr.setEncoding('utf8').on('data', (text) => (this.log += text));
        this.exited = once(this.child, 'exit');
        await until(() => this.answers(), 60_000, `PostgreSQL: ${this.log}`);
    }

    answers() {
        try {
            return this.ask('postgres', 'SELECT 1') === '1';
        } catch {
            return false;
        }
    }

    url(database, more = '') {
        return `postgresql://visavis@127.0.0.1:${this.port}/${database}${more}`;
    }

    /** What a statement gives: lines of columns with | between. */
    ask(database, sql) {
        return execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql,
            this.url(database)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'],
            timeout: 60_000 }).trim();
    }

    /** A fresh database; gives its address. */
    createDatabase(name) {
        this.ask('postgres', `CREATE DATABASE ${name}`);
        return this.url(name);
    }

    /** A signal to all its processes at once; gives those beside the first one. */
    signal(name) {
        const { pid } = this.child;
        const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
            .split(/\s+/).filter(Boolean).map(Number);
        for (const one of [pid, ...children]) {
            try {
                process.kill(one, name);
            } catch {
                // It has ended meanwhile.
            }
        }
        return children;
    }

    /** As an administrator restarts it: who is connected is told so and sent away. */
    async restart() {
        this.child.kill('SIGINT');
        await this.exited;
        await this.run();
    }

    /** All its processes at once, as a power cut would; comes when none is left. */
    async kill() {
        const children = this.signal('SIGKILL');
        await this.exited;
        const alive = (one) => readdirSync('/proc').includes(String(one));
        await until(() => !children.some(alive), 20_000, 'the end of all processes');
    }

    async stop() {
        if (this.child.exitCode === null && this.child.signalCode === null) {
            this.child.kill('SIGQUIT'); // at once: nothing of it is needed any more
        }
        const end = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
        await this.exited;
        clearTimeout(end);
        rmSync(this.folder, { recursive: true, force: true });
    }
}
