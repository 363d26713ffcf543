/* SPDX-License-Identifier: Apache-2.0 */
/* What the portal wants from outside. server/ fills these in production, tests by memory versions.
 * No port calls back before it has returned. */
#ifndef PORTAL_PORTS_H
#define PORTAL_PORTS_H

#include "base/slots.h"
#include "model/model.h"
#include "model/question.h"
#include "portal/event.h"

typedef slot_id session_id; /* one connected tab */

/* Keeps changes. `on_done(arg, OK)` means: committed and durable. The changes are copied. */
struct port_keep {
    void *ctx;
    enum err (*write)(void *ctx, const struct change *changes, size_t count,
                      void (*on_done)(void *arg, enum err err), void *arg);
    /* Takes the user `name` out for good (store/personal.h), with the entry of the audit, whose
     * target becomes the new name. Before `on_done` the portal is synchronised with what is left.
     */
    enum err (*erase)(void *ctx, const char *name, const struct audit *audit,
                      void (*on_done)(void *arg, enum err err), void *arg);
    /* Reads a picture; bytes are borrowed for the call. */
    enum err (*avatar)(void *ctx, const uint8_t hash[32],
                       void (*on_done)(void *arg, enum err err, struct slice bytes), void *arg);
};

/* Answers questions from what is committed: everything that port_keep has answered, perhaps more. A
 * search waits until all that was written before it can be found. Nothing here waits for writing.
 * `on_done(arg, OK, found)`; otherwise `found` is empty: ERR_NOT_FOUND, ERR_NOMEM, ERR_IO,
 * ERR_CLOSED. The question is copied. ERR_BUSY: too many are waiting. */
struct port_read {
    void *ctx;
    enum err (*ask)(void *ctx, const struct question *question,
                    void (*on_done)(void *arg, enum err err, const struct found *found), void *arg);
};

/* Tells one session something; the event is borrowed for the call. Cannot fail: a session whose
 * queue is full is cut off and synchronised again when it comes back. */
struct port_tell {
    void *ctx;
    void (*event)(void *ctx, session_id session, const struct event *event);
    /* The session must end now (signed out, disabled, over the limit). */
    void (*end)(void *ctx, session_id session, enum session_end why);
};

/* Slow work on passwords, in a bounded pool. ERR_BUSY: try later (429). */
struct port_password {
    void *ctx;
    enum err (*hash)(void *ctx, struct slice password,
                     void (*on_done)(void *arg, enum err err, const char *hash), void *arg);
    enum err (*verify)(void *ctx, struct slice password, const char *hash,
                       void (*on_done)(void *arg, enum err err, bool right), void *arg);
};

/* A sign to one browser that something about the call has changed, or that a person whom its user
 * waits for is available. */
struct push_note {
    const struct push *to; /* borrowed for the call of send */
    struct id call;        /* or the person: the newest of one replaces those before */
    const char *person;    /* his user name; NULL: it is about a call. Borrowed as well */
    uint32_t ttl_s;        /* how long the push service may keep it */
};

/* Reaches browsers without an open page; cannot fail: what does not arrive is a missed call. */
struct port_push {
    void *ctx;
    void (*send)(void *ctx, const struct push_note *note); /* NULL: there is no push */
};

struct port_random {
    void *ctx;
    void (*bytes)(void *ctx, uint8_t *out, size_t size);
    /* SHA-256, for the tokens of cookies and links: the portal has no ciphers of its own. */
    void (*sha256)(void *ctx, struct slice bytes, uint8_t out[32]);
};

/* What carries sound and picture of calls beside the browsers. */
struct port_media {
    void *ctx;
    /* Nothing is carried for this call any more. NULL: nobody carries anything. */
    void (*call_ended)(void *ctx, const struct id *call);
};

struct ports {
    struct port_keep keep;
    struct port_read read;
    struct port_tell tell;
    struct port_password password;
    struct port_random random;
    struct port_push push;
    struct port_media media;
};

#endif
