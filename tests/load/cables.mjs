// SPDX-License-Identifier: Apache-2.0
// A server and two homes in network namespaces, each home on a cable of its own (wire.c) that
// takes its time, can be pulled, and whose home can change its address.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { top } from './table.mjs';

const program = resolve(top, process.env.WIRE ?? 'build-load/tests/load/wire');
const tag = `vvl${process.pid % 100000}`;
const space = (name) => `${tag}-${name}`;
const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const inside = (name, ...args) => ip('netns', 'exec', space(name), ...args);

export const SERVER = { address: '10.99.0.1', name: 'visavis.test' };

export class Cables {
    #names = [];
    #wires = {};

    static async lay(folder, homes, delayMs) {
        const cables = new Cables();
        cables.folder = folder;
        cables.#add('server');
        inside('server', 'ip', 'addr', 'add', `${SERVER.address}/32`, 'dev', 'lo');
        inside('server', 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
        for (const [i, home] of homes.entries()) {
            await cables.#lay(home, 1 + i, delayMs);
        }
        return cables;
    }

    #add(name) {
        ip('netns', 'add', space(name));
        this.#names.push(name);
        inside(name, 'ip', 'link', 'set', 'lo', 'up');
        const folder = `/etc/netns/${space(name)}`;
        mkdirSync(folder, { recursive: true });
        // Chromium asks for STUN and TURN names with a trailing dot.
        writeFileSync(join(folder, 'hosts'),
            `127.0.0.1 localhost\n${SERVER.address} ${SERVER.name} ${SERVER.name}.\n`);
        writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
    }

    async #lay(home, number, delayMs) {
        this.#add(home);
        const wire = spawn(program, [String(delayMs), space(home), 'wan', space('server'),
            `lan${number}`], { stdio: ['pipe', 'pipe', 'inherit'] });
        this.#wires[home] = { wire, number };
        await once(wire.stdout, 'data');
        for (const [where, device, address] of [[home, 'wan', `10.${number}.0.2/24`],
            ['server', `lan${number}`, `10.${number}.0.1/24`]]) {
            inside(where, 'ip', 'addr', 'add', address, 'dev', device);
            inside(where, 'ip', 'link', 'set', device, 'up');
        }
        inside(home, 'ip', 'route', 'add', 'default', 'via', `10.${number}.0.1`);
    }

    pull(home) {
        this.#wires[home].wire.stdin.write('cut\n');
    }

    mend(home) {
        this.#wires[home].wire.stdin.write('mend\n');
    }

    /** As when a computer goes from one network to another: the old address is gone. */
    move(home, last) {
        const { number } = this.#wires[home];
        inside(home, 'ip', 'addr', 'flush', 'dev', 'wan');
        inside(home, 'ip', 'addr', 'add', `10.${number}.0.${last}/24`, 'dev', 'wan');
        inside(home, 'ip', 'route', 'replace', 'default', 'via', `10.${number}.0.1`);
    }

    /** A program that starts another one there, for those who take only a path. */
    wrapper(name, path) {
        const file = join(this.folder, `run-${name}`);
        writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${space(name)} ${path} "$@"\n`);
        chmodSync(file, 0o755);
        return file;
    }

    close() {
        for (const { wire } of Object.values(this.#wires)) {
            wire.stdin.end();
        }
        for (const name of this.#names.reverse()) {
            ip('netns', 'del', space(name));
            rmSync(`/etc/netns/${space(name)}`, { recursive: true, force: true });
        }
    }
}
