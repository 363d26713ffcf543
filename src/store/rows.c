/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows.h"

#include "base/log.h"
#include "store/bind.h"
#include "store/read.h"
#include "store/rows_admin.h"
#include "store/rows_calls.h"
#include "store/rows_chat.h"
#include "store/rows_guests.h"

/* ---- writing ---- */

static enum err write_by_id(struct queries *queries, enum query query, const void *id, size_t size)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, id, size);
    return bind_run(&binder, queries, query);
}

static enum err write_group(struct queries *queries, const char *name)
{
    struct binder binder = bind_start(queries, QUERY_GROUP_PUT);
    bind_text(&binder, name);
    return bind_run(&binder, queries, QUERY_GROUP_PUT);
}

static enum err write_user(struct queries *queries, const struct user *user)
{
    struct binder binder = bind_start(queries, QUERY_USER_PUT);
    bind_blob(&binder, user->id.bytes, ID_BYTES);
    bind_text(&binder, user->name);
    bind_text(&binder, user->full_name);
    bind_text(&binder, user->email);
    bind_text(&binder, user->position);
    bind_text(&binder, user->language);
    bind_text(&binder, user->password_hash);
    bind_optional(&binder, user->avatar_hash, sizeof(user->avatar_hash));
    bind_number(&binder, user->disabled);
    bind_number(&binder, user->microphone_on);
    bind_number(&binder, user->camera_on);
    bind_number(&binder, user->created_s);
    bind_number(&binder, user->status);
    bind_number(&binder, user->no_call_waiting);
    bind_number(&binder, user->relay_only);
    return bind_run(&binder, queries, QUERY_USER_PUT);
}

/* ---- a part of a user; ERR_NOT_FOUND: there is no such user ---- */

static enum err write_profile(struct queries *queries, const struct user *user)
{
    struct binder binder = bind_start(queries, QUERY_USER_PROFILE);
    bind_blob(&binder, user->id.bytes, ID_BYTES);
    bind_text(&binder, user->full_name);
    bind_text(&binder, user->email);
    bind_text(&binder, user->position);
    bind_text(&binder, user->language);
    return bind_run_on_one(&binder, queries, QUERY_USER_PROFILE);
}

static enum err write_password(struct queries *queries, const struct password_change *password)
{
    struct binder binder = bind_start(queries, QUERY_USER_PASSWORD);
    bind_blob(&binder, password->user.bytes, ID_BYTES);
    bind_text(&binder, password->hash);
    bind_text(&binder, password->before);
    enum err err = bind_run_on_one(&binder, queries, QUERY_USER_PASSWORD);
    return err == ERR_NOT_FOUND && password->before[0] != '\0' ? ERR_STATE : err;
}

static enum err write_picture_of(struct queries *queries, const struct user *user)
{
    struct binder binder = bind_start(queries, QUERY_USER_AVATAR);
    bind_blob(&binder, user->id.bytes, ID_BYTES);
    bind_optional(&binder, user->avatar_hash, sizeof(user->avatar_hash));
    return bind_run_on_one(&binder, queries, QUERY_USER_AVATAR);
}

static enum err write_media(struct queries *queries, const struct user *user)
{
    struct binder binder = bind_start(queries, QUERY_USER_MEDIA);
    bind_blob(&binder, user->id.bytes, ID_BYTES);
    bind_number(&binder, user->microphone_on);
    bind_number(&binder, user->camera_on);
    return bind_run_on_one(&binder, queries, QUERY_USER_MEDIA);
}

static enum err write_wishes(struct queries *queries, const struct user *user)
{
    struct binder binder = bind_start(queries, QUERY_USER_CALLS);
    bind_blob(&binder, user->id.bytes, ID_BYTES);
    bind_number(&binder, user->no_call_waiting);
    bind_number(&binder, user->relay_only);
    return bind_run_on_one(&binder, queries, QUERY_USER_CALLS);
}

static enum err write_number(struct queries *queries, enum query query, const struct id *user,
                             int64_t number)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, user->bytes, ID_BYTES);
    bind_number(&binder, number);
    return bind_run_on_one(&binder, queries, query);
}

static enum err write_membership(struct queries *queries, enum query query,
                                 const struct membership *membership)
{
    /* Joining a group makes it. */
    enum err err = query == QUERY_MEMBERSHIP_PUT ? write_group(queries, membership->group) : OK;
    if (err != OK) {
        return err;
    }
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, membership->user.bytes, ID_BYTES);
    bind_text(&binder, membership->group);
    return bind_run(&binder, queries, query);
}

