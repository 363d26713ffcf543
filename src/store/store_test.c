/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of store.h: any back end has to pass it. */
#include "store/store.h"

#include <sys/stat.h>

#include "base/log.h"
#include "store/migrations.h"
#include "store/migrations_postgres.h"
#include "store/testplace.h"

static const char *const path = testplace_where;

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void make_path(void)
{
    log_set_sink(quiet, NULL);
    testplace_make();
}

static void remove_all(void)
{
    testplace_remove();
}

static struct store *open_fresh(void)
{
    struct store *store = NULL;
    make_path();
    enum err err = store_open(path, &store);
    if (err != OK) {
        remove_all();
    }
    CHECK(err == OK);
    return store;
}

static void close_all(struct store *store)
{
    store_close(store);
    remove_all();
}

static struct change user_change(uint8_t number, const char *name)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id.bytes[0] = number;
    (void)snprintf(change.user.name, sizeof(change.user.name), "%s", name);
    (void)snprintf(change.user.full_name, sizeof(change.user.full_name), "Full %s", name);
    change.user.created_s = 1000 + number;
    return change;
}

/* What a load gave, counted, and the latest of each kind. */
struct seen {
    uint32_t counts[CHANGE_KIND_COUNT];
    struct user user;
    struct membership membership;
    struct login login;
    struct invitation invitation;
    struct attempts attempts;
    struct call_record call;
};

static void see(void *arg, const struct change *change)
{
    struct seen *seen = arg;
    seen->counts[change->kind]++;
    switch (change->kind) {
    case CHANGE_USER_PUT:
        seen->user = change->user;
        break;
    case CHANGE_MEMBERSHIP_PUT:
        seen->membership = change->membership;
        break;
    case CHANGE_LOGIN_PUT:
        seen->login = change->login;
        break;
    case CHANGE_INVITATION_PUT:
        seen->invitation = change->invitation;
        break;
    case CHANGE_ATTEMPTS_PUT:
        seen->attempts = change->attempts;
        break;
    case CHANGE_CALL_PUT:
        seen->call = change->call;
        break;
    default:
        break;
    }
}

static uint32_t count_users(struct store *store)
{
    struct seen seen = {0};
    return store_load(store, see, &seen) == OK ? seen.counts[CHANGE_USER_PUT] : UINT32_MAX;
}

static void the_file_is_for_its_owner_only(void)
{
    if (!testplace_is_file()) {
        return;
    }
    struct store *store = open_fresh();
    struct stat status = {0};
    bool right = stat(path, &status) == 0 && (status.st_mode & 0777) == 0600;
    store_close(store);
    (void)chmod(path, 0644);
    enum err err = store_open(path, &store);
    right = right && (err != OK || (stat(path, &status) == 0 && (status.st_mode & 0777) == 0600));
    close_all(store);
    CHECK(right);
    CHECK(err == OK);
}

