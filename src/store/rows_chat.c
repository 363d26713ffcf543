/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows_chat.h"

#include "base/log.h"
#include "store/bind.h"

/* ---- spaces and rooms ---- */

static enum err write_space(struct queries *queries, enum query query, const struct space *space)
{
    struct binder binder = bind_start(queries, query);
    bind_text(&binder, space->name);
    bind_text(&binder, space->title);
    bind_text(&binder, space->description);
    bind_blob(&binder, space->owner.bytes, ID_BYTES);
    if (query == QUERY_SPACE_ADD) {
        bind_number(&binder, space->created_s);
    }
    return bind_run_on_one(&binder, queries, query);
}

static enum err write_space_person(struct queries *queries, const struct space_person *person)
{
    struct binder binder = bind_start(queries, QUERY_SPACE_PERSON_PUT);
    bind_text(&binder, person->space);
    bind_blob(&binder, person->user.bytes, ID_BYTES);
    bind_number(&binder, person->invited);
    bind_number(&binder, person->since_s);
    return bind_run(&binder, queries, QUERY_SPACE_PERSON_PUT);
}

/* QUERY_SPACE_JOIN, QUERY_SPACE_PERSON_REMOVE */
static enum err change_space_person(struct queries *queries, enum query query,
                                    const struct space_person *person)
{
    struct binder binder = bind_start(queries, query);
    bind_text(&binder, person->space);
    bind_blob(&binder, person->user.bytes, ID_BYTES);
    return bind_run_on_one(&binder, queries, query);
}

static enum err write_room(struct queries *queries, enum query query, const struct room *room)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, room->id.bytes, ID_BYTES);
    bind_text(&binder, room->title);
    bind_optional(&binder, room->owner.bytes, ID_BYTES);
    if (query == QUERY_ROOM_ADD) {
        bind_number(&binder, (int64_t)room->kind);
        bind_optional(&binder, room->pair, sizeof(room->pair));
        if (room->space[0] == '\0') {
            bind_null(&binder);
        } else {
            bind_text(&binder, room->space);
        }
        bind_number(&binder, room->created_s);
    }
    return bind_run_on_one(&binder, queries, query);
}

static enum err write_room_member(struct queries *queries, enum query query,
                                  const struct room_member *member)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, member->room.bytes, ID_BYTES);
    bind_blob(&binder, member->user.bytes, ID_BYTES);
    if (query == QUERY_ROOM_MEMBER_REMOVE) {
        return bind_run_on_one(&binder, queries, query);
    }
    bind_number(&binder, (int64_t)member->read_seq);
    bind_number(&binder, member->read_seq > 0 && !member->quiet);
    if (query == QUERY_ROOM_MEMBER_PUT) {
        bind_number(&binder, member->joined_s);
    }
    return bind_run(&binder, queries, query);
}

/* ---- what people write ---- */

/* After an insert that did nothing: has `author` made the id before, or may he not write there? */
static enum err why_nothing(struct queries *queries, enum query query, const struct id *id,
                            const struct id *author)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, id->bytes, ID_BYTES);
    bind_blob(&binder, author->bytes, ID_BYTES);
    bool row = false;
    enum err err = bind_step(&binder, &row);
    queries_reset(queries, query);
    if (err != OK) {
        return err;
    }
    return row ? ERR_EXISTS : ERR_NOT_FOUND;
}

static enum err write_chatmsg(struct queries *queries, const struct chatmsg *chatmsg)
{
    struct binder binder = bind_start(queries, QUERY_CHATMSG_ADD);
    bind_blob(&binder, chatmsg->id.bytes, ID_BYTES);
    bind_blob(&binder, chatmsg->room.bytes, ID_BYTES);
    bind_blob(&binder, chatmsg->author.bytes, ID_BYTES);
    bind_number(&binder, (int64_t)chatmsg->seq);
    bind_number(&binder, chatmsg->at_s);
    /* The column tells what people wrote, which can be searched, from lines of the server: those of
     * a call name it, those of a meeting have its link (read_chatmsg). */
    bind_number(&binder, chatmsg->kind != CHATMSG_TEXT);
    bind_slice(&binder, chatmsg->text);
    if (chatmsg->kind == CHATMSG_CALL) {
        bind_blob(&binder, chatmsg->call.call.bytes, ID_BYTES);
        bind_number(&binder, chatmsg->call.reason);
        bind_number(&binder, chatmsg->call.answered);
        bind_number(&binder, chatmsg->call.seconds);
    }
    enum err err = bind_run(&binder, queries, QUERY_CHATMSG_ADD);
    if (err == OK && !db_changed(queries->db)) {
        return why_nothing(queries, QUERY_CHATMSG_OWN, &chatmsg->id, &chatmsg->author);
    }
    /* Another process has written into the room: the portal's number is too low. */
    return err == ERR_EXISTS ? ERR_STATE : err;
}

