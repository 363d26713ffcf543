// SPDX-License-Identifier: Apache-2.0
// Ports of the loopback address that nobody used a moment ago.
import { once } from 'node:events';
import { createServer } from 'node:net';

/** As many, all different. */
export async function freePorts(count) {
    const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
    await Promise.all(probes.map((probe) => once(probe, 'listening')));
    const ports = probes.map((probe) => probe.address().port);
    await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
    return ports;
}

export const freePort = async () => (await freePorts(1))[0];
