/* SPDX-License-Identifier: Apache-2.0 */
#include "app/detecting.h"

#include <string.h>

#include "app/turnoptions.h"
#include "base/counter.h"
#include "base/log.h"

enum {
    ASK_MS = 300000,
    PACE_MS = 5000,  /* after the first lookup that found nothing */
    WAIT_MS = 3000,  /* for answers */
    HEAR_MS = 200,   /* whether one is there */
    AGAIN_MS = 1000, /* UDP may lose the question */
};

static bool is_known(const struct detecting *detecting)
{
    return detecting->server[0].family != ADDR_NONE || detecting->server[1].family != ADDR_NONE;
}

void detecting_init(struct detecting *detecting, const struct config *config, uint64_t now_ms)
{
    *detecting = (struct detecting){
        .resolve = dial_resolve, .pace_ms = PACE_MS, .ask_ms = UINT64_MAX, .hear_ms = UINT64_MAX};
    if (config->turn.detect[0] == '\0' ||
        !turnoptions_server(config->turn.detect, detecting->host, &detecting->port)) {
        detecting->host[0] = '\0';
        return;
    }
    memcpy(detecting->server, config->turn.detect_server, sizeof(detecting->server));
    detecting->ask_ms = now_ms + (is_known(detecting) ? ASK_MS : PACE_MS);
}

static void end_questions(struct detecting *detecting)
{
    turnprobe_end(&detecting->questions[0]);
    turnprobe_end(&detecting->questions[1]);
}

void detecting_destroy(struct detecting *detecting)
{
    end_questions(detecting);
    resolve_drop(detecting->lookup);
    detecting->lookup = NULL;
}

void detecting_hurry(struct detecting *detecting, uint64_t now_ms)
{
    if (detecting->host[0] != '\0') {
        detecting->ask_ms = now_ms;
    }
}

/* Over each family that is wanted; or says again what may have been lost. */
static void ask(struct detecting *detecting, const struct addr from[2], bool again, uint64_t now_ms)
{
    for (int i = 0; i < 2; i++) {
        struct turnprobe_target target = {.addr = detecting->server[i], .from = from[i]};
        if (again && detecting->questions[i].dial == NULL) {
            continue; /* it was answered */
        }
        if (target.addr.family == ADDR_NONE || target.from.family == ADDR_NONE ||
            turnprobe_ask(&target, &detecting->questions[i]) != OK) {
            turnprobe_end(&detecting->questions[i]);
        } else {
            detecting->hear_ms = now_ms + HEAR_MS;
        }
    }
    detecting->again_ms = now_ms + AGAIN_MS;
}

static void begin_to_ask(struct detecting *detecting, const struct addr from[2], uint64_t now_ms)
{
    detecting->hear_end_ms = now_ms + WAIT_MS;
    detecting->heard = false;
    end_questions(detecting);
    ask(detecting, from, false, now_ms);
}

static void look_again_later(struct detecting *detecting, uint64_t now_ms)
{
    counter_increment(COUNTER_RELAYING_UNRESOLVED);
    log_warn("the STUN server of turn.detect has no address; it is looked up again",
             "host=%s seconds=%u", detecting->host, detecting->pace_ms / 1000);
    detecting->ask_ms = now_ms + detecting->pace_ms;
    detecting->pace_ms = detecting->pace_ms < ASK_MS / 2 ? 2 * detecting->pace_ms : ASK_MS;
}

/* The first address of each family. */
static void hear_lookup(struct detecting *detecting, const struct addr from[2], uint64_t now_ms)
{
    struct addr found[RESOLVE_ADDRESSES_MAX];
    uint32_t count = 0;
    if (!resolve_hear(detecting->lookup, found, &count)) {
        detecting->hear_ms = now_ms + HEAR_MS;
        return;
    }
    detecting->lookup = NULL;
    for (uint32_t i = count; i-- > 0;) {
        detecting->server[found[i].family == ADDR_V4 ? 0 : 1] = found[i];
    }
    if (!is_known(detecting)) {
        look_again_later(detecting, now_ms);
        return;
    }
    detecting->pace_ms = PACE_MS;
    begin_to_ask(detecting, from, now_ms);
}

/* A silent server changes nothing, but the next question looks its name up again. */
static bool hear(struct detecting *detecting, const struct addr from[2], uint64_t now_ms,
                 struct addr mapped[2])
{
    bool waits = false;
    bool heard = false;
    for (int i = 0; i < 2; i++) {
        struct turnprobe_question *question = &detecting->questions[i];
        struct addr addr = {0};
        enum err err = question->dial == NULL ? ERR_STATE : turnprobe_hear(question, &addr);
        if (err == ERR_TIMEOUT && now_ms < detecting->hear_end_ms) {
            waits = true;
            continue;
        }
        turnprobe_end(question);
        if (err == OK) {
            addr.port = 0;
            mapped[i] = addr;
            heard = true;
        }
    }
    detecting->heard = detecting->heard || heard;
    if (!waits && !detecting->heard) {
        memset(detecting->server, 0, sizeof(detecting->server));
    }
    detecting->hear_ms = waits ? now_ms + HEAR_MS : UINT64_MAX;
    if (waits && detecting->again_ms <= now_ms) {
        ask(detecting, from, true, now_ms);
    }
    return heard;
}

static void begin(struct detecting *detecting, const struct addr from[2], uint64_t now_ms)
{
    detecting->ask_ms = now_ms + ASK_MS;
    if (from[0].family == ADDR_NONE && from[1].family == ADDR_NONE) {
        return; /* the options say it all */
    }
    if (is_known(detecting)) {
        begin_to_ask(detecting, from, now_ms);
    } else if (detecting->lookup == NULL &&
               resolve_start(detecting->resolve, detecting->host, detecting->port,
                             &detecting->lookup) != OK) {
        look_again_later(detecting, now_ms);
    } else {
        detecting->hear_ms = now_ms + HEAR_MS;
    }
}

bool detecting_tick(struct detecting *detecting, const struct addr from[2], uint64_t now_ms,
                    struct addr mapped[2])
{
    if (detecting->ask_ms <= now_ms) {
        begin(detecting, from, now_ms);
    }
    if (detecting->hear_ms > now_ms) {
        return false;
    }
    detecting->hear_ms = UINT64_MAX;
    if (detecting->lookup != NULL) {
        hear_lookup(detecting, from, now_ms);
        return false;
    }
    return hear(detecting, from, now_ms, mapped);
}

uint64_t detecting_next_ms(const struct detecting *detecting)
{
    return detecting->ask_ms < detecting->hear_ms ? detecting->ask_ms : detecting->hear_ms;
}
