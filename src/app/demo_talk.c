/* SPDX-License-Identifier: Apache-2.0 */
#include "app/demo_talk.h"

#include <stdio.h>
#include <time.h>

#include "crypto/random.h"

#define MINUTE_S 60

struct line {
    enum demo_person author;
    const char *text;
};

static const struct line direct[] = {
    {DEMO_JOHN, "Hi Mary, do you have a minute for the offer from Lyon?"},
    {DEMO_MARY, "Yes, but I would rather look at it together. Call me?"},
    {DEMO_JOHN, "Gladly. The button is at the top of this room."},
};

static const struct line spoken[] = {
    {DEMO_ANNA, "Welcome! This room belongs to the space: only its members read it."},
    {DEMO_LUC, "Bonjour ! The stand is booked, we are in hall 3."},
    {DEMO_SOFIA, "Great. I bring the list of questions that customers ask most."},
};

static struct id new_id(void)
{
    struct id id;
    random_bytes(id.bytes, ID_BYTES);
    return id;
}

static enum err put_room(struct store *store, const struct room *room, const struct id *people,
                         const enum demo_person *members, size_t count)
{
    struct change change = {.kind = CHANGE_ROOM_ADD, .room = *room};
    enum err err = store_write(store, &change, 1);
    for (size_t i = 0; i < count && err == OK; i++) {
        change = (struct change){.kind = CHANGE_ROOM_MEMBER_PUT};
        change.room_member = (struct room_member){
            .room = room->id, .user = people[members[i]], .joined_s = room->created_s + (int64_t)i};
        err = store_write(store, &change, 1);
    }
    return err;
}

static enum err say(struct store *store, const struct id *room, const struct id *people,
                    const struct line *lines, size_t count, int64_t at_s)
{
    enum err err = OK;
    for (size_t i = 0; i < count && err == OK; i++) {
        struct change change = {.kind = CHANGE_CHATMSG_ADD};
        change.chatmsg = (struct chatmsg){.id = new_id(),
                                          .room = *room,
                                          .author = people[lines[i].author],
                                          .seq = i + 1,
                                          .at_s = at_s + (int64_t)i * MINUTE_S,
                                          .text = slice_text(lines[i].text)};
        /* Who writes has read what stands before. */
        struct change read = {.kind = CHANGE_ROOM_READ};
        read.room_member =
            (struct room_member){.room = *room, .user = people[lines[i].author], .read_seq = i + 1};
        err = store_write(store, &change, 1);
        err = err == OK ? store_write(store, &read, 1) : err;
    }
    return err;
}

static enum err talk_directly(struct store *store, const struct id *people, int64_t now_s)
{
    static const enum demo_person members[] = {DEMO_JOHN, DEMO_MARY};
    struct room room = {.id = new_id(), .kind = ROOM_DIRECT, .created_s = now_s - 30 * MINUTE_S};
    room_pair(&people[DEMO_JOHN], &people[DEMO_MARY], room.pair);
    enum err err = put_room(store, &room, people, members, 2);
    return err == OK ? say(store, &room.id, people, direct, sizeof(direct) / sizeof(direct[0]),
                           now_s - 20 * MINUTE_S)
                     : err;
}

static enum err put_space(struct store *store, const struct id *people, int64_t now_s)
{
    static const enum demo_person members[] = {DEMO_ANNA, DEMO_LUC, DEMO_SOFIA, DEMO_MARY};
    struct change change = {.kind = CHANGE_SPACE_ADD};
    change.space = (struct space){.owner = people[DEMO_ANNA], .created_s = now_s - 90 * MINUTE_S};
    (void)snprintf(change.space.name, sizeof(change.space.name), "fair");
    (void)snprintf(change.space.title, sizeof(change.space.title), "Spring fair");
    (void)snprintf(change.space.description, sizeof(change.space.description),
                   "Everything about our stand: who comes, what we show, what is still missing.");
    struct room room = {.id = new_id(),
                        .kind = ROOM_SPACE,
                        .owner = people[DEMO_ANNA],
                        .created_s = change.space.created_s};
    memcpy(room.title, change.space.title, sizeof(room.title));
    memcpy(room.space, change.space.name, sizeof(room.space));
    enum err err = store_write(store, &change, 1);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]) && err == OK; i++) {
        struct change person = {.kind = CHANGE_SPACE_PERSON_PUT};
        person.space_person = (struct space_person){.user = people[members[i]],
                                                    .since_s = room.created_s + (int64_t)i};
        memcpy(person.space_person.space, room.space, sizeof(person.space_person.space));
        err = store_write(store, &person, 1);
    }
    err = err == OK ? put_room(store, &room, people, members, sizeof(members) / sizeof(members[0]))
                    : err;
    return err == OK ? say(store, &room.id, people, spoken, sizeof(spoken) / sizeof(spoken[0]),
                           now_s - 60 * MINUTE_S)
                     : err;
}

static enum err put_stream(struct store *store, const struct id *people, int64_t now_s)
{
    struct change changes[4] = {{.kind = CHANGE_ACTIVITY_ADD},
                                {.kind = CHANGE_ACTIVITY_ADD},
                                {.kind = CHANGE_COMMENT_ADD},
                                {.kind = CHANGE_LIKE_PUT}};
    changes[0].activity = (struct activity){
        .id = new_id(),
        .author = people[DEMO_ANNA],
        .at_s = now_s - 50 * MINUTE_S,
        .text = SLICE("Welcome to Visavis! Point at a name to see who it is, and press the camera "
                      "to see each other.\nMore about it: https://example.org/visavis")};
    changes[1].activity = (struct activity){
        .id = new_id(),
        .author = people[DEMO_LUC],
        .at_s = now_s - 15 * MINUTE_S,
        .text = SLICE("The contract with the port of Lyon is signed. Thank you @mary and @john!")};
    changes[2].comment = (struct comment){.id = new_id(),
                                          .activity = changes[1].activity.id,
                                          .author = people[DEMO_MARY],
                                          .at_s = now_s - 10 * MINUTE_S,
                                          .text = SLICE("Well done, everybody.")};
    changes[3].like = (struct like){.activity = changes[1].activity.id, .user = people[DEMO_JOHN]};
    return store_write(store, changes, 4);
}

MUST_USE enum err demo_talk(struct store *store, const struct id people[DEMO_PEOPLE])
{
    int64_t now_s = (int64_t)time(NULL);
    enum err err = put_stream(store, people, now_s);
    err = err == OK ? talk_directly(store, people, now_s) : err;
    return err == OK ? put_space(store, people, now_s) : err;
}
