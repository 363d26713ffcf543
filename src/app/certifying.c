/* SPDX-License-Identifier: Apache-2.0 */
#include "app/certifying.h"

#include <time.h>

#include "app/certfiles.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "net/fetch.h"
#include "server/acme.h"

#define REQUEST_MS 30000
#define LOOK_MS_MIN 1000
#define LOOK_MS_MAX 3600000 /* the clock of the wall may be set meanwhile */
#define WAITING_LIFETIME_S (90 * 86400)

struct certifying {
    struct loop *loop;
    const struct config *config;
    struct tls_context *tls;
    struct fetcher *fetcher;
    struct acme *acme;
    char domain[256];
    int64_t due_s;    /* Unix time; 0: at once */
    uint64_t look_ms; /* when that is compared with the clock again */
    bool ending;
};

static uint32_t draw(void *arg, uint32_t below)
{
    uint32_t number = 0;
    (void)arg;
    random_bytes((uint8_t *)&number, sizeof(number));
    return below == 0 ? 0 : number % below;
}

/* ---- the certificate ---- */

/* Until the authority has answered: pages are not trusted, but connections for its look are. */
static enum err make_waiting(const struct config *config, const char *domain)
{
    struct p256_key key;
    struct buf pem;
    struct certificate_wish wish = {
        .domain = domain, .now_s = (int64_t)time(NULL), .lifetime_s = WAITING_LIFETIME_S};
    buf_init(&pem, CERTIFICATE_PEM_MAX);
    enum err err = p256_generate(&key);
    err = err == OK ? certificate_make(&key, &wish, &pem) : err;
    err = err == OK ? certfiles_keep(config, domain, &key, buf_slice(&pem)) : err;
    mem_wipe(&key, sizeof(key));
    buf_fini(&pem);
    return err;
}

MUST_USE enum err certifying_prepare(const struct config *config)
{
    char domain[256];
    struct certificate found;
    if (config->acme.directory[0] == '\0') {
        return OK;
    }
    config_host(config->origin, domain);
    enum err err = certfiles_make_folder(config);
    if (err != OK) {
        return err;
    }
    err = certfiles_read(config, domain, &found);
    return err == ERR_NOT_FOUND || err == ERR_INVALID ? make_waiting(config, domain) : err;
}

/* A third of the lifetime before its end, and a little earlier by chance: many servers that began
 * together do not come back together. */
static void plan(struct certifying *certifying, const struct certificate *certificate)
{
    int64_t life_s = certificate->ends_s - certificate->begins_s;
    uint32_t spread_s = life_s > 0 && life_s < INT32_MAX ? (uint32_t)(life_s / 50) : 0;
    certifying->due_s = certificate->signs_itself
                            ? 0
                            : certificate->ends_s - life_s / 3 - (int64_t)draw(NULL, spread_s);
    certifying->look_ms = 0;
}

/* ---- what the client asks for ---- */

static void on_done(void *arg, enum err err, const struct fetch_answer *answer)
{
    struct certifying *certifying = arg;
    uint64_t now_ms = loop_now_ms(certifying->loop);
    if (certifying->ending) {
        return;
    }
    if (answer == NULL) {
        log_warn("the authority does not answer", "err=%s", err_name(err));
        acme_on_answer(certifying->acme, NULL, now_ms);
        return;
    }
    struct acme_answer given = {.status = answer->status,
                                .body = answer->body,
                                .nonce = answer->nonce,
                                .location = answer->location,
                                .retry_after_s = answer->retry_after_s};
    acme_on_answer(certifying->acme, &given, now_ms);
}

static bool send_request(void *arg, const struct acme_request *request)
{
    static const char *const headers[] = {"Content-Type: application/jose+json",
                                          "User-Agent: visavis/" VISAVIS_VERSION, NULL};
    struct certifying *certifying = arg;
    struct fetch_request fetch = {.method = request->post ? "POST" : "GET",
                                  .url = request->url,
                                  .headers = request->post ? headers : headers + 1,
                                  .body = request->body};
    return fetch_start(certifying->fetcher, &fetch, on_done, certifying) == OK;
}

static bool show(void *arg, const uint8_t digest[32])
{
    struct certifying *certifying = arg;
    struct p256_key key;
    struct buf pem;
    struct certificate_wish wish = {.domain = certifying->domain,
                                    .now_s = (int64_t)time(NULL),
                                    .lifetime_s = 86400,
                                    .challenge = digest};
    buf_init(&pem, CERTIFICATE_PEM_MAX);
    enum err err = OK;
    if (digest != NULL) {
        err = p256_generate(&key);
        err = err == OK ? certificate_make(&key, &wish, &pem) : err;
        err = err == OK ? certificate_write_key(&key, &pem) : err;
        mem_wipe(&key, sizeof(key));
    }
    if (err == OK) {
        err = tls_context_show_challenge(certifying->tls, buf_slice(&pem));
    }
    buf_forget(&pem);
    return err == OK;
}

