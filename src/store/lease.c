/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lease.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "store/db.h"
#include "store/db_postgres.h"
#include "store/db_postgres_internal.h"

struct lease {
    struct db *db;
    struct statement *lock;
    struct statement *take;
    struct statement *look;
    char address[LEASE_ADDRESS_SIZE];
    bool has;
};

/* Beside the schema of the store, as the counter of writes is: of no use to a file. */
static enum err make_table(struct db *db)
{
    return db_script(db, "SELECT pg_advisory_xact_lock(" POSTGRES_LOCK_SCHEMA ");"
                         "CREATE TABLE IF NOT EXISTS visavis_leader"
                         " (only_row BOOLEAN PRIMARY KEY DEFAULT true CHECK (only_row),"
                         " epoch BIGINT NOT NULL, address TEXT NOT NULL);"
                         "INSERT INTO visavis_leader (epoch, address) VALUES (0, '')"
                         " ON CONFLICT DO NOTHING");
}

MUST_USE enum err lease_open(const char *where, const char *address, struct lease **out)
{
    *out = NULL;
    if (!db_postgres_is(where) || strlen(address) >= LEASE_ADDRESS_SIZE) {
        return ERR_UNSUPPORTED;
    }
    struct lease *lease = mem_alloc(sizeof(*lease));
    if (lease == NULL) {
        return ERR_NOMEM;
    }
    (void)snprintf(lease->address, sizeof(lease->address), "%s", address);
    enum err err = db_open(where, DB_STORES, &lease->db);
    err = err == OK ? make_table(lease->db) : err;
    if (err == OK) {
        err = db_prepare(lease->db,
                         "SELECT CASE WHEN pg_try_advisory_lock(" POSTGRES_LOCK_SERVER
                         ") THEN 1 ELSE 0 END",
                         NULL, &lease->lock);
    }
    if (err == OK) {
        err = db_prepare(lease->db,
                         "UPDATE visavis_leader SET epoch = epoch + 1, address = ?1"
                         " RETURNING epoch, address",
                         NULL, &lease->take);
    }
    if (err == OK) {
        err =
            db_prepare(lease->db, "SELECT epoch, address FROM visavis_leader", NULL, &lease->look);
    }
    if (err != OK) {
        lease_close(lease);
        return err;
    }
    *out = lease;
    return OK;
}

static enum err read_holder(struct statement *statement, struct lease_holder *out)
{
    bool row = false;
    enum err err = statement_step(statement, &row);
    if (err == OK && row) {
        struct slice address = statement_bytes(statement, 1);
        out->epoch = statement_number(statement, 0);
        (void)snprintf(out->address, sizeof(out->address), "%.*s", (int)address.size,
                       (const char *)address.data);
    }
    statement_reset(statement);
    return err == OK && !row ? ERR_IO : err;
}

static enum err try_lock(struct lease *lease)
{
    bool row = false;
    enum err err = statement_step(lease->lock, &row);
    if (err == OK) {
        err = row && statement_number(lease->lock, 0) == 1 ? OK : ERR_BUSY;
    }
    statement_reset(lease->lock);
    return err;
}

MUST_USE enum err lease_try(struct lease *lease, struct lease_holder *out)
{
    *out = (struct lease_holder){0};
    enum err err = try_lock(lease);
    if (err == ERR_BUSY) {
        err = read_holder(lease->look, out);
        return err == OK ? ERR_BUSY : err;
    }
    err = err == OK ? db_script(lease->db, "" POSTGRES_WATCH_CLIENT) : err;
    err = err == OK ? statement_set_text(lease->take, 1, slice_text(lease->address)) : err;
    err = err == OK ? read_holder(lease->take, out) : err;
    lease->has = err == OK;
    return err;
}

void lease_close(struct lease *lease)
{
    if (lease == NULL) {
        return;
    }
    statement_close(lease->lock);
    statement_close(lease->take);
    statement_close(lease->look);
    if (lease->has) {
        /* The end of the connection does it, too, but the server may take a while to see that. */
        (void)!db_script(lease->db, "SELECT pg_advisory_unlock(" POSTGRES_LOCK_SERVER ")");
    }
    db_close(lease->db);
    mem_free(lease);
}