static enum err write_login(struct queries *queries, const struct login *login)
{
    struct binder binder = bind_start(queries, QUERY_LOGIN_PUT);
    bind_blob(&binder, login->id.bytes, ID_BYTES);
    bind_blob(&binder, login->user.bytes, ID_BYTES);
    bind_blob(&binder, login->token_hash, sizeof(login->token_hash));
    bind_text(&binder, login->agent);
    bind_text(&binder, login->address);
    bind_number(&binder, login->created_s);
    bind_number(&binder, login->seen_s);
    bind_number(&binder, login->expires_s);
    return bind_run(&binder, queries, QUERY_LOGIN_PUT);
}

static enum err write_invitation(struct queries *queries, const struct invitation *invitation)
{
    struct binder binder = bind_start(queries, QUERY_INVITATION_PUT);
    bind_blob(&binder, invitation->id.bytes, ID_BYTES);
    bind_blob(&binder, invitation->token_hash, sizeof(invitation->token_hash));
    bind_number(&binder, (int64_t)invitation->kind);
    bind_optional(&binder, invitation->user.bytes, ID_BYTES);
    bind_optional(&binder, invitation->invited_by.bytes, ID_BYTES);
    bind_number(&binder, invitation->created_s);
    bind_number(&binder, invitation->expires_s);
    return bind_run(&binder, queries, QUERY_INVITATION_PUT);
}

static enum err write_avatar(struct queries *queries, const struct avatar *avatar)
{
    ASSERT(avatar->bytes.size <= AVATAR_BYTES_MAX);
    struct binder binder = bind_start(queries, QUERY_AVATAR_PUT);
    bind_blob(&binder, avatar->hash, sizeof(avatar->hash));
    bind_text(&binder, avatar->type);
    bind_blob(&binder, avatar->bytes.data, avatar->bytes.size);
    return bind_run(&binder, queries, QUERY_AVATAR_PUT);
}

static enum err write_attempts(struct queries *queries, const struct attempts *attempts)
{
    struct binder binder = bind_start(queries, QUERY_ATTEMPTS_PUT);
    bind_number(&binder, attempts->scope);
    bind_number(&binder, attempts->slot);
    bind_blob(&binder, attempts->key.bytes, ID_BYTES);
    bind_number(&binder, attempts->window);
    bind_number(&binder, attempts->now);
    bind_number(&binder, attempts->before);
    return bind_run(&binder, queries, QUERY_ATTEMPTS_PUT);
}

static enum err write_push(struct queries *queries, const struct push *push)
{
    struct binder binder = bind_start(queries, QUERY_PUSH_PUT);
    bind_blob(&binder, push->login.bytes, ID_BYTES);
    bind_text(&binder, push->endpoint);
    bind_blob(&binder, push->point, sizeof(push->point));
    bind_blob(&binder, push->auth, sizeof(push->auth));
    bind_number(&binder, push->created_s);
    return bind_run(&binder, queries, QUERY_PUSH_PUT);
}

static enum err write_other(struct queries *queries, const struct change *change)
{
    bool guests = change->kind >= CHANGE_GUEST_LINK_PUT && change->kind <= CHANGE_GUEST_REMOVE;
    return guests ? rows_guests_write(queries, change) : rows_chat_write(queries, change);
}

