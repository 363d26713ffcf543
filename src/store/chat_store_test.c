/* SPDX-License-Identifier: Apache-2.0 */
/* What people write: kept by store.h, found again by lookup.h. */
#include "base/log.h"
#include "store/lookup.h"
#include "store/store.h"
#include "store/testplace.h"

static const struct id ann = {{1}};
static const struct id bob = {{2}};
static const struct id cat = {{3}};
static const struct id team = {{10}};
static const struct id other = {{11}};

static struct store *store;
static struct lookup *lookup;
static struct arena arena;
static struct found found;

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void tear_down(void)
{
    arena_fini(&arena);
    lookup_close(lookup);
    store_close(store);
    lookup = NULL;
    store = NULL;
    testplace_remove();
}

/* CHECK ends the test: what is open goes first. */
#define CHECK_OR_END(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            tear_down();                                                                           \
            unit_check_failed(#condition, __FILE__, __LINE__);                                     \
        }                                                                                          \
    } while (0)

static enum err put_user(const struct id *id, const char *name)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id = *id;
    (void)snprintf(change.user.name, sizeof(change.user.name), "%s", name);
    return store_write(store, &change, 1);
}

static enum err put_room(const struct id *room, const struct id *const *members, size_t count)
{
    struct change changes[4] = {{.kind = CHANGE_ROOM_ADD}};
    changes[0].room.id = *room;
    changes[0].room.kind = ROOM_TEAM;
    changes[0].room.owner = *members[0];
    changes[0].room.created_s = 100 + room->bytes[0];
    (void)snprintf(changes[0].room.title, sizeof(changes[0].room.title), "Team");
    for (size_t i = 0; i < count; i++) {
        changes[i + 1] = (struct change){.kind = CHANGE_ROOM_MEMBER_PUT};
        changes[i + 1].room_member.room = *room;
        changes[i + 1].room_member.user = *members[i];
    }
    return store_write(store, changes, count + 1);
}

/* Ann, Bob and Cat; Ann and Bob are in `team`, Cat and Ann in `other`. */
static void set_up(void)
{
    static const struct id *const in_team[] = {&ann, &bob};
    static const struct id *const in_other[] = {&cat, &ann};
    log_set_sink(quiet, NULL);
    arena_init(&arena, 1 << 20);
    testplace_make();
    enum err err = store_open(testplace_where, &store);
    err = err == OK ? put_user(&ann, "ann") : err;
    err = err == OK ? put_user(&bob, "bob") : err;
    err = err == OK ? put_user(&cat, "cat") : err;
    err = err == OK ? put_room(&team, in_team, 2) : err;
    err = err == OK ? put_room(&other, in_other, 2) : err;
    err = err == OK ? lookup_open(testplace_where, &lookup) : err;
    CHECK_OR_END(err == OK);
}

static struct change chatmsg(uint8_t number, const struct id *room, const struct id *author,
                             uint64_t seq, const char *text)
{
    struct change change = {.kind = CHANGE_CHATMSG_ADD};
    change.chatmsg = (struct chatmsg){.id = {{100, number}},
                                      .room = *room,
                                      .author = *author,
                                      .seq = seq,
                                      .at_s = 5000 + (int64_t)seq,
                                      .text = slice_text(text)};
    return change;
}

static enum err post(uint8_t number, const struct id *room, const struct id *author, uint64_t seq,
                     const char *text)
{
    struct change change = chatmsg(number, room, author, seq, text);
    return store_write(store, &change, 1);
}

static enum err ask(const struct question *question)
{
    arena_fini(&arena);
    return lookup_answer(lookup, question, &arena, &found);
}

static bool says(size_t index, const char *text)
{
    return index < found.message_count && slice_equal(found.messages[index].text, slice_text(text));
}

static void every_field_of_a_message_comes_back(void)
{
    set_up();
    struct change call = chatmsg(2, &team, &bob, 2, "");
    call.chatmsg.kind = CHATMSG_CALL;
    call.chatmsg.call =
        (struct call_line){.call = {{7, 8}}, .reason = 6, .answered = true, .seconds = 61};
    struct change meeting = chatmsg(3, &team, &bob, 3, "https://meet.example.org/x");
    meeting.chatmsg.kind = CHATMSG_MEETING;
    CHECK_OR_END(post(1, &team, &ann, 1, "one\ntwo") == OK);
    CHECK_OR_END(store_write(store, &call, 1) == OK);
    CHECK_OR_END(store_write(store, &meeting, 1) == OK);
    struct question question = {.kind = ASK_HISTORY, .id = team, .limit = 10};
    CHECK_OR_END(ask(&question) == OK);
    CHECK_OR_END(found.message_count == 3 && !found.more);
    const struct chatmsg *first = &found.messages[0];
    CHECK_OR_END(says(0, "one\ntwo") && id_equal(&first->author, &ann) && first->seq == 1);
    CHECK_OR_END(first->at_s == 5001 && first->kind == CHATMSG_TEXT && first->id.bytes[1] == 1);
    const struct chatmsg *second = &found.messages[1];
    CHECK_OR_END(second->kind == CHATMSG_CALL && id_equal(&second->room, &team));
    CHECK_OR_END(memcmp(&second->call, &call.chatmsg.call, sizeof(second->call)) == 0);
    CHECK_OR_END(found.messages[2].kind == CHATMSG_MEETING &&
                 says(2, "https://meet.example.org/x"));
    tear_down();
}

