/* SPDX-License-Identifier: Apache-2.0 */
/* What people say about how they are reached outside. */
#include "portal/pending.h"

static void on_kept(struct pending *pending, enum err err)
{
    portal_done done = pending->done;
    void *arg = pending->arg;
    pending_destroy(pending);
    done(arg, err, NULL);
}

static const struct connector *find_type(const struct portal *portal, struct slice type)
{
    struct connector_view view;
    for (uint32_t i = 0; portal_connector_at(portal, i, &view); i++) {
        if (view.active && view.connector->account_type != NULL &&
            slice_equal(slice_text(view.connector->account_type), type)) {
            return view.connector;
        }
    }
    return NULL;
}

/* NULL, or what is wrong with the account. On success *out is filled but for user and place. */
static const char *check(const struct portal *portal, const struct portal_account *account,
                         struct im_account *out)
{
    const char *why = NULL;
    const struct connector *connector = find_type(portal, account->type);
    if (connector == NULL) {
        return "there is no such kind of account";
    }
    if (model_check_text(account->value, 1, IM_VALUE_MAX, &why) != OK) {
        return why;
    }
    memcpy(out->type, account->type.data, account->type.size);
    memcpy(out->value, account->value.data, account->value.size);
    return connector->check_account(out->value);
}

/* Empties every type that is offered, then puts the new accounts in their order. */
static MUST_USE enum err fill(struct pending *pending, const struct portal_account *accounts,
                              uint32_t count, uint32_t *bad, const char **why)
{
    const struct portal *portal = pending->portal;
    enum err err = pending_reserve(pending, (size_t)portal->connector_count + count);
    if (err != OK) {
        return err;
    }
    size_t used = 0;
    struct connector_view view;
    for (uint32_t i = 0; portal_connector_at(portal, i, &view); i++) {
        const char *type = view.connector->account_type;
        if (view.active && type != NULL) {
            struct change *change = &pending->changes[used++];
            change->kind = CHANGE_IM_CLEAR;
            change->im.user = pending->user;
            memcpy(change->im.type, type, strlen(type));
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        struct change *change = &pending->changes[used++];
        change->kind = CHANGE_IM_PUT;
        *why = check(portal, &accounts[i], &change->im);
        if (*why != NULL) {
            *bad = i;
            return ERR_INVALID;
        }
        change->im.user = pending->user;
        change->im.place = (uint8_t)i;
    }
    pending->change_count = used;
    return OK;
}

MUST_USE enum err portal_set_accounts(struct portal *portal, const struct id *user,
                                      const struct portal_account *accounts, uint32_t count,
                                      uint32_t *bad, const char **why, uint64_t now_ms,
                                      portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    *bad = 0;
    *why = NULL;
    if (count > IM_ACCOUNTS_MAX) {
        *bad = IM_ACCOUNTS_MAX;
        *why = "too many accounts";
        return ERR_INVALID;
    }
    const struct person *person = person_find(portal, user);
    if (person == NULL || person->user.disabled) {
        return ERR_NOT_FOUND;
    }
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->done = on_done;
    pending->user = *user;
    err = fill(pending, accounts, count, bad, why);
    if (err == OK) {
        err = pending_keep(pending, on_kept);
    }
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}
