/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of one worker: those that have allocations here, and those that have ended. */
#ifndef TURN_QUOTA_H
#define TURN_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "turn/credential.h"

struct allocation;
struct quota;

/* A call with allocations, or one that has ended. Owned by the quota. */
struct quota_account {
    uint64_t revoked_until_s; /* its credentials are refused until then; 0: they are not */
    struct quota_account *revoked_next; /* the next ones expire later */
    struct quota_account *revoked_previous;
    struct allocation *first; /* linked by allocation.c */
    uint32_t allocations;
    uint32_t name_size;
    char name[CREDENTIAL_CALL_SIZE_MAX];
};

struct quota_limits {
    uint32_t accounts_max; /* calls that are alive */
    uint32_t revoked_max;
};

/* ERR_NOMEM. */
MUST_USE enum err quota_create(const struct quota_limits *limits, struct quota **out);
void quota_destroy(struct quota *quota);

/* Counts one more allocation in this call. ERR_LIMIT, ERR_NOMEM: nothing changed. */
MUST_USE enum err quota_enter(struct quota *quota, struct slice call, struct quota_account **out);
/* One less; an account without any is freed. */
void quota_leave(struct quota *quota, struct quota_account *call);

/* The account or NULL. */
struct quota_account *quota_find_call(const struct quota *quota, struct slice call);

/* The credentials of the call are refused until `until_s` (UTC). ERR_LIMIT: too many ended calls
 * are remembered; ERR_NOMEM. */
MUST_USE enum err quota_revoke(struct quota *quota, struct slice call, uint64_t until_s);
bool quota_is_revoked(const struct quota *quota, struct slice call);
uint32_t quota_revoked_count(const struct quota *quota);
/* Forgets the calls whose credentials have expired by themselves. */
void quota_sweep(struct quota *quota, uint64_t wall_s);

#endif
