// SPDX-License-Identifier: Apache-2.0
// What each message does in each state of a call, by who sends it: the table of matrix.test.mjs.

/** Who sends: the caller's window, another device of the caller, two devices of the callee of which
 *  the first answers, and somebody who has nothing to do with the call. */
export const roles = ['caller', 'other', 'first', 'second', 'stranger'];

/** `early`: it rings, and the first device is connected while it does. `blocked`: it rings for the
 *  caller, whom the callee blocks. */
export const states = ['none', 'ringing', 'early', 'blocked', 'connecting', 'active', 'ended'];

const on = { microphone: true, camera: true };
export const clean = 'v=0\r\nm=audio 9 X 111\r\nc=IN IP4 0.0.0.0\r\n';
const line = (type, rest = '') => `candidate:1 1 udp 1 198.51.100.7 50000 typ ${type}${rest}`;
export const relayed = line('relay', ' raddr 0.0.0.0 rport 0');
const trickle = (candidate, early) =>
    ({ candidate, mid: '0', line: 0, ufrag: '', ...(early ? { early } : {}) });
const report = { path: 'direct', transport: 'udp', lossPermille: 0, rttMs: 1, jitterMs: 1 };

/** The messages that name a call, and their forms; the part before the space is the type. */
export const forms = {
    'call.start': (role) => ({ ...on, callee: /caller|other/.test(role) ? 'bert' : 'anna' }),
    'call.accept': () => on,
    'call.accept early': () => ({ ...on, early: true }),
    'call.accept hold': () => ({ ...on, hold: true }),
    'call.ringing': () => ({ how: 'audible' }),
    'call.ignore': () => ({}),
    'call.prepare': () => ({}),
    'call.decline': () => ({}),
    'call.decline words': () => ({ text: 'Later' }),
    'call.hold': () => ({ held: true }),
    'call.hold not': () => ({ held: false }),
    'call.report': () => report,
    'call.end': () => ({ reason: 'hung-up' }),
    'call.end lost': () => ({ reason: 'media-lost' }),
    'call.connected': () => ({}),
    'call.join': () => ({}),
    'call.leave': () => ({}),
    'call.media': () => ({ ...on, pressed: 'nothing' }),
    'call.describe': () => ({ kind: 'offer', sdp: clean }),
    'call.describe answer': () => ({ kind: 'answer', sdp: clean }),
    'call.describe early': () => ({ kind: 'offer', sdp: clean, early: 1 }),
    'call.describe early-answer': () => ({ kind: 'answer', sdp: clean, early: 1 }),
    'call.describe early-address': () =>
        ({ kind: 'offer', sdp: `${clean}a=${line('host')}\r\n`, early: 1 }),
    'call.trickle': () => trickle(line('host')),
    'call.trickle relay': () => trickle(relayed),
    'call.trickle early': () => trickle(relayed, 1),
    'call.trickle early-host': () => trickle(line('host'), 1),
    'call.trickle early-srflx': () => trickle(line('srflx', ' raddr 10.0.0.1 rport 9'), 1),
    'call.trickle early-known': () => trickle(line('relay', ' raddr 10.0.0.1 rport 9'), 1),
};

/** The messages that name no call, and their replies: those of a good and harmless one. Nothing of
 *  them depends on a call. */
export const others = {
    'call.prefer': [{}, 'ok'],
    'person.notify': [{ name: 'dora', on: false }, 'ok'],
    'people.notified': [{}, 'people.are'],
    'person.block': [{ name: 'dora', on: false }, 'ok'],
    'people.blocked': [{}, 'people.are'],
    'calls.seen': [{ untilMs: 0 }, 'ok'],
    'chat.send': [{ room: 'A'.repeat(22), message: 'A'.repeat(22), text: relayed }, 'not-found'],
    'chat.meet': [{ room: 'A'.repeat(22), message: 'A'.repeat(22), connector: 'link' },
        'not-found'],
    'chat.read': [{ room: 'A'.repeat(22), seq: 1 }, 'not-found'],
    'chat.typing': [{ room: 'A'.repeat(22) }, 'not-found'],
    'connector.choose': [{ target: 'dora', connector: 'webrtc' }, 'ok'],
    hello: [{ version: 1 }, 'state'],
    ping: [{}, 'ok'],
    'people.watch': [{ names: ['dora'] }, 'people.are'],
    'status.set': [{ status: 'available' }, 'ok'],
    'status.idle': [{ idle: false }, 'ok'],
};

/** A line: the form, the state, and for each role the reply, or one for all of them: an error, `ok`
 *  or `is` (call.is); behind `>` what the call has become, behind `!` to whom something went. */
