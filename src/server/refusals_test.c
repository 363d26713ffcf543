/* SPDX-License-Identifier: Apache-2.0 */
#include "server/refusals.h"

#include "unit.h"
#include "wire/message.h"

static void each_error_of_the_protocol_has_a_counter_of_its_own(void)
{
    for (int i = 0; i < MESSAGE_ERROR_ID_COUNT; i++) {
        enum counter counter = refusals_counter(message_error_name((enum message_error_id)i));
        CHECK(counter != COUNTER_REFUSALS_OTHER); /* add it to base/counters.def */
        for (int j = 0; j < i; j++) {
            CHECK(refusals_counter(message_error_name((enum message_error_id)j)) != counter);
        }
    }
}

static void an_unknown_id_is_counted_too(void)
{
    CHECK(refusals_counter("no-such-id") == COUNTER_REFUSALS_OTHER);
    CHECK(refusals_counter("") == COUNTER_REFUSALS_OTHER);
    CHECK(refusals_counter("not") == COUNTER_REFUSALS_OTHER);
    int64_t before = counter_value(COUNTER_REFUSALS_LIMIT);
    refusals_count("limit");
    CHECK(counter_value(COUNTER_REFUSALS_LIMIT) == before + 1);
}

UNIT(each_error_of_the_protocol_has_a_counter_of_its_own, an_unknown_id_is_counted_too)
