/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a fresh place for a store. It is a file in a folder, or, when VISAVIS_TEST_POSTGRES
 * has the address of a database of PostgreSQL, a schema of its own there. */
#ifndef STORE_TESTPLACE_H
#define STORE_TESTPLACE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/db.h"
#include "unit.h"

static char testplace_folder[64];
static char testplace_where[256];

static inline bool testplace_is_file(void)
{
    return getenv("VISAVIS_TEST_POSTGRES") == NULL;
}

/* `sql` is made of the names of this test alone. */
static inline enum err testplace_tell(const char *sql)
{
    struct db *db = NULL;
    enum err err = db_open(getenv("VISAVIS_TEST_POSTGRES"), DB_STORES, &db);
    err = err == OK ? db_script(db, sql) : err;
    db_close(db);
    return err;
}

static inline void testplace_remove(void)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char name[300];
    if (!testplace_is_file()) {
        (void)snprintf(name, sizeof(name), "DROP SCHEMA IF EXISTS %s CASCADE", testplace_folder);
        (void)testplace_tell(name);
        return;
    }
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", testplace_where, endings[i]);
        (void)unlink(name);
    }
    (void)rmdir(testplace_folder);
}

static inline void testplace_make(void)
{
    static unsigned number;
    char sql[100];
    if (testplace_is_file()) {
        (void)snprintf(testplace_folder, sizeof(testplace_folder), "/tmp/visavis-store-XXXXXX");
        CHECK(mkdtemp(testplace_folder) != NULL);
        (void)snprintf(testplace_where, sizeof(testplace_where), "%s/visavis.db", testplace_folder);
        return;
    }
    (void)snprintf(testplace_folder, sizeof(testplace_folder), "test_%d_%u", (int)getpid(),
                   ++number);
    (void)snprintf(sql, sizeof(sql), "CREATE SCHEMA %s", testplace_folder);
    (void)snprintf(testplace_where, sizeof(testplace_where), "%s%soptions=-csearch_path%%3D%s",
                   getenv("VISAVIS_TEST_POSTGRES"),
                   strchr(getenv("VISAVIS_TEST_POSTGRES"), '?') == NULL ? "?" : "&",
                   testplace_folder);
    CHECK(testplace_tell(sql) == OK);
}

/* The first column of the only row, or -1. */
static inline int64_t testplace_ask(const char *sql)
{
    struct db *db = NULL;
    struct statement *statement = NULL;
    bool row = false;
    int64_t number = -1;
    if (db_open(testplace_where, DB_READS, &db) == OK &&
        db_prepare(db, sql, NULL, &statement) == OK && statement_step(statement, &row) == OK &&
        row) {
        number = statement_number(statement, 0);
    }
    statement_close(statement);
    db_close(db);
    return number;
}

/* Changes the database behind the back of the store. */
static inline bool testplace_change(const char *sql)
{
    struct db *db = NULL;
    bool done = db_open(testplace_where, DB_STORES, &db) == OK && db_script(db, sql) == OK;
    db_close(db);
    return done;
}

#endif
