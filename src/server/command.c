/* SPDX-License-Identifier: Apache-2.0 */
#include "server/command.h"

#include "portal/history.h"

#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/random.h"
#include "portal/chat.h"
#include "portal/connectors.h"
#include "server/refusals.h"
#include "wire/candidate.h"

_Static_assert((int)MESSAGE_STATUS_SET_STATUS_INVISIBLE == (int)STATUS_INVISIBLE,
               "statuses differ");

struct id command_id(const uint8_t bytes[MESSAGE_ID_BYTES])
{
    struct id id;
    memcpy(id.bytes, bytes, sizeof(id.bytes));
    return id;
}

static enum end_reason end_reason(enum message_call_end_reason reason)
{
    switch (reason) {
    case MESSAGE_CALL_END_REASON_HUNG_UP:
        return END_HUNG_UP;
    case MESSAGE_CALL_END_REASON_PERMISSION_DENIED:
        return END_PERMISSION_DENIED;
    case MESSAGE_CALL_END_REASON_NO_DEVICE:
        return END_NO_DEVICE;
    case MESSAGE_CALL_END_REASON_MEDIA_FAILED:
        return END_MEDIA_FAILED;
    case MESSAGE_CALL_END_REASON_MEDIA_LOST:
        return END_MEDIA_LOST;
    }
    return END_NONE; /* the portal refuses it */
}

static enum err start(struct portal *portal, session_id session, const struct message *command,
                      uint64_t now_ms, struct call_view *view)
{
    const struct message_call_start *from = &command->call_start;
    struct portal_call_start wanted = {.call = command_id(from->call),
                                       .callee = from->callee,
                                       .connector = from->connector,
                                       .microphone_on = from->microphone,
                                       .camera_on = from->camera};
    return portal_call_start(portal, session, &wanted, now_ms, view);
}

_Static_assert((int)MESSAGE_CALL_REPORT_PATH_RELAYED == (int)PATH_RELAYED &&
                   (int)MESSAGE_CALL_REPORT_TRANSPORT_TLS == (int)TRANSPORT_TLS,
               "paths differ");

static enum err report(struct portal *portal, session_id session,
                       const struct message_call_report *from, uint64_t now_ms)
{
    struct id call = command_id(from->call);
    const struct call_report said = {.path = (enum call_path)from->path,
                                     .transport = (enum call_transport)from->transport,
                                     .loss = (uint32_t)from->loss_permille,
                                     .rtt_ms = (uint32_t)from->rtt_ms,
                                     .jitter_ms = (uint32_t)from->jitter_ms};
    return portal_call_report(portal, session, &call, &said, now_ms);
}

static enum err prefer(struct portal *portal, session_id session,
                       const struct message_call_prefer *from, uint64_t now_ms)
{
    return portal_set_wishes(portal, session, from->has_waiting ? &from->waiting : NULL,
                             from->has_relay_only ? &from->relay_only : NULL, now_ms);
}

static enum err accept(struct portal *portal, session_id session, const struct message *command,
                       uint64_t now_ms, struct call_view *view)
{
    const struct message_call_accept *from = &command->call_accept;
    struct id call = command_id(from->call);
    const struct portal_call_answer answer = {
        .microphone_on = from->microphone, .camera_on = from->camera, .hold = from->hold};
    enum err err = portal_call_choose_early(portal, session, &call, from->early);
    return err != OK ? err : portal_call_accept(portal, session, &call, &answer, now_ms, view);
}

_Static_assert((int)ICE_RELAY == (int)CANDIDATE_RELAY + 1, "candidate types differ");

static struct ice_facts facts_of(const struct candidate *candidate)
{
    return (struct ice_facts){.type = (enum ice_type)((int)candidate->type + 1),
                              .addr = candidate->addr,
                              .local_name = candidate->host == CANDIDATE_LOCAL,
                              .active = candidate->active,
                              .related = candidate->related};
}

static enum err describe(struct portal *portal, session_id session, const struct message *command)
{
    const struct message_call_describe *from = &command->call_describe;
    struct candidate found[ICE_DESCRIBED_MAX];
    struct ice_facts facts[ICE_DESCRIBED_MAX + 1];
    struct candidate_scan scan;
    candidate_scan(from->sdp, found, ICE_DESCRIBED_MAX, &scan);
    uint32_t count = scan.count - scan.unread;
    count = count < ICE_DESCRIBED_MAX ? count : ICE_DESCRIBED_MAX;
    for (uint32_t i = 0; i < count; i++) {
        facts[i] = facts_of(&found[i]);
    }
    if (scan.unread > 0) {
        facts[count] = (struct ice_facts){.type = ICE_UNREADABLE};
    }
    struct call_description description = {.call = command_id(from->call),
                                           .type = (enum description_type)from->kind,
                                           .offer = (uint32_t)from->offer,
                                           .early = (uint32_t)from->early,
                                           .sdp = from->sdp,
                                           .has_addresses = scan.has_addresses,
                                           .candidate_count = scan.count,
                                           .candidates = facts};
    return portal_call_describe(portal, session, &description);
}