static void every_field_of_every_noun_comes_back(void)
{
    struct store *store = open_fresh();
    struct change changes[4] = {user_change(1, "mary")};
    struct user *user = &changes[0].user;
    (void)snprintf(user->email, sizeof(user->email), "mary@example.org");
    (void)snprintf(user->position, sizeof(user->position), "Zo\xC3\xAB's assistant");
    (void)snprintf(user->language, sizeof(user->language), "fr");
    (void)snprintf(user->password_hash, sizeof(user->password_hash), "$argon2id$x");
    memset(user->avatar_hash, 0xA5, sizeof(user->avatar_hash));
    user->microphone_on = true;
    changes[1] = (struct change){.kind = CHANGE_MEMBERSHIP_PUT};
    changes[1].membership.user = user->id;
    (void)snprintf(changes[1].membership.group, GROUP_NAME_MAX, "%s", GROUP_ADMINISTRATORS);
    changes[2] = (struct change){.kind = CHANGE_LOGIN_PUT};
    changes[2].login = (struct login){.id = {{2}},
                                      .user = user->id,
                                      .token_hash = {3},
                                      .agent = "Browser",
                                      .address = "::1",
                                      .created_s = 4,
                                      .seen_s = 5,
                                      .expires_s = 6};
    changes[3] = (struct change){.kind = CHANGE_INVITATION_PUT};
    changes[3].invitation = (struct invitation){.id = {{7}},
                                                .token_hash = {8},
                                                .kind = INVITATION_PASSWORD,
                                                .user = user->id,
                                                .created_s = 9,
                                                .expires_s = INT64_MAX};
    struct seen seen = {0};
    enum err written = store_write(store, changes, 4);
    enum err loaded = store_load(store, see, &seen);
    close_all(store);
    CHECK(written == OK);
    CHECK(loaded == OK);
    CHECK(memcmp(&seen.user, user, sizeof(*user)) == 0);
    CHECK(seen.counts[CHANGE_GROUP_PUT] == 1);
    CHECK(strcmp(seen.membership.group, GROUP_ADMINISTRATORS) == 0);
    CHECK(id_equal(&seen.membership.user, &user->id));
    CHECK(id_equal(&seen.login.id, &changes[2].login.id) && seen.login.token_hash[0] == 3);
    CHECK(strcmp(seen.login.agent, "Browser") == 0 && strcmp(seen.login.address, "::1") == 0);
    CHECK(seen.login.created_s == 4 && seen.login.seen_s == 5 && seen.login.expires_s == 6);
    CHECK(seen.invitation.kind == INVITATION_PASSWORD && seen.invitation.token_hash[0] == 8);
    CHECK(id_equal(&seen.invitation.user, &user->id) && id_is_zero(&seen.invitation.invited_by));
    CHECK(seen.invitation.created_s == 9 && seen.invitation.expires_s == INT64_MAX);
}

static void a_second_put_changes_and_remove_removes(void)
{
    struct store *store = open_fresh();
    struct change changes[3] = {user_change(1, "mary")};
    changes[1] = (struct change){.kind = CHANGE_LOGIN_PUT};
    changes[1].login = (struct login){.id = {{2}}, .user = {{1}}, .token_hash = {3}};
    changes[2] = (struct change){.kind = CHANGE_MEMBERSHIP_PUT};
    changes[2].membership = (struct membership){.user = {{1}}, .group = "sales"};
    enum err err = store_write(store, changes, 3);
    changes[0].kind = CHANGE_USER_DISABLED;
    changes[0].user.disabled = true;
    changes[1].kind = CHANGE_LOGIN_REMOVE;
    changes[2].kind = CHANGE_MEMBERSHIP_REMOVE;
    if (err == OK) {
        err = store_write(store, changes, 3);
    }
    struct seen seen = {0};
    enum err loaded = store_load(store, see, &seen);
    close_all(store);
    CHECK(err == OK && loaded == OK);
    CHECK(seen.user.disabled && strcmp(seen.user.name, "mary") == 0);
    CHECK(seen.counts[CHANGE_USER_PUT] == 1);
    CHECK(seen.counts[CHANGE_LOGIN_PUT] == 0);
    CHECK(seen.counts[CHANGE_MEMBERSHIP_PUT] == 0);
    CHECK(seen.counts[CHANGE_GROUP_PUT] == 1); /* an empty group stays */
}

static void user_names_are_unique_without_regard_to_case(void)
{
    struct store *store = open_fresh();
    struct change changes[2] = {user_change(1, "mary"), user_change(2, "MARY")};
    enum err both = store_write(store, changes, 2);
    uint32_t after_both = count_users(store);
    enum err first = store_write(store, &changes[0], 1);
    enum err second = store_write(store, &changes[1], 1);
    close_all(store);
    CHECK(both == ERR_EXISTS);
    CHECK(after_both == 0); /* all or none */
    CHECK(first == OK);
    CHECK(second == ERR_EXISTS);
}

