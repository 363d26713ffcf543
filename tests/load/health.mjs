// SPDX-License-Identifier: Apache-2.0
// Asks /healthz again and again, each time by a connection of its own, until its input ends; then
// prints how long each answer took, in ms. A process of its own: back.mjs is busy with its tabs.
//     node health.mjs URL
import http from 'node:http';
import https from 'node:https';

const url = new URL('/healthz', process.argv[2]);
const { get } = url.protocol === 'https:' ? https : http;
const PAUSE_MS = 20;
const times = [];
let over = false;
process.stdin.resume().on('end', () => (over = true));
while (!over) {
    const began = performance.now();
    await new Promise((done) => {
        get({ host: '127.0.0.1', port: url.port, path: url.pathname, agent: false,
            servername: 'localhost', rejectUnauthorized: false, headers: { Host: url.host } },
        (answer) => answer.resume().on('end', () => {
            times.push(performance.now() - began);
            done();
        })).on('error', done);
    });
    await new Promise((next) => setTimeout(next, PAUSE_MS));
}
console.log(JSON.stringify(times));
