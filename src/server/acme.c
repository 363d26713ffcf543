/* SPDX-License-Identifier: Apache-2.0 */
#include "server/acme.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/certificate.h"
#include "server/acmejws.h"

#define POLL_MS 2000
#define POLL_MS_MAX 60000
#define POLLS_MAX 60 /* of one thing */
#define NONCES_MAX 5 /* for one request: the server may have forgotten them */
#define RETRY_MS_MAX 86400000
#define RETRY_AFTER_S_MAX 604800
#define BODY_MAX 32768
#define REQUEST_MAX 2048

enum step {
    STEP_IDLE,
    STEP_DIRECTORY,
    STEP_NONCE,
    STEP_ACCOUNT,
    STEP_ORDER,
    STEP_AUTHORIZATION,
    STEP_CHALLENGE,
    STEP_WAIT_VALID,
    STEP_FINALIZE,
    STEP_WAIT_ISSUED,
    STEP_CHAIN,
};

static const char *const step_names[] = {"idle",    "directory",     "nonce",     "account",
                                         "order",   "authorization", "challenge", "validation",
                                         "request", "issue",         "chain"};

struct acme {
    struct acme_params params;
    enum step step;
    bool sent;       /* an answer is waited for */
    uint64_t due_ms; /* when to ask again; UINT64_MAX: no such time */
    uint32_t polls;  /* of this step */
    uint32_t nonces; /* refused for this request */
    uint32_t failures;
    uint64_t retry_ms; /* not before this time */
    char nonce[ACME_TOKEN_SIZE];
    char account[ACME_URL_SIZE];
    char order_url[ACME_URL_SIZE];
    struct acme_directory directory;
    struct acme_order order;
    struct acme_authorization authorization;
    struct p256_key key; /* of the certificate */
};

MUST_USE enum err acme_create(const struct acme_params *params, struct acme **out)
{
    struct acme *acme = mem_alloc(sizeof(*acme));
    *out = acme;
    if (acme == NULL) {
        return ERR_NOMEM;
    }
    acme->params = *params;
    acme->due_ms = UINT64_MAX;
    return OK;
}

void acme_destroy(struct acme *acme)
{
    if (acme != NULL) {
        mem_wipe(acme, sizeof(*acme));
        mem_free(acme);
    }
}

bool acme_is_idle(const struct acme *acme)
{
    return acme->step == STEP_IDLE;
}

uint32_t acme_failures(const struct acme *acme)
{
    return acme->failures;
}

uint64_t acme_retry_ms(const struct acme *acme)
{
    return acme->retry_ms;
}

uint64_t acme_next_ms(const struct acme *acme)
{
    return acme->sent ? UINT64_MAX : acme->due_ms;
}

/* ---- the end of a try ---- */

static void stop(struct acme *acme)
{
    (void)acme->params.ports.show(acme->params.ports.arg, NULL);
    mem_wipe(&acme->key, sizeof(acme->key));
    acme->step = STEP_IDLE;
    acme->sent = false;
    acme->due_ms = UINT64_MAX;
}

/* Half of the wait is by chance, so that those who failed together do not come back together. */
static void fail(struct acme *acme, const char *why, const struct acme_problem *problem,
                 uint32_t after_s, uint64_t now_ms)
{
    uint64_t wait_ms = acme->params.retry_ms;
    for (uint32_t i = 0; i < acme->failures && wait_ms < RETRY_MS_MAX; i++) {
        wait_ms *= 2;
    }
    wait_ms = wait_ms > RETRY_MS_MAX ? RETRY_MS_MAX : wait_ms;
    wait_ms = wait_ms / 2 + acme->params.ports.draw(acme->params.ports.arg, (uint32_t)wait_ms);
    after_s = after_s > RETRY_AFTER_S_MAX ? RETRY_AFTER_S_MAX : after_s;
    wait_ms = wait_ms < after_s * 1000ULL ? after_s * 1000ULL : wait_ms;
    log_error("no certificate from the authority",
              "step=%s cause=\"%s\" type=%s detail=\"%s\" "
              "again_s=%u",
              step_names[acme->step], why, problem == NULL ? "" : problem->type,
              problem == NULL ? "" : problem->detail, (unsigned)(wait_ms / 1000));
    acme->failures++;
    acme->retry_ms = now_ms + wait_ms;
    stop(acme);
}

/* ---- requests ---- */

static const char *url_of(const struct acme *acme)
{
    switch (acme->step) {
    case STEP_DIRECTORY:
        return acme->params.directory;
    case STEP_NONCE:
        return acme->directory.new_nonce;
    case STEP_ACCOUNT:
        return acme->directory.new_account;
    case STEP_ORDER:
        return acme->directory.new_order;
    case STEP_AUTHORIZATION:
    case STEP_WAIT_VALID:
        return acme->order.authorization;
    case STEP_CHALLENGE:
        return acme->authorization.url;
    case STEP_FINALIZE:
        return acme->order.finalize;
    case STEP_WAIT_ISSUED:
        return acme->order_url;
    default:
        return acme->order.certificate;
    }
}

