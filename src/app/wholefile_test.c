/* SPDX-License-Identifier: Apache-2.0 */
#include "app/wholefile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

static char folder[64];
static char path[100];
static char fresh[110];

static void make_folder(void)
{
    (void)snprintf(folder, sizeof(folder), "/tmp/visavis-wholefile-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof(path), "%s/secret", folder);
    (void)snprintf(fresh, sizeof(fresh), "%s.new", path);
}

static void remove_folder(void)
{
    (void)unlink(path);
    CHECK(rmdir(folder) == 0); /* nothing else was left in it */
}

static bool has(const char *text)
{
    char bytes[64] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? -1 : read(file, bytes, sizeof(bytes) - 1);
    if (file >= 0) {
        (void)close(file);
    }
    return size == (ssize_t)strlen(text) && strcmp(bytes, text) == 0;
}

static void makes_and_replaces_a_file_of_the_given_mode(void)
{
    struct stat about;
    make_folder();
    CHECK(wholefile_write(path, SLICE("the first one"), 0600) && has("the first one"));
    CHECK(stat(path, &about) == 0 && (about.st_mode & 0777) == 0600);
    CHECK(wholefile_write(path, SLICE("two"), 0640) && has("two"));
    CHECK(stat(path, &about) == 0 && (about.st_mode & 0777) == 0640);
    CHECK(wholefile_write(path, SLICE(""), 0600) && has(""));
    remove_folder();
}

static void what_is_left_of_an_attempt_does_no_harm(void)
{
    make_folder();
    int file = open(fresh, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    CHECK(file >= 0 && write(file, "half of something long", 22) == 22 && close(file) == 0);
    CHECK(wholefile_write(path, SLICE("whole"), 0600) && has("whole"));
    remove_folder();
}

static void without_room_the_old_file_stays(void)
{
    struct rlimit before;
    make_folder();
    CHECK(wholefile_write(path, SLICE("old"), 0600));
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR && getrlimit(RLIMIT_FSIZE, &before) == 0);
    struct rlimit small = {.rlim_cur = 5, .rlim_max = before.rlim_max};
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    bool written = wholefile_write(path, SLICE("more than five"), 0600);
    int reason = errno;
    CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
    CHECK(!written && reason == EFBIG && has("old"));
    remove_folder();
}

static void nobody_s_link_is_followed(void)
{
    make_folder();
    CHECK(symlink("elsewhere", fresh) == 0);
    CHECK(!wholefile_write(path, SLICE("x"), 0600) && errno == ELOOP);
    CHECK(unlink(fresh) == 0);
    CHECK(!wholefile_write("/nonexistent/folder/file", SLICE("x"), 0600) && errno == ENOENT);
    remove_folder();
}

UNIT(makes_and_replaces_a_file_of_the_given_mode, what_is_left_of_an_attempt_does_no_harm,
     without_room_the_old_file_stays, nobody_s_link_is_followed)
