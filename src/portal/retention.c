/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/retention.h"

#include "base/counter.h"
#include "base/log.h"
#include "portal/pending.h"

static MUST_USE enum err ask_old(struct portal *portal, int64_t before_s);

static void end(struct portal *portal, enum err err)
{
    portal->forgetting = false;
    if (err != OK) {
        log_warn("old messages are not forgotten now", "error=%s", err_name(err));
    }
}

/* Memory has heard of it (rooms_apply). */
static void on_forgotten(struct pending *pending, enum err err)
{
    struct portal *portal = pending->portal;
    int64_t before_s = pending->now_s;
    if (err == OK) {
        counter_add(COUNTER_CHAT_FORGOTTEN, (int64_t)pending->change_count);
    }
    pending_destroy(pending);
    err = err == OK ? ask_old(portal, before_s) : err;
    if (err != OK) {
        end(portal, err);
    }
}

static void on_old(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    struct portal *portal = pending->portal;
    bool any = err == OK && found->message_count > 0;
    if (any) {
        err = pending_reserve(pending, found->message_count);
    }
    for (size_t i = 0; any && err == OK && i < found->message_count; i++) {
        const struct chatmsg *old = &found->messages[i];
        pending->changes[i] = (struct change){
            .kind = CHANGE_CHATMSG_FORGET,
            .chatmsg = {.id = old->id, .room = old->room, .seq = old->seq, .at_s = old->at_s}};
    }
    err = any && err == OK ? pending_keep(pending, on_forgotten) : err;
    if (!any || err != OK) {
        pending_destroy(pending);
        end(portal, err);
    }
}

static MUST_USE enum err ask_old(struct portal *portal, int64_t before_s)
{
    struct question question = {
        .kind = ASK_OLD, .before = (uint64_t)before_s, .limit = FOUND_MESSAGES_MAX};
    struct pending *pending = NULL;
    enum err err = pending_create(portal, NULL, &pending);
    if (err != OK) {
        return err;
    }
    pending->now_s = before_s;
    err = pending_ask(pending, &question, on_old);
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

void retention_begin(struct portal *portal, int64_t before_s)
{
    if (portal->forgetting || before_s <= 0) {
        return;
    }
    portal->forgetting = true;
    enum err err = ask_old(portal, before_s);
    if (err != OK) {
        end(portal, err);
    }
}
