/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slots.h"

#include "unit.h"

static void a_stale_number_finds_nothing(void)
{
    struct slots *slots = NULL;
    int a = 0;
    int b = 0;
    slot_id first = 0;
    slot_id second = 0;
    CHECK(slots_create(4, &slots) == OK);
    CHECK(slots_add(slots, &a, &first) == OK && first != 0);
    CHECK(slots_remove(slots, first) == &a && slots_remove(slots, first) == NULL);
    CHECK(slots_add(slots, &b, &second) == OK);
    CHECK((uint32_t)first == (uint32_t)second && first != second);
    CHECK(slots_find(slots, first) == NULL && slots_find(slots, second) == &b);
    CHECK(slots_find(slots, 0) == NULL && slots_find(slots, UINT64_MAX) == NULL);
    slots_destroy(slots);
    slots_destroy(NULL);
}

static void refuses_one_more_than_the_maximum(void)
{
    struct slots *slots = NULL;
    slot_id ids[20];
    slot_id more = 0;
    CHECK(slots_create(20, &slots) == OK);
    for (size_t i = 0; i < 20; i++) {
        CHECK(slots_add(slots, &ids[i], &ids[i]) == OK);
    }
    CHECK(slots_add(slots, &more, &more) == ERR_LIMIT);
    CHECK(slots_remove(slots, ids[7]) == &ids[7] && slots_add(slots, &more, &more) == OK);
    for (size_t i = 0; i < 20; i++) {
        CHECK(slots_find(slots, ids[i]) == (i == 7 ? NULL : &ids[i]));
    }
    slots_destroy(slots);
}

static void a_walk_may_remove_what_it_sees(void)
{
    struct slots *slots = NULL;
    slot_id ids[10];
    uint32_t cursor = 0;
    CHECK(slots_create(10, &slots) == OK);
    for (size_t i = 0; i < 10; i++) {
        CHECK(slots_add(slots, &ids[i], &ids[i]) == OK);
    }
    size_t walked = 0;
    for (slot_id *id = NULL; (id = slots_next(slots, &cursor)) != NULL; walked++) {
        CHECK(slots_remove(slots, *id) == id);
    }
    CHECK(walked == 10 && slots_count(slots) == 0);
    slots_destroy(slots);
}

UNIT(a_stale_number_finds_nothing, refuses_one_more_than_the_maximum,
     a_walk_may_remove_what_it_sees)
