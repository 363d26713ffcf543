/* SPDX-License-Identifier: Apache-2.0 */
#include "server/passwords.h"

#include "base/mem.h"
#include "crypto/digest.h"
#include "crypto/password.h"
#include "crypto/random.h"

struct password_job {
    enum err err;
    bool right;
    char hash[PASSWORD_TEXT_SIZE];
    void (*on_hashed)(void *arg, enum err err, const char *hash);
    void (*on_verified)(void *arg, enum err err, bool right);
    void *arg;
    size_t size;
    uint8_t password[USER_PASSWORD_MAX];
};

static void job_destroy(struct password_job *job)
{
    mem_wipe(job, sizeof(*job));
    mem_free(job);
}

static void work(void *arg)
{
    struct password_job *job = arg;
    struct slice password = slice_from(job->password, job->size);
    if (job->on_hashed != NULL) {
        job->err = password_hash(password, job->hash);
    } else {
        job->right = password_verify(password, job->hash);
    }
}

static void on_done(void *arg, enum err err)
{
    struct password_job *job = arg;
    err = err == OK ? job->err : err;
    if (job->on_hashed != NULL) {
        job->on_hashed(job->arg, err, job->hash);
    } else {
        job->on_verified(job->arg, err, err == OK && job->right);
    }
    job_destroy(job);
}

static enum err run(struct offload *offload, const struct password_job *template,
                    struct slice password, const char *hash)
{
    if (password.size > USER_PASSWORD_MAX || (hash != NULL && strlen(hash) >= PASSWORD_TEXT_SIZE)) {
        return ERR_INVALID;
    }
    struct password_job *job = mem_alloc(sizeof(*job));
    if (job == NULL) {
        return ERR_NOMEM;
    }
    *job = *template;
    job->size = password.size;
    if (password.size > 0) {
        memcpy(job->password, password.data, password.size);
    }
    if (hash != NULL) {
        memcpy(job->hash, hash, strlen(hash));
    }
    enum err err = offload_run(offload, work, on_done, job);
    if (err != OK) {
        job_destroy(job);
    }
    return err;
}

static enum err hash(void *ctx, struct slice password,
                     void (*on_hashed)(void *arg, enum err err, const char *hash), void *arg)
{
    return run(ctx, &(struct password_job){.on_hashed = on_hashed, .arg = arg}, password, NULL);
}

static enum err verify(void *ctx, struct slice password, const char *text,
                       void (*on_verified)(void *arg, enum err err, bool right), void *arg)
{
    return run(ctx, &(struct password_job){.on_verified = on_verified, .arg = arg}, password, text);
}

struct port_password passwords_port(struct offload *offload)
{
    return (struct port_password){.ctx = offload, .hash = hash, .verify = verify};
}

static void bytes(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    random_bytes(out, size);
}

static void sha256(void *ctx, struct slice text, uint8_t out[32])
{
    (void)ctx;
    digest_sha256(text, out);
}

struct port_random passwords_random_port(void)
{
    return (struct port_random){.bytes = bytes, .sha256 = sha256};
}
