/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of this machine, also when it is not told all of them. */
#include "net/ifaces.h"

#include "failing.h"
#include "unit.h"

#define MANY 64

static struct addr all[MANY];

static bool is_listed(const struct addr *one, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (addr_same_ip(&all[i], one)) {
            return true;
        }
    }
    return false;
}

static void the_list_has_at_most_what_was_asked_for(void)
{
    uint32_t count = ifaces_list(all, MANY);
    CHECK(count >= 1 && ifaces_list(all, 1) == 1 && ifaces_list(all, 0) == 0);
    CHECK(ifaces_list(all, MANY) == count);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(all[i].family == ADDR_V4 || all[i].family == ADDR_V6);
    }
}

static void the_main_address_is_one_of_the_machine(void)
{
    uint32_t count = ifaces_list(all, MANY);
    for (int i = 0; i < 2; i++) {
        struct addr found = {0};
        enum addr_family family = i == 0 ? ADDR_V4 : ADDR_V6;
        enum err err = ifaces_main(family, &found);
        CHECK(err == OK || (err == ERR_NOT_FOUND && family == ADDR_V6));
        CHECK(err != OK || (found.family == family && found.port == 0));
        CHECK(err != OK || is_listed(&found, count));
    }
}

/* Its calls by number: the list, a socket, its way to the far address, its own one. */
static void without_a_route_it_is_that_of_an_interface(void)
{
    uint32_t count = ifaces_list(all, MANY);
    for (uint64_t call = 2; call <= 4; call++) {
        struct addr found = {0};
        failing_set(call);
        enum err err = ifaces_main(ADDR_V4, &found);
        failing_set(0);
        CHECK(err == OK && found.family == ADDR_V4 && is_listed(&found, count));
    }
    for (uint64_t call = 2; call <= 4; call++) {
        struct addr found = {0};
        failing_set(call);
        enum err err = ifaces_main(ADDR_V6, &found);
        failing_set(0);
        CHECK(err == ERR_NOT_FOUND || (err == OK && is_listed(&found, count)));
    }
}

static void without_a_list_it_is_that_of_the_route(void)
{
    struct addr found = {0};
    struct addr again = {0};
    CHECK(ifaces_main(ADDR_V4, &found) == OK);
    failing_set(1);
    CHECK(ifaces_list(all, MANY) == 0);
    failing_set(1);
    enum err err = ifaces_main(ADDR_V4, &again);
    failing_set(0);
    CHECK(err == ERR_NOT_FOUND || (err == OK && addr_same_ip(&found, &again)));
}

UNIT(the_list_has_at_most_what_was_asked_for, the_main_address_is_one_of_the_machine,
     without_a_route_it_is_that_of_an_interface, without_a_list_it_is_that_of_the_route)
