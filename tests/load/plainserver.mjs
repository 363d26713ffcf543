// SPDX-License-Identifier: Apache-2.0
// The server of the plain page that call.mjs measures beside ours: the page, and what one of two
// says is passed on to the other.
//     node plainserver.mjs CERT KEY PORT
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { WebSocket, WebSocketServer } from 'ws';

const [cert, key, port] = process.argv.slice(2);
const page = readFileSync(new URL('plain.html', import.meta.url));
const server = https.createServer({ cert: readFileSync(cert), key: readFileSync(key) },
    (request, answer) => answer.setHeader('Content-Type', 'text/html; charset=utf-8').end(page));
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => socket.on('message', (text) => {
    for (const other of sockets.clients) {
        if (other !== socket && other.readyState === WebSocket.OPEN) {
            other.send(String(text));
        }
    }
}));
server.listen(Number(port), () => console.log('ready'));
