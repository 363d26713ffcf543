/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls again and again in vain, and who waits until somebody is available. */
#include "calls_oracle_internal.h"

#define PESTERING_MS (10 * 60 * 1000)
#define TOLD_MS 3000 /* who waits is told within it */

/* ---- calls in vain ---- */

bool oracle_pesters(const struct oracle *oracle, int caller, int callee)
{
    const struct oracle_vain *vain = &oracle->vain[caller];
    uint32_t count = 0;
    for (int i = 0; i < ORACLE_VAIN_MAX; i++) {
        bool lately = oracle->now_ms < vain->at_ms[i] + PESTERING_MS;
        count += vain->callees[i] == callee + 1 && lately ? 1 : 0;
    }
    return count >= oracle->unanswered_max;
}

void oracle_note_vain(struct oracle *oracle, const struct oracle_call *call)
{
    struct oracle_vain *vain = &oracle->vain[call->users[ROLE_CALLER]];
    uint32_t at = vain->count++ % ORACLE_VAIN_MAX;
    vain->callees[at] = (uint8_t)(call->users[ROLE_CALLEE] + 1);
    vain->at_ms[at] = oracle->now_ms;
}

void oracle_forgive(struct oracle *oracle, int caller, int callee)
{
    struct oracle_vain *vain = &oracle->vain[caller];
    for (int i = 0; i < ORACLE_VAIN_MAX; i++) {
        vain->callees[i] = vain->callees[i] == callee + 1 ? 0 : vain->callees[i];
    }
}

/* ---- "tell me when available" ---- */

void oracle_waits(struct oracle *oracle, int asker, int other, bool on)
{
    oracle->waits[asker] = (uint8_t)((oracle->waits[asker] & ~(1 << other)) | (on << other));
    oracle->told_of[asker] &= (uint8_t) ~(1 << other);
    oracle->waits_since_ms[asker][other] = 0;
}

void oracle_available(struct oracle *oracle, int asker, int other, bool available)
{
    uint8_t bit = (uint8_t)(1 << other);
    if (!available) {
        oracle_fail(oracle, "user %d is told that user %d is available, who is not", asker, other);
    }
    if (((oracle->waits[asker] | oracle->told_of[asker]) & bit) == 0) {
        oracle_fail(oracle, "user %d is told of user %d, for whom he does not wait", asker, other);
    }
    oracle->waits[asker] &= (uint8_t)~bit;
    oracle->told_of[asker] |= bit; /* at each of his pages */
}

void oracle_check_waits(struct oracle *oracle, const struct portal *portal)
{
    for (int asker = 0; asker < oracle->user_count; asker++) {
        oracle->told_of[asker] = 0;
        for (int other = 0; other < oracle->user_count && oracle->waits[asker] != 0; other++) {
            uint64_t *since_ms = &oracle->waits_since_ms[asker][other];
            bool due = (oracle->waits[asker] >> other & 1) != 0 && oracle->sessions[asker] > 0 &&
                       portal_presence(portal, &oracle->users[other]) == PRESENCE_AVAILABLE;
            *since_ms = !due ? 0 : *since_ms == 0 ? oracle->now_ms : *since_ms;
            if (due && oracle->now_ms > *since_ms + TOLD_MS && !oracle->jumped) {
                oracle_fail(oracle, "user %d waits for user %d, who is available", asker, other);
            }
        }
    }
}
