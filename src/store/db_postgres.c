/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db_postgres.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/db_postgres_internal.h"
#include "store/place.h"

/* A database that takes longer is stopped or unreachable: its connection is given up. */
#define ANSWER_MS 30000
#define CONNECT_S "5"
#define PAUSE_MIN_MS 200
#define PAUSE_MAX_MS 5000
#define WATCH_SERVER_MS 4000 /* a node wants to know soon that it has lost its database */

static struct postgres_db *of(const struct db *db)
{
    return (struct postgres_db *)(uintptr_t)db;
}

static uint64_t now_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- answers ---- */

void db_postgres_lose(struct postgres_db *db, const char *why)
{
    if (db->lost_at_ms == 0) {
        log_error("the database is not reached any more", "reason=\"%s\"", why);
        db->lost_at_ms = now_ms();
        db->pause_ms = 0;
        db->retry_at_ms = 0;
    }
    PQfinish(db->connection);
    db->connection = NULL;
}

enum err db_postgres_err(const struct postgres_db *db, const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        return OK;
    }
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    state = state == NULL ? "" : state;
    if (strcmp(state, "23505") == 0) { /* unique_violation */
        return ERR_EXISTS;
    }
    if (strcmp(state, "23503") == 0) { /* foreign_key_violation */
        return ERR_NOT_FOUND;
    }
    if (strncmp(state, "23", 2) == 0) { /* another constraint */
        return ERR_INVALID;
    }
    if (strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0) { /* others write, too */
        return ERR_BUSY;
    }
    log_error("database failed", "state=%s reason=\"%s\"", state, PQresultErrorMessage(result));
    return db->connection == NULL || result != NULL ? ERR_IO : ERR_NOMEM;
}

/* Sends what waits and waits for what comes, but not for ever. */
static enum err wait_for_answer(struct postgres_db *db)
{
    uint64_t end_ms = now_ms() + ANSWER_MS;
    for (;;) {
        int unsent = PQflush(db->connection);
        if (unsent < 0) {
            return ERR_IO;
        }
        if (PQisBusy(db->connection) == 0) {
            return OK;
        }
        uint64_t at_ms = now_ms();
        struct pollfd socket = {.fd = PQsocket(db->connection),
                                .events = (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN)};
        if (at_ms >= end_ms || poll(&socket, 1, (int)(end_ms - at_ms)) < 0) {
            return ERR_TIMEOUT;
        }
        if (PQconsumeInput(db->connection) != 1) {
            return ERR_IO;
        }
    }
}

/* The next answer, or NULL behind the last one of a statement. */
static enum err next_answer(struct postgres_db *db, PGresult **out)
{
    *out = NULL;
    if (db->connection == NULL) {
        return ERR_IO;
    }
    enum err err = wait_for_answer(db);
    if (err != OK) {
        db_postgres_lose(db, err == ERR_TIMEOUT ? "no answer" : PQerrorMessage(db->connection));
        return ERR_IO;
    }
    *out = PQgetResult(db->connection);
    return OK;
}

enum err db_postgres_answer(struct postgres_db *db, PGresult **out)
{
    PGresult *more = NULL;
    enum err err = next_answer(db, out);
    while (err == OK && (err = next_answer(db, &more)) == OK && more != NULL) {
        /* Of several statements the one that fails is the last. */
        PQclear(*out);
        *out = more;
    }
    if (err == OK && PQstatus(db->connection) == CONNECTION_BAD) {
        db_postgres_lose(db, PQerrorMessage(db->connection));
        err = ERR_IO;
    }
    if (err != OK) {
        PQclear(*out);
        *out = NULL;
    }
    return err;
}

/* One statement without values. */
static enum err run(struct postgres_db *db, const char *sql, PGresult **out)
{
    PGresult *result = NULL;
    if (db->connection == NULL) {
        return ERR_IO;
    }
    if (PQsendQuery(db->connection, sql) != 1) {
        db_postgres_lose(db, PQerrorMessage(db->connection));
        return ERR_IO;
    }
    enum err err = db_postgres_answer(db, &result);
    err = err == OK ? db_postgres_err(db, result) : err;
    if (err == OK && out != NULL) {
        *out = result;
    } else {
        PQclear(result);
    }
    return err;
}

