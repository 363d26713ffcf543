/* SPDX-License-Identifier: Apache-2.0 */
/* What a process may read and write that is confined as the configuration says. */
#include "app/confining.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "unit.h"

#define NO_LANDLOCK 77

static struct config config;
static char folder[] = "/tmp/confining_test.XXXXXX";
static char certificate[64];
static char foreign[64];

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static bool opens(const char *path, int flags)
{
    int file = open(path, flags, 0600);
    if (file >= 0) {
        (void)close(file);
    }
    return file >= 0;
}

/* Under the folder: `data`, `tls/a.pem` and `foreign`. */
static void path_of(const char *name, char out[64])
{
    (void)snprintf(out, 64, "%s/%s", folder, name);
}

static void tear_down(void)
{
    static const char *const files[] = {"data/new", "tls/a.pem", "foreign"};
    static const char *const folders[] = {"data", "tls", ""};
    char path[64];
    for (size_t i = 0; i < 3; i++) {
        path_of(files[i], path);
        (void)unlink(path);
    }
    for (size_t i = 0; i < 3; i++) {
        path_of(folders[i], path);
        (void)rmdir(path);
    }
    config_fini(&config);
}

static void set_up(void)
{
    char path[64];
    unit_finally(tear_down);
    log_set_sink(quiet, NULL);
    config_init(&config);
    memcpy(folder, "/tmp/confining_test.XXXXXX", sizeof(folder));
    CHECK(mkdtemp(folder) != NULL);
    path_of("tls", path);
    CHECK(mkdir(path, 0700) == 0);
    path_of("data", path);
    CHECK(mkdir(path, 0700) == 0);
    (void)snprintf(config.data, sizeof(config.data), "%s", path);
    path_of("tls/a.pem", certificate);
    path_of("foreign", foreign);
    CHECK(opens(certificate, O_CREAT | O_WRONLY) && opens(foreign, O_CREAT | O_WRONLY));
    (void)snprintf(config.tls_cert, sizeof(config.tls_cert), "%s", certificate);
    config.security.confine = 1;
}

static int work(void)
{
    char path[CONFIG_TEXT_MAX + 8];
    if (confining_start(&config) != OK) {
        return 1;
    }
    if (opens(foreign, O_RDONLY)) {
        return NO_LANDLOCK;
    }
    (void)snprintf(path, sizeof(path), "%s/new", config.data);
    bool right = opens(certificate, O_RDONLY) && opens(path, O_CREAT | O_RDWR) &&
                 opens("/etc/passwd", O_RDONLY) && !opens("/root/.profile", O_RDONLY);
    return right && !opens(certificate, O_WRONLY) ? 0 : 2;
}

static void only_what_the_configuration_names_is_read_and_only_data_written(void)
{
    set_up();
    int status = unit_in_child(work);
    CHECK(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == NO_LANDLOCK));
    memcpy(config.tls_cert, "a.pem", sizeof("a.pem")); /* here: the folder is this one */
    (void)snprintf(certificate, sizeof(certificate), "%s/data", folder);
    status = unit_in_child(work);
    CHECK(WIFEXITED(status));
    tear_down();
}

static int work_freely(void)
{
    config.security.confine = 0;
    return confining_start(&config) == OK && opens(foreign, O_RDONLY) &&
                   confining_kind(&config, CONFINE_LOOP) == CONFINE_NOTHING
               ? 0
               : 1;
}

static void without_the_option_nothing_is_confined(void)
{
    set_up();
    CHECK(confining_kind(&config, CONFINE_LOOP) == CONFINE_LOOP);
    CHECK(unit_in_child(work_freely) == 0);
    tear_down();
}

static int work_as_nobody_known(void)
{
    memcpy(config.security.user, "no-such-user", sizeof("no-such-user"));
    return confining_start(&config) == ERR_NOT_FOUND ? 0 : 1;
}

static int work_as_another(void)
{
    memcpy(config.security.user, "nobody", sizeof("nobody"));
    config.security.confine = 0;
    return confining_start(&config) == OK && geteuid() != 0 && !opens(foreign, O_RDONLY) ? 0 : 1;
}

static void the_user_of_the_configuration_must_exist_and_is_become(void)
{
    set_up();
    CHECK(unit_in_child(work_as_nobody_known) == 0);
    if (geteuid() == 0) {
        CHECK(unit_in_child(work_as_another) == 0);
    }
    tear_down();
}

UNIT(only_what_the_configuration_names_is_read_and_only_data_written,
     without_the_option_nothing_is_confined, the_user_of_the_configuration_must_exist_and_is_become)
