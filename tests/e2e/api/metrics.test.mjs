// SPDX-License-Identifier: Apache-2.0
// What monitoring reads: /healthz, /readyz, and /metrics on its own listener.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Server } from './server.mjs';
import { Tab, newId } from './tab.mjs';

let server;
let base;
const cookies = {};

before(async () => {
    server = await Server.start({
        options: { 'metrics.address': '127.0.0.1', 'metrics.port': 0 },
    });
    const port = /metrics can be read.*port=(\d+)/.exec(server.log)[1];
    base = `http://127.0.0.1:${port}`;
    cookies.anna = await server.createAdministrator('anna');
    cookies.bert = await server.createPerson(cookies.anna, 'bert');
});

after(async () => {
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

/** Each line of /metrics as name with labels and value. */
async function read() {
    const answer = await fetch(`${base}/metrics`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    const lines = (await answer.text()).trimEnd().split('\n');
    const values = new Map();
    for (const line of lines.filter((each) => !each.startsWith('#'))) {
        const [, name, value] = /^([a-z_]+(?:\{[^}]*\})?) (-?[\d.e+]+)$/.exec(line) ?? [];
        assert.ok(name, `not a line of the format: ${line}`);
        assert.ok(!values.has(name), `twice: ${name}`);
        values.set(name, Number(value));
    }
    const families = lines.filter((line) => line.startsWith('# TYPE')).map((l) => l.split(' ')[2]);
    assert.equal(new Set(families).size, families.length);
    return { values, families };
}

test('01 at least 45 families are told, each once, and the process is among them', async () => {
    const { values, families } = await read();
    assert.ok(families.length >= 45, `${families.length} families`);
    assert.equal(values.get('visavis_ready'), 1);
    assert.ok(values.get('visavis_process_resident_memory_bytes') > 1e6);
    assert.ok(values.get('visavis_process_open_fds') > 3);
    assert.ok(Math.abs(values.get('visavis_process_start_time_seconds') - Date.now() / 1000) < 60);
});

test('02 a call is seen while it lasts, and its times and its end afterwards', async () => {
    const [anna, bert] = [await Tab.open(server, cookies.anna),
        await Tab.open(server, cookies.bert)];
    const call = newId();
    const on = { microphone: true, camera: true };
    await anna.ask('call.start', { call, callee: 'bert', ...on });
    const before = (await read()).values;
    assert.equal(before.get('visavis_sessions'), 2);
    assert.equal(before.get('visavis_people_here'), 2);
    assert.equal(before.get('visavis_calls{state="ringing"}'), 1);
    await bert.ask('call.accept', { call, ...on });
    await anna.ask('call.connected', { call });
    await bert.ask('call.connected', { call });
    assert.equal((await read()).values.get('visavis_calls{state="active"}'), 1);
    await anna.ask('call.end', { call, reason: 'hung-up' });
    const { values } = await read();
    assert.equal(values.get('visavis_calls_ended_total{reason="hung-up"}'), 1);
    assert.equal(values.get('visavis_calls_ended_total{reason="no-answer"}'), 0);
    for (const name of ['ring', 'setup', 'talk']) {
        assert.equal(values.get(`visavis_calls_${name}_seconds_count`), 1);
        assert.equal(values.get(`visavis_calls_${name}_seconds_bucket{le="+Inf"}`), 1);
    }
    assert.ok(values.get('visavis_store_commit_seconds_count') > 0);
    anna.leave();
    bert.leave();
    await Promise.all([anna.ended(), bert.ended()]);
});

test('03 refusals are counted by the id of their error, of both doors', async () => {
    const name = 'visavis_refusals_total{id="not-found"}';
    const before = (await read()).values.get(name);
    await server.request('GET', '/api/people/nobody', { cookie: cookies.anna });
    const anna = await Tab.open(server, cookies.anna);
    assert.equal((await anna.ask('call.join', { call: newId() })).error, 'not-found');
    assert.equal((await read()).values.get(name), before + 2);
    anna.leave();
    await anna.ended();
});

test('04 metrics are not on the public listener, and nothing else is on theirs', async () => {
    assert.equal((await server.request('GET', '/metrics', { cookie: cookies.anna })).status, 404);
    assert.equal((await fetch(`${base}/`)).status, 404);
    assert.equal((await fetch(`${base}/api/me`)).status, 404);
    assert.equal((await fetch(`${base}/metrics`, { method: 'POST' })).status, 405);
});

test('05 healthz and readyz say so in words', async () => {
    assert.equal((await server.request('GET', '/healthz')).text, 'ok');
    const ready = await server.request('GET', '/readyz');
    assert.equal(ready.status, 200);
    assert.equal(ready.text, 'ready');
});

test('07 so they do on the listener of the metrics', async () => {
    for (const [path, said] of [['/healthz', 'ok'], ['/readyz', 'ready']]) {
        const answer = await fetch(`${base}${path}`);
        assert.equal(answer.status, 200);
        assert.equal(await answer.text(), said);
        assert.equal((await fetch(`${base}${path}`, { method: 'POST' })).status, 405);
    }
});

test('06 the dashboard asks only for what is told', async () => {
    const { families } = await read();
    const told = new Set(families.flatMap((name) => [name, `${name}_bucket`, `${name}_sum`,
        `${name}_count`]));
    const board = JSON.parse(readFileSync(
        new URL('../../../packaging/grafana/visavis.json', import.meta.url), 'utf8'));
    const asked = board.panels.flatMap((panel) => panel.targets ?? [])
        .flatMap(({ expr }) => expr.match(/visavis_\w+/g));
    assert.ok(asked.length >= 12);
    for (const name of asked) {
        assert.ok(told.has(name), `${name} is not told`);
    }
});
