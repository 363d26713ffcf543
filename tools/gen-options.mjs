// SPDX-License-Identifier: Apache-2.0
// Makes packaging/man/visavis.conf.5 and packaging/visavis.conf.example from src/app/options.def.
// With --check it writes nothing and fails when a file is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const COLUMNS = ['type', 'name', 'field', 'preset', 'smallest', 'largest', 'unit', 'reloadable',
                 'sentence'];

/** The arguments of one OPTION(...), C strings joined and unquoted. */
function splitArguments(text) {
  const found = [];
  const token = /\s*(?:((?:"(?:[^"\\]|\\.)*"\s*)+)|([^",]+))\s*(?:,|$)/gy;
  let match;
  while (token.lastIndex < text.length && (match = token.exec(text)) !== null) {
    const [, quoted, plain] = match;
    found.push(quoted === undefined ? plain.trim()
      : [...quoted.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((part) => JSON.parse(`"${part[1]}"`))
        .join(''));
  }
  return found;
}

/** All options, in the order of the table. */
export function readOptions(text) {
  const table = text.replace(/\/\*[^]*?\*\//g, '');
  const options = [];
  for (const match of table.matchAll(/OPTION\(((?:"(?:[^"\\]|\\.)*"|[^")])*)\)/g)) {
    const values = splitArguments(match[1]);
    if (values.length !== COLUMNS.length) {
      throw new Error(`options.def: ${values.length} columns in ${match[0]}`);
    }
    options.push(Object.fromEntries(COLUMNS.map((column, i) => [column, values[i]])));
  }
  const starts = [...table.matchAll(/^OPTION\(/gm)].length;
  if (options.length === 0 || options.length !== starts) {
    throw new Error(`options.def: ${starts} options begin, ${options.length} were understood`);
  }
  return options;
}

function allowed(option) {
  const unit = option.unit === '' ? '' : ` ${option.unit}`;
  switch (option.type) {
    case 'INT': return `a number from ${option.smallest} to ${option.largest}${unit}`;
    case 'TEXT': return `text of ${option.smallest} to ${option.largest} bytes`;
    case 'PATH': return `a path of ${option.smallest} to ${option.largest} bytes`;
    case 'LEVEL': return 'debug, info, warn or error';
    case 'ICE': return `a list: the line may be repeated, at most ${option.largest} times`;
    default: throw new Error(`options.def: unknown type ${option.type}`);
  }
}

/** Text for troff: no line starts with a control character, a hyphen stays a hyphen. */
function troff(text) {
  return text.replace(/\\/g, '\\e').replace(/-/g, '\\-').replace(/`([^`]*)`/g, '\\fB$1\\fR')
    .replace(/^([.'])/gm, '\\&$1');
}

function manual(options) {
  const entries = options.map((option) => {
    const preset = option.preset === '' ? 'none' : option.preset;
    const reload = option.reloadable === 'YES' ? ' Taken over on SIGHUP.' : '';
    return `.TP\n.B ${troff(option.name)}\n${troff(option.sentence)}\n.br\n` +
      `Allowed: ${troff(allowed(option))}. Default: ${troff(preset)}.${reload}\n`;
  });
  return `.\\" SPDX-License-Identifier: Apache-2.0
.\\" Made by tools/gen-options.mjs from src/app/options.def: do not edit.
.TH VISAVIS.CONF 5 "" "visavis" "File formats"
.SH NAME
visavis.conf \\- configuration of the Visavis server
.SH DESCRIPTION
The file that
.BR visavis (8)
reads with \\fB\\-\\-config\\fR. Each line is \\fIname\\fR \\fB=\\fR \\fIvalue\\fR. Empty lines and lines that
start with \\fB#\\fR are left out; a # further on belongs to the value. Blanks around name and value do not
count. Of an option that is given twice the later one counts, except for lists, where each line adds one.
.PP
The environment variable
.B VISAVIS_DATA
is stronger than the file, and the options of the command line are stronger than both. A list that
is given on the command line takes the place of the file's list.
.PP
An unknown name or a value that is not allowed ends the program with file, line and what is allowed.
.B visavis check\\-config
shows the result without starting anything.
.SH OPTIONS
${entries.join('')}.SH SECURITY
Secrets behind \\fBice.server\\fR stand in this file in clear: it should be readable by the server only. They
are never logged, and \\fBcheck\\-config\\fR does not show them.
.SH SEE ALSO
.BR visavis (8)
`;
}

function wrap(text, width) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== '' && last.length + word.length + 1 > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
  }
  return lines;
}

function example(options) {
  const parts = options.map((option) => {
    const sentence = wrap(`${option.sentence} Allowed: ${allowed(option)}.`, 96);
    const value = option.type === 'ICE' ? 'turn:turn.example.org:3478?transport=udp user secret'
      : option.preset;
    return `${sentence.map((line) => `# ${line}`).join('\n')}\n${`#${option.name} = ${value}`.trimEnd()}\n`;
  });
  return `# SPDX-License-Identifier: Apache-2.0
# Made by tools/gen-options.mjs from src/app/options.def: copy it and edit the copy.
# Every option with its default; visavis.conf(5) says the same.

${parts.join('\n')}`;
}

function main() {
  const options = readOptions(readFileSync(join(root, 'src/app/options.def'), 'utf8'));
  const outputs = { 'packaging/man/visavis.conf.5': manual(options),
                    'packaging/visavis.conf.example': example(options) };
  let stale = 0;
  for (const [path, text] of Object.entries(outputs)) {
    if (!process.argv.includes('--check')) {
      writeFileSync(join(root, path), text);
      continue;
    }
    let present = '';
    try {
      present = readFileSync(join(root, path), 'utf8');
    } catch (error) {
      if (error.code !== 'ENOENT') {
        throw error;
      }
    }
    if (present !== text) {
      console.error(`${path} is not up to date: run node tools/gen-options.mjs`);
      stale++;
    }
  }
  process.exitCode = stale === 0 ? 0 : 1;
}

main();