static void only_members_write_decided_in_the_order_of_commits(void)
{
    set_up();
    CHECK_OR_END(post(1, &team, &cat, 1, "not mine") == ERR_NOT_FOUND);
    struct change leave = {.kind = CHANGE_ROOM_MEMBER_REMOVE};
    leave.room_member = (struct room_member){.room = team, .user = bob};
    /* One group: before, the removal, after. */
    CHECK_OR_END(store_begin(store) == OK);
    enum err before = post(2, &team, &bob, 1, "before");
    enum err removed = store_write(store, &leave, 1);
    enum err after = post(3, &team, &bob, 2, "after");
    enum err again = store_write(store, &leave, 1);
    CHECK_OR_END(store_commit(store) == OK);
    CHECK_OR_END(before == OK && removed == OK);
    CHECK_OR_END(after == ERR_NOT_FOUND && again == ERR_NOT_FOUND);
    struct question question = {.kind = ASK_HISTORY, .id = team, .limit = 10};
    CHECK_OR_END(ask(&question) == OK && found.message_count == 1 && says(0, "before"));
    tear_down();
}

static void a_message_sent_twice_is_kept_once(void)
{
    set_up();
    CHECK_OR_END(post(1, &team, &ann, 1, "once") == OK);
    CHECK_OR_END(post(1, &team, &ann, 2, "twice") == ERR_EXISTS);
    /* Another's id is no way to learn that it is there. */
    CHECK_OR_END(post(1, &team, &bob, 2, "mine") == ERR_NOT_FOUND);
    CHECK_OR_END(post(2, &team, &bob, 1, "same number") == ERR_STATE);
    struct question question = {.kind = ASK_MESSAGE, .id = {{100, 1}}, .who = ann};
    CHECK_OR_END(ask(&question) == OK && says(0, "once") && found.messages[0].seq == 1);
    question.who = bob;
    CHECK_OR_END(ask(&question) == ERR_NOT_FOUND);
    tear_down();
}

/* A message has no savepoint of its own where the database undoes a statement by itself. */
static void a_message_that_fails_leaves_the_others_of_its_group(void)
{
    set_up();
    CHECK_OR_END(store_begin(store) == OK);
    enum err first = post(1, &team, &ann, 1, "first");
    enum err used = post(1, &team, &ann, 2, "its id is used");
    enum err taken = post(2, &team, &bob, 1, "its place is taken");
    enum err stranger = post(3, &other, &bob, 1, "not a member");
    enum err last = post(4, &team, &ann, 2, "last");
    CHECK_OR_END(store_commit(store) == OK);
    CHECK_OR_END(first == OK && last == OK);
    CHECK_OR_END(used == ERR_EXISTS && taken == ERR_STATE && stranger == ERR_NOT_FOUND);
    struct question question = {.kind = ASK_HISTORY, .id = team, .limit = 10};
    CHECK_OR_END(ask(&question) == OK && found.message_count == 2);
    CHECK_OR_END(says(0, "first") && says(1, "last"));
    tear_down();
}

static void history_pages_in_both_directions(void)
{
    set_up();
    for (uint8_t i = 1; i <= 7; i++) {
        char text[8];
        (void)snprintf(text, sizeof(text), "m%u", i);
        CHECK_OR_END(post(i, &team, &ann, i, text) == OK);
    }
    struct question question = {.kind = ASK_HISTORY, .id = team, .limit = 3};
    CHECK_OR_END(ask(&question) == OK && found.message_count == 3 && found.more);
    CHECK_OR_END(says(0, "m5") && says(2, "m7"));
    question.before = 5;
    CHECK_OR_END(ask(&question) == OK && says(0, "m2") && says(2, "m4") && found.more);
    question.before = 2;
    CHECK_OR_END(ask(&question) == OK && found.message_count == 1 && says(0, "m1") && !found.more);
    question = (struct question){.kind = ASK_HISTORY, .id = team, .limit = 3, .after = 1};
    CHECK_OR_END(ask(&question) == OK && says(0, "m2") && says(2, "m4") && found.more);
    question.after = 6;
    CHECK_OR_END(ask(&question) == OK && found.message_count == 1 && says(0, "m7") && !found.more);
    struct id rooms[] = {team, other};
    question = (struct question){.kind = ASK_LATEST, .rooms = rooms, .room_count = 2};
    CHECK_OR_END(ask(&question) == OK && found.message_count == 1 && says(0, "m7"));
    tear_down();
}

