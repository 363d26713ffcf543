/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/quota.h"

#include "base/map.h"
#include "base/mem.h"

struct quota {
    struct quota_limits limits;
    struct map *calls;
    uint32_t revoked;
    struct quota_account *revoked_first; /* in the order in which they were revoked */
    struct quota_account *revoked_last;
};

enum err quota_create(const struct quota_limits *limits, struct quota **out)
{
    struct quota *quota = mem_alloc(sizeof(*quota));
    if (quota == NULL) {
        return ERR_NOMEM;
    }
    quota->limits = *limits;
    enum err err = map_create((size_t)limits->accounts_max + limits->revoked_max, &quota->calls);
    if (err != OK) {
        quota_destroy(quota);
        return err;
    }
    *out = quota;
    return OK;
}

static void destroy_accounts(struct map *map)
{
    size_t cursor = 0;
    void *account = NULL;
    while (map != NULL && (account = map_next(map, &cursor)) != NULL) {
        mem_free(account);
    }
    map_destroy(map);
}

void quota_destroy(struct quota *quota)
{
    if (quota != NULL) {
        destroy_accounts(quota->calls);
        mem_free(quota);
    }
}

static struct slice name_of(const struct quota_account *account)
{
    return slice_from(account->name, account->name_size);
}

static enum err find_or_add(struct map *map, struct slice name, struct quota_account **out)
{
    *out = map_find(map, name);
    if (*out != NULL) {
        return OK;
    }
    struct quota_account *account = mem_alloc(sizeof(*account));
    if (account == NULL) {
        return ERR_NOMEM;
    }
    ASSERT(name.size <= sizeof(account->name));
    memcpy(account->name, name.data, name.size);
    account->name_size = (uint32_t)name.size;
    enum err err = map_add(map, name_of(account), account);
    if (err != OK) {
        mem_free(account);
        return err;
    }
    *out = account;
    return OK;
}

static void drop_if_empty(struct map *map, struct quota_account *account)
{
    if (account->allocations == 0 && account->revoked_until_s == 0) {
        (void)map_remove(map, name_of(account));
        mem_free(account);
    }
}

enum err quota_enter(struct quota *quota, struct slice call, struct quota_account **out)
{
    enum err err = find_or_add(quota->calls, call, out);
    if (err == OK) {
        (*out)->allocations++;
    }
    return err;
}

void quota_leave(struct quota *quota, struct quota_account *call)
{
    ASSERT(call->allocations > 0);
    call->allocations--;
    drop_if_empty(quota->calls, call);
}

struct quota_account *quota_find_call(const struct quota *quota, struct slice call)
{
    return map_find(quota->calls, call);
}

static void unlink_revoked(struct quota *quota, struct quota_account *account)
{
    struct quota_account *next = account->revoked_next;
    struct quota_account *previous = account->revoked_previous;
    *(previous == NULL ? &quota->revoked_first : &previous->revoked_next) = next;
    *(next == NULL ? &quota->revoked_last : &next->revoked_previous) = previous;
    account->revoked_until_s = 0;
    quota->revoked--;
}

static void link_revoked(struct quota *quota, struct quota_account *account, uint64_t until_s)
{
    struct quota_account *last = quota->revoked_last;
    account->revoked_until_s = until_s;
    account->revoked_next = NULL;
    account->revoked_previous = last;
    *(last == NULL ? &quota->revoked_first : &last->revoked_next) = account;
    quota->revoked_last = account;
    quota->revoked++;
}

enum err quota_revoke(struct quota *quota, struct slice call, uint64_t until_s)
{
    struct quota_account *account = map_find(quota->calls, call);
    bool known = account != NULL && account->revoked_until_s != 0;
    if (!known && quota->revoked >= quota->limits.revoked_max) {
        return ERR_LIMIT;
    }
    enum err err = find_or_add(quota->calls, call, &account);
    if (err == OK && known) {
        unlink_revoked(quota, account);
    }
    if (err == OK) {
        link_revoked(quota, account, until_s);
    }
    return err;
}

bool quota_is_revoked(const struct quota *quota, struct slice call)
{
    const struct quota_account *account = map_find(quota->calls, call);
    return account != NULL && account->revoked_until_s != 0;
}

uint32_t quota_revoked_count(const struct quota *quota)
{
    return quota->revoked;
}

void quota_sweep(struct quota *quota, uint64_t wall_s)
{
    struct quota_account *account = NULL;
    while ((account = quota->revoked_first) != NULL && account->revoked_until_s <= wall_s) {
        unlink_revoked(quota, account);
        drop_if_empty(quota->calls, account);
    }
}