static void rows_of_nobody_are_refused(void)
{
    struct store *store = open_fresh();
    struct change login = {.kind = CHANGE_LOGIN_PUT};
    login.login = (struct login){.id = {{2}}, .user = {{99}}};
    struct change member = {.kind = CHANGE_MEMBERSHIP_PUT};
    member.membership = (struct membership){.user = {{99}}, .group = "sales"};
    enum err first = store_write(store, &login, 1);
    enum err second = store_write(store, &member, 1);
    struct seen seen = {0};
    enum err loaded = store_load(store, see, &seen);
    close_all(store);
    CHECK(first == ERR_NOT_FOUND);
    CHECK(second == ERR_NOT_FOUND);
    CHECK(loaded == OK);
    CHECK(seen.counts[CHANGE_GROUP_PUT] == 0);
}

static void a_failing_write_of_a_group_undoes_only_itself(void)
{
    struct store *store = open_fresh();
    struct change mary = user_change(1, "mary");
    struct change pair[2] = {user_change(2, "john"), user_change(3, "Mary")};
    struct change anna = user_change(4, "anna");
    enum err begun = store_begin(store);
    enum err results[4] = {ERR_STATE, ERR_STATE, ERR_STATE, ERR_STATE};
    if (begun == OK) {
        results[0] = store_write(store, &mary, 1);
        results[1] = store_write(store, pair, 2);
        results[2] = store_write(store, &anna, 1);
        results[3] = store_commit(store);
    }
    uint32_t count = count_users(store);
    close_all(store);
    CHECK(begun == OK);
    CHECK(results[0] == OK && results[1] == ERR_EXISTS && results[2] == OK && results[3] == OK);
    CHECK(count == 2);
}

static void a_group_is_seen_by_others_only_after_its_commit(void)
{
    struct store *server = open_fresh();
    struct store *other = NULL;
    enum err opened = store_open(path, &other);
    int64_t before = 0, during = 0, after = 0, own = 0, own_after = 0;
    uint32_t seen_during = 0, seen_after = 0;
    struct change mary = user_change(1, "mary");
    bool done = opened == OK && store_data_version(server, &before) == OK &&
                store_data_version(other, &own) == OK && store_begin(other) == OK;
    if (done) {
        done = store_write(other, &mary, 1) == OK;
        seen_during = count_users(server);
        done = store_data_version(server, &during) == OK && done;
        done = store_commit(other) == OK && done;
        seen_after = count_users(server);
        done = store_data_version(server, &after) == OK && done;
        done = store_data_version(other, &own_after) == OK && done;
    }
    store_close(other);
    close_all(server);
    CHECK(done);
    CHECK(seen_during == 0 && during == before);
    CHECK(seen_after == 1 && after != before);
    CHECK(own_after == own); /* what one wrote oneself is no news */
}

static void pictures_are_kept_by_their_hash(void)
{
    struct store *store = open_fresh();
    static uint8_t picture[AVATAR_BYTES_MAX];
    memset(picture, 0x5A, sizeof(picture));
    struct change change = {.kind = CHANGE_AVATAR_PUT};
    change.avatar = (struct avatar){
        .hash = {9}, .type = "image/webp", .bytes = slice_from(picture, sizeof(picture))};
    struct buf out;
    buf_init(&out, AVATAR_BYTES_MAX);
    uint8_t unknown[32] = {8};
    enum err put = store_write(store, &change, 1);
    enum err again = store_write(store, &change, 1);
    enum err got = store_avatar(store, change.avatar.hash, &out);
    bool same = slice_equal(buf_slice(&out), slice_from(picture, sizeof(picture)));
    enum err none = store_avatar(store, unknown, &out);
    change.kind = CHANGE_AVATAR_REMOVE;
    enum err removed = store_write(store, &change, 1);
    enum err gone = store_avatar(store, change.avatar.hash, &out);
    buf_fini(&out);
    close_all(store);
    CHECK(put == OK && again == OK && got == OK && same);
    CHECK(none == ERR_NOT_FOUND);
    CHECK(removed == OK && gone == ERR_NOT_FOUND);
}

static int newest_version(void)
{
    int version = migrations_version();
    if (!testplace_is_file()) {
        (void)migrations_postgres(&version);
    }
    return version;
}

