/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lookup.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "model/model.h"
#include "store/bind.h"
#include "store/questions.h"
#include "store/read.h"
#include "store/rows_calls.h"

/* Each byte of what was typed may become a word with the key of its room. */
#define MATCH_BYTES_MAX ((size_t)64 * 1024)

struct lookup {
    struct db *db;
    struct statement *statements[TEXT_COUNT];
};

/* One question while it is answered. */
struct job {
    struct lookup *lookup;
    const struct question *question;
    struct arena *arena;
    struct found *found;
};

/* ---- rows ---- */

static enum err check(const struct reader *reader)
{
    if (reader->no_memory) {
        return ERR_NOMEM;
    }
    if (reader->damaged) {
        log_error("database has a damaged row", "of=%s", "chat");
        return ERR_IO;
    }
    return OK;
}

static enum err read_chatmsg(struct reader *reader, struct arena *arena, struct chatmsg *out)
{
    read_blob(reader, out->id.bytes, ID_BYTES);
    read_blob(reader, out->room.bytes, ID_BYTES);
    read_blob(reader, out->author.bytes, ID_BYTES);
    out->seq = (uint64_t)read_number(reader);
    out->at_s = read_number(reader);
    int64_t kind = read_number(reader);
    out->text = read_slice(reader, arena, CHATMSG_TEXT_MAX);
    read_optional(reader, out->call.call.bytes, ID_BYTES);
    out->kind = kind == 0                     ? CHATMSG_TEXT
                : id_is_zero(&out->call.call) ? CHATMSG_MEETING
                                              : CHATMSG_CALL;
    int64_t reason = read_number(reader);
    out->call.reason = (uint8_t)reason;
    reader->damaged =
        reader->damaged || kind < 0 || kind > 1 || reason < END_NONE || reason >= END_REASON_COUNT;
    out->call.answered = read_number(reader) != 0;
    out->call.seconds = (uint32_t)read_number(reader);
    return check(reader);
}

static enum err read_activity(struct reader *reader, struct arena *arena, struct activity *out)
{
    read_blob(reader, out->id.bytes, ID_BYTES);
    read_blob(reader, out->author.bytes, ID_BYTES);
    read_optional_text(reader, out->space, sizeof(out->space));
    out->at_s = read_number(reader);
    out->text = read_slice(reader, arena, ACTIVITY_TEXT_MAX);
    return check(reader);
}

static enum err read_comment(struct reader *reader, struct arena *arena, struct comment *out)
{
    read_blob(reader, out->id.bytes, ID_BYTES);
    read_blob(reader, out->activity.bytes, ID_BYTES);
    read_blob(reader, out->author.bytes, ID_BYTES);
    out->at_s = read_number(reader);
    out->text = read_slice(reader, arena, COMMENT_TEXT_MAX);
    return check(reader);
}

static struct binder start(const struct job *job, enum text text)
{
    return (struct binder){.statement = job->lookup->statements[text]};
}

/* The row is the reader's, from its first column. */
static struct reader reader_of(const struct binder *binder)
{
    return (struct reader){.statement = binder->statement};
}

static void end(struct binder *binder)
{
    statement_reset(binder->statement);
}

static int64_t below(uint64_t number)
{
    return number == 0 || number > INT64_MAX ? INT64_MAX : (int64_t)number;
}

static uint32_t limit_of(const struct job *job, uint32_t limit_max)
{
    return job->question->limit < limit_max ? job->question->limit : limit_max;
}

/* ---- messages ---- */

static enum err reserve_messages(const struct job *job, size_t count)
{
    job->found->messages = arena_alloc(job->arena, count * sizeof(struct chatmsg));
    return job->found->messages == NULL ? ERR_NOMEM : OK;
}

static void reverse(struct chatmsg *messages, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct chatmsg other = messages[i];
        messages[i] = messages[count - 1 - i];
        messages[count - 1 - i] = other;
    }
}

