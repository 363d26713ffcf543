// SPDX-License-Identifier: Apache-2.0
// A small internet of network namespaces: a server, homes behind routers, and what they let pass.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const tag = `vv${process.pid}`;
const ip = (...args) => execFileSync('ip', args,
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000, killSignal: 'SIGKILL' }).toString();
const space = (name) => `${tag}-${name}`;
const inside = (name, ...args) => ip('netns', 'exec', space(name), ...args);

function remove(full) {
    ip('netns', 'del', full);
    rmSync(`/etc/netns/${full}`, { recursive: true, force: true });
}

/** Those of a run that was killed before its end. */
function removeLeftOver() {
    for (const [full, pid] of ip('netns', 'list').matchAll(/^vv(\d+)-\S+/gm)) {
        if (!existsSync(`/proc/${pid}`)) {
            remove(full);
        }
    }
}

/** Why this machine has no namespaces for us, or undefined. */
export function whyNot() {
    try {
        removeLeftOver();
        ip('netns', 'add', space('try'));
        inside('try', 'nft', 'add', 'table', 'ip', 'nat');
        return undefined;
    } catch (error) {
        return `no network namespaces here: ${String(error.stderr ?? error).trim()}`;
    } finally {
        try {
            ip('netns', 'del', space('try'));
        } catch {
            // It was not made.
        }
    }
}

export const SERVER = { four: '5.5.5.10', six: '2a00:5:5::10', name: 'visavis.test' };

export class Networks {
    #endings;
    #folder;

    /** `endings` removes what is made here. */
    constructor(folder, endings) {
        this.#folder = folder;
        this.#endings = endings;
        this.#add('net');
        inside('net', 'ip', 'link', 'add', 'name', 'br0', 'type', 'bridge');
        inside('net', 'ip', 'link', 'set', 'br0', 'up');
        this.#attach('server', 'wan', [`${SERVER.four}/24`, `${SERVER.six}/64`]);
    }

    #add(name) {
        ip('netns', 'add', space(name));
        this.#endings.add(`the network of ${name}`, () => remove(space(name)));
        inside(name, 'ip', 'link', 'set', 'lo', 'up');
        // An address that becomes valid later is a change of the network, which ends what a browser
        // loads at that moment.
        inside(name, 'sysctl', '-qw', 'net.ipv6.conf.default.accept_dad=0');
        const folder = `/etc/netns/${space(name)}`;
        mkdirSync(folder, { recursive: true });
        // Chromium asks for STUN and TURN names with a trailing dot.
        const names = `${SERVER.name} ${SERVER.name}.`;
        writeFileSync(join(folder, 'hosts'),
            `127.0.0.1 localhost\n${SERVER.four} ${names}\n${SERVER.six} ${names}\n`);
        writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
    }

    /** A cable from `from`'s device to `to`'s. */
    #cable(from, fromDevice, to, toDevice) {
        ip('-n', space(from), 'link', 'add', 'name', fromDevice, 'type', 'veth', 'peer', 'name',
            toDevice, 'netns', space(to));
        inside(from, 'ip', 'link', 'set', fromDevice, 'up');
        inside(to, 'ip', 'link', 'set', toDevice, 'up');
    }

    /** A namespace on the internet. */
    #attach(name, device, addresses) {
        this.#add(name);
        this.#cable('net', `p-${name}`, name, device);
        inside('net', 'ip', 'link', 'set', `p-${name}`, 'master', 'br0');
        for (const address of addresses) {
            const family = address.includes(':') ? ['-6'] : [];
            inside(name, 'ip', ...family, 'addr', 'add', address, 'dev', device,
                ...(family.length > 0 ? ['nodad'] : []));
        }
    }

    /** A machine on the internet, with IPv4. */
    addMachine(name, address) {
        this.#attach(name, 'wan', [`${address}/24`]);
    }

    /** A home whose only way out is a router with NAT; 5.5.5.`number` outside. */
    addHome(name, number) {
        const router = `r-${name}`;
        this.#attach(router, 'wan', [`5.5.5.${number}/24`]);
        this.#add(name);
        this.#cable(router, 'lan', name, 'eth0');
        inside(router, 'ip', 'addr', 'add', `10.${number}.0.1/24`, 'dev', 'lan');
        inside(name, 'ip', 'addr', 'add', `10.${number}.0.2/24`, 'dev', 'eth0');
        inside(name, 'ip', 'route', 'add', 'default', 'via', `10.${number}.0.1`);
        inside(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
    }

    /** A machine with IPv6 alone, on the internet. */
    addSix(name, number) {
        this.#attach(name, 'eth0', [`2a00:5:5::${number}/64`]);
        // Without a default route Chromium takes IPv6 for absent.
        inside(name, 'ip', '-6', 'route', 'add', 'default', 'via', SERVER.six);
    }

    /** What the router of a home does: 'port-restricted', 'symmetric', 'only-443'. */
    setRouter(name, kind) {
        const random = kind === 'symmetric' ? ' random,fully-random' : '';
        const forward = kind === 'only-443'
            ? 'ct state established,related accept; tcp dport 443 accept; drop;'
            : 'ct state established,related accept; iifname "lan" accept; drop;';
        // Strays are dropped before conntrack confirms them, or a hole punch meets its own entry.
        const rules = `flush ruleset
            table ip nat {
                chain post {
                    type nat hook postrouting priority 100;
                    oifname "wan" masquerade${random};
                }
            }
            table ip filter {
                chain input {
                    type filter hook input priority 0;
                    iifname "wan" ct state new drop;
                }
                chain forward {
                    type filter hook forward priority 0;
                    ${forward}
                }
            }\n`;
        const file = join(this.#folder, `${name}.nft`);
        writeFileSync(file, rules);
        inside(`r-${name}`, 'nft', '-f', file);
    }

    /** The command line that runs a program there. */
    command(name, ...args) {
        return ['ip', ['netns', 'exec', space(name), ...args]];
    }

    /** A program that starts another one there, for those who take only a path. */
    wrapper(name, program) {
        const file = join(this.#folder, `run-${name}`);
        writeFileSync(file, `#!/bin/sh\nexec ip netns exec ${space(name)} ${program} "$@"\n`);
        chmodSync(file, 0o755);
        return file;
    }
}
