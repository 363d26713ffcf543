/* SPDX-License-Identifier: Apache-2.0 */
/* The options turn.* whose text has a form of its own, read into values. */
#ifndef APP_TURNOPTIONS_H
#define APP_TURNOPTIONS_H

#include "app/config.h"
#include "turn/peerfilter.h"
#include "turn/turn.h"

#define TURNOPTIONS_PORTS_MAX 6

struct turnoptions {
    uint16_t ports[TURNOPTIONS_PORTS_MAX];
    uint32_t port_count;
    bool apart;                    /* they are not at the address of the pages */
    struct addr public_address[2]; /* IPv4, IPv6; ADDR_NONE: not set */
    struct addr relay_address[2];
    struct turn_alternate alternate;
    struct addr_prefix allowed[PEERFILTER_PREFIXES_MAX];
    uint32_t allowed_count;
    struct addr_prefix denied[PEERFILTER_PREFIXES_MAX];
    uint32_t denied_count;
};

/* What browsers are told; 0: nothing. Each address more is asked by each of them, at each call. */
struct turnoptions_told {
    uint16_t udp[2];
    uint16_t tcp[2];
    uint16_t tls;
};

/* Of the ports, where the pages are at `port`: 3478 or the first one, and 443. `tls`: there is a
 * certificate. */
struct turnoptions_told turnoptions_tell(const struct turnoptions *options, uint16_t port,
                                         bool tls);

/* The parts of "host", "host:port", "192.0.2.1:3478" or "[2001:db8::1]:3478". False: it is none. */
bool turnoptions_server(const char *text, char host[CONFIG_TEXT_MAX + 1], uint16_t *port);

/* NULL, or the broken rule; then *option is the name of the option. */
const char *turnoptions_read(const struct config *config, struct turnoptions *out,
                             const char **option);

#endif