static enum err write_finalize(struct acme *acme, struct buf *out)
{
    struct buf der;
    char text[REQUEST_MAX * 2];
    buf_init(&der, REQUEST_MAX);
    enum err err = p256_generate(&acme->key);
    err = err == OK ? certificate_request(&acme->key, acme->params.domain, &der) : err;
    if (err == OK) {
        text_base64url(buf_slice(&der), text);
        err = buf_printf(out, "{\"csr\":\"%s\"}", text);
    }
    buf_fini(&der);
    return err;
}

/* Empty: POST-as-GET. */
static enum err write_payload(struct acme *acme, struct buf *out)
{
    switch (acme->step) {
    case STEP_ACCOUNT:
        if (acme->params.email[0] == '\0') {
            return buf_append_text(out, "{\"termsOfServiceAgreed\":true}");
        }
        return buf_printf(out, "{\"termsOfServiceAgreed\":true,\"contact\":[\"mailto:%s\"]}",
                          acme->params.email);
    case STEP_ORDER:
        return buf_printf(out, "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"%s\"}]}",
                          acme->params.domain);
    case STEP_CHALLENGE:
        return buf_append_text(out, "{}");
    case STEP_FINALIZE:
        return write_finalize(acme, out);
    default:
        return OK;
    }
}

static void ask(struct acme *acme, uint64_t now_ms)
{
    struct buf payload;
    struct buf body;
    struct acme_request request = {.url = url_of(acme), .post = acme->step > STEP_NONCE};
    enum err err = OK;
    buf_init(&payload, BODY_MAX);
    buf_init(&body, BODY_MAX);
    acme->due_ms = UINT64_MAX;
    if (request.post) {
        struct acmejws jws = {.key = &acme->params.account,
                              .account = acme->step == STEP_ACCOUNT ? "" : acme->account,
                              .url = request.url,
                              .nonce = acme->nonce};
        err = write_payload(acme, &payload);
        jws.payload = buf_slice(&payload);
        err = err == OK ? acmejws_write(&jws, &body) : err;
        request.body = buf_slice(&body);
        acme->nonce[0] = '\0'; /* each is for once */
    }
    acme->sent = err == OK && acme->params.ports.send(acme->params.ports.arg, &request);
    if (!acme->sent) {
        fail(acme, err == OK ? "the request cannot be sent" : err_name(err), NULL, 0, now_ms);
    }
    buf_fini(&payload);
    buf_fini(&body);
}

static void go(struct acme *acme, enum step step, uint64_t now_ms)
{
    acme->step = step;
    acme->polls = 0;
    acme->nonces = 0;
    ask(acme, now_ms);
}

/* Asks the same again after a while. */
static void poll_later(struct acme *acme, const struct acme_answer *answer, uint64_t now_ms)
{
    uint64_t wait_ms = answer->retry_after_s == 0 ? POLL_MS : answer->retry_after_s * 1000ULL;
    if (++acme->polls >= POLLS_MAX) {
        fail(acme, "it takes too long", NULL, 0, now_ms);
        return;
    }
    acme->due_ms = now_ms + (wait_ms > POLL_MS_MAX ? POLL_MS_MAX : wait_ms);
}

void acme_begin(struct acme *acme, uint64_t now_ms)
{
    if (acme->step != STEP_IDLE || now_ms < acme->retry_ms) {
        return;
    }
    acme->nonce[0] = '\0';
    log_info("a certificate is asked for", "domain=%s authority=%s", acme->params.domain,
             acme->params.directory);
    go(acme, STEP_DIRECTORY, now_ms);
}

void acme_tick(struct acme *acme, uint64_t now_ms)
{
    if (!acme->sent && now_ms >= acme->due_ms) {
        ask(acme, now_ms);
    }
}

/* ---- answers ---- */

static bool take_location(const struct acme *acme, const struct acme_answer *answer,
                          char out[ACME_URL_SIZE])
{
    if (answer->location == NULL || !acmeanswer_is_url(answer->location, acme->params.directory)) {
        return false;
    }
    (void)snprintf(out, ACME_URL_SIZE, "%s", answer->location);
    return true;
}

static void on_order(struct acme *acme, const struct acme_answer *answer, uint64_t now_ms)
{
    enum step step = acme->step;
    if (acmeanswer_order(answer->body, acme->params.directory, &acme->order) != OK) {
        fail(acme, "this is no order", NULL, 0, now_ms);
        return;
    }
    if (step == STEP_ORDER && !take_location(acme, answer, acme->order_url)) {
        fail(acme, "the order has no place", NULL, 0, now_ms);
        return;
    }
    switch (acme->order.status) {
    case ACME_PENDING:
        if (step == STEP_ORDER) {
            go(acme, STEP_AUTHORIZATION, now_ms);
        } else {
            fail(acme, "the order fell back", &acme->order.problem, 0, now_ms);
        }
        break;
    case ACME_READY:
        if (step == STEP_ORDER) { /* the host was checked not long ago */
            go(acme, STEP_FINALIZE, now_ms);
            break;
        } /* fall through */
    case ACME_PROCESSING:
        acme->step = STEP_WAIT_ISSUED;
        poll_later(acme, answer, now_ms);
        break;
    case ACME_VALID:
        if (step == STEP_ORDER) { /* it was for another key, which nobody has any more */
            fail(acme, "a new order is valid already", NULL, 0, now_ms);
        } else {
            go(acme, STEP_CHAIN, now_ms);
        }
        break;
    case ACME_INVALID:
        fail(acme, "the order is invalid", &acme->order.problem, 0, now_ms);
        break;
    }
}

