/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/strangers.h"

#include "base/mem.h"
#include "turn/budget.h"

/* Networks share these by chance, as none is kept. */
#define BUDGETS 4096

struct strangers {
    uint64_t key;
    uint64_t per_s;
    uint64_t depth_ns;
    uint64_t total_per_s;
    struct budget total;
    struct budget budgets[BUDGETS];
};

enum err strangers_create(const struct turn_limits *limits, uint64_t key, struct strangers **out)
{
    struct strangers *strangers = mem_alloc(sizeof(*strangers));
    if (strangers == NULL) {
        return ERR_NOMEM;
    }
    strangers->key = key;
    strangers->per_s = limits->answers_per_s;
    if (limits->answers_per_s > 0) {
        strangers->depth_ns = limits->answers_burst * BUDGET_NS_PER_S / limits->answers_per_s;
    }
    strangers->total_per_s = limits->answers_total_per_s;
    *out = strangers;
    return OK;
}

void strangers_destroy(struct strangers *strangers)
{
    if (strangers != NULL) {
        mem_wipe(strangers, sizeof(*strangers));
        mem_free(strangers);
    }
}

/* Mixes like the finaliser of MurmurHash3; the key makes the result unknown outside. */
static uint64_t mix(uint64_t word)
{
    word ^= word >> 33;
    word *= 0xff51afd7ed558ccdU;
    word ^= word >> 33;
    word *= 0xc4ceb9fe1a85ec53U;
    return word ^ word >> 33;
}

bool strangers_may_answer(struct strangers *strangers, uint64_t *share, const struct addr *client,
                          uint64_t now_ms)
{
    uint64_t prefix = client->family;
    for (size_t i = 0; i < (client->family == ADDR_V4 ? 3 : 6); i++) {
        prefix = prefix << 8 | client->ip[i];
    }
    uint64_t key = strangers->key;
    struct budget *budget = &strangers->budgets[mix(mix(prefix ^ key) + key) % BUDGETS];
    if (strangers->per_s != 0 &&
        !budget_take(budget, strangers->per_s, strangers->depth_ns, 1, now_ms)) {
        return false;
    }
    return strangers->total_per_s == 0 ||
           budget_take_share(&strangers->total, share, strangers->total_per_s, BUDGET_NS_PER_S, 1,
                             now_ms);
}
