// SPDX-License-Identifier: Apache-2.0
// visavis doctor: on the command line and for administrators, and what it says about broken things.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { binary } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { run, startRelay } from './relay.mjs';

const endings = new Endings();
let server;
before(async () => {
    server = await startRelay({ tls: true, endings,
        options: { 'turn.drain_s': 0, 'turn.host': 'localhost',
            'turn.allow': '127.0.0.2/32' } });
}, LIMIT);
after(() => endings.run(), LIMIT);

/** The command with the server's configuration; gives its code and what it found. `by`: a command
 * that runs it; `ask`: a STUN server. */
async function examine({ settings = [], by = [], ask, data = server.folder }) {
    const sets = [`listen.port=${server.port}`, ...settings].flatMap((set) => ['--set', set]);
    const [program, ...words] = [...by, binary, '--config', server.config, '--data', data, ...sets,
        'doctor', '--json', ...(ask === undefined ? [] : ['--ask', ask])];
    const { code, output } = await run(program, words, { limit: 60_000 });
    const report = JSON.parse(output.slice(output.indexOf('{"faults"')));
    return { code, report, find: (check) =>
        report.findings.filter((finding) => finding.check === check) };
}

const doctor = (...settings) => examine({ settings });

/** A STUN server at 127.0.0.2; `seen` says how it sees the n-th who asks; undefined: no answer. */
async function startStun(seen) {
    const socket = createSocket('udp4');
    let count = 0;
    socket.on('message', (bytes, from) => {
        const address = seen(count++, from.address);
        if (address !== undefined) {
            const mask = [0x21, 0x12, 0xa4, 0x42];
            const value = Buffer.from([0, 0x20, 0, 8, 0, 1, 0, 0,
                ...address.split('.').map((byte, i) => Number(byte) ^ mask[i])]);
            value.writeUInt16BE(from.port ^ 0x2112, 6);
            socket.send(Buffer.concat([Buffer.from([1, 1, 0, 12]), bytes.subarray(4, 20), value]),
                from.port, from.address);
        }
    });
    socket.bind(0, '127.0.0.2');
    await once(socket, 'listening');
    endings.add('a STUN server', () => socket.close());
    return `127.0.0.2:${socket.address().port}`;
}

test('places a relayed call by UDP, TCP, TLS and DTLS and finds no fault', async () => {
    const { code, report, find } = await doctor();
    assert.equal(code, 0, JSON.stringify(report, null, 1));
    for (const check of ['relay-udp', 'relay-tcp', 'relay-tls', 'relay-dtls']) {
        assert.match(find(check)[0].what, /2[345] of 25 packets of sound there and back/);
    }
    for (const check of ['port-udp', 'port-tcp', 'port-tls', 'port-dtls', 'origin']) {
        assert.equal(find(check)[0].level, 'good', check);
    }
    assert.match(find('certificate')[0].what, /ends in [12] days/); // it is made for two
    assert.equal(find('trust')[0].level, 'warning'); // the certificate of the test has no authority
});

test('says in words for people what is good and what is not', async () => {
    const { code, output } = await run(binary, ['--config', server.config, '--data', server.folder,
        '--set', `listen.port=${server.port}`, 'doctor'], { limit: 60_000 });
    assert.equal(code, 0, output);
    assert.match(output, /^good {5}relay-tls {4}a call by TLS: \d+ of 25 packets/m);
    assert.match(output, /^warning {2}trust .*\n +-> /m);
});

test('names the broken rule and what to do, and the exit status says so', async () => {
    const bad = `${server.folder}/bad.pem`;
    writeFileSync(bad, 'no certificate');
    for (const [setting, check, what] of [
        ['listen.port=1', 'port-udp', /port 1 (is closed|does not answer)/],
        [`tls.cert=${bad}`, 'certificate', /is no certificate/],
        ['turn.host=nowhere.invalid', 'address', /has no address/],
        ['turn.host=127.0.0.1', 'certificate', /does not name 127\.0\.0\.1/],
    ]) {
        const { code, find } = await doctor(setting);
        assert.equal(code, 1, setting);
        const fault = find(check).find((finding) => finding.level === 'fault');
        assert.match(fault.what, what);
        assert.ok(fault.todo.length > 10);
    }
});

