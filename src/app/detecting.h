/* SPDX-License-Identifier: Apache-2.0 */
/* How others see this machine: the question of turn.detect while the program runs. Never blocks. */
#ifndef APP_DETECTING_H
#define APP_DETECTING_H

#include "app/config.h"
#include "net/resolve.h"
#include "server/turnprobe.h"

struct detecting {
    char host[CONFIG_TEXT_MAX + 1]; /* "": nobody is asked */
    uint16_t port;
    struct addr server[2]; /* its addresses, IPv4 and IPv6, as far as they are known */
    resolve_function resolve;
    struct resolve *lookup; /* NULL: none is under way */
    uint32_t pace_ms;       /* until the next, while the name has no address */
    struct turnprobe_question questions[2];
    bool heard; /* an answer to the latest questions */
    uint64_t ask_ms;
    uint64_t again_ms;
    uint64_t hear_ms;
    uint64_t hear_end_ms;
};

/* The start has asked (relaying_detect); what it has found stands in `config`. */
void detecting_init(struct detecting *detecting, const struct config *config, uint64_t now_ms);
void detecting_destroy(struct detecting *detecting);

/* Asks with the next tick: this machine has another address. */
void detecting_hurry(struct detecting *detecting, uint64_t now_ms);

/* Asks every five minutes, from the addresses `from` (ADDR_NONE: not of this family). A name that
 * could not be resolved is looked up again, after 5 seconds and then twice as long each time, at
 * most five minutes; each failure is counted. After silence its address is looked up anew. True: at
 * least one answer has come into `mapped`; the others of it are left alone. */
MUST_USE bool detecting_tick(struct detecting *detecting, const struct addr from[2],
                             uint64_t now_ms, struct addr mapped[2]);
uint64_t detecting_next_ms(const struct detecting *detecting);

#endif
