// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** An authority of our own in `folder`, and a certificate of it for `name`. */
export function makeAuthority(folder, name) {
    const path = (file) => join(folder, file);
    const openssl = (...args) => execFileSync('openssl', args, { stdio: 'ignore' });
    const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    openssl('req', '-x509', ...fresh, '-days', '2', '-subj', '/CN=Test authority', '-keyout',
        path('ca.key'), '-out', path('ca.pem'));
    openssl('req', ...fresh, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`,
        '-keyout', path('server.key'), '-out', path('server.csr'));
    openssl('x509', '-req', '-in', path('server.csr'), '-CA', path('ca.pem'), '-CAkey',
        path('ca.key'), '-CAcreateserial', '-days', '2', '-copy_extensions', 'copy', '-out',
        path('server.pem'));
    return { authority: path('ca.pem'), cert: path('server.pem'), key: path('server.key') };
}
