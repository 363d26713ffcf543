/* SPDX-License-Identifier: Apache-2.0 */
/* Every query of the store by its name, prepared once. */
#ifndef STORE_QUERIES_H
#define STORE_QUERIES_H

#include <sqlite3.h>

#include "base/err.h"

enum query {
    QUERY_BEGIN_READ,
    QUERY_BEGIN_WRITE,
    QUERY_COMMIT,
    QUERY_ROLLBACK,
    QUERY_SAVEPOINT,
    QUERY_SAVEPOINT_UNDO,
    QUERY_SAVEPOINT_RELEASE,
    QUERY_DATA_VERSION,
    QUERY_GROUP_PUT,
    QUERY_GROUP_ALL,
    QUERY_USER_PUT,
    QUERY_USER_PROFILE,
    QUERY_USER_PASSWORD,
    QUERY_USER_AVATAR,
    QUERY_USER_MEDIA,
    QUERY_USER_STATUS,
    QUERY_USER_CALLS,
    QUERY_USER_DISABLED,
    QUERY_USER_ALL,
    QUERY_MEMBERSHIP_PUT,
    QUERY_MEMBERSHIP_REMOVE,
    QUERY_MEMBERSHIP_ALL,
    QUERY_LOGIN_PUT,
    QUERY_LOGIN_REMOVE,
    QUERY_LOGIN_ALL,
    QUERY_PUSH_PUT,
    QUERY_PUSH_REMOVE,
    QUERY_PUSH_ALL,
    QUERY_INVITATION_PUT,
    QUERY_INVITATION_REMOVE,
    QUERY_INVITATION_ALL,
    QUERY_AVATAR_PUT,
    QUERY_AVATAR_REMOVE,
    QUERY_AVATAR_GET,
    QUERY_ATTEMPTS_PUT,
    QUERY_ATTEMPTS_ALL,
    QUERY_CALL_PUT,
    QUERY_CALL_LIVE,
    QUERY_SPACE_ADD,
    QUERY_CALL_SEEN,
    QUERY_CALL_FORGET,
    QUERY_CALL_STEP_ADD,
    QUERY_CALL_MEDIA_PUT,
    QUERY_CALL_STEPS_FORGET,
    QUERY_CALL_MEDIA_FORGET,
    QUERY_BLOCK_PUT,
    QUERY_BLOCK_REMOVE,
    QUERY_BLOCK_ALL,
    QUERY_NOTIFY_PUT,
    QUERY_NOTIFY_REMOVE,
    QUERY_NOTIFY_ALL,
    QUERY_SPACE_PUT,
    QUERY_SPACE_ALL,
    QUERY_SPACE_PERSON_PUT,
    QUERY_SPACE_JOIN,
    QUERY_SPACE_PERSON_REMOVE,
    QUERY_SPACE_PERSON_ALL,
    QUERY_ROOM_ADD,
    QUERY_ROOM_PUT,
    QUERY_ROOM_ALL,
    QUERY_ROOM_MEMBER_PUT,
    QUERY_ROOM_MEMBER_REMOVE,
    QUERY_ROOM_READ,
    QUERY_ROOM_MEMBER_ALL,
    QUERY_CHATMSG_ADD,
    QUERY_CHATMSG_OWN,
    QUERY_ACTIVITY_ADD,
    QUERY_ACTIVITY_OWN,
    QUERY_ACTIVITY_REMOVE,
    QUERY_COMMENT_ADD,
    QUERY_COMMENT_OWN,
    QUERY_COMMENT_REMOVE,
    QUERY_LIKE_PUT,
    QUERY_LIKE_OWN,
    QUERY_LIKE_REMOVE,
    QUERY_SEARCH_WAITING,
    QUERY_SEARCH_ADD,
    QUERY_SEARCH_DONE,
    QUERY_SETTING_PUT,
    QUERY_SETTING_CLEAR,
    QUERY_SETTING_ALL,
    QUERY_IM_PUT,
    QUERY_IM_CLEAR,
    QUERY_IM_ALL,
    QUERY_CHOICE_PUT,
    QUERY_CHOICE_REMOVE,
    QUERY_CHOICE_ALL,
    QUERY_AUDIT_ADD,
    QUERY_AUDIT_TRIM,
    QUERY_COUNT
};

struct queries {
    sqlite3 *database; /* borrowed */
    sqlite3_stmt *statements[QUERY_COUNT];
};

/* Prepares all; the schema must be up to date. On an error everything is finalized again. */
MUST_USE enum err queries_prepare(sqlite3 *database, struct queries *out);
void queries_finalize(struct queries *queries);

/* Runs a query that gives no row, and resets it. Values have been bound before. */
MUST_USE enum err queries_run(struct queries *queries, enum query query);

/* Forgets the bound values, so that no secret stays and nothing borrowed is kept. */
void queries_reset(struct queries *queries, enum query query);

/* The last result of `database` as one of ours; unexpected ones are logged. */
enum err queries_err(sqlite3 *database, int result);

#endif
