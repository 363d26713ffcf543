/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/migrations.h"
#include "store/personal.h"
#include "store/queries.h"
#include "store/rows.h"
#include "store/rows_calls.h"
#include "store/rows_chat.h"

struct store {
    struct db *db;
    struct queries queries;
    bool in_group;
    /* The database has undone the whole group by itself (disk full, broken disk): nothing written
     * in it may be acknowledged any more. */
    bool group_lost;
};

MUST_USE enum err store_open(const char *where, struct store **out)
{
    *out = NULL;
    struct store *store = mem_alloc(sizeof(*store));
    if (store == NULL) {
        return ERR_NOMEM;
    }
    enum err err = db_open(where, DB_STORES, &store->db);
    err = err == OK ? migrations_apply(store->db) : err;
    err = err == OK ? queries_prepare(store->db, &store->queries) : err;
    if (err != OK) {
        store_close(store);
        return err;
    }
    *out = store;
    return OK;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    queries_close(&store->queries);
    db_close(store->db);
    mem_free(store);
}

static enum err write_all(struct store *store, const struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum err err = rows_write(&store->queries, &changes[i]);
        if (err != OK) {
            return err;
        }
    }
    return OK;
}

static enum err write_alone(struct store *store, const struct change *changes, size_t count)
{
    enum err err = db_begin(store->db, DB_STORES);
    if (err != OK) {
        return err;
    }
    err = write_all(store, changes, count);
    if (err == OK) {
        err = db_commit(store->db);
    }
    if (err != OK) {
        db_rollback(store->db);
    }
    return err;
}

/* One statement, which the database itself undoes when it fails: as much as a savepoint around it
 * would do, at half of its price. */
static bool fails_alone(const struct store *store, const struct change *changes, size_t count)
{
    return count == 1 && changes->kind == CHANGE_CHATMSG_ADD && db_undoes_statement(store->db);
}

static enum err write_part(struct store *store, const struct change *changes, size_t count)
{
    if (fails_alone(store, changes, count)) {
        return rows_write(&store->queries, changes);
    }
    enum err err = db_savepoint(store->db);
    if (err != OK) {
        return err;
    }
    err = write_all(store, changes, count);
    if (err != OK && db_in_transaction(store->db) && db_savepoint_undo(store->db) != OK) {
        db_rollback(store->db);
    }
    if (db_in_transaction(store->db) && db_savepoint_release(store->db) != OK) {
        db_rollback(store->db);
    }
    return err;
}

static enum err write_in_group(struct store *store, const struct change *changes, size_t count)
{
    if (store->group_lost) {
        return ERR_IO;
    }
    enum err err = write_part(store, changes, count);
    if (!db_in_transaction(store->db)) {
        store->group_lost = true;
        return err == OK ? ERR_IO : err;
    }
    return err;
}

MUST_USE enum err store_write(struct store *store, const struct change *changes, size_t count)
{
    return store->in_group ? write_in_group(store, changes, count)
                           : write_alone(store, changes, count);
}

MUST_USE enum err store_erase(struct store *store, const char *name, const struct audit *audit)
{
    ASSERT(!store->in_group);
    enum err err = db_begin(store->db, DB_STORES);
    if (err != OK) {
        return err;
    }
    err = personal_erase_within(store->db, name, audit);
    err = err == OK ? db_commit(store->db) : err;
    if (err != OK) {
        db_rollback(store->db);
    }
    return err;
}

MUST_USE enum err store_begin(struct store *store)
{
    ASSERT(!store->in_group);
    enum err err = db_begin(store->db, DB_STORES);
    if (err == OK) {
        store->in_group = true;
        store->group_lost = false;
    }
    return err;
}

MUST_USE enum err store_commit(struct store *store)
{
    ASSERT(store->in_group);
    store->in_group = false;
    if (store->group_lost) {
        db_rollback(store->db);
        return ERR_IO;
    }
    enum err err = db_commit(store->db);
    if (err != OK) {
        db_rollback(store->db);
    }
    return err;
}

/* All parts are sent before the first answer is read; *done: that was enough. */
static enum err write_gathered(struct store *store, struct store_part *parts, size_t count,
                               bool *done)
{
    enum err err = db_gather(store->db);
    if (err != OK) {
        *done = true;
        return err;
    }
    for (size_t i = 0; i < count && err == OK; i++) {
        err = write_all(store, parts[i].changes, parts[i].count);
        parts[i].err = OK;
    }
    bool all = false;
    enum err answered = db_gathered(store->db, &all);
    *done = answered == OK && all && err == OK;
    if (*done) {
        err = db_commit(store->db);
    }
    if (err != OK) {
        db_rollback(store->db);
    }
    return err;
}

MUST_USE enum err store_write_group(struct store *store, struct store_part *parts, size_t count)
{
    if (db_gathers(store->db)) {
        bool done = false;
        enum err gathered = write_gathered(store, parts, count, &done);
        if (done) {
            return gathered;
        }
    }
    /* One after the other: so that what is wrong of it fails alone. */
    enum err err = store_begin(store);
    if (err != OK) {
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        parts[i].err = store_write(store, parts[i].changes, parts[i].count);
    }
    return store_commit(store);
}

MUST_USE enum err store_own(struct store *store, int64_t epoch)
{
    return db_own(store->db, epoch);
}

bool store_taken(const struct store *store)
{
    return db_taken(store->db);
}

bool store_reached(const struct store *store)
{
    return db_reached(store->db);
}

MUST_USE enum err store_load(struct store *store, void (*visit)(void *arg, const struct change *),
                             void *arg)
{
    if (store->in_group) {
        return rows_load(&store->queries, visit, arg);
    }
    /* One transaction, so that all tables are of one moment. */
    enum err err = db_begin(store->db, DB_READS);
    if (err != OK) {
        return err;
    }
    err = rows_load(&store->queries, visit, arg);
    db_rollback(store->db);
    return err;
}

MUST_USE enum err store_calls_ended(struct store *store, int64_t after_at_ms,
                                    void (*visit)(void *arg, const struct id *call), void *arg)
{
    return rows_calls_ended(&store->queries, after_at_ms, visit, arg);
}

MUST_USE enum err store_avatar(struct store *store, const uint8_t hash[32], struct buf *out)
{
    return rows_avatar(&store->queries, hash, out);
}

MUST_USE enum err store_index(struct store *store, uint32_t count_max, bool *more)
{
    ASSERT(!store->in_group);
    enum err err = db_begin(store->db, DB_STORES);
    if (err != OK) {
        return err;
    }
    err = rows_chat_index(&store->queries, count_max, more);
    if (err == OK) {
        err = db_commit(store->db);
    }
    if (err != OK) {
        db_rollback(store->db);
    }
    return err;
}

MUST_USE enum err store_data_version(struct store *store, int64_t *out)
{
    return db_data_version(store->db, out);
}