static enum err answer_history(const struct job *job)
{
    const struct question *question = job->question;
    struct found *found = job->found;
    uint32_t limit = limit_of(job, FOUND_MESSAGES_MAX);
    bool forward = question->after > 0;
    enum err err = reserve_messages(job, limit);
    struct binder binder = start(job, forward ? TEXT_AFTER : TEXT_BEFORE);
    bind_blob(&binder, question->id.bytes, ID_BYTES);
    bind_number(&binder, below(forward ? question->after : question->before));
    bind_number(&binder, (int64_t)limit + 1);
    bool row = err == OK;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        if (found->message_count == limit) {
            found->more = true;
            break;
        }
        struct reader reader = reader_of(&binder);
        err = read_chatmsg(&reader, job->arena, &found->messages[found->message_count++]);
    }
    end(&binder);
    if (!forward) {
        reverse(found->messages, found->message_count);
    }
    return err;
}

static enum err answer_old(const struct job *job)
{
    struct found *found = job->found;
    uint32_t limit = limit_of(job, FOUND_MESSAGES_MAX);
    enum err err = reserve_messages(job, limit);
    struct binder binder = start(job, TEXT_OLD);
    bind_number(&binder, below(job->question->before));
    bind_number(&binder, (int64_t)limit);
    bool row = true;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        struct reader reader = reader_of(&binder);
        err = read_chatmsg(&reader, job->arena, &found->messages[found->message_count++]);
    }
    end(&binder);
    return err;
}

static enum err answer_latest(const struct job *job)
{
    const struct question *question = job->question;
    struct found *found = job->found;
    enum err err = reserve_messages(job, question->room_count);
    for (size_t i = 0; i < question->room_count && err == OK; i++) {
        struct binder binder = start(job, TEXT_LATEST);
        bind_blob(&binder, question->rooms[i].bytes, ID_BYTES);
        bind_number(&binder, LATEST_TEXT_MAX);
        bool row = false;
        err = bind_step(&binder, &row);
        if (err == OK && row) {
            struct reader reader = reader_of(&binder);
            err = read_chatmsg(&reader, job->arena, &found->messages[found->message_count++]);
        }
        end(&binder);
    }
    return err;
}

static enum err answer_message(const struct job *job)
{
    struct binder binder = start(job, TEXT_MESSAGE);
    bind_blob(&binder, job->question->id.bytes, ID_BYTES);
    bind_blob(&binder, job->question->who.bytes, ID_BYTES);
    bool row = false;
    enum err err = reserve_messages(job, 1);
    err = err == OK ? bind_step(&binder, &row) : err;
    if (err == OK && row) {
        struct reader reader = reader_of(&binder);
        err = read_chatmsg(&reader, job->arena, &job->found->messages[0]);
        job->found->message_count = 1;
    }
    end(&binder);
    return err == OK && !row ? ERR_NOT_FOUND : err;
}

/* The newest messages that were found so far, by number, newest first: one more than is given, so
 * that it is known whether there are more. */
struct newest {
    uint64_t *numbers;
    uint32_t count;
    uint32_t count_max;
};

static void newest_put(struct newest *newest, uint64_t number)
{
    uint32_t at = newest->count < newest->count_max ? newest->count++ : newest->count - 1;
    for (; at > 0 && newest->numbers[at - 1] < number; at--) {
        newest->numbers[at] = newest->numbers[at - 1];
    }
    newest->numbers[at] = number;
}

/* Adds the newest of one room: only those that are newer than what is known already. */
static enum err search_room(const struct job *job, const struct id *room, struct newest *newest)
{
    const struct question *question = job->question;
    struct buf match;
    bool full = newest->count == newest->count_max;
    uint64_t above = full ? newest->numbers[newest->count - 1] : 0;
    bool any = false;
    buf_init(&match, MATCH_BYTES_MAX);
    enum err err = db_match_text(job->lookup->db, question->text, room, &match, &any);
    if (err == OK && any) {
        struct binder binder = start(job, TEXT_SEARCH);
        bind_slice(&binder, buf_slice(&match));
        bind_number(&binder, below(question->before));
        bind_number(&binder, (int64_t)above);
        bind_number(&binder, newest->count_max);
        bool row = true;
        while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
            newest_put(newest, (uint64_t)statement_number(binder.statement, 0));
        }
        end(&binder);
    }
    buf_fini(&match);
    return err;
}

/* A room of the asker, and the number of the newest message in it. */
struct talk {
    const struct id *room;
    uint64_t newest;
};

