// SPDX-License-Identifier: Apache-2.0
// Messages in the store alone: durable ones a second in groups and one by one, and what questions
// cost among a million. --write puts the table into docs/performance.md. --folder keeps the
// database, and uses the one that is there; CHATLOAD names the program (meson option `load`).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { circumstances, format, median, writeTable } from './table.mjs';

const { values } = parseArgs({ options: {
    messages: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '5' },
    round: { type: 'string', default: '20480' }, group: { type: 'string', default: '2048' },
    folder: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
} });
const program = resolve(process.env.CHATLOAD ?? 'build-load/tests/load/chatload');
const run = (...args) => JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));

const before = os.loadavg()[0];
const folder = values.folder || mkdtempSync(join(os.tmpdir(), 'chatload-'));
mkdirSync(folder, { recursive: true });
try {
    if (!existsSync(join(folder, 'visavis.db'))) {
        console.error(run('make', folder, values.messages));
    }
    const questions = run('ask', folder);
    const rounds = run('rate', folder, values.round, values.rounds, values.group);
    const of = (key) => median(rounds.map((round) => round[key]));
    const ratio = (a, b) => median(rounds.map((round) => round[a] / round[b]));
    const lines = [`| durable messages | in groups of ${values.group} | one by one | ratio |`,
        '|---|---:|---:|---:|',
        `| a second | ${format(of('grouped'), 0)} | ${format(of('alone'), 0)} | `
            + `${format(ratio('grouped', 'alone'))} |`,
        `| a second of the processor | ${format(of('grouped_cpu'), 0)} | `
            + `${format(of('alone_cpu'), 0)} | ${format(ratio('grouped_cpu', 'alone_cpu'))} |`,
        '', '| question, ms | processor p50 | processor p99 | p50 | p99 |',
        '|---|---:|---:|---:|---:|',
        ...questions.map((q) => `| ${q.what} | ${format(q.cpu_p50, 2)} | ${format(q.cpu_p99, 2)} `
            + `| ${format(q.p50, 2)} | ${format(q.p99, 2)} |`),
        '', `Medians of ${values.rounds} rounds of ${format(Number(values.round), 0)} messages in `
            + `groups and 500 one by one, ${format(Number(values.messages), 0)} in the database. `
            + circumstances(before)];
    console.log(lines.join('\n'));
    if (values.write) {
        writeTable('chat', lines.join('\n'));
    }
} finally {
    if (values.folder === '') {
        rmSync(folder, { recursive: true, force: true });
    }
}