/* The number in the only row; *out stays when there is none. */
static enum err ask(struct postgres_db *db, const char *sql, int64_t *out)
{
    PGresult *result = NULL;
    enum err err = run(db, sql, &result);
    if (err == OK && PQntuples(result) > 0 && PQgetisnull(result, 0, 0) == 0) {
        *out = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    }
    PQclear(result);
    return err;
}

/* ---- to connect ---- */

static void ignore_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

/* What the address does not say comes first, what it may not change comes last. */
static PGconn *connect_to(const char *where)
{
    static const char *const names[] = {"connect_timeout",
                                        "keepalives_idle",
                                        "keepalives_interval",
                                        "keepalives_count",
                                        "tcp_user_timeout",
                                        "gssencmode",
                                        "dbname",
                                        "password",
                                        "client_encoding",
                                        "fallback_application_name",
                                        NULL};
    const char *const values[] = {CONNECT_S, "10",      "5",   "3",
                                  "20000",   "disable", where, place_password(),
                                  "UTF8",    "visavis", NULL};
    return PQconnectdbParams(names, values, 1);
}

/* The table of one row makes writers wait for each other and counts what they do. */
static enum err make_counter(struct postgres_db *db)
{
    int64_t there = 0;
    enum err err =
        ask(db, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('visavis')", &there);
    if (err != OK || there > 0) {
        return err;
    }
    if (db->use != DB_STORES) {
        return ERR_NOT_FOUND;
    }
    /* Without values several statements are one transaction. */
    return run(db,
               "SELECT pg_advisory_xact_lock(" POSTGRES_LOCK_SCHEMA ");"
               "CREATE TABLE IF NOT EXISTS visavis (only_row BOOLEAN PRIMARY KEY DEFAULT true"
               " CHECK (only_row), schema_version BIGINT NOT NULL, writes BIGINT NOT NULL)"
               " WITH (fillfactor = 10);"
               "INSERT INTO visavis (schema_version, writes) VALUES (0, 0) ON CONFLICT DO NOTHING",
               NULL);
}

/* Both sides of the connection of a node notice sooner that the other one is gone. */
static enum err watch_closely(struct postgres_db *db)
{
    const int second = 1;
    const int count = 3;
    const unsigned unacknowledged_ms = WATCH_SERVER_MS;
    int socket = PQsocket(db->connection);
    /* Of a socket of the same machine they are refused, and not needed. */
    (void)setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &second, sizeof(second));
    (void)setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &second, sizeof(second));
    (void)setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
    (void)setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms,
                     sizeof(unacknowledged_ms));
    return run(db, POSTGRES_WATCH_CLIENT, NULL);
}

/* The lock alone does not say that nobody else had it while this connection was lost. */
static enum err check_epoch(struct postgres_db *db)
{
    int64_t epoch = 0;
    enum err err = watch_closely(db);
    err = err == OK ? ask(db, "SELECT epoch FROM visavis_leader", &epoch) : err;
    db->taken = db->taken || (err == OK && epoch != db->epoch);
    return err == OK && db->taken ? ERR_BUSY : err;
}

static enum err take_ownership(struct postgres_db *db)
{
    int64_t taken = 0;
    enum err err =
        ask(db, "SELECT CASE WHEN pg_try_advisory_lock(" POSTGRES_LOCK_SERVER ") THEN 1 ELSE 0 END",
            &taken);
    if (err == OK && db->epoch > 0) {
        err = check_epoch(db);
    }
    return err == OK && taken == 0 ? ERR_BUSY : err;
}

static enum err set_up(struct postgres_db *db)
{
    int64_t right = 0;
    /* Acknowledged means kept: a role or database that is set to less is not followed. */
    enum err err = run(db,
                       "SET client_min_messages = error; SET lock_timeout = '5s';"
                       "SET idle_in_transaction_session_timeout = '60s'; SET jit = off;"
                       "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5;"
                       "SET tcp_keepalives_count = 3;"
                       "SELECT set_config('synchronous_commit', 'on', false)"
                       " WHERE current_setting('synchronous_commit') = 'off'",
                       NULL);
    err = err == OK ? ask(db,
                          "SELECT CASE WHEN current_setting('server_encoding') = 'UTF8' AND"
                          " current_setting('server_version_num')::int >= 150000 THEN 1 ELSE 0 END",
                          &right)
                    : err;
    if (err == OK && right == 0) {
        log_error("the database must be of PostgreSQL 15 or newer, with the encoding UTF8",
                  "version=%d", PQserverVersion(db->connection));
        return ERR_UNSUPPORTED;
    }
    if (err == OK && db->use == DB_READS) {
        err = run(db, "SET default_transaction_read_only = on", NULL);
    }
    err = err == OK ? make_counter(db) : err;
    return err == OK && db->owns ? take_ownership(db) : err;
}

