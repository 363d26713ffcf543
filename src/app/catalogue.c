/* SPDX-License-Identifier: Apache-2.0 */
#include "app/catalogue.h"

#include "base/mem.h"
#include "base/text.h"

static void keep(void *arg, const struct change *change)
{
    struct catalogue *catalogue = arg;
    if (catalogue->err != OK) {
        return;
    }
    if (catalogue->count == catalogue->capacity) {
        size_t capacity = catalogue->capacity == 0 ? 64 : catalogue->capacity * 2;
        struct change *grown = mem_realloc(catalogue->changes, capacity * sizeof(*grown));
        if (grown == NULL) {
            catalogue->err = ERR_NOMEM;
            return;
        }
        catalogue->changes = grown;
        catalogue->capacity = capacity;
    }
    catalogue->changes[catalogue->count++] = *change;
}

MUST_USE enum err catalogue_read(struct catalogue *catalogue, struct store *store)
{
    *catalogue = (struct catalogue){0};
    enum err err = store_load(store, keep, catalogue);
    return err != OK ? err : catalogue->err;
}

void catalogue_fini(struct catalogue *catalogue)
{
    mem_free(catalogue->changes);
    *catalogue = (struct catalogue){0};
}

const struct user *catalogue_user(const struct catalogue *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct change *change = &catalogue->changes[i];
        if (change->kind == CHANGE_USER_PUT &&
            text_equal_nocase(slice_text(change->user.name), slice_text(name))) {
            return &change->user;
        }
    }
    return NULL;
}

bool catalogue_has_group(const struct catalogue *catalogue, const char *group)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct change *change = &catalogue->changes[i];
        if (change->kind == CHANGE_GROUP_PUT && strcmp(change->membership.group, group) == 0) {
            return true;
        }
    }
    return false;
}

bool catalogue_is_in(const struct catalogue *catalogue, const struct id *user, const char *group)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct change *change = &catalogue->changes[i];
        if (change->kind == CHANGE_MEMBERSHIP_PUT && id_equal(&change->membership.user, user) &&
            strcmp(change->membership.group, group) == 0) {
            return true;
        }
    }
    return false;
}

size_t catalogue_count(const struct catalogue *catalogue, enum change_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        count += catalogue->changes[i].kind == kind;
    }
    return count;
}

size_t catalogue_groups_of(const struct catalogue *catalogue, const struct id *user)
{
    size_t count = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct change *change = &catalogue->changes[i];
        count += change->kind == CHANGE_MEMBERSHIP_PUT && id_equal(&change->membership.user, user);
    }
    return count;
}

size_t catalogue_administrators(const struct catalogue *catalogue, const struct id *except)
{
    size_t count = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct change *change = &catalogue->changes[i];
        count += change->kind == CHANGE_USER_PUT && !change->user.disabled &&
                 !id_equal(&change->user.id, except) &&
                 catalogue_is_in(catalogue, &change->user.id, GROUP_ADMINISTRATORS);
    }
    return count;
}