static void on_authorization(struct acme *acme, const struct acme_answer *answer, uint64_t now_ms)
{
    struct acme_authorization *found = &acme->authorization;
    const struct acme_ports *ports = &acme->params.ports;
    uint8_t digest[32];
    if (acmeanswer_authorization(answer->body, acme->params.directory, found) != OK) {
        fail(acme, "this is no authorization", NULL, 0, now_ms);
    } else if (found->status == ACME_VALID) {
        (void)ports->show(ports->arg, NULL);
        go(acme, STEP_FINALIZE, now_ms);
    } else if (found->status == ACME_INVALID) {
        fail(acme, "the host could not be checked", &found->problem, 0, now_ms);
    } else if (acme->step == STEP_WAIT_VALID) {
        poll_later(acme, answer, now_ms);
    } else if (found->url[0] == '\0') {
        fail(acme, "tls-alpn-01 is not offered", NULL, 0, now_ms);
    } else {
        acmejws_challenge(&acme->params.account, found->token, digest);
        if (ports->show(ports->arg, digest)) {
            go(acme, STEP_CHALLENGE, now_ms);
        } else {
            fail(acme, "out of memory", NULL, 0, now_ms);
        }
    }
}

static void on_chain(struct acme *acme, const struct acme_answer *answer, uint64_t now_ms)
{
    const struct acme_ports *ports = &acme->params.ports;
    if (!ports->keep(ports->arg, &acme->key, answer->body)) {
        fail(acme, "the certificate is of no use", NULL, 0, now_ms);
        return;
    }
    acme->failures = 0;
    acme->retry_ms = 0;
    stop(acme);
}

static void on_right(struct acme *acme, const struct acme_answer *answer, uint64_t now_ms)
{
    switch (acme->step) {
    case STEP_DIRECTORY:
        if (acmeanswer_directory(answer->body, acme->params.directory, &acme->directory) != OK) {
            fail(acme, "this is no directory", NULL, 0, now_ms);
        } else {
            go(acme, STEP_NONCE, now_ms);
        }
        break;
    case STEP_NONCE:
        go(acme, STEP_ACCOUNT, now_ms);
        break;
    case STEP_ACCOUNT:
        if (take_location(acme, answer, acme->account)) {
            go(acme, STEP_ORDER, now_ms);
        } else {
            fail(acme, "the account has no place", NULL, 0, now_ms);
        }
        break;
    case STEP_AUTHORIZATION:
    case STEP_WAIT_VALID:
        on_authorization(acme, answer, now_ms);
        break;
    case STEP_CHALLENGE: /* what it says of itself does not matter: the authorization counts */
        acme->step = STEP_WAIT_VALID;
        poll_later(acme, answer, now_ms);
        break;
    case STEP_CHAIN:
        on_chain(acme, answer, now_ms);
        break;
    default:
        on_order(acme, answer, now_ms);
        break;
    }
}

static void on_refusal(struct acme *acme, const struct acme_answer *answer, uint64_t now_ms)
{
    struct acme_problem problem;
    char why[32];
    acmeanswer_problem(answer->body, &problem);
    if (strcmp(problem.type, "badNonce") == 0 && acme->nonce[0] != '\0' &&
        ++acme->nonces < NONCES_MAX) {
        ask(acme, now_ms);
        return;
    }
    (void)snprintf(why, sizeof(why), "status %u", (unsigned)answer->status);
    fail(acme, why, &problem, answer->retry_after_s, now_ms);
}

void acme_on_answer(struct acme *acme, const struct acme_answer *answer, uint64_t now_ms)
{
    if (!acme->sent) {
        return; /* of a request that nobody waits for */
    }
    acme->sent = false;
    if (answer == NULL) {
        fail(acme, "there was no answer", NULL, 0, now_ms);
        return;
    }
    if (answer->nonce != NULL && acmeanswer_is_token(answer->nonce)) {
        (void)snprintf(acme->nonce, sizeof(acme->nonce), "%s", answer->nonce);
    }
    if (answer->status < 200 || answer->status > 299) {
        on_refusal(acme, answer, now_ms);
    } else if (acme->nonce[0] == '\0' && acme->step > STEP_DIRECTORY && acme->step < STEP_CHAIN) {
        fail(acme, "there is no nonce", NULL, 0, now_ms);
    } else {
        on_right(acme, answer, now_ms);
    }
}
