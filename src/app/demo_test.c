/* SPDX-License-Identifier: Apache-2.0 */
#include "app/demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/catalogue.h"
#include "base/log.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "unit.h"

static char folder[64];
static char path[96];

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static struct store *open_fresh(void)
{
    struct store *store = NULL;
    random_init();
    log_set_sink(quiet, NULL);
    (void)snprintf(folder, sizeof(folder), "/tmp/visavis-demo-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof(path), "%s/visavis.db", folder);
    enum err err = store_open(path, &store);
    if (err != OK) {
        (void)unlink(path);
        (void)rmdir(folder);
    }
    CHECK(err == OK);
    return store;
}

static void close_all(struct store *store)
{
    store_close(store);
    (void)unlink(path);
    (void)rmdir(folder);
}

static void five_people_can_sign_in_and_anna_administers(void)
{
    struct store *store = open_fresh();
    enum err filled = demo_fill(store);
    enum err again = filled == OK ? demo_fill(store) : filled;
    struct catalogue catalogue;
    enum err read = catalogue_read(&catalogue, store);
    size_t rooms = catalogue_count(&catalogue, CHANGE_ROOM_PUT);
    size_t spaces = catalogue_count(&catalogue, CHANGE_SPACE_PUT);
    size_t users = catalogue_count(&catalogue, CHANGE_USER_PUT);
    const struct user *anna = catalogue_user(&catalogue, "anna");
    const struct user *mary = catalogue_user(&catalogue, "Mary");
    bool right = anna != NULL && mary != NULL &&
                 password_verify(SLICE(DEMO_PASSWORD), mary->password_hash) &&
                 catalogue_is_in(&catalogue, &anna->id, GROUP_ADMINISTRATORS) &&
                 !catalogue_is_in(&catalogue, &mary->id, GROUP_ADMINISTRATORS) &&
                 catalogue_administrators(&catalogue, &anna->id) == 0 &&
                 catalogue_administrators(&catalogue, &mary->id) == 1;
    catalogue_fini(&catalogue);
    close_all(store);
    CHECK(filled == OK && again == OK && read == OK);
    CHECK(users == 5);
    CHECK(rooms == 2 && spaces == 1);
    CHECK(right);
}

static void a_database_with_real_people_is_left_alone(void)
{
    struct store *store = open_fresh();
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user = (struct user){.id = {{1}}, .name = "mary", .full_name = "Mary Real"};
    enum err written = store_write(store, &change, 1);
    enum err filled = demo_fill(store);
    struct catalogue catalogue;
    enum err read = catalogue_read(&catalogue, store);
    size_t users = catalogue_count(&catalogue, CHANGE_USER_PUT);
    catalogue_fini(&catalogue);
    close_all(store);
    CHECK(written == OK && read == OK);
    CHECK(filled == ERR_STATE);
    CHECK(users == 1);
}

struct marks {
    uint32_t to_the_end; /* read marks of who wrote the last of three lines */
    uint32_t all;
};

static void count_mark(void *arg, const struct change *change)
{
    struct marks *marks = arg;
    if (change->kind == CHANGE_ROOM_MEMBER_PUT) {
        marks->all++;
        marks->to_the_end += change->room_member.read_seq == 3 ? 1 : 0;
    }
}

static void who_wrote_last_has_nothing_unread(void)
{
    struct store *store = open_fresh();
    struct marks marks = {0};
    enum err err = demo_fill(store);
    err = err == OK ? store_load(store, count_mark, &marks) : err;
    close_all(store);
    CHECK(err == OK);
    CHECK(marks.all == 6 && marks.to_the_end == 2);
}

UNIT(who_wrote_last_has_nothing_unread, five_people_can_sign_in_and_anna_administers,
     a_database_with_real_people_is_left_alone)