static enum err run_with_id(struct queries *queries, enum query query, const struct id *id)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, id->bytes, ID_BYTES);
    return bind_run(&binder, queries, query);
}

/* With its words in the index of the search; the room remembers that its number was given. */
static enum err forget_chatmsg(struct queries *queries, const struct chatmsg *chatmsg)
{
    enum err err = run_with_id(queries, QUERY_CHATMSG_UNINDEX, &chatmsg->id);
    err = err == OK ? run_with_id(queries, QUERY_CHATMSG_FORGET, &chatmsg->id) : err;
    if (err == OK) {
        struct binder binder = bind_start(queries, QUERY_ROOM_FORGOTTEN);
        bind_blob(&binder, chatmsg->room.bytes, ID_BYTES);
        bind_number(&binder, (int64_t)chatmsg->seq);
        err = bind_run(&binder, queries, QUERY_ROOM_FORGOTTEN);
    }
    if (err == OK) {
        struct binder binder = bind_start(queries, QUERY_SEARCH_BACK);
        err = bind_run(&binder, queries, QUERY_SEARCH_BACK);
    }
    return err;
}

static enum err write_activity(struct queries *queries, const struct activity *activity)
{
    struct binder binder = bind_start(queries, QUERY_ACTIVITY_ADD);
    bind_blob(&binder, activity->id.bytes, ID_BYTES);
    bind_blob(&binder, activity->author.bytes, ID_BYTES);
    if (activity->space[0] == '\0') {
        bind_null(&binder);
    } else {
        bind_text(&binder, activity->space);
    }
    bind_number(&binder, activity->at_s);
    bind_slice(&binder, activity->text);
    enum err err = bind_run(&binder, queries, QUERY_ACTIVITY_ADD);
    if (err == OK && !db_changed(queries->db)) {
        return why_nothing(queries, QUERY_ACTIVITY_OWN, &activity->id, &activity->author);
    }
    return err;
}

static enum err write_comment(struct queries *queries, const struct comment *comment)
{
    struct binder binder = bind_start(queries, QUERY_COMMENT_ADD);
    bind_blob(&binder, comment->id.bytes, ID_BYTES);
    bind_blob(&binder, comment->activity.bytes, ID_BYTES);
    bind_blob(&binder, comment->author.bytes, ID_BYTES);
    bind_number(&binder, comment->at_s);
    bind_slice(&binder, comment->text);
    enum err err = bind_run(&binder, queries, QUERY_COMMENT_ADD);
    if (err == OK && !db_changed(queries->db)) {
        return why_nothing(queries, QUERY_COMMENT_OWN, &comment->id, &comment->author);
    }
    return err;
}

static enum err write_like(struct queries *queries, enum query query, const struct like *like)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, like->activity.bytes, ID_BYTES);
    bind_blob(&binder, like->user.bytes, ID_BYTES);
    enum err err = bind_run(&binder, queries, query);
    if (err == OK && query == QUERY_LIKE_PUT && !db_changed(queries->db)) {
        /* Liking twice is liking once. */
        err = why_nothing(queries, QUERY_LIKE_OWN, &like->activity, &like->user);
        return err == ERR_EXISTS ? OK : err;
    }
    return err;
}

static enum err remove_by_id(struct queries *queries, enum query query, const struct id *id)
{
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, id->bytes, ID_BYTES);
    return bind_run_on_one(&binder, queries, query);
}

MUST_USE enum err rows_chat_write(struct queries *queries, const struct change *change)
{
    switch (change->kind) {
    case CHANGE_SPACE_ADD:
        return write_space(queries, QUERY_SPACE_ADD, &change->space);
    case CHANGE_SPACE_PUT:
        return write_space(queries, QUERY_SPACE_PUT, &change->space);
    case CHANGE_SPACE_PERSON_PUT:
        return write_space_person(queries, &change->space_person);
    case CHANGE_SPACE_JOIN:
        return change_space_person(queries, QUERY_SPACE_JOIN, &change->space_person);
    case CHANGE_SPACE_PERSON_REMOVE:
        return change_space_person(queries, QUERY_SPACE_PERSON_REMOVE, &change->space_person);
    case CHANGE_ROOM_ADD:
        return write_room(queries, QUERY_ROOM_ADD, &change->room);
    case CHANGE_ROOM_PUT:
        return write_room(queries, QUERY_ROOM_PUT, &change->room);
    case CHANGE_ROOM_MEMBER_PUT:
        return write_room_member(queries, QUERY_ROOM_MEMBER_PUT, &change->room_member);
    case CHANGE_ROOM_MEMBER_REMOVE:
        return write_room_member(queries, QUERY_ROOM_MEMBER_REMOVE, &change->room_member);
    case CHANGE_ROOM_READ:
        return write_room_member(queries, QUERY_ROOM_READ, &change->room_member);
    case CHANGE_CHATMSG_ADD:
        return write_chatmsg(queries, &change->chatmsg);
    case CHANGE_CHATMSG_FORGET:
        return forget_chatmsg(queries, &change->chatmsg);
    case CHANGE_ACTIVITY_ADD:
        return write_activity(queries, &change->activity);
    case CHANGE_ACTIVITY_REMOVE:
        return remove_by_id(queries, QUERY_ACTIVITY_REMOVE, &change->activity.id);
    case CHANGE_COMMENT_ADD:
        return write_comment(queries, &change->comment);
    case CHANGE_COMMENT_REMOVE:
        return remove_by_id(queries, QUERY_COMMENT_REMOVE, &change->comment.id);
    case CHANGE_LIKE_PUT:
        return write_like(queries, QUERY_LIKE_PUT, &change->like);
    case CHANGE_LIKE_REMOVE:
        return write_like(queries, QUERY_LIKE_REMOVE, &change->like);
    default:
        ASSERT(false);
    }
}

