/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/users.h"

#include <pthread.h>

#include "base/map.h"
#include "base/mem.h"
#include "turn/budget.h"

struct user {
    struct users_call *calls;
    uint32_t allocations;
    struct budget bandwidth;
    uint32_t name_size;
    char name[CREDENTIAL_USER_SIZE_MAX];
};

/* A call of whoever is in it. */
struct call {
    uint32_t holders;
    struct budget bandwidth;
    uint32_t name_size;
    char name[CREDENTIAL_CALL_SIZE_MAX];
};

struct users_call {
    struct user *user;
    struct call *call;
    struct users_call *next;      /* of the user */
    struct users_holder *holders; /* that are counted */
    uint32_t allocations;
    uint32_t gone; /* that gave way and are not ended yet */
};

struct users {
    pthread_mutex_t lock; /* of all but bandwidth, and of what holders link */
    uint32_t allocations; /* of all users */
    uint32_t allocations_max;
    uint32_t user_max;
    uint32_t call_max;
    uint64_t user_bps;
    uint64_t call_bps;
    uint64_t total_bps;
    struct budget total;
    struct map *map; /* users */
    struct map *calls;
    struct users_holder *gone;
    _Atomic uint32_t gone_count; /* a hint outside the lock */
};

enum err users_create(const struct turn_limits *limits, struct users **out)
{
    struct users *users = mem_alloc(sizeof(*users));
    if (users == NULL) {
        return ERR_NOMEM;
    }
    users->allocations_max = limits->allocations_max;
    users->user_max = limits->user_allocations_max;
    users->call_max = limits->call_allocations_max;
    users->user_bps = limits->user_bps;
    users->call_bps = limits->call_bps;
    users->total_bps = limits->total_bps;
    enum err err = map_create(limits->allocations_max, &users->map);
    err = err == OK ? map_create(limits->allocations_max, &users->calls) : err;
    if (err != OK) {
        map_destroy(users->map);
        mem_free(users);
        return err;
    }
    ASSERT(pthread_mutex_init(&users->lock, NULL) == 0);
    *out = users;
    return OK;
}

void users_destroy(struct users *users)
{
    if (users != NULL) {
        ASSERT(map_count(users->map) == 0 && map_count(users->calls) == 0);
        map_destroy(users->map);
        map_destroy(users->calls);
        (void)pthread_mutex_destroy(&users->lock);
        mem_free(users);
    }
}

static struct slice call_name(const struct call *call)
{
    return slice_from(call->name, call->name_size);
}

static void leave_call(struct users *users, struct call *call)
{
    if (--call->holders == 0) {
        (void)map_remove(users->calls, call_name(call));
        mem_free(call);
    }
}

/* Only when it holds nothing. */
static void drop_call(struct users *users, struct user *user, struct users_call *call)
{
    struct users_call **link = &user->calls;
    if (call == NULL || call->allocations > 0 || call->gone > 0) {
        return;
    }
    while (*link != call) {
        link = &(*link)->next;
    }
    *link = call->next;
    leave_call(users, call->call);
    mem_free(call);
}

/* Likewise; one that gave way keeps its call, and so its user. */
static void drop_user(struct users *users, struct user *user)
{
    if (user->calls == NULL) {
        (void)map_remove(users->map, slice_from(user->name, user->name_size));
        mem_free(user);
    }
}

static enum err find_user(struct users *users, struct slice name, struct user **out)
{
    *out = map_find(users->map, name);
    if (*out != NULL) {
        return OK;
    }
    struct user *user = mem_alloc(sizeof(*user));
    if (user == NULL) {
        return ERR_NOMEM;
    }
    ASSERT(name.size <= sizeof(user->name));
    memcpy(user->name, name.data, name.size);
    user->name_size = (uint32_t)name.size;
    enum err err = map_add(users->map, slice_from(user->name, user->name_size), user);
    if (err != OK) {
        mem_free(user);
        return err;
    }
    *out = user;
    return OK;
}

static enum err join_call(struct users *users, struct slice name, struct call **out)
{
    struct call *call = map_find(users->calls, name);
    if (call == NULL) {
        call = mem_alloc(sizeof(*call));
        if (call == NULL) {
            return ERR_NOMEM;
        }
        ASSERT(name.size <= sizeof(call->name));
        memcpy(call->name, name.data, name.size);
        call->name_size = (uint32_t)name.size;
        enum err err = map_add(users->calls, call_name(call), call);
        if (err != OK) {
            mem_free(call);
            return err;
        }
    }
    call->holders++;
    *out = call;
    return OK;
}

/* A user has few calls: at most as many as allocations. */
static enum err find_call(struct users *users, struct user *user, struct slice name,
                          struct users_call **out)
{
    struct users_call *call = user->calls;
    while (call != NULL && !slice_equal(call_name(call->call), name)) {
        call = call->next;
    }
    if (call == NULL) {
        call = mem_alloc(sizeof(*call));
        if (call == NULL) {
            return ERR_NOMEM;
        }
        enum err err = join_call(users, name, &call->call);
        if (err != OK) {
            mem_free(call);
            return err;
        }
        call->user = user;
        call->next = user->calls;
        user->calls = call;
    }
    *out = call;
    return OK;
}

