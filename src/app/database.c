/* SPDX-License-Identifier: Apache-2.0 */
#include "app/database.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/serve.h"
#include "base/mem.h"
#include "store/place.h"

bool database_is_remote(const struct config *config)
{
    return config->store.url[0] != '\0';
}

const char *database_file(const struct config *config, char path[DATABASE_PLACE_SIZE])
{
    (void)snprintf(path, DATABASE_PLACE_SIZE, "%s/%s", config->data, SERVE_DATABASE);
    return path;
}

const char *database_place(const struct config *config, char place[DATABASE_PLACE_SIZE])
{
    if (!database_is_remote(config)) {
        return database_file(config, place);
    }
    (void)snprintf(place, DATABASE_PLACE_SIZE, "%s", config->store.url);
    return place;
}

const char *database_check_url(const char *url)
{
    const char *start = strncmp(url, "postgresql://", 13) == 0 ? url + 13 : NULL;
    if (start == NULL) {
        return "it starts with postgresql://";
    }
    size_t authority = strcspn(start, "/?");
    const char *at = memchr(start, '@', authority);
    if (at != NULL && memchr(start, ':', (size_t)(at - start)) != NULL) {
        return "the password belongs into the file of store.password_file";
    }
    if (strstr(start + authority, "password=") != NULL) {
        return "the password belongs into the file of store.password_file";
    }
    return NULL;
}

static enum err read_line(FILE *file, struct secret *out)
{
    char line[SECRET_SIZE_MAX + 2] = "";
    enum err err = fgets(line, sizeof(line), file) == NULL ? ERR_INVALID : OK;
    line[strcspn(line, "\r\n")] = '\0';
    err = err == OK ? secret_set(out, slice_text(line)) : err;
    mem_wipe(line, sizeof(line));
    return err;
}

MUST_USE enum err database_take_password(const struct config *config, struct config_error *error)
{
    const char *name = config->store.password_file;
    struct secret password;
    struct stat status;
    if (!database_is_remote(config) || name[0] == '\0') {
        return OK;
    }
    FILE *file = fopen(name, "re");
    enum err err = file == NULL || fstat(fileno(file), &status) != 0 ? ERR_IO : OK;
    if (err == OK && (status.st_mode & 07) != 0) {
        err = ERR_FORBIDDEN;
    }
    err = err == OK ? read_line(file, &password) : err;
    if (file != NULL) {
        (void)fclose(file);
    }
    if (err != OK) {
        (void)snprintf(error->text, sizeof(error->text), "store.password_file: %.400s %s", name,
                       err == ERR_IO          ? "cannot be read"
                       : err == ERR_FORBIDDEN ? "can be read by everybody: chmod o= it"
                                              : "has no password in its first line");
        return err;
    }
    place_set_password(&password);
    secret_wipe(&password);
    return OK;
}