static enum err connect_once(struct postgres_db *db)
{
    db->connection = connect_to(db->where);
    if (db->connection == NULL) {
        return ERR_NOMEM;
    }
    if (PQstatus(db->connection) != CONNECTION_OK) {
        if (db->lost_at_ms == 0) {
            log_error("the database cannot be reached", "reason=\"%s\"",
                      PQerrorMessage(db->connection));
        }
        return ERR_IO;
    }
    (void)PQsetNoticeProcessor(db->connection, ignore_notice, NULL);
    if (PQsetnonblocking(db->connection, 1) != 0) {
        return ERR_IO;
    }
    db->connections++;
    return set_up(db);
}

/* A pause of which half is by chance, so that many do not come back at once. */
static void plan_retry(struct postgres_db *db)
{
    uint32_t chance = 0;
    db->pause_ms = db->pause_ms == 0 ? PAUSE_MIN_MS : db->pause_ms * 2;
    db->pause_ms = db->pause_ms > PAUSE_MAX_MS ? PAUSE_MAX_MS : db->pause_ms;
    (void)!getrandom(&chance, sizeof(chance), 0);
    db->retry_at_ms = now_ms() + db->pause_ms / 2 + chance % (db->pause_ms / 2 + 1);
}

enum err db_postgres_ready(struct postgres_db *db)
{
    if (db->connection != NULL) {
        return OK;
    }
    if (db->begun || now_ms() < db->retry_at_ms) {
        return ERR_IO;
    }
    enum err err = connect_once(db);
    if (err == OK) {
        log_info("the database is reached again", "after_ms=%llu",
                 (unsigned long long)(now_ms() - db->lost_at_ms));
        db->lost_at_ms = 0;
        return OK;
    }
    if (err == ERR_BUSY && db->owns) {
        log_error("another server has taken the database", "pause_ms=%u", db->pause_ms);
    }
    PQfinish(db->connection);
    db->connection = NULL;
    plan_retry(db);
    return ERR_IO;
}

/* ---- transactions ---- */

/* The row of the counter is what writers wait for; others see its change with the commit. */
#define BEGIN_WRITE "BEGIN"
#define COUNT_WRITE "UPDATE visavis SET writes = writes + 1"
#define BEGIN_READ "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

static enum err begin_once(struct postgres_db *db, enum db_use use)
{
    enum err err = db_postgres_ready(db);
    if (err != OK) {
        return err;
    }
    db->begun = true;
    db->writes = use != DB_READS;
    err = run(db, use == DB_READS ? BEGIN_READ : BEGIN_WRITE, NULL);
    err = err == OK && db->writes ? run(db, COUNT_WRITE, NULL) : err;
    if (err != OK) {
        db->db.driver->rollback(&db->db);
    }
    return err;
}

/* That a connection was lost while nobody used it is found here, where nothing is lost with it. */
static enum err begin(struct db *db, enum db_use use)
{
    struct postgres_db *own = of(db);
    bool connected = own->connection != NULL;
    enum err err = begin_once(own, use);
    bool lost = err != OK && connected && own->connection == NULL;
    return lost ? begin_once(own, use) : err;
}

/* A transaction that has failed answers COMMIT by ROLLBACK, which is no error to PostgreSQL. */
static enum err commit(struct db *db)
{
    struct postgres_db *own = of(db);
    PGresult *result = NULL;
    enum err err = run(own, "COMMIT", &result);
    if (err == OK) {
        own->begun = false;
        if (strcmp(PQcmdStatus(result), "COMMIT") != 0) {
            err = ERR_IO;
        } else if (own->writes) {
            own->written++;
        }
    }
    own->begun = own->begun && own->connection != NULL;
    PQclear(result);
    return err;
}