/* Whether there are enough of something. The last tenth of the server's is for newcomers. */
static bool is_full(const struct users *users, const struct user *user,
                    const struct users_call *call, enum users_full *full)
{
    uint32_t kept = user->allocations == 0 ? 0 : users->allocations_max / 10;
    if (user->allocations >= users->user_max) {
        *full = USERS_USER_IS_FULL;
    } else if (call->allocations >= users->call_max) {
        *full = USERS_CALL_IS_FULL;
    } else if (users->allocations + kept >= users->allocations_max) {
        *full = USERS_SERVER_IS_FULL;
    } else {
        return false;
    }
    return true;
}

static void link_holder(struct users_holder **list, struct users_holder *holder)
{
    holder->next = *list;
    holder->link = list;
    if (*list != NULL) {
        (*list)->link = &holder->next;
    }
    *list = holder;
}

static void unlink_holder(struct users_holder *holder)
{
    *holder->link = holder->next;
    if (holder->next != NULL) {
        holder->next->link = holder->link;
    }
}

static void uncount(struct users *users, struct users_holder *holder)
{
    struct users_call *call = holder->call;
    unlink_holder(holder);
    ASSERT(call->user->allocations > 0 && call->allocations > 0);
    users->allocations--;
    call->user->allocations--;
    call->allocations--;
}

static uint64_t heard_ms(const struct users_holder *holder)
{
    return atomic_load_explicit(&holder->heard_ms, memory_order_relaxed);
}

/* The one of the call, or of all calls of the user, that was heard least lately gives way, if that
 * is long ago. */
static bool make_room(struct users *users, struct user *user, struct users_call *call,
                      enum users_full full, uint64_t now_ms)
{
    struct users_holder *oldest = NULL;
    for (struct users_call *one = user->calls; one != NULL; one = one->next) {
        struct users_holder *holder =
            full == USERS_USER_IS_FULL || one == call ? one->holders : NULL;
        for (; holder != NULL; holder = holder->next) {
            oldest = oldest == NULL || heard_ms(holder) < heard_ms(oldest) ? holder : oldest;
        }
    }
    if (full == USERS_SERVER_IS_FULL || oldest == NULL ||
        heard_ms(oldest) + USERS_SILENT_MS > now_ms) {
        return false;
    }
    uncount(users, oldest);
    oldest->gave_way = true;
    oldest->call->gone++;
    link_holder(&users->gone, oldest);
    users->gone_count++;
    return true;
}

static enum err enter(struct users *users, struct slice user_name, struct slice call_of,
                      enum users_full *full, struct users_holder *holder)
{
    struct user *user = NULL;
    struct users_call *call = NULL;
    enum err err = find_user(users, user_name, &user);
    *full = USERS_SERVER_IS_FULL; /* where there is no room for one more */
    if (err != OK) {
        return err;
    }
    err = find_call(users, user, call_of, &call);
    while (err == OK && is_full(users, user, call, full)) {
        err = make_room(users, user, call, *full, heard_ms(holder)) ? OK : ERR_LIMIT;
    }
    if (err != OK) {
        drop_call(users, user, call);
        drop_user(users, user);
        return err;
    }
    users->allocations++;
    user->allocations++;
    call->allocations++;
    holder->call = call;
    link_holder(&call->holders, holder);
    return OK;
}

enum err users_enter(struct users *users, struct slice user, struct slice call,
                     enum users_full *full, struct users_holder *holder)
{
    (void)pthread_mutex_lock(&users->lock);
    enum err err = enter(users, user, call, full, holder);
    (void)pthread_mutex_unlock(&users->lock);
    return err;
}

void users_leave(struct users *users, struct users_holder *holder)
{
    struct users_call *call = holder->call;
    struct user *user = call->user;
    (void)pthread_mutex_lock(&users->lock);
    if (holder->gave_way) {
        unlink_holder(holder);
        call->gone--;
        users->gone_count--;
    } else {
        uncount(users, holder);
    }
    drop_call(users, user, call);
    drop_user(users, user);
    (void)pthread_mutex_unlock(&users->lock);
}

struct users_holder *users_next_gone(struct users *users, uint32_t worker)
{
    if (users->gone_count == 0) {
        return NULL;
    }
    (void)pthread_mutex_lock(&users->lock);
    struct users_holder *holder = users->gone;
    while (holder != NULL && holder->worker != worker) {
        holder = holder->next;
    }
    (void)pthread_mutex_unlock(&users->lock);
    return holder;
}

bool users_take(const struct users *users, struct users_call *call, uint64_t bits, uint64_t now_ms)
{
    return users->user_bps == 0 ||
           budget_take(&call->user->bandwidth, users->user_bps, BUDGET_NS_PER_S, bits, now_ms);
}

bool users_take_call(const struct users *users, struct users_call *call, uint64_t bits,
                     uint64_t now_ms)
{
    return users->call_bps == 0 ||
           budget_take(&call->call->bandwidth, users->call_bps, BUDGET_NS_PER_S, bits, now_ms);
}

bool users_take_total(struct users *users, uint64_t *share, uint64_t bits, uint64_t now_ms)
{
    return users->total_bps == 0 ||
           budget_take_share(&users->total, share, users->total_bps, BUDGET_NS_PER_S, bits, now_ms);
}
