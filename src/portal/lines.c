/* SPDX-License-Identifier: Apache-2.0 */
/* What each user has on the telephone: his own calls, and those that ring at him. */
#include "portal/calls_internal.h"

struct line *calls_line(const struct calls *calls, const struct id *user)
{
    return map_find(calls->by_user, id_slice(user));
}

MUST_USE enum err line_get(struct calls *calls, const struct id *user, struct line **out)
{
    *out = calls_line(calls, user);
    if (*out != NULL) {
        return OK;
    }
    struct line *line = mem_alloc(sizeof *line);
    if (line == NULL) {
        return ERR_NOMEM;
    }
    line->calls = calls;
    line->user = *user;
    enum err err = map_add(calls->by_user, id_slice(&line->user), line);
    if (err != OK) {
        mem_free(line);
        return err;
    }
    *out = line;
    return OK;
}

void line_drop(struct calls *calls, const struct id *user)
{
    struct line *line = calls_line(calls, user);
    if (line != NULL && line->mine_count == 0 && line->ringing_count == 0) {
        wheel_stop(&line->absent);
        (void)map_remove(calls->by_user, id_slice(user));
        mem_free(line);
    }
}

void line_stop_ringing(struct line *line, const struct entry *entry)
{
    for (uint32_t i = 0; i < line->ringing_count; i++) {
        if (line->ringing[i] == entry) {
            line->ringing[i] = line->ringing[--line->ringing_count];
            return;
        }
    }
}

void line_take(struct line *line, struct entry *entry)
{
    ASSERT(line->mine_count < MINE_MAX);
    line->mine[line->mine_count++] = entry;
}

void line_give(struct line *line, const struct entry *entry)
{
    for (uint32_t i = 0; i < line->mine_count; i++) {
        if (line->mine[i] == entry) {
            line->mine[i] = line->mine[--line->mine_count];
            return;
        }
    }
}

static bool holds(const struct line *line, const struct entry *entry)
{
    return entry->call.sides[calls_role_of(entry, &line->user)].held;
}

struct entry *line_active(const struct line *line)
{
    for (uint32_t i = 0; line != NULL && i < line->mine_count; i++) {
        if (!holds(line, line->mine[i])) {
            return line->mine[i];
        }
    }
    return NULL;
}

struct entry *line_find_pair(const struct line *line, const struct id *other)
{
    for (uint32_t i = 0; line != NULL && i < line->mine_count; i++) {
        struct entry *entry = line->mine[i];
        if (id_equal(&entry->users[call_other(calls_role_of(entry, &line->user))], other)) {
            return entry;
        }
    }
    return NULL;
}

uint32_t line_heard_count(const struct line *line)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < line->ringing_count; i++) {
        count += line->ringing[i]->unheard ? 0 : 1;
    }
    return count;
}

uint32_t line_held_count(const struct line *line)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < line->mine_count; i++) {
        count += holds(line, line->mine[i]) ? 1 : 0;
    }
    return count;
}

bool line_is_pushed(const struct entry *entry, const struct person *callee)
{
    return !entry->guest && push_reaches(callee);
}

bool line_all_pushed(const struct line *line, const struct person *person)
{
    for (uint32_t i = 0; i < line->ringing_count; i++) {
        if (!line_is_pushed(line->ringing[i], person)) {
            return false;
        }
    }
    return push_reaches(person);
}
