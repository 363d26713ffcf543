/* SPDX-License-Identifier: Apache-2.0 */
#include "app/certfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/wholefile.h"
#include "base/log.h"
#include "base/mem.h"

#define ACCOUNT_FILE "account.key"
#define FILE_MAX (CERTIFICATE_PEM_MAX + 4096)

static void path_of(const struct config *config, const char *name, char out[PATH_MAX])
{
    (void)snprintf(out, PATH_MAX, "%s/" CONFIG_ACME_FOLDER "/%s", config->data, name);
}

static enum err say_errno(const char *what, const char *path)
{
    log_error("a file of the certificate", "cause=\"%s\" file=%s errno=%d", what, path, errno);
    return ERR_IO;
}

MUST_USE enum err certfiles_make_folder(const struct config *config)
{
    char path[PATH_MAX];
    path_of(config, "", path);
    return mkdir(path, 0700) == 0 || errno == EEXIST ? OK : say_errno("cannot be made", path);
}

/* ERR_NOT_FOUND: there is none. */
static enum err read_file(const char *path, struct buf *out)
{
    uint8_t bytes[4096];
    ssize_t size = 0;
    enum err err = OK;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return errno == ENOENT ? ERR_NOT_FOUND : say_errno("cannot be read", path);
    }
    while (err == OK && (size = read(file, bytes, sizeof(bytes))) > 0) {
        err = buf_append(out, slice_from(bytes, (size_t)size));
    }
    mem_wipe(bytes, sizeof(bytes));
    (void)close(file);
    return size < 0 ? say_errno("cannot be read", path) : err;
}

static enum err write_file(const struct config *config, const char *name, struct slice bytes)
{
    char path[PATH_MAX];
    path_of(config, name, path);
    return wholefile_write(path, bytes, 0600) ? OK : say_errno("cannot be written", path);
}

MUST_USE enum err certfiles_account(const struct config *config, struct p256_key *out)
{
    char path[PATH_MAX];
    struct buf text;
    buf_init(&text, FILE_MAX);
    path_of(config, ACCOUNT_FILE, path);
    enum err err = read_file(path, &text);
    if (err == OK) {
        err = certificate_read_key(buf_slice(&text), out);
        if (err == ERR_INVALID) {
            log_error("this is no key of an ACME account", "file=%s", path);
        }
    } else if (err == ERR_NOT_FOUND) {
        err = p256_generate(out);
        err = err == OK ? certificate_write_key(out, &text) : err;
        err = err == OK ? write_file(config, ACCOUNT_FILE, buf_slice(&text)) : err;
    }
    buf_forget(&text);
    return err;
}

MUST_USE enum err certfiles_read(const struct config *config, const char *domain,
                                 struct certificate *out)
{
    struct p256_key key;
    struct buf text;
    buf_init(&text, FILE_MAX);
    enum err err = read_file(config->tls_cert, &text);
    err = err == OK ? certificate_read_key(buf_slice(&text), &key) : err;
    err = err == OK ? certificate_read(buf_slice(&text), &key, domain, out) : err;
    mem_wipe(&key, sizeof(key));
    buf_forget(&text);
    return err;
}

MUST_USE enum err certfiles_keep(const struct config *config, const char *domain,
                                 const struct p256_key *key, struct slice chain)
{
    struct certificate found;
    struct buf text;
    buf_init(&text, FILE_MAX);
    enum err err = certificate_read(chain, key, domain, &found);
    err = err == OK ? certificate_write_key(key, &text) : err;
    err = err == OK ? buf_append(&text, chain) : err;
    err = err == OK ? write_file(config, CONFIG_ACME_FILE, buf_slice(&text)) : err;
    buf_forget(&text);
    return err;
}