static enum err set_version(int version)
{
    struct db *db = NULL;
    enum err err = db_open(path, DB_STORES, &db);
    err = err == OK ? db_set_schema_version(db, version) : err;
    db_close(db);
    return err;
}

static void a_newer_schema_is_refused_untouched(void)
{
    struct store *store = open_fresh();
    store_close(store);
    enum err changed = set_version(newest_version() + 1);
    enum err err = store_open(path, &store);
    store_close(store);
    enum err back = set_version(newest_version());
    enum err again = store_open(path, &store);
    close_all(store);
    CHECK(changed == OK && back == OK);
    CHECK(err == ERR_UNSUPPORTED || err == ERR_NOMEM);
    CHECK(again == OK);
}

static void a_damaged_row_is_not_let_in(void)
{
    struct store *store = open_fresh();
    struct change mary = user_change(1, "mary");
    enum err written = store_write(store, &mary, 1);
    bool changed =
        testplace_change("UPDATE users SET name = 'a name of more characters than any has'");
    struct seen seen = {0};
    enum err loaded = store_load(store, see, &seen);
    close_all(store);
    CHECK(written == OK && changed);
    CHECK(loaded == ERR_IO);
    CHECK(seen.counts[CHANGE_USER_PUT] == 0);
}

static void a_file_that_is_no_database_is_an_error(void)
{
    if (!testplace_is_file()) {
        return;
    }
    make_path();
    FILE *file = fopen(path, "w");
    bool made =
        file != NULL && fputs("this is not a database, it is a letter to my aunt", file) > 0;
    if (file != NULL) {
        (void)fclose(file);
    }
    struct store *store = NULL;
    enum err err = store_open(path, &store);
    enum err nowhere = store_open("/nonexistent/visavis.db", &store);
    remove_all();
    CHECK(made);
    CHECK(err == ERR_IO);
    CHECK(nowhere == ERR_IO);
    CHECK(store == NULL);
}

static void attempts_take_the_place_of_those_in_their_slot(void)
{
    struct store *store = open_fresh();
    struct change changes[3] = {{.kind = CHANGE_ATTEMPTS_PUT}};
    changes[0].attempts = (struct attempts){.scope = ATTEMPTS_PREFIX,
                                            .slot = 7,
                                            .key = {{1}},
                                            .window = 2000000,
                                            .now = 3,
                                            .before = 4};
    changes[1] = changes[0];
    changes[1].attempts.key.bytes[0] = 2;
    changes[1].attempts.now = 5;
    changes[2] = changes[0];
    changes[2].attempts.scope = ATTEMPTS_ACCOUNT;
    changes[2].attempts.window = 1;
    struct seen seen = {0};
    enum err err = store_write(store, changes, 3);
    err = err == OK ? store_load(store, see, &seen) : err;
    close_all(store);
    CHECK(err == OK);
    CHECK(seen.counts[CHANGE_ATTEMPTS_PUT] == 2);
    CHECK(seen.attempts.scope == ATTEMPTS_PREFIX && seen.attempts.slot == 7);
    CHECK(seen.attempts.key.bytes[0] == 2 && seen.attempts.window == 2000000);
    CHECK(seen.attempts.now == 5 && seen.attempts.before == 4);
}

static void who_write_one_user_at_once_do_not_undo_each_other(void)
{
    struct store *server = open_fresh();
    struct store *command = NULL;
    struct change made = user_change(1, "mary");
    struct change changes[4] = {{.kind = CHANGE_USER_PROFILE},
                                {.kind = CHANGE_USER_AVATAR},
                                {.kind = CHANGE_USER_MEDIA},
                                {.kind = CHANGE_USER_DISABLED}};
    struct seen seen = {0};
    enum err err = store_open(path, &command);
    err = err == OK ? store_write(server, &made, 1) : err;
    for (size_t i = 0; i < 4; i++) { /* what each knows of the others is old */
        changes[i].user = made.user;
    }
    (void)snprintf(changes[0].user.position, USER_POSITION_MAX, "Cook");
    changes[1].user.avatar_hash[3] = 7;
    changes[2].user.camera_on = true;
    changes[3].user.disabled = true;
    for (size_t i = 0; err == OK && i < 4; i++) {
        err = store_write(i % 2 == 0 ? server : command, &changes[3 - i], 1);
    }
    err = err == OK ? store_load(command, see, &seen) : err;
    store_close(command);
    close_all(server);
    CHECK(err == OK);
    CHECK(strcmp(seen.user.position, "Cook") == 0 && seen.user.avatar_hash[3] == 7);
    CHECK(seen.user.camera_on && seen.user.disabled);
    CHECK(strcmp(seen.user.full_name, "Full mary") == 0);
}

