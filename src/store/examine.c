/* SPDX-License-Identifier: Apache-2.0 */
#include "store/examine.h"

#include "store/db.h"
#include "store/migrations.h"
#include "store/migrations_postgres.h"

static int newest_version(const struct db *db)
{
    int version = migrations_version();
    if (db_dialect(db) == DB_POSTGRES) {
        (void)migrations_postgres(&version);
    }
    return version;
}

/* PostgreSQL looks after its pages itself. */
static enum err ask_whole(struct db *db, bool *whole)
{
    struct statement *statement = NULL;
    bool row = false;
    enum err err = db_prepare(db, "PRAGMA quick_check(1)", "SELECT 'ok'", &statement);
    err = err == OK ? statement_step(statement, &row) : err;
    *whole = err == OK && row && slice_equal(statement_bytes(statement, 0), SLICE("ok"));
    statement_close(statement);
    return err;
}

MUST_USE enum err examine_database(const char *where, enum database_health *out)
{
    struct db *db = NULL;
    int version = 0;
    bool whole = false;
    *out = DATABASE_WRONG;
    enum err err = db_open(where, DB_READS, &db);
    err = err == OK ? db_schema_version(db, &version) : err;
    if (err == OK && version > newest_version(db)) {
        *out = DATABASE_OF_NEWER;
    } else if (err == OK && version > 0) {
        err = ask_whole(db, &whole);
        *out = whole ? DATABASE_UNDAMAGED : DATABASE_WRONG;
    }
    db_close(db);
    return err;
}
