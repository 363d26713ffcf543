/* SPDX-License-Identifier: Apache-2.0 */
/* Implements port_password (argon2id in the bounded pool) and port_random. */
#ifndef SERVER_PASSWORDS_H
#define SERVER_PASSWORDS_H

#include "net/offload.h"
#include "portal/ports.h"

struct port_password passwords_port(struct offload *offload);
struct port_random passwords_random_port(void);

#endif
