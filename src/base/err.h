/* SPDX-License-Identifier: Apache-2.0 */
/* Operating errors. Programmer errors are ASSERTs; bytes from outside never reach an ASSERT. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_USE __attribute__((warn_unused_result))

/* New ones come last: shared objects of connectors give some of them (portal/connector.h). */
enum err {
    OK = 0,
    ERR_NOMEM,        /* memory could not be had */
    ERR_INVALID,      /* input does not follow its format */
    ERR_LIMIT,        /* a configured maximum is reached */
    ERR_NOT_FOUND,    /* no such thing, or not yours: the same from outside */
    ERR_FORBIDDEN,    /* the caller is known and may not */
    ERR_UNAUTHORIZED, /* who asks is not known (no or wrong sign-in) */
    ERR_EXISTS,       /* the name or id is taken */
    ERR_STATE,        /* not possible in the present state */
    ERR_BUSY,         /* a queue is full or the other side is occupied: later */
    ERR_CLOSED,       /* the peer or the object is gone */
    ERR_IO,           /* the system refused: errno was logged where it happened */
    ERR_TIMEOUT,      /* the time limit has passed */
    ERR_SHORT,        /* more bytes are needed before a decision */
    ERR_UNSUPPORTED,  /* understood, not offered */
    ERR_TOO_OFTEN,    /* more than is allowed in a span of time: later */
    ERR_COUNT
};

/* The name of `err` for logs, such as "ERR_LIMIT"; never NULL. */
const char *err_name(enum err err);

/* Ends the program with file, line and the condition; stays on in releases. */
#define ASSERT(condition)                                                                          \
    ((condition) ? (void)0 : err_assert_failed(#condition, __FILE__, __LINE__))

__attribute__((noreturn)) void err_assert_failed(const char *condition, const char *file, int line);

#endif