static void rollback(struct db *db)
{
    struct postgres_db *own = of(db);
    if (own->begun && own->connection != NULL && run(own, "ROLLBACK", NULL) != OK) {
        db_postgres_lose(own, "a transaction cannot be undone");
    }
    own->begun = false;
}

static bool in_transaction(const struct db *db)
{
    return of(db)->begun && of(db)->connection != NULL;
}

static enum err savepoint(struct db *db)
{
    return run(of(db), "SAVEPOINT one", NULL);
}

static enum err savepoint_undo(struct db *db)
{
    return run(of(db), "ROLLBACK TO one", NULL);
}

static enum err savepoint_release(struct db *db)
{
    return run(of(db), "RELEASE one", NULL);
}

/* ---- many statements, one answer ---- */

static enum err send_text(struct postgres_db *db, const char *sql)
{
    if (PQsendQueryParams(db->connection, sql, 0, NULL, NULL, NULL, NULL, 0) != 1) {
        return ERR_IO;
    }
    db->must_change[db->sent++] = false;
    return OK;
}

static enum err gather(struct db *db)
{
    struct postgres_db *own = of(db);
    enum err err = own->begun && own->connection == NULL ? ERR_IO : db_postgres_ready(own);
    if (err != OK) {
        return err;
    }
    bool begins = !own->begun;
    own->begun = true;
    own->writes = true;
    own->gathering = true;
    own->sent = 0;
    err = PQenterPipelineMode(own->connection) == 1 ? OK : ERR_IO;
    err = err == OK && begins ? send_text(own, BEGIN_WRITE) : err;
    err = err == OK && begins ? send_text(own, COUNT_WRITE) : err;
    own->gathered = err;
    return OK;
}

/* The answer to the statement numbered `i`: its result, and NULL behind it. */
static enum err take_answer(struct postgres_db *db, uint32_t i, bool *all)
{
    PGresult *result = NULL;
    PGresult *none = NULL;
    enum err err = next_answer(db, &result);
    enum err after = err == OK ? next_answer(db, &none) : err;
    if (err == OK && PQresultStatus(result) == PGRES_PIPELINE_ABORTED) {
        *all = false;
    } else if (err == OK) {
        err = db_postgres_err(db, result);
        *all = *all && (!db->must_change[i] || strcmp(PQcmdTuples(result), "0") != 0);
    }
    PQclear(result);
    PQclear(none);
    return err == OK ? after : err;
}

static enum err leave_pipeline(struct postgres_db *db)
{
    PGresult *result = NULL;
    enum err err = next_answer(db, &result);
    bool synced = err == OK && PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
    if (err == OK && (!synced || PQexitPipelineMode(db->connection) != 1)) {
        db_postgres_lose(db, "an answer out of its order");
        err = ERR_IO;
    }
    return err;
}

static enum err gathered(struct db *db, bool *all)
{
    struct postgres_db *own = of(db);
    enum err first = own->gathered;
    own->gathering = false;
    *all = first == OK;
    if (own->connection == NULL || PQpipelineSync(own->connection) != 1) {
        if (own->connection != NULL) {
            db_postgres_lose(own, PQerrorMessage(own->connection));
        }
        own->begun = false;
        return ERR_IO;
    }
    for (uint32_t i = 0; i < own->sent && own->connection != NULL; i++) {
        enum err err = take_answer(own, i, all);
        first = first == OK ? err : first;
    }
    enum err left = leave_pipeline(own);
    first = first == OK ? left : first;
    if (first != OK) {
        *all = false;
    }
    if (!*all) {
        db_rollback(db);
    }
    if (!*all && own->connection != NULL) {
        /* Which statements were prepared before one failed is not known. */
        if (run(own, "DEALLOCATE ALL", NULL) == OK) {
            own->connections++;
        } else if (own->connection != NULL) {
            db_postgres_lose(own, "statements cannot be forgotten");
        }
    }
    return first;
}

static bool changed(const struct db *db)
{
    struct postgres_db *own = of(db);
    if (own->gathering && own->sent > 0) {
        own->must_change[own->sent - 1] = true;
        return true;
    }
    return own->changed;
}

/* ---- the whole ---- */

/* What others have written: also what of our own was not acknowledged because the connection was
 * lost, and was kept all the same. */