static void a_password_takes_the_place_of_the_one_that_was_known(void)
{
    struct store *store = open_fresh();
    struct change made = user_change(1, "mary");
    struct change change = {.kind = CHANGE_USER_PASSWORD,
                            .password = {.user = {{1}}, .hash = "two", .before = "one"}};
    (void)snprintf(made.user.password_hash, PASSWORD_HASH_MAX, "one");
    struct seen seen = {0};
    enum err err = store_write(store, &made, 1);
    enum err first = store_write(store, &change, 1);
    enum err second = store_write(store, &change, 1); /* it is "two" now */
    change.password.before[0] = '\0';
    (void)snprintf(change.password.hash, PASSWORD_HASH_MAX, "three");
    enum err forced = store_write(store, &change, 1);
    change.password.user.bytes[0] = 9;
    enum err stranger = store_write(store, &change, 1);
    err = err == OK ? store_load(store, see, &seen) : err;
    close_all(store);
    CHECK(err == OK && first == OK && forced == OK);
    CHECK(second == ERR_STATE && stranger == ERR_NOT_FOUND);
    CHECK(strcmp(seen.user.password_hash, "three") == 0);
}

static void see_ended(void *arg, const struct id *call)
{
    unsigned *seen = arg;
    *seen = *seen * 10 + call->bytes[0];
}

static void calls_are_loaded_until_they_have_ended(void)
{
    unsigned ended[3] = {0};
    struct store *store = open_fresh();
    struct change changes[4] = {user_change(1, "mary"),
                                user_change(2, "john"),
                                {.kind = CHANGE_CALL_PUT},
                                {.kind = CHANGE_CALL_PUT}};
    changes[2].call = (struct call_record){.call = {{7}},
                                           .caller = {{1}},
                                           .callee = {{2}},
                                           .connector = "webrtc",
                                           .silent = true,
                                           .started_at_ms = 1700000000123};
    changes[3] = changes[2];
    changes[3].call.call.bytes[0] = 8;
    struct seen seen = {0};
    struct seen after = {0};
    enum err err = store_write(store, changes, 4);
    changes[3].call.answered_at_ms = 1700000001000;
    changes[3].call.ended_at_ms = 1700000002000;
    changes[3].call.reason = 1;
    changes[3].call.ended_by = ENDED_BY_CALLEE;
    err = err == OK ? store_load(store, see, &seen) : err;
    err = err == OK ? store_write(store, &changes[3], 1) : err;
    err = err == OK ? store_load(store, see, &after) : err;
    err = err == OK ? store_calls_ended(store, 1700000001999, see_ended, &ended[0]) : err;
    err = err == OK ? store_calls_ended(store, 1700000002000, see_ended, &ended[1]) : err;
    changes[2].call.ended_at_ms = 1700000001500;
    err = err == OK ? store_write(store, &changes[2], 1) : err;
    err = err == OK ? store_calls_ended(store, 0, see_ended, &ended[2]) : err;
    close_all(store);
    CHECK(err == OK);
    CHECK(ended[0] == 8 && ended[1] == 0 && ended[2] == 87);
    CHECK(seen.counts[CHANGE_CALL_PUT] == 2 && after.counts[CHANGE_CALL_PUT] == 1);
    CHECK(after.call.call.bytes[0] == 7 && after.call.silent && !after.call.external);
    CHECK(after.call.started_at_ms == 1700000000123 && after.call.answered_at_ms == 0);
    CHECK(strcmp(after.call.connector, "webrtc") == 0 && after.call.callee.bytes[0] == 2);
}

