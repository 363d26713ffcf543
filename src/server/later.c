/* SPDX-License-Identifier: Apache-2.0 */
#include "server/later.h"

#include "base/mem.h"
#include "server/command.h"
#include "server/views.h"

#define ARENA_BYTES_MAX (16 * 1024)

/* One command on its way. */
struct waiting {
    struct later later;
    enum message_type type;
    uint64_t id;
};

static struct message answer_to(const struct waiting *waiting, enum message_type type)
{
    return (struct message){.type = type, .has_id = true, .id = waiting->id};
}

static void refuse(const struct waiting *waiting, enum err err)
{
    struct message command = answer_to(waiting, waiting->type);
    command_refuse(waiting->later.fanout, waiting->later.socket, &command, err);
}

static void on_sent(void *arg, enum err err, const struct chatmsg *chatmsg)
{
    struct waiting *waiting = arg;
    struct message message = answer_to(waiting, MESSAGE_CHAT_SENT);
    struct arena arena;
    arena_init(&arena, ARENA_BYTES_MAX);
    if (err == OK) {
        struct viewer viewer = {.portal = waiting->later.portal, .arena = &arena};
        err = view_chatmsg(&viewer, chatmsg, &message.chat_sent.message);
    }
    if (err == OK) {
        fanout_send(waiting->later.fanout, waiting->later.socket, &message);
    } else {
        refuse(waiting, err);
    }
    arena_fini(&arena);
    mem_free(waiting);
}

static void on_done(void *arg, enum err err, const char *why)
{
    struct waiting *waiting = arg;
    struct message message = answer_to(waiting, MESSAGE_OK);
    (void)why;
    if (err == OK) {
        fanout_send(waiting->later.fanout, waiting->later.socket, &message);
    } else {
        refuse(waiting, err);
    }
    mem_free(waiting);
}

bool later_takes(const struct message *command)
{
    return command->type == MESSAGE_CHAT_SEND || command->type == MESSAGE_CHAT_MEET ||
           command->type == MESSAGE_CHAT_READ ||
           (command->type == MESSAGE_CALL_DECLINE && command->call_decline.text.size > 0);
}

MUST_USE enum err later_start(const struct later *later, const struct message *command,
                              uint64_t now_ms)
{
    struct waiting *waiting = mem_alloc(sizeof(*waiting));
    if (waiting == NULL) {
        return ERR_NOMEM;
    }
    waiting->later = *later;
    waiting->type = command->type;
    waiting->id = command->id;
    enum err err = OK;
    if (command->type == MESSAGE_CHAT_MEET) {
        const struct message_chat_meet *meet = &command->chat_meet;
        struct id room = command_id(meet->room);
        struct id message = command_id(meet->message);
        err = portal_chat_meet(later->portal, later->session, &room, &message, meet->connector,
                               meet->has_picked && meet->picked, now_ms, on_sent, waiting);
    } else if (command->type == MESSAGE_CHAT_SEND) {
        const struct message_chat_send *send = &command->chat_send;
        struct id room = command_id(send->room);
        struct id message = command_id(send->message);
        err = portal_chat_send(later->portal, later->session, &room, &message, send->text, now_ms,
                               on_sent, waiting);
    } else if (command->type == MESSAGE_CALL_DECLINE) {
        struct id call = command_id(command->call_decline.call);
        err = portal_call_decline_with(later->portal, later->session, &call,
                                       command->call_decline.text, now_ms, on_done, waiting);
    } else {
        struct id room = command_id(command->chat_read.room);
        err = portal_chat_read(later->portal, later->session, &room, command->chat_read.seq, now_ms,
                               on_done, waiting);
    }
    if (err != OK) {
        mem_free(waiting);
    }
    return err;
}
