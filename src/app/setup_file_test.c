/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration that setup writes over one that is there. */
#include "app/setup_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failing.h"
#include "unit.h"

static const char old_text[] = "  # what the administrator has written\n"
                               "\tlog.level = debug \r\n"
                               "portal.messages_kept_days=30\n"
                               "origin = https://old.example.org\n"
                               "\n"
                               "   \n"
                               "turn.on\n"
                               "data = /nowhere/kept \t\n"
                               "listen.port = 81"; /* without an end of its line */
static char folder[64];
static char path[100];
static char text[CONFIG_FILE_BYTES_MAX + 10];
static struct setup_file file;
static struct config config;

static size_t count_copies(void)
{
    size_t count = 0;
    DIR *all = opendir(folder);
    for (struct dirent *one = all == NULL ? NULL : readdir(all); one != NULL; one = readdir(all)) {
        count += strstr(one->d_name, ".before-") != NULL;
    }
    if (all != NULL) {
        (void)closedir(all);
    }
    return count;
}

static void end(void)
{
    char one[400];
    setup_file_close(&file);
    config_fini(&config);
    DIR *all = opendir(folder);
    for (struct dirent *at = all == NULL ? NULL : readdir(all); at != NULL; at = readdir(all)) {
        (void)snprintf(one, sizeof(one), "%s/%s", folder, at->d_name);
        (void)unlink(one);
    }
    if (all != NULL) {
        (void)closedir(all);
    }
    (void)rmdir(folder);
}

static void write_old(const char *bytes, size_t size)
{
    FILE *out = fopen(path, "w");
    CHECK(out != NULL);
    bool done = size == 0 || fwrite(bytes, size, 1, out) == 1;
    CHECK(fclose(out) == 0 && done);
    CHECK(chmod(path, 0640) == 0);
}

static void begin(void)
{
    if (unit_replaying()) {
        (void)!freopen("/dev/null", "w", stdout); /* what it says of its work */
    }
    memset(&file, 0, sizeof(file));
    config_init(&config);
    (void)unsetenv("VISAVIS_DATA");
    (void)snprintf(folder, sizeof(folder), "/tmp/visavis-setup-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    unit_finally(end);
    (void)snprintf(path, sizeof(path), "%s/visavis.conf", folder);
    write_old(old_text, strlen(old_text));
}

static const char *read_text(void)
{
    FILE *in = fopen(path, "r");
    size_t size = in == NULL ? 0 : fread(text, 1, sizeof(text) - 1, in);
    text[size] = '\0';
    if (in != NULL) {
        (void)fclose(in);
    }
    return text;
}

static enum err write_new(const char *level)
{
    enum err err = setup_file_open(&file, path, NULL);
    err = err == OK ? setup_file_set(&file, "listen.port", "8443") : err;
    err = err == OK && level != NULL ? setup_file_set(&file, "log.level", level) : err;
    err = err == OK ? setup_file_finish(&file, &config) : err;
    setup_file_close(&file);
    return err;
}

static void other_options_stay_and_the_old_file_is_kept(void)
{
    struct stat about;
    begin();
    CHECK(setup_file_open(&file, path, NULL) == OK);
    CHECK(file.exists && strcmp(file.data, "/nowhere/kept") == 0);
    CHECK(setup_file_set(&file, "origin", "https://new.example.org") == OK);
    CHECK(setup_file_set(&file, "listen.port", "8443") == OK);
    CHECK(setup_file_set_path(&file, "tls.cert", SETUP_TEST_CERT) == OK);
    CHECK(setup_file_set_path(&file, "tls.key", SETUP_TEST_KEY) == OK);
    enum err err = setup_file_finish(&file, &config);
    CHECK(err == ERR_INVALID); /* turn.on has no value: nothing is changed */
    CHECK(strcmp(read_text(), old_text) == 0 && count_copies() == 0);
    end();
    begin();
    char right[sizeof(old_text)];
    char *wrong = NULL;
    memcpy(right, old_text, sizeof(right));
    wrong = strstr(right, "turn.on\n");
    CHECK(wrong != NULL);
    memcpy(wrong, "#urn.on\n", 8);
    write_old(right, strlen(right));
    CHECK(write_new(NULL) == OK);
    CHECK(stat(path, &about) == 0 && (about.st_mode & 0777) == 0640);
    (void)read_text();
    CHECK(strstr(text, "\tlog.level = debug") != NULL);
    CHECK(strstr(text, "listen.port = 8443") != NULL);
    CHECK(strstr(text, "listen.port = 81\n") == NULL && strstr(text, "old.example") == NULL);
    CHECK(strstr(text, "# what the administrator") != NULL && count_copies() == 1);
    CHECK(config.listen_port == 8443);
    CHECK(write_new(NULL) == OK && count_copies() == 2); /* in the same second, most likely */
    end();
}

static void the_folder_of_data_is_found(void)
{
    begin();
    CHECK(setup_file_open(&file, path, "/nowhere/wanted") == OK);
    CHECK(strcmp(file.data, "/nowhere/wanted") == 0);
    setup_file_close(&file);
    CHECK(setenv("VISAVIS_DATA", "/nowhere/told", 1) == 0);
    CHECK(setup_file_open(&file, path, NULL) == OK);
    CHECK(strcmp(file.data, "/nowhere/told") == 0);
    setup_file_close(&file);
    CHECK(setenv("VISAVIS_DATA", "", 1) == 0);
    CHECK(unlink(path) == 0);
    CHECK(setup_file_open(&file, path, NULL) == OK && !file.exists);
    CHECK(strncmp(file.data, folder, strlen(folder)) == 0 && strstr(file.data, "/data") != NULL);
    setup_file_close(&file);
    CHECK(setup_file_open(&file, "visavis-none.conf", "here") == OK);
    CHECK(file.path[0] == '/' && file.data[0] == '/');
    end();
}

static void what_is_too_long_is_refused(void)
{
    static char far[PATH_MAX + 10];
    begin();
    memset(text, '#', sizeof(text));
    write_old(text, CONFIG_FILE_BYTES_MAX + 1);
    CHECK(setup_file_open(&file, path, NULL) == ERR_LIMIT);
    setup_file_close(&file);
    memset(far, 'a', sizeof(far) - 1);
    far[0] = '/';
    CHECK(setup_file_open(&file, far, NULL) != OK);
    setup_file_close(&file);
    CHECK(setup_file_open(&file, folder, NULL) != OK); /* a folder cannot be read */
    setup_file_close(&file);
    write_old("", 0);
    CHECK(setup_file_open(&file, path, far) != OK);
    end();
}

/* Whichever call fails, the file is the old one or the new one, whole. */
static void a_file_that_cannot_be_written_leaves_the_old_one(void)
{
    static const char before[] = "log.level = debug\n";
    bool done = false;
    for (uint64_t n = 1; n < 60 && !done; n++) {
        begin();
        write_old(before, strlen(before));
        failing_set(n);
        enum err err = write_new("info");
        failing_set(0);
        bool old = strcmp(read_text(), before) == 0;
        CHECK(old == (err != OK));
        CHECK(old || strstr(text, "log.level = info") != NULL);
        done = !old;
        end();
    }
    CHECK(done);
}

UNIT(other_options_stay_and_the_old_file_is_kept, the_folder_of_data_is_found,
     what_is_too_long_is_refused, a_file_that_cannot_be_written_leaves_the_old_one)