static void search(const char *text, const struct id *rooms, size_t count, uint32_t limit)
{
    struct question question = {.kind = ASK_SEARCH,
                                .text = slice_text(text),
                                .rooms = rooms,
                                .room_count = count,
                                .limit = limit};
    CHECK_OR_END(ask(&question) == OK);
}

static void search_finds_words_in_the_rooms_that_are_given(void)
{
    set_up();
    struct id rooms[] = {team, other};
    bool more = true;
    CHECK_OR_END(post(1, &team, &ann, 1, "The Caf\xC3\xA9 opens at nine") == OK);
    CHECK_OR_END(post(2, &other, &cat, 1, "secret cafe") == OK);
    CHECK_OR_END(post(3, &team, &bob, 2, "no coffee, cafe latte") == OK);
    search("cafe", rooms, 1, 10);
    CHECK_OR_END(found.message_count == 0); /* not searchable yet */
    CHECK_OR_END(store_index(store, 2, &more) == OK && more);
    CHECK_OR_END(store_index(store, 2, &more) == OK && !more);
    search("cafe", rooms, 1, 10);
    CHECK_OR_END(found.message_count == 2 && found.next == 0);
    CHECK_OR_END(says(0, "no coffee, cafe latte"));
    search("cafe", rooms, 2, 10);
    CHECK_OR_END(found.message_count == 3);
    search("caf", rooms, 1, 10);
    CHECK_OR_END(found.message_count == 2);
    search("caf ", rooms, 1, 10);
    CHECK_OR_END(found.message_count == 0);
    search("latte no", rooms, 2, 10);
    CHECK_OR_END(found.message_count == 1);
    search("\"'*) OR (a", rooms, 2, 10);
    CHECK_OR_END(found.message_count == 0);
    search("secret", rooms, 1, 10);
    CHECK_OR_END(found.message_count == 0);
    search("", rooms, 2, 10);
    CHECK_OR_END(found.message_count == 0);
    search("0A000000000000000000000000000000", rooms, 2, 10); /* a room's name is no text */
    CHECK_OR_END(found.message_count == 0);
    search("cafe", rooms, 2, 2);
    CHECK_OR_END(found.message_count == 2 && found.next != 0);
    struct question rest = {.kind = ASK_SEARCH,
                            .text = SLICE("cafe"),
                            .rooms = rooms,
                            .room_count = 2,
                            .limit = 2,
                            .before = found.next};
    CHECK_OR_END(ask(&rest) == OK && found.message_count == 1 && found.next == 0);
    CHECK_OR_END(says(0, "The Caf\xC3\xA9 opens at nine"));
    search("cafe", rooms, 2, 3);
    CHECK_OR_END(found.message_count == 3 && found.next == 0); /* known to be all */
    search("cafe", rooms, 2, 1);
    CHECK_OR_END(found.message_count == 1 && says(0, "no coffee, cafe latte"));
    rest = (struct question){.kind = ASK_SEARCH,
                             .text = SLICE("cafe"),
                             .rooms = rooms,
                             .room_count = 2,
                             .limit = 1,
                             .before = found.next};
    CHECK_OR_END(ask(&rest) == OK && found.message_count == 1 && says(0, "secret cafe"));
    search("opens", rooms, 2, 1); /* in the room that comes second by its newest message, too */
    CHECK_OR_END(found.message_count == 1 && found.next == 0);
    search("secret", rooms, 2, 1);
    CHECK_OR_END(found.message_count == 1 && found.next == 0);
    search("opens-at", rooms, 2, 3);
    CHECK_OR_END(found.message_count == 1); /* words that stand together */
    search("at-opens", rooms, 2, 3);
    CHECK_OR_END(found.message_count == 0);
    search("cafe opens-a", rooms, 2, 3);
    CHECK_OR_END(found.message_count == 1); /* the last may be a beginning */
    search("cafe \xE2\x80\xA6", rooms, 2, 3);
    CHECK_OR_END(found.message_count == 0); /* a sign is in no message as a word */
    search("LATT\xC3\x89", rooms, 2, 3);
    CHECK_OR_END(found.message_count == 1);
    tear_down();
}

