/* SPDX-License-Identifier: Apache-2.0 */
/* All that a database holds, read for one command of the command line. */
#ifndef APP_CATALOGUE_H
#define APP_CATALOGUE_H

#include "store/store.h"

struct catalogue {
    struct change *changes; /* in the order of store_load */
    size_t count;
    size_t capacity;
    enum err err; /* the first failure while reading */
};

/* Reads everything; ERR_NOMEM, ERR_IO. catalogue_fini is right also after an error. */
MUST_USE enum err catalogue_read(struct catalogue *catalogue, struct store *store);
void catalogue_fini(struct catalogue *catalogue);

/* NULL: nobody has this name (ASCII case does not matter). Borrowed. */
const struct user *catalogue_user(const struct catalogue *catalogue, const char *name);
bool catalogue_has_group(const struct catalogue *catalogue, const char *group);
bool catalogue_is_in(const struct catalogue *catalogue, const struct id *user, const char *group);
size_t catalogue_count(const struct catalogue *catalogue, enum change_kind kind);
size_t catalogue_groups_of(const struct catalogue *catalogue, const struct id *user);
/* Administrators who can sign in, `except` left out. */
size_t catalogue_administrators(const struct catalogue *catalogue, const struct id *except);

#endif