static int compare_talks(const void *a, const void *b)
{
    uint64_t first = ((const struct talk *)a)->newest;
    uint64_t second = ((const struct talk *)b)->newest;
    return (first < second) - (first > second);
}

/* The rooms in which something was said, the latest first. This costs a tenth of a look into the
 * index, and what is newest is found first: then the rooms behind need no look. */
static enum err order_talks(const struct job *job, struct talk **out, size_t *count)
{
    const struct question *question = job->question;
    struct talk *talks = arena_alloc(job->arena, question->room_count * sizeof(talks[0]));
    enum err err = talks == NULL ? ERR_NOMEM : OK;
    for (size_t i = 0; i < question->room_count && err == OK; i++) {
        struct binder binder = start(job, TEXT_NEWEST);
        bind_blob(&binder, question->rooms[i].bytes, ID_BYTES);
        bool row = false;
        err = bind_step(&binder, &row);
        if (err == OK && row) {
            struct reader reader = reader_of(&binder);
            uint64_t newest = (uint64_t)read_number(&reader);
            talks[(*count)++] = (struct talk){.room = &question->rooms[i], .newest = newest};
        }
        end(&binder);
    }
    if (err == OK) {
        qsort(talks, *count, sizeof(talks[0]), compare_talks);
    }
    *out = talks;
    return err;
}

static enum err take_numbered(const struct job *job, uint64_t number)
{
    struct found *found = job->found;
    struct binder binder = start(job, TEXT_NUMBERED);
    bind_number(&binder, (int64_t)number);
    bool row = false;
    enum err err = bind_step(&binder, &row);
    if (err == OK && row) {
        struct reader reader = reader_of(&binder);
        err = read_chatmsg(&reader, job->arena, &found->messages[found->message_count++]);
    }
    end(&binder);
    return err;
}

/* The index has a list for each word of each room (store/roomwords.h), so that the work grows with
 * the rooms of the asker, not with what others have said. */
static enum err answer_search(const struct job *job)
{
    const struct question *question = job->question;
    struct found *found = job->found;
    uint32_t limit = limit_of(job, FOUND_MESSAGES_MAX);
    struct newest newest = {.count_max = limit + 1};
    struct talk *talks = NULL;
    size_t talk_count = 0;
    if (limit == 0 || question->room_count == 0) {
        return OK;
    }
    enum err err = reserve_messages(job, limit);
    newest.numbers = arena_alloc(job->arena, newest.count_max * sizeof(newest.numbers[0]));
    err = newest.numbers == NULL ? ERR_NOMEM : err;
    err = err == OK ? order_talks(job, &talks, &talk_count) : err;
    for (size_t i = 0; i < talk_count && err == OK; i++) {
        if (newest.count == newest.count_max && talks[i].newest <= newest.numbers[limit]) {
            break; /* nobody has said anything newer there, nor in the rooms behind */
        }
        err = search_room(job, talks[i].room, &newest);
    }
    for (uint32_t i = 0; i < newest.count && i < limit && err == OK; i++) {
        err = take_numbered(job, newest.numbers[i]);
    }
    found->next = newest.count > limit ? newest.numbers[limit - 1] : 0;
    return err;
}

/* ---- activities ---- */

static enum err count(const struct job *job, enum text text, const struct id *activity,
                      const struct id *user, uint32_t *out)
{
    struct binder binder = start(job, text);
    bind_blob(&binder, activity->bytes, ID_BYTES);
    if (user != NULL) {
        bind_blob(&binder, user->bytes, ID_BYTES);
    }
    bool row = false;
    enum err err = bind_step(&binder, &row);
    *out = row ? (uint32_t)statement_number(binder.statement, 0) : 0;
    end(&binder);
    return err;
}

static enum err latest_comments(const struct job *job, struct found_activity *activity)
{
    struct comment newest[FOUND_LATEST_COMMENTS];
    struct binder binder = start(job, TEXT_COMMENTS_LATEST);
    bind_blob(&binder, activity->activity.id.bytes, ID_BYTES);
    bind_number(&binder, INT64_MAX);
    bind_number(&binder, FOUND_LATEST_COMMENTS);
    uint32_t found = 0;
    enum err err = OK;
    bool row = true;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        struct reader reader = reader_of(&binder);
        (void)read_number(&reader);
        err = read_comment(&reader, job->arena, &newest[found++]);
    }
    end(&binder);
    for (uint32_t i = 0; i < found; i++) {
        activity->latest[i] = newest[found - 1 - i];
    }
    activity->latest_count = found;
    return err;
}