static enum err trickle(struct portal *portal, session_id session, const struct message *command)
{
    const struct message_call_trickle *from = &command->call_trickle;
    struct call_candidate candidate = {.call = command_id(from->call),
                                       .candidate = from->candidate,
                                       .mid = from->mid,
                                       .ufrag = from->ufrag,
                                       .early = (uint32_t)from->early,
                                       .line = (uint16_t)from->line};
    struct candidate found;
    if (candidate_parse(from->candidate, &found) == OK) {
        candidate.facts = facts_of(&found);
    }
    return portal_call_candidate(portal, session, &candidate);
}

static enum err media(struct portal *portal, session_id session, const struct message *command,
                      uint64_t now_ms)
{
    const struct message_call_media *from = &command->call_media;
    struct id call = command_id(from->call);
    struct call_media media = {.microphone_on = from->microphone,
                               .camera_on = from->camera,
                               .screen_on = from->screen,
                               .in_trouble = from->trouble};
    media.switched_microphone = from->pressed == MESSAGE_CALL_MEDIA_PRESSED_BOTH ||
                                from->pressed == MESSAGE_CALL_MEDIA_PRESSED_MICROPHONE;
    media.switched_camera = from->pressed == MESSAGE_CALL_MEDIA_PRESSED_BOTH ||
                            from->pressed == MESSAGE_CALL_MEDIA_PRESSED_CAMERA;
    return portal_call_media(portal, session, &call, &media, now_ms);
}

/* What is about people, and not about one call. */
static enum err apply_of_people(struct portal *portal, session_id session,
                                const struct message *command, uint64_t now_ms,
                                struct message *reply)
{
    switch (command->type) {
    case MESSAGE_PEOPLE_WATCH:
        reply->type = MESSAGE_PEOPLE_ARE;
        return portal_watch(portal, session, command->people_watch.names,
                            command->people_watch.names_count);
    case MESSAGE_PEOPLE_BLOCKED:
    case MESSAGE_PEOPLE_NOTIFIED:
        reply->type = MESSAGE_PEOPLE_ARE;
        return OK;
    case MESSAGE_PERSON_BLOCK:
        return portal_tie(portal, session, TIE_BLOCK, command->person_block.name,
                          command->person_block.on, now_ms);
    case MESSAGE_PERSON_NOTIFY:
        return portal_tie(portal, session, TIE_NOTIFY, command->person_notify.name,
                          command->person_notify.on, now_ms);
    case MESSAGE_CALL_PREFER:
        return prefer(portal, session, &command->call_prefer, now_ms);
    case MESSAGE_STATUS_SET:
        return portal_set_status(portal, session, (enum status)command->status_set.status, now_ms);
    case MESSAGE_STATUS_IDLE:
        return portal_session_idle(portal, session, command->status_idle.idle, now_ms);
    case MESSAGE_CONNECTOR_CHOOSE:
        return portal_choose(portal, session, command->connector_choose.target,
                             command->connector_choose.connector, (int64_t)time(NULL));
    default:
        return ERR_STATE; /* a second hello */
    }
}

bool command_guest_may(enum message_type command)
{
    switch (command) {
    case MESSAGE_PING:
    case MESSAGE_CALL_START:
    case MESSAGE_CALL_JOIN:
    case MESSAGE_CALL_END:
    case MESSAGE_CALL_CONNECTED:
    case MESSAGE_CALL_LEAVE:
    case MESSAGE_CALL_MEDIA:
    case MESSAGE_CALL_DESCRIBE:
    case MESSAGE_CALL_TRICKLE:
    case MESSAGE_CALL_REPORT:
        return true;
    default:
        return false;
    }
}

