// SPDX-License-Identifier: Apache-2.0
// The built-in TURN server as its clients meet it: credentials by a real call, coturn's tools.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Server, within } from '../api/server.mjs';
import { Tab, newId } from '../api/tab.mjs';

/** A server with two people who can call each other; `endings` ends it. */
export async function startRelay({ options = {}, tls = false, data, endings } = {}) {
    const server = await Server.start({ tls, options, data });
    endings?.addServer(server);
    const ann = await server.createAdministrator('ann');
    const bert = await server.createPerson(ann, 'bert');
    server.cookies = { ann, bert };
    return server;
}

/** Ann calls Bert, who answers: the call, the tabs, and the ICE servers that she is given. */
export async function startCall(server) {
    const ann = await Tab.open(server, server.cookies.ann);
    const bert = await Tab.open(server, server.cookies.bert);
    const id = newId();
    const answer = await ann.ask('call.start',
        { call: id, callee: 'bert', microphone: true, camera: true });
    await bert.ask('call.accept', { call: id, microphone: true, camera: true });
    await ann.ask('call.connected', { call: id });
    await bert.ask('call.connected', { call: id });
    const [entry] = answer.iceServers ?? [];
    return { id, ann, bert, answer, entry, name: entry?.username, password: entry?.credential,
        end: async () => {
            await ann.ask('call.end', { call: id, reason: 'hung-up' });
            ann.leave();
            bert.leave();
        } };
}

/** Runs a program to its end, the limit or the signal; gives its code and all that it said. */
export async function run(program, args, { input, limit = 30_000, env, signal: stop } = {}) {
    const child = spawn(program, args,
        { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
            env: { ...process.env, ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.stdin?.on('error', () => {}); // It may have ended before it has read.
    child.stdin?.end(input);
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    stop?.addEventListener('abort', () => child.kill('SIGKILL'));
    const closed = once(child, 'close').catch(() => {});
    const [code, signal] = await once(child, 'exit').finally(() => clearTimeout(timer));
    // Its own children may hold the pipes open.
    await within(5000, closed, `the last words of ${program}`).catch(() => {});
    return { code: code ?? signal, output };
}

/** Packets through coturn's load client: two relays of each client talk to each other. */
export async function uclient(server, call, args, { address = '127.0.0.1', signal } = {}) {
    const { output, code } = await run('turnutils_uclient', ['-u', call.name, '-w', call.password,
        '-p', String(server.port), '-y', '-c', '-n', '20', '-m', '2', '-l', '172', '-z', '5',
        ...args, address], { signal });
    const number = (pattern) => Number(pattern.exec(output)?.[1] ?? NaN);
    return { code, output,
        sent: number(/start_mclient: tot_send_msgs=(\d+)/),
        received: number(/start_mclient: tot_send_msgs=\d+, tot_recv_msgs=(\d+)/),
        lost: number(/Total lost packets (\d+)/) };
}

/** One Binding by TCP or TLS: the address that the server saw, and the own port. */
export function binding(port, { tls = false, alpn, host = '127.0.0.1' } = {}) {
    const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]);
    return new Promise((done, failed) => {
        const socket = tls
            ? connectTls({ port, host, rejectUnauthorized: false, ALPNProtocols: alpn })
            : connect({ port, host });
        const timer = setTimeout(() => socket.destroy(new Error('no answer')), 10_000);
        let bytes = Buffer.alloc(0);
        socket.on(tls ? 'secureConnect' : 'connect', () => socket.write(request));
        socket.on('data', (data) => {
            bytes = Buffer.concat([bytes, data]);
            if (bytes.length >= 32) {
                const own = socket.localPort;
                socket.destroy();
                done({ own, port: bytes.readUInt16BE(26) ^ 0x2112,
                    address: [...bytes.subarray(28, 32)].map((byte, i) =>
                        byte ^ [0x21, 0x12, 0xa4, 0x42][i]).join('.') });
            }
        });
        socket.on('error', failed);
        socket.on('close', () => {
            clearTimeout(timer);
            failed(new Error('closed'));
        });
    });
}
