// SPDX-License-Identifier: Apache-2.0
// Every message of the protocol, in every state of a call, from everybody: what is answered, what
// becomes of the call, and that no address goes anywhere before the answer.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { clean, forms, others, relayed, roles, states, table } from './matrix.mjs';
import { Server, cookieOf } from './server.mjs';
import { Tab, newId } from './tab.mjs';

const folder = new URL('../../../protocol/', import.meta.url);
const commands = readdirSync(folder).filter((name) => name.endsWith('.json'))
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')).messages)
    .filter((message) => message.kind === 'command');
const namesCall = (command) => (command.fields ?? []).some((field) => field.name === 'call');
const typeOf = (form) => form.split(' ')[0];

let server;
let tabs;

before(async () => {
    server = await Server.start({ options: { 'signalling.burst': 10000,
        'signalling.rate_per_s': 10000 } });
    const root = await server.createAdministrator('root');
    const anna = await server.createPerson(root, 'anna');
    const bert = await server.createPerson(root, 'bert');
    const cleo = await server.createPerson(root, 'cleo');
    await server.createPerson(root, 'dora');
    const again = async (name) => cookieOf(await server.login(name));
    const cookies = [anna, await again('anna'), bert, await again('bert'), cleo];
    tabs = Object.fromEntries(await Promise.all(cookies.map(async (cookie, i) =>
        [roles[i], await Tab.open(server, cookie)])));
});

after(async () => {
    Object.values(tabs).forEach((one) => one.leave());
    assert.equal(await server.stop(), 0);
    assert.doesNotMatch(server.log, /Sanitizer|runtime error/);
});

/** All that was told so far has arrived: a reply comes after it. */
const settle = () => Promise.all(Object.values(tabs).map((one) => one.ask('ping')));

/** A new call of the state; gives its id. */
async function callIn(state) {
    const { caller, first } = tabs;
    const call = newId();
    const on = { microphone: true, camera: true };
    const good = async (tab, type, fields = {}) => {
        const reply = await tab.ask(type, { call, ...fields });
        assert.notEqual(reply.type, 'error', `${state} needs ${type}: ${reply.error}`);
    };
    if (state === 'none') {
        return call;
    }
    if (state === 'blocked') {
        await good(first, 'person.block', { call: undefined, name: 'anna', on: true });
    }
    await good(caller, 'call.start', { callee: 'bert', ...on });
    if (state === 'early') {
        await good(first, 'call.describe', { kind: 'offer', sdp: clean, early: 1 });
        await good(caller, 'call.describe', { kind: 'answer', sdp: clean, early: 1 });
    }
    if (state === 'connecting' || state === 'active') {
        await good(first, 'call.accept', on);
    }
    if (state === 'active') {
        await good(first, 'call.connected');
        await good(caller, 'call.connected');
    }
    if (state === 'ended') {
        await good(caller, 'call.end', { reason: 'hung-up' });
    }
    await settle();
    Object.values(tabs).forEach((tab) => (tab.events = []));
    return call;
}

/** What everybody was told meanwhile: the state that the caller reads, and who got a path. */
function effects(call, state) {
    const told = tabs.caller.events.filter((e) => e.type === 'call.changed' && e.call.id === call)
        .map((e) => (e.call.state === 'ended' ? e.call.reason : e.call.state)).at(-1);
    const before = { early: 'ringing', blocked: 'ringing', ended: 'hung-up' }[state] ?? state;
    const got = roles.filter((role) =>
        tabs[role].events.some((e) => /^call\.(description|candidate)$/.test(e.type)));
    return (told !== undefined && told !== before ? `>${told}` : '') +
        got.map((role) => `!${role}`).join('');
}

/** Before the answer and after the end nothing passes but what belongs to an early connection. */
function checkPaths(state, what) {
    for (const role of roles) {
        for (const event of tabs[role].events) {
            if (!/^call\.(description|candidate)$/.test(event.type)) {
                continue;
            }
            const answered = state === 'connecting' || state === 'active';
            const fair = answered ? event.early === undefined || event.early === 0
                : event.early > 0 && [clean, relayed].includes(event.sdp ?? event.candidate);
            assert.ok(fair && /caller|first|second/.test(role),
                `${what} brings ${JSON.stringify(event)} to ${role}`);
        }
    }
}

async function outcome(form, state, role) {
    const call = await callIn(state);
    const reply = await tabs[role].ask(typeOf(form), { call, ...forms[form](role) });
    await settle();
    checkPaths(state, `${form} from ${role}, ${state},`);
    const cell = (reply.error ?? reply.type.replace('call.is', 'is')) + effects(call, state);
    await tabs.caller.ask('call.end', { call, reason: 'hung-up' });
    await tabs.first.ask('call.end', { call, reason: 'hung-up' });
    await tabs.first.ask('person.block', { name: 'anna', on: false });
    return cell;
}

const shorten = (cells) => (cells.every((cell) => cell === cells[0]) ? cells[0] : cells.join(' '));

/** The lines of one state as they are now. */
async function linesOf(state) {
    const lines = [];
    for (const form of Object.keys(forms)) {
        const cells = [];
        for (const role of roles) {
            cells.push(await outcome(form, state, role));
        }
        lines.push(`${form}: ${state}: ${shorten(cells)}`);
    }
    return lines;
}

test('the table has each message of the protocol', () => {
    for (const command of commands) {
        const type = command.name;
        assert.ok(namesCall(command) ? Object.keys(forms).some((form) => typeOf(form) === type)
            : type in others, `${type} has no line in tests/e2e/api/matrix.mjs`);
    }
    for (const form of Object.keys(forms)) {
        for (const state of states) {
            assert.ok(table.includes(`\n${form}: ${state}: `), `${form} has no line for ${state}`);
        }
    }
});

for (const state of states) {
    test(`N11: each message that names a call which is ${state}, from everybody`,
        { timeout: 120_000 }, async () => {
            const expected = table.trim().split('\n')
                .filter((line) => line.includes(`: ${state}: `));
            assert.deepEqual(await linesOf(state), expected);
        });
}

test('N11: a message that names no call does nothing to one', { timeout: 120_000 }, async () => {
    for (const state of states) {
        const call = await callIn(state);
        for (const [type, [fields, expected]] of Object.entries(others)) {
            for (const role of roles) {
                const reply = await tabs[role].ask(type, fields);
                assert.equal(reply.error ?? reply.type, expected, `${type} from ${role}`);
            }
            await settle();
            checkPaths(state, type);
            assert.equal(effects(call, state), '', `${type} while ${state}`);
        }
        await tabs.caller.ask('call.end', { call, reason: 'hung-up' });
        await tabs.first.ask('person.block', { name: 'anna', on: false });
    }
});

test('a blocked caller is answered in all as one whom nobody answers', () => {
    /** By form what the caller and his other device are answered. */
    const cells = (state) => Object.fromEntries(table.trim().split('\n')
        .map((line) => line.split(': ')).filter(([, at]) => at === state)
        .map(([form, , rest]) => [form, rest.split(' ')])
        .map(([form, words]) => [form, words.length === 1 ? [words[0], words[0]]
            : words.slice(0, 2)]));
    assert.equal(Object.keys(cells('blocked')).length, Object.keys(forms).length);
    assert.deepEqual(cells('blocked'), cells('ringing'));
});
