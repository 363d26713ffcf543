/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lease.h"

#include <string.h>

#include "store/store.h"
#include "store/testplace.h"

static struct lease *first;
static struct lease *second;
static struct store *store;

static void tear_down(void)
{
    lease_close(first);
    lease_close(second);
    if (store != NULL) {
        store_close(store);
    }
    first = NULL;
    second = NULL;
    store = NULL;
    testplace_remove();
}

static void set_up(void)
{
    unit_finally(tear_down);
    testplace_make();
}

static void a_file_has_no_lease(void)
{
    CHECK(lease_open("/tmp/visavis.db", "10.0.0.1:7443", &first) == ERR_UNSUPPORTED);
    CHECK(first == NULL);
}

static void one_has_it_and_the_other_knows_where(void)
{
    struct lease_holder holder;
    set_up();
    if (testplace_is_file()) {
        tear_down();
        return;
    }
    CHECK(lease_open(testplace_where, "10.0.0.1:7443", &first) == OK);
    CHECK(lease_open(testplace_where, "[2001:db8::2]:7443", &second) == OK);
    CHECK(lease_try(first, &holder) == OK && holder.epoch == 1);
    CHECK(strcmp(holder.address, "10.0.0.1:7443") == 0);
    CHECK(lease_try(second, &holder) == ERR_BUSY && holder.epoch == 1);
    CHECK(strcmp(holder.address, "10.0.0.1:7443") == 0);
    lease_close(first);
    first = NULL;
    CHECK(lease_try(second, &holder) == OK && holder.epoch == 2);
    CHECK(strcmp(holder.address, "[2001:db8::2]:7443") == 0);
    tear_down();
}

/* The first node has the lease, and hands it to its store. */
static void become_leader(struct lease_holder *holder)
{
    CHECK(lease_open(testplace_where, "10.0.0.1:7443", &first) == OK);
    CHECK(lease_try(first, holder) == OK);
    CHECK(store_open(testplace_where, &store) == OK);
    lease_close(first);
    first = NULL;
    CHECK(store_own(store, holder->epoch) == OK && !store_taken(store));
}

static void it_goes_over_to_the_store_and_nobody_else_has_it(void)
{
    struct lease_holder holder;
    set_up();
    if (testplace_is_file()) {
        tear_down();
        return;
    }
    become_leader(&holder);
    CHECK(lease_open(testplace_where, "10.0.0.2:7443", &second) == OK);
    CHECK(lease_try(second, &holder) == ERR_BUSY && holder.epoch == 1);
    tear_down();
}

/* A connection that was lost comes back by itself: what happened meanwhile decides. */
static void who_comes_back_after_another_writes_nothing(void)
{
    struct lease_holder mine;
    struct lease_holder holder;
    struct change change = {.kind = CHANGE_GROUP_PUT};
    int64_t version = 0;
    set_up();
    if (testplace_is_file()) {
        tear_down();
        return;
    }
    become_leader(&mine);
    CHECK(testplace_change("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype ="
                           " 'advisory' AND classid = 1987539316 AND objid::bigint ="
                           " hashtext(current_schema())::bigint & 4294967295"));
    CHECK(lease_open(testplace_where, "10.0.0.2:7443", &second) == OK);
    while (lease_try(second, &holder) == ERR_BUSY) {
        CHECK(holder.epoch == mine.epoch);
    }
    CHECK(holder.epoch == mine.epoch + 1);
    CHECK(store_write(store, &change, 1) != OK);
    lease_close(second); /* also not when the lock is free again */
    second = NULL;
    while (!store_taken(store)) {
        CHECK(store_data_version(store, &version) != OK);
    }
    CHECK(store_write(store, &change, 1) != OK && store_taken(store));
    CHECK(testplace_ask("SELECT epoch FROM visavis_leader") == holder.epoch);
    tear_down();
}

UNIT(a_file_has_no_lease, one_has_it_and_the_other_knows_where,
     it_goes_over_to_the_store_and_nobody_else_has_it, who_comes_back_after_another_writes_nothing)
