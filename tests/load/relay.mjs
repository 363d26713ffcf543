// SPDX-License-Identifier: Apache-2.0
// The peer of the benchmark: a relay on Node and `ws`. /ws?pair=N joins two sockets; without a
// pair the socket is idle. MODE=same does what the signalling protocol asks for (parse, reply to
// the sender, tell the other side with a counter); MODE=bare passes the text on and does no more.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { WebSocketServer } from 'ws';

const { MODE = 'same', CERT, KEY } = process.env;
const server = CERT === undefined ? http.createServer()
    : https.createServer({ cert: readFileSync(CERT), key: readFileSync(KEY) });
const pairs = new Map();

function same(socket, data) {
    const message = JSON.parse(data.toString('utf8'));
    const { id, ...event } = message;
    const peer = socket.peer;
    if (peer !== undefined) {
        event.seq = ++peer.seq;
        peer.send(JSON.stringify(event));
    }
    socket.send(JSON.stringify({ type: 'ok', id }));
}

function bare(socket, data) {
    socket.peer?.send(data, { binary: false });
}

const take = MODE === 'bare' ? bare : same;
new WebSocketServer({ server, maxPayload: 65536 }).on('connection', (socket, request) => {
    const pair = new URL(request.url, 'http://localhost').searchParams.get('pair');
    socket.seq = 0;
    if (pair !== null) {
        const other = pairs.get(pair);
        if (other === undefined) {
            pairs.set(pair, socket);
        } else {
            [socket.peer, other.peer] = [other, socket];
        }
    }
    socket.on('message', (data) => take(socket, data));
    socket.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