/* A space of Ann, to which Bob is invited. */
static enum err put_space(void)
{
    struct change changes[3] = {{.kind = CHANGE_SPACE_ADD},
                                {.kind = CHANGE_SPACE_PERSON_PUT},
                                {.kind = CHANGE_SPACE_PERSON_PUT}};
    (void)snprintf(changes[0].space.name, sizeof(changes[0].space.name), "garden");
    (void)snprintf(changes[1].space_person.space, sizeof(changes[1].space_person.space), "garden");
    changes[0].space.owner = ann;
    changes[1].space_person.user = ann;
    changes[2] = changes[1];
    changes[2].space_person.user = bob;
    changes[2].space_person.invited = true;
    return store_write(store, changes, 3);
}

static enum err add_activity(uint8_t number, const struct id *author, const char *space)
{
    struct change change = {.kind = CHANGE_ACTIVITY_ADD};
    change.activity.id = (struct id){{200, number}};
    change.activity.author = *author;
    change.activity.at_s = 9000 + number;
    change.activity.text = SLICE("news");
    (void)snprintf(change.activity.space, sizeof(change.activity.space), "%s", space);
    return store_write(store, &change, 1);
}

static enum err add_comment(uint8_t number, uint8_t activity, const struct id *author)
{
    struct change change = {.kind = CHANGE_COMMENT_ADD};
    change.comment = (struct comment){.id = {{210, number}},
                                      .activity = {{200, activity}},
                                      .author = *author,
                                      .at_s = number,
                                      .text = SLICE("well")};
    return store_write(store, &change, 1);
}

static enum err put_like(enum change_kind kind, uint8_t activity, const struct id *user)
{
    struct change change = {.kind = kind};
    change.like = (struct like){.activity = {{200, activity}}, .user = *user};
    return store_write(store, &change, 1);
}

static void only_members_of_its_space_take_part_in_an_activity(void)
{
    set_up();
    CHECK_OR_END(put_space() == OK);
    CHECK_OR_END(add_activity(1, &ann, "garden") == OK);
    CHECK_OR_END(add_activity(1, &ann, "garden") == ERR_EXISTS);
    CHECK_OR_END(add_activity(1, &bob, "") == ERR_NOT_FOUND);
    CHECK_OR_END(add_activity(2, &bob, "garden") == ERR_NOT_FOUND); /* only invited */
    CHECK_OR_END(add_activity(2, &cat, "nowhere") == ERR_NOT_FOUND);
    CHECK_OR_END(add_activity(3, &cat, "") == OK);
    CHECK_OR_END(add_comment(1, 1, &cat) == ERR_NOT_FOUND);
    CHECK_OR_END(add_comment(1, 9, &ann) == ERR_NOT_FOUND);
    CHECK_OR_END(add_comment(1, 1, &ann) == OK);
    CHECK_OR_END(add_comment(1, 1, &ann) == ERR_EXISTS);
    CHECK_OR_END(put_like(CHANGE_LIKE_PUT, 1, &bob) == ERR_NOT_FOUND);
    CHECK_OR_END(put_like(CHANGE_LIKE_PUT, 3, &bob) == OK);
    CHECK_OR_END(put_like(CHANGE_LIKE_PUT, 3, &bob) == OK);
    CHECK_OR_END(put_like(CHANGE_LIKE_REMOVE, 3, &ann) == OK);
    struct question question = {.kind = ASK_FEED, .who = bob, .limit = 10, .everybody = true};
    CHECK_OR_END(ask(&question) == OK && found.activity_count == 1 && found.next == 0);
    CHECK_OR_END(found.activities[0].likes == 1 && found.activities[0].liked);
    static const char spaces[1][SPACE_NAME_MAX + 1] = {"garden"};
    question = (struct question){
        .kind = ASK_FEED, .who = ann, .limit = 10, .spaces = spaces, .space_count = 1};
    CHECK_OR_END(ask(&question) == OK && found.activity_count == 1);
    CHECK_OR_END(found.activities[0].activity.id.bytes[1] == 1 && !found.activities[0].liked);
    question.everybody = true;
    CHECK_OR_END(ask(&question) == OK && found.activity_count == 2);
    CHECK_OR_END(found.activities[0].activity.id.bytes[1] == 3);
    tear_down();
}