export const table = `
call.start: none: is is>ringing is>ringing is>ringing is>ringing
call.accept: none: not-found
call.accept early: none: not-found
call.accept hold: none: not-found
call.ringing: none: not-found
call.ignore: none: not-found
call.prepare: none: not-found
call.decline: none: not-found
call.decline words: none: not-found
call.hold: none: not-found
call.hold not: none: not-found
call.report: none: not-found
call.end: none: not-found
call.end lost: none: not-found
call.connected: none: not-found
call.join: none: not-found
call.leave: none: not-found
call.media: none: not-found
call.describe: none: not-found
call.describe answer: none: not-found
call.describe early: none: not-found
call.describe early-answer: none: not-found
call.describe early-address: none: not-found
call.trickle: none: not-found
call.trickle relay: none: not-found
call.trickle early: none: not-found
call.trickle early-host: none: not-found
call.trickle early-srflx: none: not-found
call.trickle early-known: none: not-found
call.start: ringing: is is call-exists call-exists call-exists
call.accept: ringing: state state is>connecting is>connecting not-found
call.accept early: ringing: state state state state not-found
call.accept hold: ringing: state state is>connecting is>connecting not-found
call.ringing: ringing: state state ok ok not-found
call.ignore: ringing: state state ok ok not-found
call.prepare: ringing: state state is is not-found
call.decline: ringing: state state ok>declined ok>declined not-found
call.decline words: ringing: state state ok>declined ok>declined not-found
call.hold: ringing: state state state state not-found
call.hold not: ringing: state state state state not-found
call.report: ringing: state state state state not-found
call.end: ringing: ok>cancelled ok>cancelled ok>declined ok>declined not-found
call.end lost: ringing: ok>cancelled ok>cancelled ok>declined ok>declined not-found
call.connected: ringing: state state state state not-found
call.join: ringing: is is>replaced is is not-found
call.leave: ringing: ok ok ok ok not-found
call.media: ringing: ok state state state not-found
call.describe: ringing: state state state state not-found
call.describe answer: ringing: state state state state not-found
call.describe early: ringing: state state ok!caller ok!caller not-found
call.describe early-answer: ringing: state state state state not-found
call.describe early-address: ringing: state state forbidden forbidden not-found
call.trickle: ringing: state state state state not-found
call.trickle relay: ringing: state state state state not-found
call.trickle early: ringing: state state state state not-found
call.trickle early-host: ringing: state state state state not-found
call.trickle early-srflx: ringing: state state state state not-found
call.trickle early-known: ringing: state state state state not-found
call.start: early: is is call-exists call-exists call-exists
call.accept: early: state state is>connecting is>connecting not-found
call.accept early: early: state state is>connecting state not-found
call.accept hold: early: state state is>connecting is>connecting not-found
call.ringing: early: state state ok ok not-found
call.ignore: early: state state ok ok not-found
call.prepare: early: state state is is not-found
call.decline: early: state state ok>declined ok>declined not-found
call.decline words: early: state state ok>declined ok>declined not-found
call.hold: early: state state state state not-found
call.hold not: early: state state state state not-found
call.report: early: state state state state not-found
call.end: early: ok>cancelled ok>cancelled ok>declined ok>declined not-found
call.end lost: early: ok>cancelled ok>cancelled ok>declined ok>declined not-found
call.connected: early: state state state state not-found
call.join: early: is is>replaced is is not-found
call.leave: early: ok ok ok ok not-found
call.media: early: ok state state state not-found
call.describe: early: state state state state not-found
call.describe answer: early: state state state state not-found
call.describe early: early: state state ok!caller ok!caller not-found
call.describe early-answer: early: ok!first state state state not-found
call.describe early-address: early: state state forbidden forbidden not-found
call.trickle: early: state state state state not-found
call.trickle relay: early: state state state state not-found
call.trickle early: early: ok!first state ok!caller state not-found
call.trickle early-host: early: ok state ok state not-found
call.trickle early-srflx: early: ok state ok state not-found
call.trickle early-known: early: ok state ok state not-found
call.start: blocked: is is call-exists call-exists call-exists
call.accept: blocked: state state not-found not-found not-found
call.accept early: blocked: state state not-found not-found not-found
call.accept hold: blocked: state state not-found not-found not-found
call.ringing: blocked: state state not-found not-found not-found
call.ignore: blocked: state state not-found not-found not-found
call.prepare: blocked: state state not-found not-found not-found
call.decline: blocked: state state not-found not-found not-found
call.decline words: blocked: state state not-found not-found not-found
call.hold: blocked: state state not-found not-found not-found
call.hold not: blocked: state state not-found not-found not-found
call.report: blocked: state state not-found not-found not-found
call.end: blocked: ok>cancelled ok>cancelled not-found not-found not-found
call.end lost: blocked: ok>cancelled ok>cancelled not-found not-found not-found
call.connected: blocked: state state not-found not-found not-found
call.join: blocked: is is>replaced not-found not-found not-found
call.leave: blocked: ok ok not-found not-found not-found
call.media: blocked: ok state not-found not-found not-found
call.describe: blocked: state state not-found not-found not-found
call.describe answer: blocked: state state not-found not-found not-found
call.describe early: blocked: state state not-found not-found not-found
call.describe early-answer: blocked: state state not-found not-found not-found
call.describe early-address: blocked: state state not-found not-found not-found
call.trickle: blocked: state state not-found not-found not-found
call.trickle relay: blocked: state state not-found not-found not-found
call.trickle early: blocked: state state not-found not-found not-found
call.trickle early-host: blocked: state state not-found not-found not-found
call.trickle early-srflx: blocked: state state not-found not-found not-found
call.trickle early-known: blocked: state state not-found not-found not-found
call.start: connecting: is is call-exists call-exists call-exists
call.accept: connecting: state state is state not-found
call.accept early: connecting: state state is state not-found
call.accept hold: connecting: state state is state not-found
call.ringing: connecting: state state ok ok not-found
call.ignore: connecting: state state ok ok not-found
call.prepare: connecting: state state state state not-found
call.decline: connecting: state state state state not-found
call.decline words: connecting: state state state state not-found
call.hold: connecting: ok state ok state not-found
call.hold not: connecting: ok state ok state not-found
call.report: connecting: ok state ok state not-found
call.end: connecting: ok>hung-up ok>hung-up ok>hung-up ok>hung-up not-found
call.end lost: connecting: ok>media-lost ok>media-lost ok>media-lost ok>media-lost not-found
call.connected: connecting: ok state ok state not-found
call.join: connecting: is is>replaced is is not-found
call.leave: connecting: ok ok ok ok not-found
call.media: connecting: ok state ok state not-found
call.describe: connecting: ok!first state ok!caller state not-found
call.describe answer: connecting: ok!first state ok!caller state not-found
call.describe early: connecting: state state state state not-found
call.describe early-answer: connecting: state state state state not-found
call.describe early-address: connecting: state state state state not-found
call.trickle: connecting: ok!first state ok!caller state not-found
call.trickle relay: connecting: ok!first state ok!caller state not-found
call.trickle early: connecting: state state state state not-found
call.trickle early-host: connecting: state state state state not-found
call.trickle early-srflx: connecting: state state state state not-found
call.trickle early-known: connecting: state state state state not-found
call.start: active: is is call-exists call-exists call-exists
call.accept: active: state state is state not-found
call.accept early: active: state state is state not-found
call.accept hold: active: state state is state not-found
call.ringing: active: state state ok ok not-found
call.ignore: active: state state ok ok not-found
call.prepare: active: state state state state not-found
call.decline: active: state state state state not-found
call.decline words: active: state state state state not-found
call.hold: active: ok state ok state not-found
call.hold not: active: ok state ok state not-found
call.report: active: ok state ok state not-found
call.end: active: ok>hung-up ok>hung-up ok>hung-up ok>hung-up not-found
call.end lost: active: ok>media-lost ok>media-lost ok>media-lost ok>media-lost not-found
call.connected: active: ok state ok state not-found
call.join: active: is is>replaced is is not-found
call.leave: active: ok ok ok ok not-found
call.media: active: ok state ok state not-found
call.describe: active: ok!first state ok!caller state not-found
call.describe answer: active: ok!first state ok!caller state not-found
call.describe early: active: state state state state not-found
call.describe early-answer: active: state state state state not-found
call.describe early-address: active: state state state state not-found
call.trickle: active: ok!first state ok!caller state not-found
call.trickle relay: active: ok!first state ok!caller state not-found
call.trickle early: active: state state state state not-found
call.trickle early-host: active: state state state state not-found
call.trickle early-srflx: active: state state state state not-found
call.trickle early-known: active: state state state state not-found
call.start: ended: is is call-exists call-exists call-exists
call.accept: ended: state state state state not-found
call.accept early: ended: state state state state not-found
call.accept hold: ended: state state state state not-found
call.ringing: ended: state state ok ok not-found
call.ignore: ended: state state ok ok not-found
call.prepare: ended: state state state state not-found
call.decline: ended: ok ok ok ok not-found
call.decline words: ended: state state state state not-found
call.hold: ended: state state state state not-found
call.hold not: ended: state state state state not-found
call.report: ended: ok ok ok ok not-found
call.end: ended: ok ok ok ok not-found
call.end lost: ended: ok ok ok ok not-found
call.connected: ended: state state state state not-found
call.join: ended: is is is is not-found
call.leave: ended: ok ok ok ok not-found
call.media: ended: state state state state not-found
call.describe: ended: state state state state not-found
call.describe answer: ended: state state state state not-found
call.describe early: ended: state state state state not-found
call.describe early-answer: ended: state state state state not-found
call.describe early-address: ended: state state state state not-found
call.trickle: ended: state state state state not-found
call.trickle relay: ended: state state state state not-found
call.trickle early: ended: state state state state not-found
call.trickle early-host: ended: state state state state not-found
call.trickle early-srflx: ended: state state state state not-found
call.trickle early-known: ended: state state state state not-found
`;
