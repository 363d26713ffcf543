/* SPDX-License-Identifier: Apache-2.0 */
/* What a kind of database has to offer behind store/db.h; see there what each function does. */
#ifndef STORE_DB_DRIVER_H
#define STORE_DB_DRIVER_H

#include "store/db.h"

struct db_driver {
    enum db_dialect dialect;
    bool undoes_statement;
    void (*close)(struct db *db);
    enum err (*prepare)(struct db *db, const char *sql, struct statement **out);
    void (*finalize)(struct statement *statement);
    enum err (*set_blob)(struct statement *statement, int number, const void *data, size_t size);
    enum err (*set_text)(struct statement *statement, int number, struct slice text);
    enum err (*set_number)(struct statement *statement, int number, int64_t value);
    enum err (*set_null)(struct statement *statement, int number);
    int (*values)(const struct statement *statement);
    enum err (*step)(struct statement *statement, bool *row);
    void (*reset)(struct statement *statement);
    int (*columns)(const struct statement *statement);
    const char *(*column_name)(const struct statement *statement, int column);
    enum column_kind (*kind)(const struct statement *statement, int column);
    int64_t (*number)(const struct statement *statement, int column);
    struct slice (*bytes)(const struct statement *statement, int column);
    bool (*changed)(const struct db *db);
    enum err (*begin)(struct db *db, enum db_use use);
    enum err (*commit)(struct db *db);
    void (*rollback)(struct db *db);
    bool (*in_transaction)(const struct db *db);
    enum err (*savepoint)(struct db *db);
    enum err (*savepoint_undo)(struct db *db);
    enum err (*savepoint_release)(struct db *db);
    enum err (*gather)(struct db *db); /* NULL: cannot */
    enum err (*gathered)(struct db *db, bool *all);
    enum err (*data_version)(struct db *db, int64_t *out);
    enum err (*script)(struct db *db, const char *sql);
    enum err (*schema_version)(struct db *db, int *out);
    enum err (*set_schema_version)(struct db *db, int version);
    enum err (*own)(struct db *db, int64_t epoch); /* NULL: nothing to own, always reached */
    bool (*taken)(const struct db *db);
    bool (*reached)(const struct db *db);
    enum err (*index_text)(struct db *db, struct slice keyed, struct buf *out);
    enum err (*match_text)(struct db *db, struct slice text, const struct id *room, struct buf *out,
                           bool *any);
};

/* Each driver's structs begin with these. */
struct db {
    const struct db_driver *driver;
};

struct statement {
    struct db *db;
};

#endif
