/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/users.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/map.h"
#include "base/mem.h"

#define NS_PER_MS (1000 * 1000)
#define NS_PER_S (1000ULL * NS_PER_MS)
#define SLICES_PER_S 1000 /* of the total: no worker asks more often, nor keeps more unused */

struct user {
    struct users_call *calls;
    uint32_t allocations;
    atomic_uint_fast64_t full_ns; /* when all of a second's bandwidth lies ready again */
    uint32_t name_size;
    char name[CREDENTIAL_USER_SIZE_MAX];
};

/* A call of whoever is in it. */
struct call {
    uint32_t holders;
    atomic_uint_fast64_t full_ns; /* as of a user */
    uint32_t name_size;
    char name[CREDENTIAL_CALL_SIZE_MAX];
};

struct users_call {
    struct user *user;
    struct call *call;
    struct users_call *next; /* of the user */
    uint32_t allocations;
};

struct users {
    pthread_mutex_t lock; /* of all but the times when bandwidth lies ready */
    uint32_t user_max;
    uint32_t call_max;
    uint64_t user_bps;
    uint64_t call_bps;
    uint64_t total_bps;
    atomic_uint_fast64_t total_full_ns;
    struct map *map; /* users */
    struct map *calls;
};

enum err users_create(const struct turn_limits *limits, uint32_t workers, struct users **out)
{
    struct users *users = mem_alloc(sizeof(*users));
    if (users == NULL) {
        return ERR_NOMEM;
    }
    users->user_max = limits->user_allocations_max;
    users->call_max = limits->call_allocations_max;
    users->user_bps = limits->user_bps;
    users->call_bps = limits->call_bps;
    users->total_bps = limits->total_bps;
    enum err err = map_create((size_t)limits->allocations_max * workers, &users->map);
    err = err == OK ? map_create((size_t)limits->allocations_max * workers, &users->calls) : err;
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
    if (call == NULL || call->allocations > 0) {
        return;
    }
    while (*link != call) {
        link = &(*link)->next;
    }
    *link = call->next;
    leave_call(users, call->call);
    mem_free(call);
}

static void drop_user(struct users *users, struct user *user)
{
    if (user->allocations == 0) {
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

static enum err enter(struct users *users, struct slice user_name, struct slice call_of,
                      struct users_call **out, bool *newcomer)
{
    struct user *user = NULL;
    struct users_call *call = NULL;
    enum err err = find_user(users, user_name, &user);
    if (err != OK) {
        return err;
    }
    err = user->allocations < users->user_max ? find_call(users, user, call_of, &call) : ERR_LIMIT;
    if (err == OK && call->allocations >= users->call_max) {
        err = ERR_LIMIT;
    }
    if (err != OK) {
        drop_call(users, user, call);
        drop_user(users, user);
        return err;
    }
    *newcomer = user->allocations == 0;
    user->allocations++;
    call->allocations++;
    *out = call;
    return OK;
}

enum err users_enter(struct users *users, struct slice user, struct slice call,
                     struct users_call **out, bool *newcomer)
{
    (void)pthread_mutex_lock(&users->lock);
    enum err err = enter(users, user, call, out, newcomer);
    (void)pthread_mutex_unlock(&users->lock);
    return err;
}

void users_leave(struct users *users, struct users_call *call)
{
    struct user *user = call->user;
    (void)pthread_mutex_lock(&users->lock);
    ASSERT(user->allocations > 0 && call->allocations > 0);
    user->allocations--;
    call->allocations--;
    drop_call(users, user, call);
    drop_user(users, user);
    (void)pthread_mutex_unlock(&users->lock);
}

/* Takes `bits` of what flows in at `bps`, of which a second's worth lies ready at most. */
static bool take(atomic_uint_fast64_t *full_ns, uint64_t bps, uint64_t bits, uint64_t now_ms)
{
    uint64_t cost_ns = bits * NS_PER_S / bps;
    uint64_t now_ns = now_ms * NS_PER_MS;
    uint64_t before = atomic_load_explicit(full_ns, memory_order_relaxed);
    uint64_t after = 0;
    do {
        after = (before > now_ns ? before : now_ns) + cost_ns;
        if (after - now_ns > NS_PER_S) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(full_ns, &before, after, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}

bool users_take(const struct users *users, struct users_call *call, uint64_t bits, uint64_t now_ms)
{
    return users->user_bps == 0 || take(&call->user->full_ns, users->user_bps, bits, now_ms);
}

bool users_take_call(const struct users *users, struct users_call *call, uint64_t bits,
                     uint64_t now_ms)
{
    return users->call_bps == 0 || take(&call->call->full_ns, users->call_bps, bits, now_ms);
}

bool users_take_total(struct users *users, uint64_t *share, uint64_t bits, uint64_t now_ms)
{
    uint64_t slice = users->total_bps / SLICES_PER_S;
    if (users->total_bps == 0) {
        return true;
    }
    if (*share < bits) {
        if (slice > bits && take(&users->total_full_ns, users->total_bps, slice, now_ms)) {
            *share += slice;
        } else {
            return take(&users->total_full_ns, users->total_bps, bits, now_ms);
        }
    }
    *share -= bits;
    return true;
}
