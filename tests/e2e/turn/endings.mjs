// SPDX-License-Identifier: Apache-2.0
// What a test file has started is ended whatever becomes of its tests, and every wait has a limit:
// a child, a browser or a promise that is left over would keep the process of the file for ever.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { within } from '../api/server.mjs';

const END_MS = 40_000; // Of one thing; then it is killed.
const KILL_MS = 20_000;
/** Of a hook or a test: far above what it takes on a slow machine. */
export const LIMIT = { timeout: 180_000 };

/** Ends of things, made in the reverse order of their beginnings. */
export class Endings {
    #list = [];

    /** `end` is called at the end, also when the ends of others have failed. */
    add(what, end) {
        this.#list.push({ what, end });
    }

    async run() {
        const faults = [];
        for (const { what, end } of this.#list.splice(0).reverse()) {
            try {
                await within(END_MS + KILL_MS, Promise.resolve().then(end), `the end of ${what}`);
            } catch (error) {
                faults.push(error);
            }
        }
        if (faults.length > 0) {
            throw new AggregateError(faults, faults.map(({ message }) => message).join('\n'));
        }
    }

    /** A child whose words are kept in `log`; one that `signal` does not end is killed. */
    start(command, args, { signal = 'SIGTERM' } = {}) {
        const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
        child.log = '';
        for (const stream of [child.stdout, child.stderr]) {
            stream.setEncoding('utf8').on('data', (text) => (child.log += text));
        }
        // One that cannot be started has ended by its error.
        const ended = once(child, 'exit').catch((error) => (child.log += String(error)));
        child.hasEnded = () => child.pid === undefined || child.exitCode !== null ||
            child.signalCode !== null;
        child.end = () => {
            child.kill(signal);
            return orKilled(ended, () => child.kill('SIGKILL'));
        };
        this.add(command, () => child.end());
        return child;
    }

    /** A server of ours, which ends well and without a word of the sanitizers. */
    addServer(server) {
        this.add('the server', async () => {
            const code = await orKilled(server.stop(), () => server.child.kill('SIGKILL'));
            assert.equal(code, 0, server.log.slice(-2000));
            assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
        });
    }

    /** `kill` is called with the browser when it does not close. */
    addBrowser(browser, kill) {
        this.add('the browser', () => orKilled(browser.close(), () => kill(browser)));
    }
}

/** What `ended` gives; when it comes late, after `kill`. */
function orKilled(ended, kill) {
    const late = setTimeout(kill, END_MS);
    return ended.finally(() => clearTimeout(late));
}
