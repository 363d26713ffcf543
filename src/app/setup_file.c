/* SPDX-License-Identifier: Apache-2.0 */
#include "app/setup_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/setup.h"

#define PACKAGE_DATA "/var/lib/visavis"
#define MARK "# Written by visavis setup. "
#define COPIES_MAX 100

/* Those that are left out of what was there: they are written anew, or belong to another choice. */
static const char *const ours[] = {"data",     "listen.address", "listen.port",    "origin",
                                   "tls.cert", "tls.key",        "acme.directory", "acme.email"};

static enum err say_errno(const char *what, const char *path)
{
    (void)fprintf(stderr, "visavis: %s %s: %s\n", path, what, strerror(errno));
    return ERR_IO;
}

/* ---- reading ---- */

static enum err read_old(struct setup_file *file)
{
    uint8_t bytes[4096];
    ssize_t size = 0;
    enum err err = OK;
    int old = open(file->path, O_RDONLY | O_CLOEXEC);
    if (old < 0) {
        return errno == ENOENT ? OK : say_errno("cannot be read", file->path);
    }
    file->exists = true;
    while (err == OK && (size = read(old, bytes, sizeof(bytes))) > 0) {
        err = buf_append(&file->old, slice_from(bytes, (size_t)size));
    }
    err = size < 0 ? say_errno("cannot be read", file->path) : err;
    (void)close(old);
    if (err == ERR_LIMIT) {
        (void)fprintf(stderr, "visavis: %s is too long for a configuration\n", file->path);
    }
    return err;
}

/* The name at the front of a line; empty: a comment, or nothing. */
static struct slice name_of(struct slice line)
{
    size_t begin = 0;
    while (begin < line.size && (line.data[begin] == ' ' || line.data[begin] == '\t')) {
        begin++;
    }
    size_t end = begin;
    while (end < line.size && line.data[end] != ' ' && line.data[end] != '\t' &&
           line.data[end] != '=') {
        end++;
    }
    bool comment = begin < line.size && line.data[begin] == '#';
    return comment ? SLICE("") : slice_from(line.data + begin, end - begin);
}

static struct slice value_of(struct slice line)
{
    const uint8_t *sign = line.size == 0 ? NULL : memchr(line.data, '=', line.size);
    if (sign == NULL) {
        return SLICE("");
    }
    const uint8_t *begin = sign + 1;
    const uint8_t *end = line.data + line.size;
    while (begin < end && (*begin == ' ' || *begin == '\t')) {
        begin++;
    }
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r')) {
        end--;
    }
    return slice_from(begin, (size_t)(end - begin));
}

/* Takes the next line from *rest. */
static struct slice next_line(struct slice *rest)
{
    const uint8_t *end = memchr(rest->data, '\n', rest->size);
    size_t size = end == NULL ? rest->size : (size_t)(end - rest->data);
    struct slice line = slice_from(rest->data, size);
    size_t taken = end == NULL ? size : size + 1;
    *rest = slice_from(rest->data + taken, rest->size - taken);
    return line;
}

/* A path from the root, though nothing needs to be there yet. */
static bool make_absolute(const char *path, char out[PATH_MAX])
{
    char here[PATH_MAX] = "";
    if (path[0] != '/' && getcwd(here, sizeof(here)) == NULL) {
        return false;
    }
    int size = snprintf(out, PATH_MAX, "%s%s%s", here, path[0] == '/' ? "" : "/", path);
    return size < PATH_MAX;
}

static bool find_data(struct setup_file *file, const char *wanted)
{
    char beside[PATH_MAX];
    const char *environment = getenv("VISAVIS_DATA");
    struct slice rest = buf_slice(&file->old);
    (void)snprintf(beside, sizeof(beside), "%s", file->path);
    char *end = strrchr(beside, '/'); /* the path is absolute */
    (void)snprintf(end, sizeof(beside) - (size_t)(end - beside), "/data");
    const char *usual = strcmp(file->path, SETUP_FILE) == 0 ? PACKAGE_DATA : beside;
    char kept[PATH_MAX] = "";
    while (rest.size > 0) {
        struct slice line = next_line(&rest);
        struct slice value = value_of(line);
        if (slice_equal(name_of(line), SLICE("data")) && value.size < PATH_MAX) {
            (void)snprintf(kept, sizeof(kept), "%.*s", (int)value.size, value.data);
        }
    }
    usual = kept[0] != '\0' ? kept : usual;
    usual = environment != NULL && environment[0] != '\0' ? environment : usual;
    return make_absolute(wanted == NULL ? usual : wanted, file->data);
}

