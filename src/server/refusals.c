/* SPDX-License-Identifier: Apache-2.0 */
#include "server/refusals.h"

#include <string.h>

#define LABEL "refusals{id=\""

enum counter refusals_counter(const char *id)
{
    size_t size = strlen(id);
    for (int i = COUNTER_REFUSALS_BAD_MESSAGE; i < COUNTER_REFUSALS_OTHER; i++) {
        const char *labelled = counter_name((enum counter)i) + sizeof(LABEL) - 1;
        if (strncmp(labelled, id, size) == 0 && labelled[size] == '"') {
            return (enum counter)i;
        }
    }
    return COUNTER_REFUSALS_OTHER;
}

void refusals_count(const char *id)
{
    counter_increment(refusals_counter(id));
}
