/* SPDX-License-Identifier: Apache-2.0 */
/* How often one person may do what is cheap once and a nuisance a thousand times. */
#include "portal/internal.h"

#include "base/counter.h"

bool portal_take(struct portal *portal, const struct id *user, enum quota quota, uint64_t now_ms)
{
    struct person *person = person_find(portal, user);
    uint32_t per_minute = portal->limits.per_minute[quota];
    const struct bucket_rate rate = {
        .tokens = per_minute, .period_ms = 60 * 1000, .burst = per_minute};
    if (person != NULL && bucket_take(&person->quotas[quota], &rate, now_ms)) {
        return true;
    }
    counter_increment(COUNTER_QUOTA_REFUSED);
    return false;
}
