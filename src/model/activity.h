/* SPDX-License-Identifier: Apache-2.0 */
/* The activity stream: activities, comments, likes. */
#ifndef MODEL_ACTIVITY_H
#define MODEL_ACTIVITY_H

#include "model/room.h"

#define ACTIVITY_TEXT_MAX 4000 /* bytes */
#define COMMENT_TEXT_MAX 2000  /* bytes */
#define MENTIONS_MAX 50

struct activity {
    struct id id; /* made by the author's page */
    struct id author;
    char space[SPACE_NAME_MAX + 1]; /* empty: for everybody */
    int64_t at_s;
    struct slice text; /* borrowed */
};

struct comment {
    struct id id;
    struct id activity;
    struct id author;
    int64_t at_s;
    struct slice text; /* borrowed */
};

struct like {
    struct id activity;
    struct id user;
};

/* The next `@name` of a text from *at on, which moves behind it: the name without the sign, as
 * written. The sign stands at the start or behind a character that is no part of a name, so that an
 * e-mail address mentions nobody. False: there is none any more. */
bool activity_next_mention(struct slice text, size_t *at, struct slice *name);

#endif
