/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include "unit.h"

static void an_array_that_overflows_is_refused(void)
{
    CHECK(mem_alloc_array(SIZE_MAX / 2, 3) == NULL);
    mem_free(NULL);
}

static void the_chosen_allocation_and_all_after_it_fail(void)
{
    if (unit_replaying()) {
        return;
    }
    mem_fail_from(2);
    void *first = mem_alloc(1);
    void *second = mem_alloc(1);
    void *third = mem_realloc(NULL, 1);
    mem_fail_from(0);
    void *fourth = mem_alloc(0);
    CHECK(first != NULL && second == NULL && third == NULL && fourth != NULL);
    mem_free(first);
    mem_free(fourth);
}

UNIT(an_array_that_overflows_is_refused, the_chosen_allocation_and_all_after_it_fail)
