// SPDX-License-Identifier: Apache-2.0
// Makes docs/api.md from src/server/routes.def. With --check it writes nothing and fails when the
// document is not up to date.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable, root, writeOrCheck } from './deftable.mjs';

const table = readFileSync(join(root, 'src/server/routes.def'), 'utf8');
const routes = readTable(table, 'ROUTE',
  ['method', 'flags', 'path', 'handler', 'who', 'body', 'answer']);
const pages = readTable(table, 'PAGE', ['path', 'handler']);
const ADMINISTRATION = '/api/admin/';

const row = (...cells) => `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;

function general({ method, flags, path, who, body, answer }) {
  const implied = flags.includes('SIGNED_IN') ? 'signed in' : 'anybody';
  return row(`\`${method} ${path}\``, who === '' ? implied : who, body, answer);
}

const administration = ({ method, path, body, answer }) =>
  row(`\`${method} ${path}\``, body, answer);

const pathsOf = (handler) => pages.filter((page) => page.handler === handler)
  .map(({ path }) => `\`${path}\``).join(', ');

const isAdministration = ({ path }) => path.startsWith(ADMINISTRATION);

const document = `<!-- Made by tools/gen-api.mjs from src/server/routes.def: do not edit. -->
# HTTP API

JSON in, JSON out (\`application/json\`), UTF-8. The session is the cookie (\`visavis\` on plain
http, \`__Host-visavis\` over TLS). Every write needs an \`Origin\` header that equals the server's
own origin. An error is \`{"error":"<id>","message":"<English>","field":"<name,
optional>","reference":"<optional>"}\`.

| method and path | who | query or body | answer |
|---|---|---|---|
${routes.filter((route) => !isAdministration(route)).map(general).join('\n')}

\`person\` is \`{name, fullName, position, avatar, status, accounts}\` (\`accounts\`: the
types of the IM accounts by which the person can be called now, parted by blanks); \`profile\`
adds \`email\`. The \`answer.*\` are described in \`docs/protocol.md\`, beside the events that
keep them up to date, and pages read both by the same generated code. Ids of rooms, activities
and comments are made by the page: 128 random bits in 22 characters of base64url. The same id
by the same author again gives what is there. Texts are plain: valid UTF-8, new lines and
tabs, no other control characters.

Pages (all serve the compiled-in front end): ${pathsOf('api_page_index')} give
\`index.html\`; ${pathsOf('api_page_call')} gives
\`call.html\`. Without a sign-in \`/call/<id>\` answers 401 with the sign-in page, which returns to
the call afterwards. Where the origin is plain http and not the own machine, browsers open no
microphone: \`/call/<id>\` answers 403 with a page that says so. \`/gallery.html\` is served only
with \`--demo\`. \`/assets/<hashed name>\` is immutable, compressed with brotli or gzip where the
browser takes it.

## Administration

For members of \`platform/administrators\`; for everybody else each of these paths, with any
method and origin, is answered as one that does not exist. Each writing request is one act, kept
together with its entry of the audit.

| method and path | query or body | answer |
|---|---|---|
${routes.filter(isAdministration).map(administration).join('\n')}
`;

writeOrCheck('gen-api', { 'docs/api.md': document });