MUST_USE enum err setup_file_open(struct setup_file *file, const char *path, const char *data)
{
    memset(file, 0, sizeof(*file));
    buf_init(&file->old, CONFIG_FILE_BYTES_MAX);
    buf_init(&file->fresh, CONFIG_FILE_BYTES_MAX);
    if (!make_absolute(path, file->path)) {
        return say_errno("is no path", path);
    }
    enum err err = read_old(file);
    if (err == OK && !find_data(file, data)) {
        err = say_errno("has no data folder", path);
    }
    err =
        err == OK ? buf_append_text(&file->fresh, MARK "visavis.conf(5) has every option.\n") : err;
    return err == OK ? setup_file_set(file, "data", file->data) : err;
}

void setup_file_close(struct setup_file *file)
{
    buf_fini(&file->old);
    buf_fini(&file->fresh);
}

MUST_USE enum err setup_file_set(struct setup_file *file, const char *name, const char *value)
{
    return buf_printf(&file->fresh, "%s = %s\n", name, value);
}

MUST_USE enum err setup_file_set_path(struct setup_file *file, const char *name, const char *value)
{
    return buf_printf(&file->fresh, "%s = %s/%s\n", name, file->data, value);
}

/* ---- writing ---- */

static bool is_ours(struct slice line, const struct buf *fresh)
{
    struct slice name = name_of(line);
    struct slice mark = SLICE(MARK);
    if (line.size >= mark.size && memcmp(line.data, mark.data, mark.size) == 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        if (slice_equal(name, slice_text(ours[i]))) {
            return true;
        }
    }
    /* turn.ports is set for some domains only; for others what was there stays. */
    return slice_equal(name, SLICE("turn.ports")) &&
           memmem(fresh->data, fresh->size, "\nturn.ports = ", 14) != NULL;
}

static enum err add_others(struct setup_file *file)
{
    struct slice rest = buf_slice(&file->old);
    struct buf others;
    enum err err = OK;
    buf_init(&others, CONFIG_FILE_BYTES_MAX);
    while (err == OK && rest.size > 0) {
        struct slice line = next_line(&rest);
        if (!is_ours(line, &file->fresh)) {
            err = buf_append(&others, line);
            err = err == OK ? buf_append_byte(&others, '\n') : err;
        }
    }
    err = err == OK ? buf_append(&file->fresh, buf_slice(&others)) : err;
    buf_fini(&others);
    return err;
}

static enum err write_new(const struct setup_file *file, const char *path)
{
    struct stat before;
    bool known = stat(file->path, &before) == 0;
    mode_t mode = known ? before.st_mode & 0777 : 0644;
    int fresh = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fresh < 0) {
        return say_errno("cannot be written", path);
    }
    struct slice bytes = buf_slice(&file->fresh);
    bool done = write(fresh, bytes.data, bytes.size) == (ssize_t)bytes.size;
    done = done && fchmod(fresh, mode) == 0;
    /* Only root can give it away; who cannot owns it already, or has made it his. */
    bool given = !known || geteuid() != 0 || fchown(fresh, before.st_uid, before.st_gid) == 0;
    done = done && given && fsync(fresh) == 0;
    enum err err = done ? OK : say_errno("cannot be written", path);
    (void)close(fresh);
    return err;
}

/* The old file gets a second name, so that the new one can take its place at once. */
static enum err keep_old(const struct setup_file *file)
{
    char kept[PATH_MAX + 64];
    char when[32] = "";
    struct tm tm;
    time_t now = time(NULL);
    if (localtime_r(&now, &tm) != NULL) {
        (void)strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
    }
    for (int i = 1; i < COPIES_MAX; i++) {
        (void)snprintf(kept, sizeof(kept), i == 1 ? "%s.before-%s" : "%s.before-%s-%d", file->path,
                       when, i);
        if (link(file->path, kept) == 0) {
            printf("There was a configuration: it is kept as %s,\n  and its other options are "
                   "taken over.\n",
                   kept);
            return OK;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return say_errno("cannot be kept", file->path);
}

MUST_USE enum err setup_file_finish(struct setup_file *file, struct config *config)
{
    char path[PATH_MAX + 8];
    struct config_error error = {"out of memory"};
    (void)snprintf(path, sizeof(path), "%s.new", file->path);
    enum err err = add_others(file);
    err = err == OK ? write_new(file, path) : err;
    if (err != OK) {
        return err;
    }
    err = config_load(config, path, &error);
    if (err == OK) {
        config_settle(config);
        err = config_check(config, &error);
    }
    if (err != OK) {
        (void)fprintf(stderr, "visavis: nothing is changed, because of %s\n", error.text);
    }
    err = err == OK && file->exists ? keep_old(file) : err;
    if (err == OK && rename(path, file->path) != 0) {
        err = say_errno("cannot be replaced", file->path);
    }
    if (err != OK) {
        (void)unlink(path);
        return err;
    }
    printf("Configuration: %s, data: %s\n", file->path, config->data);
    return OK;
}