static enum err data_version(struct db *db, int64_t *out)
{
    struct postgres_db *own = of(db);
    int64_t writes = 0;
    enum err err = db_postgres_ready(own);
    err = err == OK ? ask(own, "SELECT writes FROM visavis", &writes) : err;
    if (err == OK) {
        *out = writes - own->written;
    }
    return err;
}

static enum err script(struct db *db, const char *sql)
{
    return run(of(db), sql, NULL);
}

static enum err schema_version(struct db *db, int *out)
{
    int64_t version = 0;
    enum err err = db_postgres_ready(of(db));
    err = err == OK ? ask(of(db), "SELECT schema_version FROM visavis", &version) : err;
    *out = (int)version;
    return err;
}

static enum err set_schema_version(struct db *db, int version)
{
    char sql[64];
    (void)snprintf(sql, sizeof(sql), "UPDATE visavis SET schema_version = %d", version);
    return run(of(db), sql, NULL);
}

static enum err own_database(struct db *db, int64_t epoch)
{
    struct postgres_db *own = of(db);
    own->epoch = epoch;
    /* A connection of the server that was here before may still be ending. */
    enum err err = ERR_BUSY;
    for (uint32_t i = 0; i < 20 && err == ERR_BUSY && !own->taken; i++) {
        err = take_ownership(own);
        if (err == ERR_BUSY && !own->taken) {
            (void)poll(NULL, 0, 250);
        }
    }
    own->owns = err == OK;
    return err;
}

static bool reached(const struct db *db)
{
    return of(db)->connection != NULL;
}

static bool taken(const struct db *db)
{
    return of(db)->taken;
}

/* ---- the search ---- */

static enum err words_of(struct postgres_db *db, struct words **out)
{
    enum err err = db->words == NULL ? words_open(&db->words) : OK;
    *out = db->words;
    return err;
}

static enum err index_text(struct db *db, struct slice keyed, struct buf *out)
{
    struct words *words = NULL;
    enum err err = words_of(of(db), &words);
    return err == OK ? words_vector(words, keyed, out) : err;
}

static enum err match_text(struct db *db, struct slice text, const struct id *room, struct buf *out,
                           bool *any)
{
    struct words *words = NULL;
    enum err err = words_of(of(db), &words);
    return err == OK ? words_query(words, text, room, out, any) : err;
}

/* ---- life ---- */

static void close_postgres(struct db *db)
{
    struct postgres_db *own = of(db);
    PQfinish(own->connection);
    words_close(own->words);
    mem_free(own->where);
    mem_free(own);
}

static const struct db_driver driver = {
    .dialect = DB_POSTGRES,
    .close = close_postgres,
    .prepare = db_postgres_prepare,
    .finalize = db_postgres_finalize,
    .set_blob = db_postgres_set_blob,
    .set_text = db_postgres_set_text,
    .set_number = db_postgres_set_number,
    .set_null = db_postgres_set_null,
    .values = db_postgres_values,
    .step = db_postgres_step,
    .reset = db_postgres_reset,
    .columns = db_postgres_columns,
    .column_name = db_postgres_column_name,
    .kind = db_postgres_kind,
    .number = db_postgres_number,
    .bytes = db_postgres_bytes,
    .changed = changed,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .in_transaction = in_transaction,
    .savepoint = savepoint,
    .savepoint_undo = savepoint_undo,
    .savepoint_release = savepoint_release,
    .gather = gather,
    .gathered = gathered,
    .data_version = data_version,
    .script = script,
    .schema_version = schema_version,
    .set_schema_version = set_schema_version,
    .own = own_database,
    .taken = taken,
    .reached = reached,
    .index_text = index_text,
    .match_text = match_text,
};

bool db_postgres_is(const char *where)
{
    return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

MUST_USE enum err db_postgres_open(const char *where, enum db_use use, struct db **out)
{
    struct postgres_db *db = mem_alloc(sizeof(*db));
    size_t size = strlen(where) + 1;
    *out = NULL;
    if (db == NULL) {
        return ERR_NOMEM;
    }
    db->db.driver = &driver;
    db->use = use;
    db->where = mem_alloc(size);
    enum err err = db->where == NULL ? ERR_NOMEM : OK;
    if (err == OK) {
        memcpy(db->where, where, size);
        err = connect_once(db);
    }
    if (err != OK) {
        close_postgres(&db->db);
        return err;
    }
    *out = &db->db;
    return OK;
}