static bool keep(void *arg, const struct p256_key *key, struct slice chain)
{
    struct certifying *certifying = arg;
    struct certificate found;
    int64_t now_s = (int64_t)time(NULL);
    if (certificate_read(chain, key, certifying->domain, &found) != OK || found.signs_itself ||
        found.ends_s <= now_s || found.begins_s > now_s + 86400) {
        log_error("the authority gave no certificate of this host and this time", "domain=%s",
                  certifying->domain);
        return false;
    }
    if (certfiles_keep(certifying->config, certifying->domain, key, chain) != OK ||
        tls_context_reload(certifying->tls) != OK) {
        return false;
    }
    plan(certifying, &found);
    log_info("a new certificate is in use", "domain=%s days=%d", certifying->domain,
             (int)((found.ends_s - now_s) / 86400));
    return true;
}

/* ---- life ---- */

/* The administrator has named the authority: it may be anywhere, also inside. */
static bool may_connect(void *arg, const struct addr *peer)
{
    (void)arg;
    (void)peer;
    return true;
}

static enum err make_client(struct certifying *certifying)
{
    const struct config *config = certifying->config;
    struct fetcher_params fetcher = {.loop = certifying->loop,
                                     .count_max = 2,
                                     .time_ms = REQUEST_MS,
                                     .answer_bytes_max = ACME_BODY_MAX,
                                     .ca_file = config->acme.ca[0] == '\0' ? NULL : config->acme.ca,
                                     .may_connect = may_connect};
    struct acme_params acme = {.directory = config->acme.directory,
                               .domain = certifying->domain,
                               .email = config->acme.email,
                               .retry_ms = config->acme.retry_s * 1000,
                               .ports = {send_request, show, keep, draw, certifying}};
    enum err err = certfiles_account(config, &acme.account);
    err = err == OK ? fetcher_create(&fetcher, &certifying->fetcher) : err;
    err = err == OK ? acme_create(&acme, &certifying->acme) : err;
    mem_wipe(&acme.account, sizeof(acme.account));
    return err;
}

MUST_USE enum err certifying_create(struct loop *loop, const struct config *config,
                                    struct tls_context *tls, struct certifying **out)
{
    struct certificate found;
    *out = NULL;
    if (config->acme.directory[0] == '\0') {
        return OK;
    }
    struct certifying *certifying = mem_alloc(sizeof(*certifying));
    if (certifying == NULL) {
        return ERR_NOMEM;
    }
    certifying->loop = loop;
    certifying->config = config;
    certifying->tls = tls;
    config_host(config->origin, certifying->domain);
    enum err err = certfiles_read(config, certifying->domain, &found);
    err = err == OK ? make_client(certifying) : err;
    if (err != OK) {
        certifying_destroy(certifying);
        return err;
    }
    plan(certifying, &found);
    *out = certifying;
    return OK;
}

void certifying_destroy(struct certifying *certifying)
{
    if (certifying != NULL) {
        certifying->ending = true;
        fetcher_destroy(certifying->fetcher);
        acme_destroy(certifying->acme);
        mem_free(certifying);
    }
}

void certifying_tick(struct certifying *certifying, uint64_t now_ms)
{
    if (certifying == NULL) {
        return;
    }
    if (now_ms >= certifying->look_ms) {
        int64_t left_s = certifying->due_s - (int64_t)time(NULL);
        uint64_t wait_ms = left_s * 1000 > LOOK_MS_MIN ? (uint64_t)left_s * 1000 : LOOK_MS_MIN;
        certifying->look_ms = now_ms + (wait_ms > LOOK_MS_MAX ? LOOK_MS_MAX : wait_ms);
        if (left_s <= 0) {
            acme_begin(certifying->acme, now_ms);
            bool waits = acme_is_idle(certifying->acme);
            uint64_t again_ms = acme_retry_ms(certifying->acme);
            if (waits && again_ms > certifying->look_ms) {
                certifying->look_ms = again_ms;
            }
        }
    }
    acme_tick(certifying->acme, now_ms);
}

uint64_t certifying_next_ms(const struct certifying *certifying)
{
    if (certifying == NULL) {
        return UINT64_MAX;
    }
    uint64_t next_ms = acme_next_ms(certifying->acme);
    return certifying->look_ms < next_ms ? certifying->look_ms : next_ms;
}
