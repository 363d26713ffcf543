/* SPDX-License-Identifier: Apache-2.0 */
/* The address of the database, and the file with its password. */
#include "app/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/place.h"
#include "unit.h"

static struct config config;
static struct config_error error;
static char path[] = "/tmp/database_test.XXXXXX";

static void tear_down(void)
{
    (void)unlink(path);
    config_fini(&config);
}

static void set_up(void)
{
    unit_finally(tear_down);
    config_init(&config);
    error.text[0] = '\0';
    memcpy(path, "/tmp/database_test.XXXXXX", sizeof(path));
    int file = mkstemp(path);
    CHECK(file >= 0);
    (void)close(file);
    (void)snprintf(config.store.url, sizeof(config.store.url), "postgresql://visavis@db/visavis");
    (void)snprintf(config.store.password_file, sizeof(config.store.password_file), "%s", path);
}

static void write_file(const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    (void)fputs(text, file);
    (void)fclose(file);
    CHECK(chmod(path, mode) == 0);
}

static void an_address_has_no_password_in_it(void)
{
    static const char *const good[] = {"postgresql://db/visavis", "postgresql://visavis@db/visavis",
                                       "postgresql://visavis@db:5432/visavis?sslmode=verify-full",
                                       "postgresql://[::1]:5432/v",
                                       "postgresql:///visavis?host=/run/postgresql"};
    static const char *const bad[] = {"postgres://db/visavis",
                                      "",
                                      "db",
                                      "postgresql://visavis:secret@db/visavis",
                                      "postgresql://db/visavis?password=secret",
                                      "postgresql://db?user=a&password=secret"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        CHECK(database_check_url(good[i]) == NULL);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *why = database_check_url(bad[i]);
        CHECK(why != NULL && strstr(why, "secret") == NULL);
    }
}

static void the_password_is_the_first_line_of_a_file_that_not_all_read(void)
{
    set_up();
    write_file("s#cret words\r\nand more\n", 0600);
    CHECK(database_take_password(&config, &error) == OK);
    CHECK(strcmp(place_password(), "s#cret words") == 0);
    write_file("other", 0640);
    CHECK(database_take_password(&config, &error) == OK);
    CHECK(strcmp(place_password(), "other") == 0);
    tear_down();
}

static void a_file_that_is_no_good_is_named_and_changes_nothing(void)
{
    char longest[SECRET_SIZE_MAX + 3];
    set_up();
    write_file("first", 0600);
    CHECK(database_take_password(&config, &error) == OK);
    write_file("second", 0604);
    CHECK(database_take_password(&config, &error) == ERR_FORBIDDEN);
    CHECK(strstr(error.text, "chmod") != NULL && strstr(error.text, path) != NULL);
    write_file("", 0600);
    CHECK(database_take_password(&config, &error) == ERR_INVALID);
    CHECK(strstr(error.text, "no password in its first line") != NULL);
    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    write_file(longest, 0600);
    CHECK(database_take_password(&config, &error) != OK);
    CHECK(strstr(error.text, "xxx") == NULL);
    CHECK(unlink(path) == 0);
    CHECK(database_take_password(&config, &error) == ERR_IO);
    CHECK(strstr(error.text, "cannot be read") != NULL);
    CHECK(strcmp(place_password(), "first") == 0);
    tear_down();
}

static void without_an_address_or_a_file_there_is_nothing_to_read(void)
{
    char place[DATABASE_PLACE_SIZE];
    set_up();
    CHECK(strcmp(database_place(&config, place), config.store.url) == 0);
    config.store.password_file[0] = '\0';
    CHECK(database_take_password(&config, &error) == OK);
    (void)snprintf(config.store.password_file, sizeof(config.store.password_file), "/no/file");
    config.store.url[0] = '\0';
    CHECK(database_take_password(&config, &error) == OK);
    CHECK(strcmp(database_place(&config, place), "./data/visavis.db") == 0);
    tear_down();
}

UNIT(an_address_has_no_password_in_it, the_password_is_the_first_line_of_a_file_that_not_all_read,
     a_file_that_is_no_good_is_named_and_changes_nothing,
     without_an_address_or_a_file_there_is_nothing_to_read)