/* The row of an activity, and what belongs to it. */
static enum err take_activity(const struct job *job, const struct binder *binder)
{
    struct found_activity *out = &job->found->activities[job->found->activity_count++];
    struct reader reader = reader_of(binder);
    uint32_t liked = 0;
    (void)read_number(&reader);
    enum err err = read_activity(&reader, job->arena, &out->activity);
    const struct id *id = &out->activity.id;
    err = err == OK ? count(job, TEXT_LIKES, id, NULL, &out->likes) : err;
    err = err == OK ? count(job, TEXT_LIKED, id, &job->question->who, &liked) : err;
    err = err == OK ? count(job, TEXT_COMMENT_COUNT, id, NULL, &out->comments) : err;
    out->liked = liked > 0;
    return err == OK ? latest_comments(job, out) : err;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool wants_space(const struct question *question, struct slice space)
{
    char name[SPACE_NAME_MAX + 1];
    if (space.data == NULL) {
        return question->everybody;
    }
    if (space.size >= sizeof(name)) {
        return true; /* damage, which is found when the row is read */
    }
    memcpy(name, space.data, space.size);
    name[space.size] = '\0';
    return question->space_count > 0 && bsearch(name, question->spaces, question->space_count,
                                                sizeof(question->spaces[0]), compare_names) != NULL;
}

static enum err answer_feed(const struct job *job)
{
    const struct question *question = job->question;
    struct found *found = job->found;
    uint32_t limit = limit_of(job, FOUND_ACTIVITIES_MAX);
    bool one_space = !question->everybody && question->space_count == 1;
    found->activities = arena_alloc(job->arena, limit * sizeof(found->activities[0]));
    enum err err = found->activities == NULL ? ERR_NOMEM : OK;
    struct binder binder = start(job, one_space ? TEXT_FEED_SPACE : TEXT_FEED);
    bind_number(&binder, below(question->before));
    bind_number(&binder, QUESTION_SCAN_MAX);
    if (one_space) {
        bind_text(&binder, question->spaces[0]);
    }
    uint32_t scanned = 0;
    bool row = err == OK;
    while (err == OK && found->activity_count < limit && (err = bind_step(&binder, &row)) == OK &&
           row) {
        scanned++;
        found->next = (uint64_t)statement_number(binder.statement, 0);
        if (wants_space(question, statement_bytes(binder.statement, 3))) {
            err = take_activity(job, &binder);
        }
    }
    end(&binder);
    if (!row && scanned < QUESTION_SCAN_MAX) {
        found->next = 0;
    }
    return err;
}

static enum err find_activity(const struct job *job, const struct id *id)
{
    job->found->activities = arena_alloc(job->arena, sizeof(job->found->activities[0]));
    enum err err = job->found->activities == NULL ? ERR_NOMEM : OK;
    struct binder binder = start(job, TEXT_ACTIVITY);
    bind_blob(&binder, id->bytes, ID_BYTES);
    bool row = false;
    err = err == OK ? bind_step(&binder, &row) : err;
    err = err == OK && row ? take_activity(job, &binder) : err;
    end(&binder);
    return err == OK && !row ? ERR_NOT_FOUND : err;
}

/* Comments after `after`; and the activity, because who may see it may see them. */
static enum err answer_comments(const struct job *job)
{
    const struct question *question = job->question;
    struct found *found = job->found;
    uint32_t limit = limit_of(job, FOUND_COMMENTS_MAX);
    enum err err = find_activity(job, &question->id);
    if (err != OK) {
        return err;
    }
    found->comments = arena_alloc(job->arena, limit * sizeof(found->comments[0]));
    err = found->comments == NULL ? ERR_NOMEM : OK;
    struct binder binder = start(job, TEXT_COMMENTS);
    bind_blob(&binder, question->id.bytes, ID_BYTES);
    bind_number(&binder, question->after > INT64_MAX ? INT64_MAX : (int64_t)question->after);
    bind_number(&binder, (int64_t)limit + 1);
    uint64_t last = 0;
    bool row = err == OK;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        if (found->comment_count == limit) {
            found->more = true;
            found->next = last;
            break;
        }
        struct reader reader = reader_of(&binder);
        last = (uint64_t)read_number(&reader);
        err = read_comment(&reader, job->arena, &found->comments[found->comment_count++]);
    }
    end(&binder);
    return err;
}

