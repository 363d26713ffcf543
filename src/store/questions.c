/* SPDX-License-Identifier: Apache-2.0 */
#include "store/questions.h"

#include <stddef.h>

/* In the order in which read_chatmsg takes them. */
#define CHATMSG_COLUMNS                                                                            \
    "id, room_id, author, seq, at_s, kind, text, call_id, reason, answered, seconds"
#define ACTIVITY_COLUMNS "number, id, author, space, at_s, text"
/* In the order in which rows_calls_read takes them. */
#define CALL_COLUMNS                                                                               \
    "id, caller, callee, connector, external, silent, started_at_ms, answered_at_ms, "             \
    "active_at_ms, ended_at_ms, reason, ended_by, missed, held, number"
#define COMMENT_COLUMNS "number, id, activity, author, at_s, text"

/* A value is compared before it is asked for NULL: so PostgreSQL learns its type. */
static const char *const texts[TEXT_COUNT] = {
    [TEXT_AUDIT] = "SELECT seq, at_s, by_id, by_name, act, target, detail FROM audit"
                   " WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2",
    [TEXT_BEFORE] = "SELECT " CHATMSG_COLUMNS " FROM messages WHERE room_id = ?1 AND seq < ?2"
                    " ORDER BY seq DESC LIMIT ?3",
    [TEXT_AFTER] = "SELECT " CHATMSG_COLUMNS " FROM messages WHERE room_id = ?1 AND seq > ?2"
                   " ORDER BY seq LIMIT ?3",
    [TEXT_LATEST] = "SELECT id, room_id, author, seq, at_s, kind, substr(text, 1, ?2), call_id,"
                    " reason, answered, seconds FROM messages WHERE room_id = ?1"
                    " ORDER BY seq DESC LIMIT 1",
    [TEXT_OLD] = "SELECT " CHATMSG_COLUMNS " FROM messages WHERE at_s < ?1"
                 " ORDER BY at_s, number LIMIT ?2",
    [TEXT_MESSAGE] = "SELECT " CHATMSG_COLUMNS " FROM messages WHERE id = ?1 AND author = ?2",
    [TEXT_NEWEST] = "SELECT number FROM messages WHERE room_id = ?1 ORDER BY seq DESC LIMIT 1",
    [TEXT_SEARCH] = "SELECT rowid FROM messages_text WHERE messages_text MATCH ?1"
                    " AND rowid < ?2 AND rowid > ?3 ORDER BY rowid DESC LIMIT ?4",
    [TEXT_NUMBERED] = "SELECT " CHATMSG_COLUMNS " FROM messages WHERE number = ?1",
    [TEXT_FEED] = "SELECT " ACTIVITY_COLUMNS " FROM activities WHERE number < ?1"
                  " ORDER BY number DESC LIMIT ?2",
    [TEXT_FEED_SPACE] = "SELECT " ACTIVITY_COLUMNS " FROM activities WHERE space = ?3"
                        " AND number < ?1 ORDER BY number DESC LIMIT ?2",
    [TEXT_ACTIVITY] = "SELECT " ACTIVITY_COLUMNS " FROM activities WHERE id = ?1",
    [TEXT_LIKES] = "SELECT count(*) FROM likes WHERE activity = ?1",
    [TEXT_LIKED] = "SELECT count(*) FROM likes WHERE activity = ?1 AND user_id = ?2",
    [TEXT_COMMENT_COUNT] = "SELECT count(*) FROM comments WHERE activity = ?1",
    [TEXT_COMMENTS_LATEST] = "SELECT " COMMENT_COLUMNS " FROM comments WHERE activity = ?1"
                             " AND number < ?2 ORDER BY number DESC LIMIT ?3",
    [TEXT_COMMENTS] = "SELECT " COMMENT_COLUMNS " FROM comments WHERE activity = ?1"
                      " AND number > ?2 ORDER BY number LIMIT ?3",
    /* Two walks along an index each, instead of one over all calls. */
    [TEXT_CALLS] =
        "SELECT * FROM (SELECT " CALL_COLUMNS " FROM calls WHERE caller = ?1 AND number < ?2"
        " AND ended_at_ms > 0 AND (callee = ?4 OR ?4 IS NULL) ORDER BY number DESC LIMIT ?3)"
        " AS calls_out UNION ALL SELECT * FROM (SELECT " CALL_COLUMNS
        " FROM calls WHERE callee = ?1"
        " AND number < ?2 AND ended_at_ms > 0 AND (caller = ?4 OR ?4 IS NULL)"
        " ORDER BY number DESC LIMIT ?3) AS calls_in ORDER BY number DESC LIMIT ?3",
    [TEXT_CALLS_MISSED] = "SELECT " CALL_COLUMNS " FROM calls WHERE callee = ?1 AND number < ?2"
                          " AND missed = 1 AND (caller = ?4 OR ?4 IS NULL)"
                          " ORDER BY number DESC LIMIT ?3",
    [TEXT_CALLS_UNSEEN] = "SELECT count(*) FROM calls WHERE callee = ?1 AND missed = 1"
                          " AND ended_at_ms >"
                          " (SELECT calls_seen_at_ms FROM users WHERE users.id = ?1)",
    [TEXT_CALLS_ALL] = "SELECT " CALL_COLUMNS " FROM calls WHERE number < ?2"
                       " AND (caller = ?4 OR callee = ?4 OR ?4 IS NULL)"
                       " ORDER BY number DESC LIMIT ?3",
    [TEXT_CALL] = "SELECT " CALL_COLUMNS " FROM calls WHERE id = ?1"
                  " AND (caller = ?2 OR callee = ?2 OR ?2 IS NULL)",
    [TEXT_CALL_STEPS] = "SELECT at_ms, what, side, detail, private, device FROM call_steps"
                        " WHERE call_id = ?1 ORDER BY number LIMIT ?2",
    [TEXT_CALL_MEDIA] = "SELECT side, at_ms, reports, path, transport, loss, loss_worst, rtt_ms,"
                        " rtt_worst_ms, jitter_ms, jitter_worst_ms FROM call_media"
                        " WHERE call_id = ?1 ORDER BY side",
    [TEXT_COMMENT] = "SELECT " COMMENT_COLUMNS " FROM comments WHERE id = ?1",
};

/* Where PostgreSQL says it in another way. */
static const char *const on_postgres[TEXT_COUNT] = {
    /* First what the index finds, all of it: walking over the numbers instead is slow when little
     * is found. */
    [TEXT_SEARCH] = "WITH found AS MATERIALIZED (SELECT number FROM messages_text"
                    " WHERE words @@ ?1::text::tsquery)"
                    " SELECT number FROM found WHERE number < ?2 AND number > ?3"
                    " ORDER BY number DESC LIMIT ?4",
    /* Each value has to be somewhere. */
    [TEXT_CALLS_ALL] = "SELECT " CALL_COLUMNS " FROM calls WHERE number < ?2"
                       " AND (?1::bytea IS NULL OR true)"
                       " AND (caller = ?4 OR callee = ?4 OR ?4 IS NULL)"
                       " ORDER BY number DESC LIMIT ?3",
};

MUST_USE enum err questions_prepare(struct db *db, struct statement *out[TEXT_COUNT])
{
    enum err err = OK;
    for (int i = 0; i < TEXT_COUNT && err == OK; i++) {
        err = db_prepare(db, texts[i], on_postgres[i], &out[i]);
    }
    return err;
}

void questions_close(struct statement *statements[TEXT_COUNT])
{
    for (int i = 0; i < TEXT_COUNT; i++) {
        statement_close(statements[i]);
        statements[i] = NULL;
    }
}