MUST_USE enum err rows_write(struct queries *queries, const struct change *change)
{
    switch (change->kind) {
    case CHANGE_USER_PUT:
        return write_user(queries, &change->user);
    case CHANGE_USER_PROFILE:
        return write_profile(queries, &change->user);
    case CHANGE_USER_PASSWORD:
        return write_password(queries, &change->password);
    case CHANGE_USER_AVATAR:
        return write_picture_of(queries, &change->user);
    case CHANGE_USER_MEDIA:
        return write_media(queries, &change->user);
    case CHANGE_USER_STATUS:
        return write_number(queries, QUERY_USER_STATUS, &change->user.id, change->user.status);
    case CHANGE_USER_DISABLED:
        return write_number(queries, QUERY_USER_DISABLED, &change->user.id, change->user.disabled);
    case CHANGE_MEMBERSHIP_PUT:
        return write_membership(queries, QUERY_MEMBERSHIP_PUT, &change->membership);
    case CHANGE_MEMBERSHIP_REMOVE:
        return write_membership(queries, QUERY_MEMBERSHIP_REMOVE, &change->membership);
    case CHANGE_LOGIN_PUT:
        return write_login(queries, &change->login);
    case CHANGE_LOGIN_REMOVE:
        return write_by_id(queries, QUERY_LOGIN_REMOVE, change->login.id.bytes, ID_BYTES);
    case CHANGE_INVITATION_PUT:
        return write_invitation(queries, &change->invitation);
    case CHANGE_INVITATION_REMOVE:
        return write_by_id(queries, QUERY_INVITATION_REMOVE, change->invitation.id.bytes, ID_BYTES);
    case CHANGE_AVATAR_PUT:
        return write_avatar(queries, &change->avatar);
    case CHANGE_AVATAR_REMOVE:
        return write_by_id(queries, QUERY_AVATAR_REMOVE, change->avatar.hash,
                           sizeof(change->avatar.hash));
    case CHANGE_GROUP_PUT:
        return write_group(queries, change->membership.group);
    case CHANGE_USER_CALLS_SEEN:
        return write_number(queries, QUERY_CALL_SEEN, &change->user.id,
                            change->user.calls_seen_at_ms);
    case CHANGE_USER_CALLS:
        return write_wishes(queries, &change->user);
    case CHANGE_CALLS_FORGET:
    case CHANGE_TIMELINES_FORGET:
    case CHANGE_CALL_PUT:
    case CHANGE_CALL_STEP_ADD:
    case CHANGE_CALL_MEDIA_PUT:
        return rows_calls_write(queries, change);
    case CHANGE_BLOCK_PUT:
    case CHANGE_BLOCK_REMOVE:
    case CHANGE_NOTIFY_PUT:
    case CHANGE_NOTIFY_REMOVE:
        return rows_calls_write_tie(queries, change);
    case CHANGE_ATTEMPTS_PUT:
        return write_attempts(queries, &change->attempts);
    case CHANGE_PUSH_PUT:
        return write_push(queries, &change->push);
    case CHANGE_PUSH_REMOVE:
        return write_by_id(queries, QUERY_PUSH_REMOVE, change->push.login.bytes, ID_BYTES);
    case CHANGE_SETTING_PUT:
    case CHANGE_SETTING_CLEAR:
    case CHANGE_IM_PUT:
    case CHANGE_IM_CLEAR:
    case CHANGE_CHOICE_PUT:
    case CHANGE_CHOICE_REMOVE:
    case CHANGE_AUDIT_ADD:
        return rows_admin_write(queries, change);
    default:
        return write_other(queries, change);
    }
}

/* ---- reading ---- */

static void read_group(struct reader *reader, struct change *change)
{
    change->kind = CHANGE_GROUP_PUT;
    read_text(reader, change->membership.group, sizeof(change->membership.group));
}

static void read_user(struct reader *reader, struct change *change)
{
    struct user *user = &change->user;
    change->kind = CHANGE_USER_PUT;
    read_blob(reader, user->id.bytes, ID_BYTES);
    read_text(reader, user->name, sizeof(user->name));
    read_text(reader, user->full_name, sizeof(user->full_name));
    read_text(reader, user->email, sizeof(user->email));
    read_text(reader, user->position, sizeof(user->position));
    read_text(reader, user->language, sizeof(user->language));
    read_text(reader, user->password_hash, sizeof(user->password_hash));
    read_optional(reader, user->avatar_hash, sizeof(user->avatar_hash));
    user->disabled = read_number(reader) != 0;
    user->microphone_on = read_number(reader) != 0;
    user->camera_on = read_number(reader) != 0;
    user->created_s = read_number(reader);
    int64_t status = read_number(reader);
    reader->damaged = reader->damaged || status < STATUS_AVAILABLE || status > STATUS_INVISIBLE;
    user->status = (enum status)status;
    user->no_call_waiting = read_number(reader) != 0;
    user->relay_only = read_number(reader) != 0;
}

static void read_membership(struct reader *reader, struct change *change)
{
    change->kind = CHANGE_MEMBERSHIP_PUT;
    read_blob(reader, change->membership.user.bytes, ID_BYTES);
    read_text(reader, change->membership.group, sizeof(change->membership.group));
}

static void read_login(struct reader *reader, struct change *change)
{
    struct login *login = &change->login;
    change->kind = CHANGE_LOGIN_PUT;
    read_blob(reader, login->id.bytes, ID_BYTES);
    read_blob(reader, login->user.bytes, ID_BYTES);
    read_blob(reader, login->token_hash, sizeof(login->token_hash));
    read_text(reader, login->agent, sizeof(login->agent));
    read_text(reader, login->address, sizeof(login->address));
    login->created_s = read_number(reader);
    login->seen_s = read_number(reader);
    login->expires_s = read_number(reader);
}

