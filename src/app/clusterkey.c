/* SPDX-License-Identifier: Apache-2.0 */
#include "app/clusterkey.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "crypto/hmac.h"

static bool is_one_byte(const uint8_t *bytes, size_t size)
{
    return size > 1 && memcmp(bytes, bytes + 1, size - 1) == 0;
}

static enum err read_bytes(const char *path, uint8_t *bytes, size_t *size, const char **why)
{
    struct stat status;
    FILE *file = fopen(path, "re");
    enum err err = file == NULL || fstat(fileno(file), &status) != 0 ? ERR_IO : OK;
    *why = "it cannot be read";
    if (err == OK && (status.st_mode & 07) != 0) {
        *why = "everybody can read it: chmod o= it";
        err = ERR_FORBIDDEN;
    }
    if (err == OK) {
        *size = fread(bytes, 1, CLUSTERKEY_FILE_MAX + 1, file);
        err = ferror(file) != 0 ? ERR_IO : OK;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    if (err == OK &&
        (*size < CLUSTERKEY_FILE_MIN || *size > CLUSTERKEY_FILE_MAX || is_one_byte(bytes, *size))) {
        *why = "32 to 4096 random bytes are needed, as of: head -c 32 /dev/urandom";
        err = ERR_INVALID;
    }
    return err;
}

MUST_USE enum err clusterkey_read(const char *path, uint8_t out[NODETLS_KEY_SIZE])
{
    static_assert(NODETLS_KEY_SIZE == HMAC_SHA256_SIZE, "the key is a whole hash");
    const struct slice label = SLICE("visavis nodes 1");
    struct hmac_sha256_key key;
    const char *why = "out of memory";
    size_t size = 0;
    uint8_t *bytes = mem_alloc(CLUSTERKEY_FILE_MAX + 1);
    enum err err = bytes == NULL ? ERR_NOMEM : read_bytes(path, bytes, &size, &why);
    if (err == OK) {
        hmac_sha256_prepare(slice_from(bytes, size), &key);
        hmac_sha256(&key, &label, 1, out);
        mem_wipe(&key, sizeof(key));
    } else {
        log_error("the key of the nodes cannot be used", "file=%s reason=\"%s\"", path, why);
    }
    if (bytes != NULL) {
        mem_wipe(bytes, CLUSTERKEY_FILE_MAX + 1);
        mem_free(bytes);
    }
    return err;
}