/* An ended call is forgotten by the server, and a page may start one with its id. */
static void a_call_with_the_id_of_an_old_one_leaves_it_as_it_was(void)
{
    struct store *store = open_fresh();
    struct change changes[4] = {user_change(1, "mary"),
                                user_change(2, "john"),
                                user_change(3, "kate"),
                                {.kind = CHANGE_CALL_PUT}};
    struct call_record *call = &changes[3].call;
    *call = (struct call_record){.call = {{7}},
                                 .caller = {{1}},
                                 .callee = {{2}},
                                 .connector = "webrtc",
                                 .started_at_ms = 1700000000000};
    enum err err = store_write(store, changes, 4);
    call->ended_at_ms = 1700000002000; /* the same call: this is kept */
    call->reason = 3;
    err = err == OK ? store_write(store, &changes[3], 1) : err;
    const struct call_record old = *call;
    const struct call_record others[] = {
        {.call = {{7}}, .caller = {{1}}, .callee = {{2}}, .started_at_ms = 1700000100000},
        {.call = {{7}}, .caller = {{3}}, .callee = {{2}}, .started_at_ms = old.started_at_ms},
        {.call = {{7}}, .caller = {{1}}, .callee = {{3}}, .started_at_ms = old.started_at_ms}};
    bool stays = true;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct seen seen = {0};
        *call = others[i];
        err = err == OK ? store_write(store, &changes[3], 1) : err;
        call->ended_at_ms = 1700000200000;
        call->missed = true;
        err = err == OK ? store_write(store, &changes[3], 1) : err;
        err = err == OK ? store_load(store, see, &seen) : err;
        stays = stays && seen.counts[CHANGE_CALL_PUT] == 0; /* none is live */
    }
    unsigned later = 0;
    unsigned all = 0;
    int64_t same = testplace_ask("SELECT count(*) FROM calls WHERE ended_at_ms = 1700000002000"
                                 " AND started_at_ms = 1700000000000 AND reason = 3"
                                 " AND missed = 0");
    err = err == OK ? store_calls_ended(store, old.ended_at_ms, see_ended, &later) : err;
    err = err == OK ? store_calls_ended(store, 0, see_ended, &all) : err;
    close_all(store);
    CHECK(err == OK);
    CHECK(stays && later == 0 && all == 7);
    CHECK(same == 1 || unit_replaying());
}

static void see_ties(void *arg, const struct change *change)
{
    unsigned *counts = arg;
    bool right = change->kind != CHANGE_BLOCK_PUT ||
                 (change->tie.other.bytes[0] == 2 && change->tie.since_s == 7);
    counts[0] += change->kind == CHANGE_BLOCK_PUT && right ? 1 : 0;
    counts[1] += change->kind == CHANGE_NOTIFY_PUT ? 1 : 0;
    counts[2] +=
        change->kind == CHANGE_USER_PUT && change->user.no_call_waiting && change->user.relay_only
            ? 1
            : 0;
}

static void ties_and_wishes_come_back(void)
{
    struct store *store = open_fresh();
    struct tie tie = {.user = {{1}}, .other = {{2}}, .since_s = 7};
    struct change changes[6] = {user_change(1, "mary"),
                                user_change(2, "john"),
                                {.kind = CHANGE_BLOCK_PUT, .tie = tie},
                                {.kind = CHANGE_BLOCK_PUT, .tie = tie}, /* again */
                                {.kind = CHANGE_NOTIFY_PUT, .tie = tie},
                                {.kind = CHANGE_USER_CALLS}};
    changes[5].user = (struct user){.id = {{1}}, .no_call_waiting = true, .relay_only = true};
    unsigned before[3] = {0};
    unsigned after[3] = {0};
    enum err err = store_write(store, changes, 6);
    err = err == OK ? store_load(store, see_ties, before) : err;
    changes[2].kind = CHANGE_BLOCK_REMOVE;
    changes[4].kind = CHANGE_NOTIFY_REMOVE;
    err = err == OK ? store_write(store, &changes[2], 1) : err;
    err = err == OK ? store_write(store, &changes[4], 1) : err;
    err = err == OK ? store_load(store, see_ties, after) : err;
    close_all(store);
    CHECK(err == OK);
    CHECK(before[0] == 1 && before[1] == 1 && before[2] == 1);
    CHECK(after[0] == 0 && after[1] == 0 && after[2] == 1);
}