/* ---- loading ---- */

void rows_chat_read_space(struct reader *reader, struct change *change)
{
    struct space *space = &change->space;
    change->kind = CHANGE_SPACE_PUT;
    read_text(reader, space->name, sizeof(space->name));
    read_text(reader, space->title, sizeof(space->title));
    read_text(reader, space->description, sizeof(space->description));
    read_blob(reader, space->owner.bytes, ID_BYTES);
    space->created_s = read_number(reader);
}

void rows_chat_read_space_person(struct reader *reader, struct change *change)
{
    struct space_person *person = &change->space_person;
    change->kind = CHANGE_SPACE_PERSON_PUT;
    read_text(reader, person->space, sizeof(person->space));
    read_blob(reader, person->user.bytes, ID_BYTES);
    person->invited = read_number(reader) != 0;
    person->since_s = read_number(reader);
}

void rows_chat_read_room(struct reader *reader, struct change *change)
{
    struct room *room = &change->room;
    change->kind = CHANGE_ROOM_PUT;
    read_blob(reader, room->id.bytes, ID_BYTES);
    int64_t kind = read_number(reader);
    reader->damaged = reader->damaged || kind < ROOM_DIRECT || kind > ROOM_SPACE;
    room->kind = (enum room_kind)kind;
    read_text(reader, room->title, sizeof(room->title));
    read_optional(reader, room->owner.bytes, ID_BYTES);
    read_optional(reader, room->pair, sizeof(room->pair));
    read_optional_text(reader, room->space, sizeof(room->space));
    room->created_s = read_number(reader);
    room->seq = (uint64_t)read_number(reader);
    room->forgotten_seq = (uint64_t)read_number(reader);
}

void rows_chat_read_room_member(struct reader *reader, struct change *change)
{
    struct room_member *member = &change->room_member;
    change->kind = CHANGE_ROOM_MEMBER_PUT;
    read_blob(reader, member->room.bytes, ID_BYTES);
    read_blob(reader, member->user.bytes, ID_BYTES);
    member->read_seq = (uint64_t)read_number(reader);
    member->quiet = read_number(reader) == 0;
    member->joined_s = read_number(reader);
}

/* ---- searching ---- */

/* Each character of a message may be a word, with the key of its room and its place. */
#define INDEX_BYTES_MAX ((size_t)512 * 1024)

static enum err index_one(struct queries *queries, const struct statement *row)
{
    struct binder binder = bind_start(queries, QUERY_SEARCH_ADD);
    struct buf words;
    buf_init(&words, INDEX_BYTES_MAX);
    bind_number(&binder, statement_number(row, 0));
    enum err err = db_index_text(queries->db, statement_bytes(row, 1), &words);
    if (err == OK) {
        bind_slice(&binder, buf_slice(&words));
        err = bind_run(&binder, queries, QUERY_SEARCH_ADD);
    } else {
        queries_reset(queries, QUERY_SEARCH_ADD);
    }
    buf_fini(&words);
    return err;
}

MUST_USE enum err rows_chat_index(struct queries *queries, uint32_t count_max, bool *more)
{
    struct binder binder = bind_start(queries, QUERY_SEARCH_WAITING);
    bind_number(&binder, (int64_t)count_max);
    int64_t number = 0;
    uint32_t count = 0;
    enum err err = OK;
    bool row = true;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        number = statement_number(binder.statement, 0);
        err = index_one(queries, binder.statement);
        count++;
    }
    queries_reset(queries, QUERY_SEARCH_WAITING);
    *more = count == count_max;
    if (err == OK && count > 0) {
        binder = bind_start(queries, QUERY_SEARCH_DONE);
        bind_number(&binder, number);
        err = bind_run(&binder, queries, QUERY_SEARCH_DONE);
    }
    return err;
}
