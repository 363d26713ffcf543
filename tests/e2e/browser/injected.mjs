// SPDX-License-Identifier: Apache-2.0
// Every message that a server can send, made from protocol/*.json: what a page may be told, by
// mistake or by somebody who has taken the server over.
import { readFileSync, readdirSync } from 'node:fs';

const folder = new URL('../../../protocol/', import.meta.url);
const groups = readdirSync(folder).filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
const structs = new Map(groups.flatMap((group) =>
    (group.structs ?? []).map((struct) => [struct.name, struct.fields])));

const SDP = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n'
    + 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\n';
const CANDIDATE = 'candidate:1 1 udp 1 192.0.2.1 5000 typ host';

/** All values of a field that matter: each one of an enumeration, both of a switch. */
function valuesOf(field, call) {
    const { name, type } = field;
    if (type === 'id') {
        return [call];
    }
    if (type === 'enum') {
        return field.values;
    }
    if (type === 'bool') {
        return name === 'here' ? [true, false] : [true];
    }
    if (type === 'int') {
        return name === 'early' ? [0, 1, 2] : [1];
    }
    if (type === 'list') {
        return [[]];
    }
    if (type === 'struct') {
        return variants(structs.get(field.struct), call);
    }
    return [{ sdp: SDP, candidate: CANDIDATE, name: 'john' }[name] ?? ''];
}

/** Each value at least once; of a call every state with every side and place. */
function variants(fields, call) {
    let all = [{}];
    for (const field of fields) {
        const values = valuesOf(field, call);
        const full = /^(state|role|here|kind|early|call|reason)$/.test(field.name);
        all = full || all.length === 1
            ? all.flatMap((one) => values.map((value) => ({ ...one, [field.name]: value })))
            : all.map((one, i) => ({ ...one, [field.name]: values[i % values.length] }));
    }
    return all;
}

/** What takes the state away in which the page is, last. */
const order = ({ type, call }) => Number(type === 'call.changed' && call.state === 'ended');

/** The events, and the replies as nobody has asked for them. */
export function messagesFor(call) {
    const sent = groups.flatMap((group) => group.messages)
        .filter(({ kind }) => kind === 'event' || kind === 'reply');
    return sent.flatMap(({ name, kind, fields = [] }) =>
        variants(fields, call).map((message) =>
            ({ type: name, ...(kind === 'event' ? {} : { id: 1_000_000 }), ...message })))
        .sort((a, b) => order(a) - order(b));
}