static void see_guests(void *arg, const struct change *change)
{
    struct change *seen = arg; /* the link, and how many users there are */
    if (change->kind == CHANGE_GUEST_LINK_PUT) {
        seen[0] = *change;
    }
    seen[1].call.ended_at_ms += change->kind == CHANGE_USER_PUT ? 1 : 0;
}

static void links_of_guests_come_back_and_guests_go_with_their_calls(void)
{
    struct store *store = open_fresh();
    struct guest_link link = {.id = {{7}}, .token_hash = {9}, .host = {{1}}, .label = "Acme"};
    struct change changes[4] = {user_change(1, "mary"),
                                user_change(2, "guest-1"),
                                {.kind = CHANGE_GUEST_LINK_PUT, .guest_link = link},
                                {.kind = CHANGE_CALL_PUT}};
    struct change *again = &changes[2];
    changes[3].call = (struct call_record){
        .call = {{3}}, .caller = {{2}}, .callee = {{1}}, .started_at_ms = 1, .ended_at_ms = 2};
    again->guest_link.created_s = 5;
    again->guest_link.expires_s = 6;
    enum err err = store_write(store, changes, 4);
    again->guest_link.guest = (struct id){{2}};
    again->guest_link.used_s = 8;
    err = err == OK ? store_write(store, again, 1) : err;
    again->guest_link.used_s = 0; /* what is used up never works again */
    err = err == OK ? store_write(store, again, 1) : err;
    struct change used[2] = {{.kind = CHANGE_KIND_COUNT}};
    err = err == OK ? store_load(store, see_guests, used) : err;
    struct change gone = {.kind = CHANGE_GUEST_REMOVE, .user = {.id = {{2}}}};
    err = err == OK ? store_write(store, &gone, 1) : err;
    struct change alone[2] = {{.kind = CHANGE_KIND_COUNT}};
    err = err == OK ? store_load(store, see_guests, alone) : err;
    again->kind = CHANGE_GUEST_LINK_REMOVE;
    err = err == OK ? store_write(store, again, 1) : err;
    struct change none[2] = {{.kind = CHANGE_KIND_COUNT}};
    err = err == OK ? store_load(store, see_guests, none) : err;
    close_all(store);
    CHECK(err == OK);
    const struct guest_link *kept = &used[0].guest_link;
    CHECK(kept->used_s == 8 && kept->guest.bytes[0] == 2 && kept->created_s == 5);
    CHECK(kept->expires_s == 6 && strcmp(kept->label, "Acme") == 0 && kept->token_hash[0] == 9);
    CHECK(used[1].call.ended_at_ms == 2 && alone[1].call.ended_at_ms == 1);
    CHECK(id_is_zero(&alone[0].guest_link.guest) && none[0].kind == CHANGE_KIND_COUNT);
}

