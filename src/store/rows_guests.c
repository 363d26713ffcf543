/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows_guests.h"

#include "store/bind.h"

static enum err write_link(struct queries *queries, const struct guest_link *link)
{
    struct binder binder = bind_start(queries, QUERY_GUEST_LINK_PUT);
    bind_blob(&binder, link->id.bytes, ID_BYTES);
    bind_blob(&binder, link->token_hash, sizeof(link->token_hash));
    bind_blob(&binder, link->host.bytes, ID_BYTES);
    bind_optional(&binder, link->guest.bytes, ID_BYTES);
    bind_text(&binder, link->label);
    bind_number(&binder, link->created_s);
    bind_number(&binder, link->expires_s);
    bind_number(&binder, link->used_s);
    return bind_run(&binder, queries, QUERY_GUEST_LINK_PUT);
}

static enum err run_with(struct queries *queries, enum query query, const struct id *id)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, id->bytes, ID_BYTES);
    return bind_run(&binder, queries, query);
}

/* Calls first: they refer to the account. What else a guest could have left goes with it. */
static enum err remove_guest(struct queries *queries, const struct id *guest)
{
    static const enum query steps[] = {QUERY_GUEST_STEPS_REMOVE, QUERY_GUEST_MEDIA_REMOVE,
                                       QUERY_GUEST_CALLS_REMOVE, QUERY_GUEST_REMOVE};
    enum err err = OK;
    for (size_t i = 0; err == OK && i < sizeof(steps) / sizeof(steps[0]); i++) {
        err = run_with(queries, steps[i], guest);
    }
    return err;
}

MUST_USE enum err rows_guests_write(struct queries *queries, const struct change *change)
{
    switch (change->kind) {
    case CHANGE_GUEST_LINK_PUT:
        return write_link(queries, &change->guest_link);
    case CHANGE_GUEST_LINK_REMOVE:
        return run_with(queries, QUERY_GUEST_LINK_REMOVE, &change->guest_link.id);
    default:
        return remove_guest(queries, &change->user.id);
    }
}

void rows_guests_read_link(struct reader *reader, struct change *change)
{
    struct guest_link *link = &change->guest_link;
    change->kind = CHANGE_GUEST_LINK_PUT;
    read_blob(reader, link->id.bytes, ID_BYTES);
    read_blob(reader, link->token_hash, sizeof(link->token_hash));
    read_blob(reader, link->host.bytes, ID_BYTES);
    read_optional(reader, link->guest.bytes, ID_BYTES);
    read_text(reader, link->label, sizeof(link->label));
    link->created_s = read_number(reader);
    link->expires_s = read_number(reader);
    link->used_s = read_number(reader);
}
