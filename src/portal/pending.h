/* SPDX-License-Identifier: Apache-2.0 */
/* A request of a person that waits for a port: the pool of passwords, then the store. */
#ifndef PORTAL_PENDING_H
#define PORTAL_PENDING_H

#include "portal/chat.h"
#include "portal/internal.h"
#include "portal/stream.h"

#define PENDING_MAX 4096

struct pending {
    struct pending *next;
    struct pending **link;
    struct portal *portal;
    union {
        portal_done done;
        portal_login_done login_done;
        portal_invite_done invite_done;
        portal_room_done room_done;
        portal_sent_done sent_done;
        portal_found_done found_done;
        void (*join_done)(void *arg, enum err err, const char *why,
                          const struct portal_login *login);
    };
    void *arg;
    /* What is kept, and applied to memory after the commit. */
    struct change *changes;
    size_t change_count;
    void (*on_kept)(struct pending *pending, enum err err);
    struct id user; /* who acts; looked up again after each wait */
    struct id login;
    struct id by;                     /* the administrator */
    bool known;                       /* the name exists: the verified hash is that of `user` */
    char hash[PASSWORD_HASH_MAX + 1]; /* verified, must still be the user's */
    uint8_t token[TOKEN_BYTES];       /* of the new sign-in or link */
    char *password;                   /* the new one; wiped */
    size_t password_size;
    struct id account_key; /* of throttle.h */
    struct id prefix_key;
    char agent[AGENT_MAX + 1];
    char address[ADDRESS_TEXT_MAX + 1];
    int64_t now_s;
    int64_t expires_s; /* of the new link */
    bool link_taken;
    bool guest_link_taken;
    uint8_t link_hash[32];
    uint8_t *picture;
    struct user new_user; /* of a join */
    session_id session;
    struct id room; /* or activity */
    struct id item; /* comment */
    char space[SPACE_NAME_MAX + 1];
    const struct connector *connector; /* of a meeting's line */
    bool fresh;                        /* it was not there before; or: is liked now */
    size_t at;                         /* which of the changes is the message */
    uint8_t *text;                     /* what a change of `changes` borrows */
};

/* ERR_NOMEM; ERR_BUSY: PENDING_MAX are waiting. */
MUST_USE enum err pending_create(struct portal *portal, void *arg, struct pending **out);
/* Frees it, gives the invitation and the user free for others. */
void pending_destroy(struct pending *pending);
void pending_forget(struct portal *portal);

/* Room for `count` zeroed changes. */
MUST_USE enum err pending_reserve(struct pending *pending, size_t count);
/* Writes the changes; `on_kept` comes after they were applied to memory, with OK, or with why not.
 * When this fails, `on_kept` does not come. ERR_BUSY also: the user is being written already. */
MUST_USE enum err pending_keep(struct pending *pending,
                               void (*on_kept)(struct pending *pending, enum err err));

/* A copy of `text` for a change, owned by the pending. ERR_NOMEM. */
MUST_USE enum err pending_set_text(struct pending *pending, struct slice text, struct slice *out);
/* Asks the store; `on_found` gets the pending as its argument. */
MUST_USE enum err pending_ask(struct pending *pending, const struct question *question,
                              void (*on_found)(void *arg, enum err err, const struct found *found));
/* ERR_NOMEM. */
MUST_USE enum err pending_set_password(struct pending *pending, struct slice password);
void pending_set_origin(struct pending *pending, struct slice agent, struct slice address);

/* ---- invitations.c ---- */

/* Makes a link of `kind` (for pending->user) the change at `index` and keeps them all; then
 * pending->invite_done is called. */
MUST_USE enum err invitation_keep(struct pending *pending, size_t index, const struct id *by,
                                  enum invitation_kind kind);

/* Gives the token of the link to pending->invite_done, and frees the pending: for pending_keep. */
void invitation_on_kept(struct pending *pending, enum err err);

/* ---- guests.c ---- */

/* The link with this token if it works now, else NULL. */
struct guest_entry *guests_find(const struct portal *portal, const uint8_t token[TOKEN_BYTES],
                                int64_t now_s);
/* The guest of the link while his account is open, else NULL. */
struct person *guests_person(const struct portal *portal, const struct guest_entry *entry);
/* Out at once: sign-ins, pages and calls end; what others read of him stays. */
void guests_end(struct portal *portal, struct person *guest);
/* Makes room for one more account. ERR_LIMIT: there are enough guests. */
MUST_USE enum err guests_make_room(struct portal *portal);

/* ---- logins.c ---- */

/* What the failures of a typed name or of an address are counted under. */
struct id login_account_key(const struct portal *portal, struct slice name);
struct id login_prefix_key(const struct portal *portal, struct slice address);
/* Now for throttle.h. */
uint64_t login_throttle_ms(const struct portal *portal);
/* Keeps the failures of the account and, unless NULL, of the network. Nobody waits for it. */
void login_keep_failures(struct portal *portal, const struct id *account, const struct id *prefix);

/* Makes a fresh sign-in of `user` with a token of its own. */
void login_make(struct pending *pending, const struct id *user, struct change *out);
/* Finishes the sign-in that was kept: ends the oldest at the limit and fills *out; ERR_UNAUTHORIZED
 * when the user may not sign in any more, or the password is not `hash` any more. */
MUST_USE enum err login_finish(struct pending *pending, struct portal_login *out);

#endif