static void a_group_in_one_call_keeps_what_is_right_of_it(void)
{
    struct store *store = open_fresh();
    struct change mary = user_change(1, "mary");
    struct change pair[2] = {user_change(2, "john"), user_change(3, "Mary")};
    struct change anna = user_change(4, "anna");
    struct change nobody = user_change(9, "nobody");
    nobody.kind = CHANGE_USER_PROFILE;
    struct store_part parts[] = {{&mary, 1, ERR_STATE},
                                 {pair, 2, ERR_STATE},
                                 {&anna, 1, ERR_STATE},
                                 {&nobody, 1, ERR_STATE}};
    enum err err = store_write_group(store, parts, 4);
    uint32_t count = count_users(store);
    struct change bert = user_change(5, "bert");
    struct change cora = user_change(6, "cora");
    struct store_part right[] = {{&bert, 1, ERR_STATE}, {&cora, 1, ERR_STATE}};
    enum err second = store_write_group(store, right, 2); /* after one that had to be repeated */
    uint32_t after = count_users(store);
    close_all(store);
    CHECK(err == OK && second == OK);
    CHECK(parts[0].err == OK && parts[1].err == ERR_EXISTS && parts[2].err == OK);
    CHECK(parts[3].err == ERR_NOT_FOUND);
    CHECK(count == 2);
    CHECK(right[0].err == OK && right[1].err == OK && after == 4);
}

/* More than a socket takes at once, in both directions. */
static void a_group_of_thousands_is_kept_whole(void)
{
    enum { USERS = 3000 };
    static struct change changes[USERS];
    static struct store_part parts[USERS];
    struct store *store = open_fresh();
    for (uint32_t i = 0; i < USERS; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "u%u", i);
        changes[i] = user_change(1, name);
        memcpy(changes[i].user.id.bytes, &i, sizeof(i));
        changes[i].user.id.bytes[15] = 1;
        parts[i] = (struct store_part){&changes[i], 1, ERR_STATE};
    }
    enum err err = store_write_group(store, parts, unit_replaying() ? 3 : USERS);
    uint32_t count = count_users(store);
    close_all(store);
    CHECK(err == OK);
    CHECK(count == (unit_replaying() ? 3 : USERS));
}

static void text_of_browsers_that_is_no_text_does_no_harm(void)
{
    struct store *store = open_fresh();
    struct change changes[2] = {user_change(1, "mary"), {.kind = CHANGE_LOGIN_PUT}};
    changes[1].login =
        (struct login){.id = {{2}}, .user = {{1}}, .token_hash = {3}, .agent = "Na\xEFve \xC3"};
    struct seen seen = {0};
    enum err err = store_write(store, changes, 2);
    err = err == OK ? store_load(store, see, &seen) : err;
    close_all(store);
    CHECK(err == OK);
    CHECK(strcmp(seen.login.agent, testplace_is_file() ? "Na\xEFve \xC3" : "Na?ve ?") == 0);
}

static void a_database_has_one_server(void)
{
    struct store *first = open_fresh();
    struct store *second = NULL;
    enum err opened = store_open(path, &second);
    enum err owned = store_own(first, 0);
    enum err other = opened == OK && !testplace_is_file() && !unit_replaying()
                         ? store_own(second, 0)
                         : ERR_BUSY; /* it waits a while */
    store_close(first);
    enum err later = opened == OK ? store_own(second, 0) : opened;
    close_all(second);
    CHECK(opened == OK && owned == OK);
    CHECK(other == ERR_BUSY);
    CHECK(later == OK);
}

UNIT(a_group_in_one_call_keeps_what_is_right_of_it, a_group_of_thousands_is_kept_whole,
     text_of_browsers_that_is_no_text_does_no_harm, a_database_has_one_server,
     ties_and_wishes_come_back, links_of_guests_come_back_and_guests_go_with_their_calls,
     calls_are_loaded_until_they_have_ended, a_call_with_the_id_of_an_old_one_leaves_it_as_it_was,
     who_write_one_user_at_once_do_not_undo_each_other,
     a_password_takes_the_place_of_the_one_that_was_known,
     attempts_take_the_place_of_those_in_their_slot, the_file_is_for_its_owner_only,
     every_field_of_every_noun_comes_back, a_second_put_changes_and_remove_removes,
     user_names_are_unique_without_regard_to_case, rows_of_nobody_are_refused,
     a_failing_write_of_a_group_undoes_only_itself, a_group_is_seen_by_others_only_after_its_commit,
     pictures_are_kept_by_their_hash, a_newer_schema_is_refused_untouched,
     a_damaged_row_is_not_let_in, a_file_that_is_no_database_is_an_error)