MUST_USE enum err command_apply(struct portal *portal, session_id session,
                                const struct message *command, uint64_t now_ms,
                                struct message *reply, struct call_view *view)
{
    struct id call = {{0}};
    reply->type = MESSAGE_OK;
    switch (command->type) {
    case MESSAGE_PING:
        return OK;
    case MESSAGE_CALLS_SEEN:
        return portal_history_seen(portal, session, (int64_t)command->calls_seen.until_ms, now_ms);
    case MESSAGE_CALL_START:
        reply->type = MESSAGE_CALL_IS;
        return start(portal, session, command, now_ms, view);
    case MESSAGE_CALL_ACCEPT:
        reply->type = MESSAGE_CALL_IS;
        return accept(portal, session, command, now_ms, view);
    case MESSAGE_CALL_JOIN:
        reply->type = MESSAGE_CALL_IS;
        call = command_id(command->call_join.call);
        return portal_call_join(portal, session, &call, now_ms, view);
    case MESSAGE_CALL_PREPARE:
        reply->type = MESSAGE_CALL_IS;
        call = command_id(command->call_prepare.call);
        return portal_call_prepare(portal, session, &call, now_ms, view);
    case MESSAGE_CALL_DECLINE:
        call = command_id(command->call_decline.call);
        return portal_call_decline(portal, session, &call, now_ms);
    case MESSAGE_CALL_RINGING:
        call = command_id(command->call_ringing.call);
        return portal_call_ringing(portal, session, &call, (enum ring_how)command->call_ringing.how,
                                   now_ms);
    case MESSAGE_CALL_REPORT:
        return report(portal, session, &command->call_report, now_ms);
    case MESSAGE_CALL_IGNORE:
        call = command_id(command->call_ignore.call);
        return portal_call_ignore(portal, session, &call, now_ms);
    case MESSAGE_CALL_HOLD:
        call = command_id(command->call_hold.call);
        return portal_call_hold(portal, session, &call, command->call_hold.held, now_ms);
    case MESSAGE_CALL_END:
        call = command_id(command->call_end.call);
        return portal_call_end(portal, session, &call, end_reason(command->call_end.reason),
                               now_ms);
    case MESSAGE_CALL_CONNECTED:
        call = command_id(command->call_connected.call);
        return portal_call_connected(portal, session, &call, now_ms);
    case MESSAGE_CALL_LEAVE:
        call = command_id(command->call_leave.call);
        return portal_call_leave(portal, session, &call, now_ms);
    case MESSAGE_CALL_MEDIA:
        return media(portal, session, command, now_ms);
    case MESSAGE_CALL_DESCRIBE:
        return describe(portal, session, command);
    case MESSAGE_CALL_TRICKLE:
        return trickle(portal, session, command);
    case MESSAGE_CHAT_TYPING:
        call = command_id(command->chat_typing.room);
        return portal_chat_typing(portal, session, &call, now_ms);
    default:
        return apply_of_people(portal, session, command, now_ms, reply);
    }
}

struct command_error command_error(enum message_type command, enum err err)
{
    switch (err) {
    case ERR_NOT_FOUND:
        return (struct command_error){MESSAGE_ERROR_NOT_FOUND, "no such thing, or not yours"};
    case ERR_FORBIDDEN:
    case ERR_UNAUTHORIZED:
        return (struct command_error){MESSAGE_ERROR_FORBIDDEN, "you may not"};
    case ERR_LIMIT:
        return (struct command_error){MESSAGE_ERROR_LIMIT, "a limit is reached: later"};
    case ERR_TOO_OFTEN:
        return (struct command_error){MESSAGE_ERROR_TOO_MANY_CALLS, "too many calls: later"};
    case ERR_INVALID:
        return (struct command_error){MESSAGE_ERROR_BAD_MESSAGE, "a value is not allowed here"};
    case ERR_EXISTS:
        return (struct command_error){MESSAGE_ERROR_CALL_EXISTS, "the call id is taken"};
    case ERR_BUSY:
        return command == MESSAGE_CALL_START || command == MESSAGE_CALL_ACCEPT
                   ? (struct command_error){MESSAGE_ERROR_CALL_BUSY, "you are in a call already"}
                   : (struct command_error){MESSAGE_ERROR_LIMIT, "a limit is reached: later"};
    case ERR_UNSUPPORTED:
        return (struct command_error){MESSAGE_ERROR_CONNECTOR_DISABLED,
                                      "the connector is switched off, or not possible here"};
    case ERR_STATE:
        return (struct command_error){MESSAGE_ERROR_STATE, "not possible in the present state"};
    default:
        return (struct command_error){MESSAGE_ERROR_INTERNAL,
                                      "the server's fault; the reference finds the cause"};
    }
}

void command_refuse(struct fanout *fanout, websock socket, const struct message *command,
                    enum err err)
{
    struct command_error error = command_error(command->type, err);
    uint8_t bytes[6];
    char reference[TEXT_BASE64URL_SIZE(sizeof(bytes)) + 1] = "";
    if (error.id == MESSAGE_ERROR_INTERNAL) {
        random_bytes(bytes, sizeof(bytes));
        text_base64url(slice_from(bytes, sizeof(bytes)), reference);
        log_error("a command has failed", "reference=%s type=%s err=%s", reference,
                  message_type_name(command->type), err_name(err));
    }
    refusals_count(message_error_name(error.id));
    struct message message = {.type = MESSAGE_ERROR,
                              .has_id = command->has_id,
                              .id = command->id,
                              .error = {.error = slice_text(message_error_name(error.id)),
                                        .message = slice_text(error.text),
                                        .reference = slice_text(reference)}};
    fanout_send(fanout, socket, &message);
}