static void an_activity_goes_with_its_comments_and_likes(void)
{
    set_up();
    CHECK_OR_END(add_activity(1, &ann, "") == OK && add_activity(2, &bob, "") == OK);
    for (uint8_t i = 1; i <= 5; i++) {
        CHECK_OR_END(add_comment(i, 1, &bob) == OK);
    }
    struct question question = {.kind = ASK_ACTIVITY, .id = {{200, 1}}, .who = ann, .limit = 2};
    CHECK_OR_END(ask(&question) == OK && found.activity_count == 1);
    CHECK_OR_END(found.activities[0].comments == 5 && found.activities[0].latest_count == 3);
    CHECK_OR_END(found.activities[0].latest[0].id.bytes[1] == 3);
    CHECK_OR_END(found.comment_count == 2 && found.comments[0].id.bytes[1] == 1 && found.more);
    question.after = found.next;
    question.kind = ASK_COMMENTS;
    CHECK_OR_END(ask(&question) == OK && found.comments[0].id.bytes[1] == 3);
    question = (struct question){.kind = ASK_COMMENT, .id = {{210, 4}}};
    CHECK_OR_END(ask(&question) == OK && id_equal(&found.comments[0].author, &bob));
    CHECK_OR_END(id_equal(&found.activities[0].activity.author, &ann));
    struct change remove[2] = {{.kind = CHANGE_COMMENT_REMOVE}, {.kind = CHANGE_ACTIVITY_REMOVE}};
    remove[0].comment.id = (struct id){{210, 4}};
    remove[1].activity.id = (struct id){{200, 1}};
    CHECK_OR_END(store_write(store, &remove[0], 1) == OK);
    CHECK_OR_END(store_write(store, &remove[0], 1) == ERR_NOT_FOUND);
    CHECK_OR_END(store_write(store, &remove[1], 1) == OK);
    CHECK_OR_END(ask(&question) == ERR_NOT_FOUND);
    question = (struct question){.kind = ASK_COMMENT, .id = {{210, 1}}};
    CHECK_OR_END(ask(&question) == ERR_NOT_FOUND);
    question = (struct question){.kind = ASK_FEED, .limit = 1, .everybody = true};
    CHECK_OR_END(ask(&question) == OK && found.activity_count == 1);
    CHECK_OR_END(found.activities[0].activity.id.bytes[1] == 2);
    tear_down();
}

struct seen {
    uint32_t counts[CHANGE_KIND_COUNT];
    struct room room; /* `team` */
    struct room_member bob;
};

static void see(void *arg, const struct change *change)
{
    struct seen *seen = arg;
    seen->counts[change->kind]++;
    if (change->kind == CHANGE_ROOM_PUT && id_equal(&change->room.id, &team)) {
        seen->room = change->room;
    }
    if (change->kind == CHANGE_ROOM_MEMBER_PUT && id_equal(&change->room_member.user, &bob)) {
        seen->bob = change->room_member;
    }
}

static void rooms_and_spaces_are_loaded_while_somebody_is_in_them(void)
{
    set_up();
    CHECK_OR_END(put_space() == OK && post(1, &team, &ann, 41, "hello") == OK);
    struct change read = {.kind = CHANGE_ROOM_READ};
    read.room_member = (struct room_member){.room = team, .user = bob, .read_seq = 40};
    CHECK_OR_END(store_write(store, &read, 1) == OK);
    read.room_member.read_seq = 3; /* never back */
    CHECK_OR_END(store_write(store, &read, 1) == OK);
    struct seen seen = {.counts = {0}};
    CHECK_OR_END(store_load(store, see, &seen) == OK);
    CHECK_OR_END(seen.counts[CHANGE_ROOM_PUT] == 2 && seen.counts[CHANGE_ROOM_MEMBER_PUT] == 4);
    CHECK_OR_END(seen.counts[CHANGE_SPACE_PUT] == 1 && seen.counts[CHANGE_SPACE_PERSON_PUT] == 2);
    CHECK_OR_END(seen.counts[CHANGE_CHATMSG_ADD] == 0);
    CHECK_OR_END(seen.room.seq == 41 && seen.bob.read_seq == 40 && !seen.bob.quiet);
    struct change leave[2] = {{.kind = CHANGE_ROOM_MEMBER_REMOVE},
                              {.kind = CHANGE_ROOM_MEMBER_REMOVE}};
    leave[0].room_member = (struct room_member){.room = other, .user = cat};
    leave[1].room_member = (struct room_member){.room = other, .user = ann};
    CHECK_OR_END(store_write(store, leave, 2) == OK);
    seen = (struct seen){.counts = {0}};
    CHECK_OR_END(store_load(store, see, &seen) == OK && seen.counts[CHANGE_ROOM_PUT] == 1);
    tear_down();
}

