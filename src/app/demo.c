/* SPDX-License-Identifier: Apache-2.0 */
#include "app/demo.h"

#include <stdio.h>
#include <time.h>

#include "app/catalogue.h"
#include "app/demo_talk.h"
#include "base/log.h"
#include "crypto/password.h"
#include "crypto/random.h"

struct person {
    const char *name;
    const char *full_name;
    const char *position;
    bool administrator;
};

static const struct person people[] = {
    {"mary", "Mary Whitfield", "Head of purchasing", false},
    {"john", "John Okafor", "Engineer", false},
    {"anna", "Anna Lindqvist", "Systems administrator", true},
    {"luc", "Luc Besnard", "Sales, Lyon", false},
    {"sofia",
     "Sof\xC3\xAD"
     "a N\xC3\xBA\xC3\xB1"
     "ez",
     "Customer support", false},
};

#define PEOPLE_COUNT (sizeof(people) / sizeof(people[0]))

static enum err add_person(struct store *store, const struct person *person, struct id *id)
{
    struct change changes[2] = {{.kind = CHANGE_USER_PUT}, {.kind = CHANGE_MEMBERSHIP_PUT}};
    struct user *user = &changes[0].user;
    random_bytes(user->id.bytes, ID_BYTES);
    *id = user->id;
    (void)snprintf(user->name, sizeof(user->name), "%s", person->name);
    (void)snprintf(user->full_name, sizeof(user->full_name), "%s", person->full_name);
    (void)snprintf(user->position, sizeof(user->position), "%s", person->position);
    (void)snprintf(user->email, sizeof(user->email), "%s@example.org", person->name);
    user->microphone_on = true;
    user->camera_on = true;
    user->created_s = (int64_t)time(NULL);
    char hash[PASSWORD_TEXT_SIZE];
    enum err err = password_hash(SLICE(DEMO_PASSWORD), hash);
    if (err != OK) {
        return err;
    }
    memcpy(user->password_hash, hash, sizeof(hash));
    changes[1].membership.user = user->id;
    (void)snprintf(changes[1].membership.group, sizeof(changes[1].membership.group), "%s",
                   GROUP_ADMINISTRATORS);
    return store_write(store, changes, person->administrator ? 2 : 1);
}

/* Whether all people of the database are those of the demonstration. */
static bool is_demo(const struct catalogue *catalogue)
{
    size_t known = 0;
    for (size_t i = 0; i < PEOPLE_COUNT; i++) {
        const struct user *user = catalogue_user(catalogue, people[i].name);
        known += user != NULL && strcmp(user->full_name, people[i].full_name) == 0;
    }
    return known > 0 && known == catalogue_count(catalogue, CHANGE_USER_PUT);
}

static enum err add_people(struct store *store)
{
    enum err err = store_begin(store);
    if (err != OK) {
        return err;
    }
    struct id ids[PEOPLE_COUNT];
    for (size_t i = 0; err == OK && i < PEOPLE_COUNT; i++) {
        err = add_person(store, &people[i], &ids[i]);
    }
    err = err == OK ? demo_talk(store, ids) : err;
    /* After an error the caller closes the store, which undoes the group. */
    return err == OK ? store_commit(store) : err;
}

static void say_so(void)
{
    printf("\n"
           "  *** DEMONSTRATION: these accounts have a password that everybody knows. ***\n"
           "  *** Not for real use: nothing but this machine may reach the server.    ***\n\n");
    for (size_t i = 0; i < PEOPLE_COUNT; i++) {
        printf("  %-6s %-16s %s%s\n", people[i].name, people[i].full_name, people[i].position,
               people[i].administrator ? " (administrator)" : "");
    }
    printf("\n  Password of all: %s\n\n", DEMO_PASSWORD);
    (void)fflush(stdout);
}

MUST_USE enum err demo_fill(struct store *store)
{
    struct catalogue catalogue;
    enum err err = catalogue_read(&catalogue, store);
    if (err == OK && catalogue_count(&catalogue, CHANGE_USER_PUT) == 0) {
        err = add_people(store);
    } else if (err == OK && !is_demo(&catalogue)) {
        log_error("--demo wants an empty database, and this one has real people", "users=%zu",
                  catalogue_count(&catalogue, CHANGE_USER_PUT));
        err = ERR_STATE;
    }
    catalogue_fini(&catalogue);
    if (err == OK) {
        say_so();
    }
    return err;
}