static enum err answer_comment(const struct job *job)
{
    struct found *found = job->found;
    found->comments = arena_alloc(job->arena, sizeof(found->comments[0]));
    enum err err = found->comments == NULL ? ERR_NOMEM : OK;
    struct binder binder = start(job, TEXT_COMMENT);
    bind_blob(&binder, job->question->id.bytes, ID_BYTES);
    bool row = false;
    err = err == OK ? bind_step(&binder, &row) : err;
    if (err == OK && row) {
        struct reader reader = reader_of(&binder);
        (void)read_number(&reader);
        err = read_comment(&reader, job->arena, &found->comments[0]);
        found->comment_count = 1;
    }
    end(&binder);
    err = err == OK && !row ? ERR_NOT_FOUND : err;
    return err == OK ? find_activity(job, &found->comments[0].activity) : err;
}

static enum err answer_audit(const struct job *job)
{
    struct found *found = job->found;
    uint32_t limit = limit_of(job, FOUND_AUDITS_MAX);
    found->audits = arena_alloc(job->arena, (limit + (size_t)1) * sizeof(found->audits[0]));
    enum err err = found->audits == NULL ? ERR_NOMEM : OK;
    struct binder binder = start(job, TEXT_AUDIT);
    bind_number(&binder, below(job->question->before));
    bind_number(&binder, (int64_t)limit + 1);
    bool row = true;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        struct reader reader = reader_of(&binder);
        struct audit *audit = &found->audits[found->audit_count++];
        audit->seq = read_number(&reader);
        audit->at_s = read_number(&reader);
        read_blob(&reader, audit->by.bytes, ID_BYTES);
        read_text(&reader, audit->by_name, sizeof(audit->by_name));
        read_text(&reader, audit->act, sizeof(audit->act));
        read_text(&reader, audit->target, sizeof(audit->target));
        read_text(&reader, audit->detail, sizeof(audit->detail));
        err = check(&reader);
    }
    end(&binder);
    if (err == OK && found->audit_count > limit) {
        found->audit_count = limit;
        found->more = true;
        found->next = limit == 0 ? 0 : (uint64_t)found->audits[limit - 1].seq;
    }
    return err;
}

static enum err answer_calls(const struct job *job, enum text text)
{
    const struct question *question = job->question;
    struct found *found = job->found;
    uint32_t limit = limit_of(job, FOUND_CALLS_MAX);
    found->calls = arena_alloc(job->arena, limit * sizeof(found->calls[0]));
    enum err err = found->calls == NULL ? ERR_NOMEM : OK;
    err = err == OK ? count(job, TEXT_CALLS_UNSEEN, &question->who, NULL, &found->missed) : err;
    struct binder binder = start(job, text);
    bind_blob(&binder, question->who.bytes, ID_BYTES);
    bind_number(&binder, below(question->before));
    bind_number(&binder, (int64_t)limit + 1);
    bind_optional(&binder, question->id.bytes, ID_BYTES);
    uint64_t last = 0;
    bool row = err == OK;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        if (found->call_count == limit) {
            found->more = true;
            found->next = last;
            break;
        }
        struct reader reader = reader_of(&binder);
        rows_calls_read(&reader, &found->calls[found->call_count++]);
        last = (uint64_t)read_number(&reader);
        err = check(&reader);
    }
    end(&binder);
    return err;
}

static enum err answer_steps(const struct job *job)
{
    struct found *found = job->found;
    found->steps = arena_alloc(job->arena, FOUND_STEPS_MAX * sizeof(found->steps[0]));
    enum err err = found->steps == NULL ? ERR_NOMEM : OK;
    struct binder binder = start(job, TEXT_CALL_STEPS);
    bind_blob(&binder, job->question->id.bytes, ID_BYTES);
    bind_number(&binder, FOUND_STEPS_MAX);
    bool row = err == OK;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        struct reader reader = reader_of(&binder);
        struct call_step *out = &found->steps[found->step_count++];
        *out = (struct call_step){.call = job->question->id};
        rows_calls_read_step(&reader, out);
        err = check(&reader);
    }
    end(&binder);
    return err;
}

