// SPDX-License-Identifier: Apache-2.0
// Makes packaging/man/visavis.conf.5 and packaging/visavis.conf.example from src/app/options.def.
// With --check it writes nothing and fails when a file is not up to date.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable, root, writeOrCheck } from './deftable.mjs';

const COLUMNS = ['type', 'name', 'field', 'preset', 'smallest', 'largest', 'unit', 'reloadable',
                 'sentence'];

/** All options, in the order of the table. */
export const readOptions = (text) => readTable(text, 'OPTION', COLUMNS);

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

const options = readOptions(readFileSync(join(root, 'src/app/options.def'), 'utf8'));
writeOrCheck('gen-options', {
  'packaging/man/visavis.conf.5': manual(options),
  'packaging/visavis.conf.example': example(options),
});
