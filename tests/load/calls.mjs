// SPDX-License-Identifier: Apache-2.0
// All figures of calls and of tabs after a restart in one run, one after the other.
//     node tests/load/calls.mjs [--only loopback,links,tabs,tabs-tls] [--calls N] [--late N]
//         [--troubles N] [--kills N] [--tabs N] [--delay MS] [--write]
// --calls: connected while it rang, --late: not before. As root, with `ulimit -n 20000`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { circumstances, here, writeTable } from './table.mjs';

const { values } = parseArgs({ options: {
    only: { type: 'string', default: 'loopback,links,tabs,tabs-tls' },
    calls: { type: 'string', default: '100' }, late: { type: 'string', default: '30' },
    troubles: { type: 'string', default: '10' }, kills: { type: 'string', default: '5' },
    tabs: { type: 'string', default: '5000' }, delay: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
} });
const calls = ['call.mjs', '--rounds', values.calls, '--late', values.late];
const tabs = ['back.mjs', '--tabs', values.tabs, '--rounds', values.kills];
const PARTS = {
    loopback: calls,
    links: [...calls, '--delay', values.delay, '--troubles', values.troubles],
    tabs: [...tabs, '--plain'],
    'tabs-tls': tabs,
};
const names = values.only.split(',');
const unknown = names.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) {
    throw new Error(`no such part: ${unknown}`);
}
const loadBefore = os.loadavg()[0];
const began = Date.now();
for (const name of names) {
    const [program, ...options] = PARTS[name];
    const child = spawn(process.execPath, [join(here, program), ...options,
        ...values.write ? ['--write'] : []],
    { stdio: 'inherit', env: { ...process.env, LOAD_ONE_RUN: '1' } });
    const [code] = await once(child, 'exit');
    if (code !== 0) {
        throw new Error(`${name} has failed`);
    }
}
const minutes = Math.round((Date.now() - began) / 60_000);
const line = `One run of ${minutes} minutes (${names.join(', ')}). `
    + circumstances(loadBefore);
console.log(line);
if (values.write) {
    writeTable('calls-run', line);
}