test('finds the address that others see by asking another STUN server', async () => {
    const { code, output } = await run(binary, ['--config', server.config, '--data', server.folder,
        '--set', `listen.port=${server.port}`, 'doctor', '--ask', `127.0.0.1:${server.port}`],
    { limit: 60_000 });
    assert.equal(code, 0, output);
    assert.match(output, /ask +others see this machine as 127\.0\.0\.1/);
});

const ways = ['udp', 'tcp', 'tls', 'dtls'];

test('opens a real relay socket by each way, and hears what came back through it', async () => {
    const ask = await startStun((n, from) => from);
    const { code, report, find } = await examine({ ask });
    assert.equal(code, 0, JSON.stringify(report, null, 1));
    for (const way of ways) {
        assert.equal(find(`outside-${way}`)[0].level, 'good');
        assert.match(find(`outside-${way}`)[0].what, new RegExp(`${way}: the STUN server ` +
            `${ask} answers a relay's socket and sees it as 127\\.0\\.0\\.1`, 'i'));
    }
});

test('says when nothing comes back through a relay, or when it is seen elsewhere', async () => {
    // UDP and TCP alone: each waits for three seconds.
    const settings = ['tls.cert=', 'tls.key='];
    // The first who asks is the doctor, the others are relays.
    const silent = await examine({ settings,
        ask: await startStun((n, from) => n === 0 ? from : undefined) });
    assert.equal(silent.code, 1);
    const strange = await examine({ settings,
        ask: await startStun((n, from) => n === 0 ? from : '5.5.5.5') });
    assert.equal(strange.code, 0);
    // The server itself is no peer.
    const forbidden = await examine({ settings, ask: `127.0.0.1:${server.port}` });
    assert.equal(forbidden.code, 0);
    for (const way of ['udp', 'tcp']) {
        const [none] = silent.find(`outside-${way}`);
        assert.equal(none.level, 'fault');
        assert.match(none.what, /through a relay's socket the STUN server \S+ does not answer/);
        assert.match(none.todo, /turn\.relay_port_min/);
        const [elsewhere] = strange.find(`outside-${way}`);
        assert.equal(elsewhere.level, 'warning');
        assert.match(elsewhere.what, /as 5\.5\.5\.5, it is told as 127\.0\.0\.1/);
        assert.match(forbidden.find(`outside-${way}`)[0].what, /relays may not reach/);
    }
});

test('limits that are too low are told, with what the options want', async () => {
    const { code, find } = await examine({ by: ['prlimit', '--nofile=200:200'] });
    assert.equal(code, 0); // a warning
    const [limits] = find('limits');
    assert.equal(limits.level, 'warning');
    assert.match(limits.what, /^200 descriptors are allowed, the options want up to 20000$/);
    assert.match(limits.todo, /LimitNOFILE=/);
});

const mounts = (await run('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'])).code === 0;
test('a full disk is a fault', { skip: mounts ? false : 'no mounts here' }, async () => {
    const { code, find } = await examine({ data: '/mnt', by: ['unshare', '-m', 'sh', '-c',
        'mount -t tmpfs -o size=10m tmpfs /mnt && exec "$@"', 'sh'] });
    assert.equal(code, 1);
    assert.deepEqual(find('disk').map(({ level, what }) => [level, what]),
        [['fault', '10 MiB are free at /mnt']]);
});

test('a wrong word is a usage error', async () => {
    assert.equal((await run(binary, ['doctor', '--nonsense'])).code, 2);
});

test('administrators have it as JSON, for others it does not exist', async () => {
    const ask = (cookie) => server.request('GET', '/api/admin/doctor', { cookie });
    const answer = await ask(server.cookies.ann);
    assert.equal(answer.status, 200);
    assert.equal(answer.json.faults, 0, answer.text);
    assert.ok(answer.json.findings.some((finding) =>
        finding.check === 'relay-udp' && finding.level === 'good'));
    assert.equal((await ask(server.cookies.bert)).status, 404);
    assert.equal((await ask(undefined)).status, 404);
});