static enum err answer_media(const struct job *job)
{
    struct found *found = job->found;
    struct binder binder = start(job, TEXT_CALL_MEDIA);
    bind_blob(&binder, job->question->id.bytes, ID_BYTES);
    enum err err = OK;
    bool row = true;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        struct reader reader = reader_of(&binder);
        struct call_quality media = {.call = job->question->id};
        rows_calls_read_media(&reader, &media);
        err = check(&reader);
        if (err == OK) {
            found->media[media.side] = media;
        }
    }
    end(&binder);
    return err;
}

static enum err answer_timeline(const struct job *job)
{
    const struct question *question = job->question;
    struct found *found = job->found;
    found->calls = arena_alloc(job->arena, sizeof(found->calls[0]));
    enum err err = found->calls == NULL ? ERR_NOMEM : OK;
    struct binder binder = start(job, TEXT_CALL);
    bind_blob(&binder, question->id.bytes, ID_BYTES);
    bind_optional(&binder, question->who.bytes, ID_BYTES);
    bool row = false;
    err = err == OK ? bind_step(&binder, &row) : err;
    if (err == OK && row) {
        struct reader reader = reader_of(&binder);
        rows_calls_read(&reader, &found->calls[found->call_count++]);
        err = check(&reader);
    } else if (err == OK) {
        err = ERR_NOT_FOUND; /* or not a call of his */
    }
    end(&binder);
    err = err == OK ? answer_steps(job) : err;
    return err == OK ? answer_media(job) : err;
}

static enum err answer(const struct job *job)
{
    switch (job->question->kind) {
    case ASK_HISTORY:
        return answer_history(job);
    case ASK_LATEST:
        return answer_latest(job);
    case ASK_MESSAGE:
        return answer_message(job);
    case ASK_SEARCH:
        return answer_search(job);
    case ASK_FEED:
        return answer_feed(job);
    case ASK_ACTIVITY:
    case ASK_COMMENTS:
        return answer_comments(job);
    case ASK_COMMENT:
        return answer_comment(job);
    case ASK_CALLS:
        return answer_calls(job, TEXT_CALLS);
    case ASK_MISSED_CALLS:
        return answer_calls(job, TEXT_CALLS_MISSED);
    case ASK_ALL_CALLS:
        return answer_calls(job, TEXT_CALLS_ALL);
    case ASK_TIMELINE:
        return answer_timeline(job);
    case ASK_AUDIT:
        return answer_audit(job);
    case ASK_OLD:
        return answer_old(job);
    }
    return ERR_INVALID;
}

MUST_USE enum err lookup_answer(struct lookup *lookup, const struct question *question,
                                struct arena *arena, struct found *out)
{
    *out = (struct found){0};
    struct job job = {.lookup = lookup, .question = question, .arena = arena, .found = out};
    /* One transaction, so that counts and rows are of one moment. */
    enum err err = db_begin(lookup->db, DB_READS);
    if (err != OK) {
        return err;
    }
    err = answer(&job);
    enum err ended = db_commit(lookup->db);
    if (ended != OK) {
        db_rollback(lookup->db); /* or nothing could be asked any more */
    }
    return err == OK ? ended : err;
}

/* ---- life ---- */

static enum err set_up(struct lookup *lookup, const char *path)
{
    enum err err = db_open(path, DB_READS, &lookup->db);
    return err == OK ? questions_prepare(lookup->db, lookup->statements) : err;
}

MUST_USE enum err lookup_open(const char *path, struct lookup **out)
{
    struct lookup *lookup = mem_alloc(sizeof(*lookup));
    if (lookup == NULL) {
        return ERR_NOMEM;
    }
    enum err err = set_up(lookup, path);
    if (err != OK) {
        lookup_close(lookup);
        return err;
    }
    *out = lookup;
    return OK;
}

void lookup_close(struct lookup *lookup)
{
    if (lookup == NULL) {
        return;
    }
    questions_close(lookup->statements);
    db_close(lookup->db);
    mem_free(lookup);
}
