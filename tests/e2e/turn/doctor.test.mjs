// SPDX-License-Identifier: Apache-2.0
// visavis doctor: on the command line and for administrators, and what it says about broken things.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { binary } from '../api/server.mjs';
import { Endings, LIMIT } from './endings.mjs';
import { run, startRelay } from './relay.mjs';

const endings = new Endings();
let server;
before(async () => {
    server = await startRelay({ tls: true, endings,
        options: { 'turn.drain_s': 0, 'turn.host': 'localhost' } });
}, LIMIT);
after(() => endings.run(), LIMIT);

/** The command with the server's configuration; gives its code and what it found. */
async function doctor(...settings) {
    const sets = [`listen.port=${server.port}`, ...settings].flatMap((set) => ['--set', set]);
    const { code, output } = await run(binary, ['--config', server.config, '--data', server.folder,
        ...sets, 'doctor', '--json'], { limit: 60_000 });
    const report = JSON.parse(output.slice(output.indexOf('{"faults"')));
    return { code, report, find: (check) =>
        report.findings.filter((finding) => finding.check === check) };
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