static void who_has_not_looked_himself_has_not_after_a_restart(void)
{
    set_up();
    CHECK_OR_END(put_space() == OK && post(1, &team, &ann, 41, "hello") == OK);
    struct change read = {.kind = CHANGE_ROOM_READ};
    read.room_member =
        (struct room_member){.room = team, .user = bob, .read_seq = 40, .quiet = true};
    CHECK_OR_END(store_write(store, &read, 1) == OK);
    struct seen seen = {.counts = {0}};
    CHECK_OR_END(store_load(store, see, &seen) == OK);
    CHECK_OR_END(seen.bob.read_seq == 40 && seen.bob.quiet);
    read.room_member.quiet = false;
    read.room_member.read_seq = 41;
    CHECK_OR_END(store_write(store, &read, 1) == OK);
    read.room_member.quiet = true; /* a mark that moves by itself takes no look back */
    CHECK_OR_END(store_write(store, &read, 1) == OK);
    CHECK_OR_END(store_load(store, see, &seen) == OK);
    CHECK_OR_END(seen.bob.read_seq == 41 && !seen.bob.quiet);
    tear_down();
}

static void two_people_have_one_direct_room(void)
{
    set_up();
    struct change change = {.kind = CHANGE_ROOM_ADD};
    change.room.id = (struct id){{20}};
    room_pair(&ann, &bob, change.room.pair);
    CHECK_OR_END(store_write(store, &change, 1) == OK);
    change.room.id = (struct id){{21}};
    CHECK_OR_END(store_write(store, &change, 1) == ERR_EXISTS);
    change = (struct change){.kind = CHANGE_ROOM_ADD, .room = {.id = team, .kind = ROOM_TEAM}};
    CHECK_OR_END(store_write(store, &change, 1) == ERR_EXISTS); /* never taken over */
    change.kind = CHANGE_ROOM_PUT;
    CHECK_OR_END(store_write(store, &change, 1) == OK);
    change.room.id = (struct id){{22}};
    CHECK_OR_END(store_write(store, &change, 1) == ERR_NOT_FOUND);
    tear_down();
}

static struct change step_of(const struct id *call, int64_t at_ms, enum call_what what)
{
    struct change change = {.kind = CHANGE_CALL_STEP_ADD};
    change.step = (struct call_step){.call = *call,
                                     .at_ms = at_ms,
                                     .what = (uint8_t)what,
                                     .side = STEP_CALLEE,
                                     .detail = 3,
                                     .private = true,
                                     .device = "Firefox on Linux"};
    return change;
}

static void a_timeline_is_kept_for_its_two_and_forgotten_in_time(void)
{
    set_up();
    const struct id call = {{77}};
    struct change record = {.kind = CHANGE_CALL_PUT};
    record.call = (struct call_record){
        .call = call, .caller = ann, .callee = bob, .held = 2, .started_at_ms = 1000};
    struct change media = {.kind = CHANGE_CALL_MEDIA_PUT};
    media.quality = (struct call_quality){.call = call,
                                          .at_ms = 3000,
                                          .side = STEP_CALLER,
                                          .reports = 2,
                                          .path = PATH_RELAYED,
                                          .transport = TRANSPORT_TLS,
                                          .loss = 3,
                                          .loss_worst = 5,
                                          .rtt_ms = 40,
                                          .rtt_worst_ms = 60,
                                          .jitter_ms = 4,
                                          .jitter_worst_ms = 9};
    struct change changes[] = {record, step_of(&call, 2000, STEP_RINGS),
                               step_of(&call, 3000, STEP_ANSWERED), media, media};
    changes[4].quality.reports = 3;
    CHECK_OR_END(store_write(store, changes, 5) == OK);
    struct question question = {.kind = ASK_TIMELINE, .id = call, .who = bob};
    CHECK_OR_END(ask(&question) == OK);
    CHECK_OR_END(found.call_count == 1 && found.calls[0].held == 2);
    CHECK_OR_END(found.step_count == 2 && found.steps[0].what == STEP_RINGS);
    CHECK_OR_END(found.steps[0].at_ms == 2000 && found.steps[0].private);
    CHECK_OR_END(strcmp(found.steps[1].device, "Firefox on Linux") == 0);
    CHECK_OR_END(found.steps[1].detail == 3 && found.steps[1].side == STEP_CALLEE);
    CHECK_OR_END(found.media[STEP_CALLEE].reports == 0 && found.media[STEP_CALLER].reports == 3);
    CHECK_OR_END(found.media[STEP_CALLER].jitter_worst_ms == 9);
    CHECK_OR_END(found.media[STEP_CALLER].transport == TRANSPORT_TLS);
    question.who = cat;
    CHECK_OR_END(ask(&question) == ERR_NOT_FOUND); /* not one of the two */
    question.who = (struct id){{0}};
    CHECK_OR_END(ask(&question) == OK); /* the administrator */
    struct change forget = {.kind = CHANGE_TIMELINES_FORGET, .call = {.ended_at_ms = 3000}};
    CHECK_OR_END(store_write(store, &forget, 1) == OK);
    CHECK_OR_END(ask(&question) == OK && found.step_count == 1);
    CHECK_OR_END(found.media[STEP_CALLER].reports == 3);
    forget.call.ended_at_ms = 3001;
    CHECK_OR_END(store_write(store, &forget, 1) == OK);
    CHECK_OR_END(ask(&question) == OK && found.step_count == 0);
    CHECK_OR_END(found.media[STEP_CALLER].reports == 0 && found.call_count == 1);
    tear_down();
}

