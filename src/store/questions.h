/* SPDX-License-Identifier: Apache-2.0 */
/* Every question of store/lookup.h by its name, prepared once. */
#ifndef STORE_QUESTIONS_H
#define STORE_QUESTIONS_H

#include "store/db.h"

enum text {
    TEXT_BEFORE,
    TEXT_AFTER,
    TEXT_LATEST,
    TEXT_MESSAGE,
    TEXT_NEWEST,
    TEXT_SEARCH,
    TEXT_NUMBERED,
    TEXT_FEED,
    TEXT_FEED_SPACE,
    TEXT_ACTIVITY,
    TEXT_LIKES,
    TEXT_LIKED,
    TEXT_COMMENT_COUNT,
    TEXT_COMMENTS_LATEST,
    TEXT_COMMENTS,
    TEXT_COMMENT,
    TEXT_CALLS,
    TEXT_CALLS_MISSED,
    TEXT_CALLS_UNSEEN,
    TEXT_CALLS_ALL,
    TEXT_CALL,
    TEXT_CALL_STEPS,
    TEXT_CALL_MEDIA,
    TEXT_AUDIT,
    TEXT_OLD,
    TEXT_COUNT
};

/* Prepares all; after an error some are NULL. */
MUST_USE enum err questions_prepare(struct db *db, struct statement *out[TEXT_COUNT]);
void questions_close(struct statement *statements[TEXT_COUNT]);

#endif