static void read_invitation(struct reader *reader, struct change *change)
{
    struct invitation *invitation = &change->invitation;
    change->kind = CHANGE_INVITATION_PUT;
    read_blob(reader, invitation->id.bytes, ID_BYTES);
    read_blob(reader, invitation->token_hash, sizeof(invitation->token_hash));
    int64_t kind = read_number(reader);
    reader->damaged = reader->damaged || kind < INVITATION_MEMBER || kind > INVITATION_PASSWORD;
    invitation->kind = (enum invitation_kind)kind;
    read_optional(reader, invitation->user.bytes, ID_BYTES);
    read_optional(reader, invitation->invited_by.bytes, ID_BYTES);
    invitation->created_s = read_number(reader);
    invitation->expires_s = read_number(reader);
}

static void read_attempts(struct reader *reader, struct change *change)
{
    struct attempts *attempts = &change->attempts;
    change->kind = CHANGE_ATTEMPTS_PUT;
    attempts->scope = read_number(reader) == 0 ? ATTEMPTS_ACCOUNT : ATTEMPTS_PREFIX;
    attempts->slot = (uint32_t)read_number(reader);
    read_blob(reader, attempts->key.bytes, ID_BYTES);
    attempts->window = read_number(reader);
    attempts->now = (uint32_t)read_number(reader);
    attempts->before = (uint32_t)read_number(reader);
}

static void read_push(struct reader *reader, struct change *change)
{
    struct push *push = &change->push;
    change->kind = CHANGE_PUSH_PUT;
    read_blob(reader, push->login.bytes, ID_BYTES);
    read_text(reader, push->endpoint, sizeof(push->endpoint));
    read_blob(reader, push->point, sizeof(push->point));
    read_blob(reader, push->auth, sizeof(push->auth));
    push->created_s = read_number(reader);
}

static enum err load_all(struct queries *queries, enum query query,
                         void (*read)(struct reader *reader, struct change *change),
                         void (*visit)(void *arg, const struct change *change), void *arg)
{
    struct statement *statement = queries->statements[query];
    enum err err = OK;
    bool row = true;
    while (err == OK && (err = statement_step(statement, &row)) == OK && row) {
        struct reader reader = {.statement = statement};
        struct change change;
        memset(&change, 0, sizeof(change));
        read(&reader, &change);
        if (reader.damaged) {
            log_error("database has a damaged row", "query=%d", (int)query);
            err = ERR_IO;
        } else {
            visit(arg, &change);
        }
    }
    queries_reset(queries, query);
    return err;
}

MUST_USE enum err rows_load(struct queries *queries,
                            void (*visit)(void *arg, const struct change *change), void *arg)
{
    static const struct {
        enum query query;
        void (*read)(struct reader *reader, struct change *change);
    } parts[] = {
        {QUERY_GROUP_ALL, read_group},
        {QUERY_USER_ALL, read_user},
        {QUERY_MEMBERSHIP_ALL, read_membership},
        {QUERY_LOGIN_ALL, read_login},
        {QUERY_PUSH_ALL, read_push},
        {QUERY_INVITATION_ALL, read_invitation},
        {QUERY_GUEST_LINK_ALL, rows_guests_read_link},
        {QUERY_ATTEMPTS_ALL, read_attempts},
        {QUERY_SPACE_ALL, rows_chat_read_space},
        {QUERY_SPACE_PERSON_ALL, rows_chat_read_space_person},
        {QUERY_ROOM_ALL, rows_chat_read_room},
        {QUERY_ROOM_MEMBER_ALL, rows_chat_read_room_member},
        {QUERY_SETTING_ALL, rows_admin_read_setting},
        {QUERY_IM_ALL, rows_admin_read_im},
        {QUERY_CHOICE_ALL, rows_admin_read_choice},
        {QUERY_BLOCK_ALL, rows_calls_read_block},
        {QUERY_NOTIFY_ALL, rows_calls_read_notify},
        {QUERY_CALL_LIVE, rows_calls_read_live}, /* after the connectors */
    };
    enum err err = OK;
    for (size_t i = 0; err == OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
        err = load_all(queries, parts[i].query, parts[i].read, visit, arg);
    }
    return err;
}

MUST_USE enum err rows_avatar(struct queries *queries, const uint8_t hash[32], struct buf *out)
{
    struct binder binder = bind_start(queries, QUERY_AVATAR_GET);
    bind_blob(&binder, hash, 32);
    bool row = false;
    enum err err = bind_step(&binder, &row);
    if (err == OK) {
        err = row ? buf_append(out, statement_bytes(binder.statement, 0)) : ERR_NOT_FOUND;
    }
    queries_reset(queries, QUERY_AVATAR_GET);
    return err;
}
