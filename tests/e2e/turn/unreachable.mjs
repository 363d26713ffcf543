// SPDX-License-Identifier: Apache-2.0
// For icmp.test.mjs, in the client's network: relays to a port where nobody listens, and prints the
// Data indication that tells of it. Arguments: data folder, server, peer.
import { StunClient, credentialOf } from './stun.mjs';
import { until } from '../api/server.mjs';

const ICMP = Buffer.from([0x80, 0x04, 0, 8]); // Its head: RFC 8656 section 18.13.
const [folder, address, peer] = process.argv.slice(2);
const client = new StunClient({ address, port: 8443 }, credentialOf(folder));
const codes = [await client.allocate(), await client.permit(peer)];
const told = () => client.strays.find((bytes) => bytes.includes(ICMP));
await until(() => {
    client.send(peer, 9, Buffer.from('is anybody there?')); // UDP may lose it.
    return told() !== undefined;
}, 20_000, 'the word of the router');
const bytes = told();
const at = bytes.indexOf(ICMP) + 4;
client.close();
process.stdout.write(JSON.stringify({ codes, method: bytes.readUInt16BE(0),
    type: bytes.readUInt16BE(at + 2) >> 9, code: bytes.readUInt16BE(at + 2) & 0x1ff,
    hasData: bytes.includes('is anybody there?') }));
