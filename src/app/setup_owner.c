/* SPDX-License-Identifier: Apache-2.0 */
#include "app/setup_owner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/wholefile.h"
#include "base/mem.h"
#include "crypto/certificate.h"
#include "crypto/random.h"

#define SERVICE_USER "visavis"
#define TEST_LIFETIME_S (365 * 86400)

static enum err say_errno(const char *what, const char *path)
{
    (void)fprintf(stderr, "visavis: %s %s: %s\n", path, what, strerror(errno));
    return ERR_IO;
}

static enum err make_folder(const char *data)
{
    if (mkdir(data, 0700) != 0) {
        return errno == EEXIST ? OK : say_errno("cannot be made", data);
    }
    const struct passwd *user = geteuid() == 0 ? getpwnam(SERVICE_USER) : NULL;
    if (user != NULL && chown(data, user->pw_uid, user->pw_gid) != 0) {
        return say_errno("cannot be given to the user " SERVICE_USER, data);
    }
    return OK;
}

MUST_USE enum err setup_owner_become(const char *data)
{
    struct stat folder;
    enum err err = make_folder(data);
    if (err != OK) {
        return err;
    }
    if (stat(data, &folder) != 0) {
        return say_errno("cannot be looked at", data);
    }
    if (geteuid() != 0 || folder.st_uid == 0) {
        return OK;
    }
    if (setgroups(0, NULL) != 0 || setgid(folder.st_gid) != 0 || setuid(folder.st_uid) != 0) {
        return say_errno("has an owner that cannot be become", data);
    }
    return OK;
}

static enum err write_file(const char *path, struct slice bytes)
{
    return wholefile_write(path, bytes, 0600) ? OK : say_errno("cannot be written", path);
}

MUST_USE enum err setup_owner_test_certificate(const struct config *config, const char *domain)
{
    struct p256_key key;
    struct buf cert;
    struct buf secret;
    struct certificate_wish wish = {
        .domain = domain, .now_s = (int64_t)time(NULL), .lifetime_s = TEST_LIFETIME_S};
    random_init();
    buf_init(&cert, CERTIFICATE_PEM_MAX);
    buf_init(&secret, CERTIFICATE_PEM_MAX);
    enum err err = p256_generate(&key);
    err = err == OK ? certificate_make(&key, &wish, &cert) : err;
    err = err == OK ? certificate_write_key(&key, &secret) : err;
    if (err != OK) {
        (void)fputs("visavis: out of memory\n", stderr);
    }
    err = err == OK ? write_file(config->tls_cert, buf_slice(&cert)) : err;
    err = err == OK ? write_file(config->tls_key, buf_slice(&secret)) : err;
    mem_wipe(&key, sizeof(key));
    buf_fini(&cert);
    buf_forget(&secret);
    return err;
}
