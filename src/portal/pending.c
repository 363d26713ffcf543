/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/pending.h"

#include "base/log.h"
#include "base/text.h"

MUST_USE enum err pending_create(struct portal *portal, void *arg, struct pending **out)
{
    if (portal->pending_count >= PENDING_MAX) {
        return ERR_BUSY;
    }
    struct pending *pending = mem_alloc(sizeof *pending);
    if (pending == NULL) {
        return ERR_NOMEM;
    }
    pending->portal = portal;
    pending->arg = arg;
    pending->next = portal->pending;
    pending->link = &portal->pending;
    if (pending->next != NULL) {
        pending->next->link = &pending->next;
    }
    portal->pending = pending;
    portal->pending_count++;
    *out = pending;
    return OK;
}

void pending_destroy(struct pending *pending)
{
    if (pending == NULL) {
        return;
    }
    *pending->link = pending->next;
    if (pending->next != NULL) {
        pending->next->link = pending->link;
    }
    pending->portal->pending_count--;
    if (pending->link_taken) {
        struct open_link *open_link =
            map_find(pending->portal->invitations, slice_from(pending->link_hash, 32));
        if (open_link != NULL) {
            open_link->taken = false;
        }
    }
    if (pending->guest_link_taken) {
        struct guest_entry *entry =
            map_find(pending->portal->guest_links, slice_from(pending->link_hash, 32));
        if (entry != NULL) {
            entry->taken = false;
        }
    }
    if (pending->password != NULL) {
        mem_wipe(pending->password, pending->password_size);
        mem_free(pending->password);
    }
    if (pending->changes != NULL) {
        mem_wipe(pending->changes, pending->change_count * sizeof pending->changes[0]);
        mem_free(pending->changes);
    }
    mem_free(pending->picture);
    mem_free(pending->text);
    mem_wipe(pending, sizeof *pending);
    mem_free(pending);
}

void pending_forget(struct portal *portal)
{
    while (portal->pending != NULL) {
        pending_destroy(portal->pending);
    }
}

MUST_USE enum err pending_set_password(struct pending *pending, struct slice password)
{
    pending->password = mem_alloc(password.size);
    if (pending->password == NULL) {
        return ERR_NOMEM;
    }
    memcpy(pending->password, password.data, password.size);
    pending->password_size = password.size;
    return OK;
}

void pending_set_origin(struct pending *pending, struct slice agent, struct slice address)
{
    text_copy_clean(agent, pending->agent, sizeof pending->agent);
    text_copy_clean(address, pending->address, sizeof pending->address);
}

MUST_USE enum err pending_set_text(struct pending *pending, struct slice text, struct slice *out)
{
    pending->text = mem_alloc(text.size == 0 ? 1 : text.size);
    if (pending->text == NULL) {
        return ERR_NOMEM;
    }
    if (text.size > 0) {
        memcpy(pending->text, text.data, text.size);
    }
    *out = slice_from(pending->text, text.size);
    return OK;
}

MUST_USE enum err pending_ask(struct pending *pending, const struct question *question,
                              void (*on_found)(void *arg, enum err err, const struct found *found))
{
    const struct port_read *read = &pending->portal->ports.read;
    return read->ask(read->ctx, question, on_found, pending);
}

MUST_USE enum err pending_reserve(struct pending *pending, size_t count)
{
    ASSERT(pending->changes == NULL);
    pending->changes = mem_alloc_array(count, sizeof pending->changes[0]);
    pending->change_count = count;
    return pending->changes == NULL ? ERR_NOMEM : OK;
}

/* The person whose profile, picture or password changes, or NULL. */
static struct person *person_of(const struct pending *pending)
{
    for (size_t i = 0; i < pending->change_count; i++) {
        const struct change *change = &pending->changes[i];
        if (change->kind == CHANGE_USER_PROFILE || change->kind == CHANGE_USER_AVATAR) {
            return person_find(pending->portal, &change->user.id);
        }
        if (change->kind == CHANGE_USER_PASSWORD) {
            return person_find(pending->portal, &change->password.user);
        }
    }
    return NULL;
}

static void on_written(void *arg, enum err err)
{
    struct pending *pending = arg;
    struct portal *portal = pending->portal;
    struct person *person = person_of(pending);
    if (person != NULL) {
        person->writing = false;
    }
    for (size_t i = 0; i < pending->change_count && err == OK; i++) {
        err = account_apply(portal, &pending->changes[i]);
        if (err != OK) {
            /* Kept, yet not in memory: the next synchronisation or start brings it. */
            log_error("kept change does not fit into memory", "error=%s", err_name(err));
        }
    }
    pending->on_kept(pending, err);
}

MUST_USE enum err pending_keep(struct pending *pending,
                               void (*on_kept)(struct pending *pending, enum err err))
{
    struct portal *portal = pending->portal;
    struct person *person = person_of(pending);
    if (person != NULL && person->writing) {
        return ERR_BUSY;
    }
    pending->on_kept = on_kept;
    enum err err = portal->ports.keep.write(portal->ports.keep.ctx, pending->changes,
                                            pending->change_count, on_written, pending);
    if (err == OK && person != NULL) {
        person->writing = true;
    }
    return err;
}