/* Of each `number` an ended call, also a missed one when its number is odd. */
static enum err put_call(uint8_t number, const struct id *caller, const struct id *callee)
{
    struct change change = {.kind = CHANGE_CALL_PUT};
    change.call = (struct call_record){.call = {{50, number}},
                                       .caller = *caller,
                                       .callee = *callee,
                                       .connector = "webrtc",
                                       .started_at_ms = 1000 * number,
                                       .ended_at_ms = 1000 * number + 500,
                                       .missed = number % 2 == 1};
    return store_write(store, &change, 1);
}

static enum err ask_calls(enum question_kind kind, const struct id *who, const struct id *with,
                          uint32_t limit, uint64_t before)
{
    struct question question = {.kind = kind, .who = *who, .limit = limit, .before = before};
    question.id = with == NULL ? (struct id){{0}} : *with;
    return ask(&question);
}

static bool is_call(size_t index, uint8_t number)
{
    return index < found.call_count && found.calls[index].call.bytes[1] == number;
}

static void the_history_of_calls_has_both_directions_and_pages(void)
{
    set_up();
    CHECK_OR_END(put_call(1, &ann, &bob) == OK && put_call(2, &bob, &ann) == OK);
    CHECK_OR_END(put_call(3, &cat, &ann) == OK && put_call(4, &cat, &bob) == OK);
    CHECK_OR_END(ask_calls(ASK_CALLS, &ann, NULL, 10, 0) == OK && found.call_count == 3);
    CHECK_OR_END(is_call(0, 3) && is_call(1, 2) && is_call(2, 1) && !found.more);
    CHECK_OR_END(found.missed == 1);
    CHECK_OR_END(ask_calls(ASK_CALLS, &ann, &bob, 10, 0) == OK && found.call_count == 2);
    CHECK_OR_END(ask_calls(ASK_CALLS, &ann, NULL, 2, 0) == OK && found.more && is_call(1, 2));
    CHECK_OR_END(ask_calls(ASK_CALLS, &ann, NULL, 2, found.next) == OK && is_call(0, 1));
    CHECK_OR_END(ask_calls(ASK_MISSED_CALLS, &ann, NULL, 10, 0) == OK && found.call_count == 1);
    CHECK_OR_END(is_call(0, 3));
    CHECK_OR_END(ask_calls(ASK_ALL_CALLS, &(struct id){{0}}, NULL, 10, 0) == OK);
    CHECK_OR_END(found.call_count == 4 && is_call(0, 4));
    CHECK_OR_END(ask_calls(ASK_ALL_CALLS, &(struct id){{0}}, &cat, 10, 0) == OK);
    CHECK_OR_END(found.call_count == 2);
    struct change seen = {.kind = CHANGE_USER_CALLS_SEEN};
    seen.user.id = ann;
    seen.user.calls_seen_at_ms = 3500;
    CHECK_OR_END(store_write(store, &seen, 1) == OK);
    seen.user.calls_seen_at_ms = 10;
    CHECK_OR_END(store_write(store, &seen, 1) == OK); /* never back */
    CHECK_OR_END(ask_calls(ASK_CALLS, &ann, NULL, 10, 0) == OK && found.missed == 0);
    struct change forget = {.kind = CHANGE_CALLS_FORGET, .call = {.ended_at_ms = 3000}};
    CHECK_OR_END(store_write(store, &forget, 1) == OK);
    CHECK_OR_END(ask_calls(ASK_CALLS, &ann, NULL, 10, 0) == OK && found.call_count == 1);
    tear_down();
}

static void what_administrators_did_is_kept_in_its_order(void)
{
    set_up();
    struct change change = {.kind = CHANGE_AUDIT_ADD};
    change.audit.by = ann;
    (void)snprintf(change.audit.by_name, sizeof(change.audit.by_name), "ann");
    for (uint8_t i = 1; i <= 3; i++) {
        change.audit.at_s = 10 + i;
        (void)snprintf(change.audit.act, sizeof(change.audit.act), "act%u", (unsigned)i);
        CHECK_OR_END(store_write(store, &change, 1) == OK);
    }
    struct question question = {.kind = ASK_AUDIT, .limit = 2};
    CHECK_OR_END(ask(&question) == OK && found.audit_count == 2 && found.more);
    CHECK_OR_END(strcmp(found.audits[0].act, "act3") == 0 && found.audits[0].at_s == 13);
    question.before = found.next;
    CHECK_OR_END(ask(&question) == OK && found.audit_count == 1 && !found.more);
    CHECK_OR_END(strcmp(found.audits[0].act, "act1") == 0);
    tear_down();
}

/* The room `team` as it is loaded. */
static struct room loaded_team(void)
{
    struct seen seen = {.counts = {0}};
    CHECK_OR_END(store_load(store, see, &seen) == OK);
    return seen.room;
}

static enum err forget(uint8_t number, const struct id *room, uint64_t seq)
{
    struct change change = {.kind = CHANGE_CHATMSG_FORGET};
    change.chatmsg = (struct chatmsg){.id = {{100, number}}, .room = *room, .seq = seq};
    return store_write(store, &change, 1);
}

static bool finds(const char *text, size_t count)
{
    bool more = true;
    CHECK_OR_END(store_index(store, 10, &more) == OK);
    search(text, &team, 1, 10);
    return found.message_count == count;
}

static void what_is_too_old_is_forgotten_and_its_number_stays_given(void)
{
    set_up();
    CHECK_OR_END(post(1, &team, &ann, 1, "alpha word") == OK);
    CHECK_OR_END(post(2, &team, &bob, 2, "beta word") == OK);
    CHECK_OR_END(post(3, &team, &ann, 3, "gamma word") == OK);
    CHECK_OR_END(finds("word", 3));
    struct question old = {.kind = ASK_OLD, .before = 5003, .limit = 1};
    CHECK_OR_END(ask(&old) == OK && found.message_count == 1 && says(0, "alpha word"));
    old.limit = 10;
    CHECK_OR_END(ask(&old) == OK && found.message_count == 2 && says(1, "beta word"));
    CHECK_OR_END(forget(1, &team, 1) == OK && forget(2, &team, 2) == OK);
    CHECK_OR_END(forget(2, &team, 2) == OK); /* again does no harm */
    CHECK_OR_END(ask(&old) == OK && found.message_count == 0);
    CHECK_OR_END(finds("word", 1) && finds("beta", 0) && finds("gamma", 1));
    CHECK_OR_END(loaded_team().seq == 3 && loaded_team().forgotten_seq == 2);
    CHECK_OR_END(forget(3, &team, 3) == OK);
    CHECK_OR_END(loaded_team().seq == 3 && loaded_team().forgotten_seq == 3);
    CHECK_OR_END(finds("word", 0));
    /* SQLite numbers the next message as the first again: it is searchable all the same. */
    CHECK_OR_END(post(4, &team, &ann, 4, "delta word") == OK);
    CHECK_OR_END(finds("word", 1) && says(0, "delta word"));
    CHECK_OR_END(post(5, &team, &ann, 5, "epsilon word") == OK);
    CHECK_OR_END(forget(5, &team, 5) == OK); /* before it is in the index */
    CHECK_OR_END(finds("word", 1) && loaded_team().seq == 5);
    tear_down();
}

UNIT(the_history_of_calls_has_both_directions_and_pages,
     what_administrators_did_is_kept_in_its_order,
     what_is_too_old_is_forgotten_and_its_number_stays_given,
     a_timeline_is_kept_for_its_two_and_forgotten_in_time, every_field_of_a_message_comes_back,
     only_members_write_decided_in_the_order_of_commits, a_message_sent_twice_is_kept_once,
     a_message_that_fails_leaves_the_others_of_its_group, history_pages_in_both_directions,
     search_finds_words_in_the_rooms_that_are_given,
     only_members_of_its_space_take_part_in_an_activity,
     an_activity_goes_with_its_comments_and_likes,
     rooms_and_spaces_are_loaded_while_somebody_is_in_them,
     who_has_not_looked_himself_has_not_after_a_restart, two_people_have_one_direct_room)
