/* SPDX-License-Identifier: Apache-2.0 */
/* The client of ACME with an authority that answers what each test wants. */
#include "server/acme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "unit.h"

#define TOP "https://acme.example/"
#define DIRECTORY TOP "dir"
#define RETRY_MS 600000

static struct {
    struct acme *acme;
    char url[ACME_URL_SIZE]; /* of the request that waits */
    char body[8192];
    bool post;
    uint32_t count; /* requests so far */
    bool refuse;    /* nothing can be sent */
    bool useless;   /* the certificate is refused */
    bool shown;
    uint32_t kept;
    uint64_t now_ms;
    char nonce[16];
    uint32_t nonces;
} at;

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static bool on_send(void *arg, const struct acme_request *request)
{
    (void)arg;
    (void)snprintf(at.url, sizeof(at.url), "%s", request->url);
    (void)snprintf(at.body, sizeof(at.body), "%.*s", (int)request->body.size,
                   request->body.size == 0 ? "" : (const char *)request->body.data);
    at.post = request->post;
    at.count++;
    return !at.refuse;
}

static bool on_show(void *arg, const uint8_t digest[32])
{
    (void)arg;
    at.shown = digest != NULL;
    return true;
}

static bool on_keep(void *arg, const struct p256_key *key, struct slice chain)
{
    (void)arg;
    (void)key;
    at.kept += !at.useless && slice_equal(chain, SLICE("chain"));
    return !at.useless;
}

static uint32_t on_draw(void *arg, uint32_t below)
{
    (void)arg;
    return below / 2; /* so that half and half are the whole */
}

static void tear_down(void)
{
    acme_destroy(at.acme);
    at.acme = NULL;
}

static void set_up(void)
{
    struct acme_params params = {.directory = DIRECTORY,
                                 .domain = "calls.example.org",
                                 .email = "root@example.org",
                                 .retry_ms = RETRY_MS,
                                 .ports = {on_send, on_show, on_keep, on_draw, NULL}};
    memset(&at, 0, sizeof(at));
    unit_finally(tear_down);
    log_set_sink(quiet, NULL);
    CHECK(p256_generate(&params.account) == OK);
    CHECK(acme_create(&params, &at.acme) == OK);
    at.now_ms = 1000;
    acme_begin(at.acme, at.now_ms);
    CHECK(strcmp(at.url, DIRECTORY) == 0 && !at.post);
}

/* The answer to the request that waits, with a new nonce. */
static void answer(uint16_t status, const char *body, const char *location, uint32_t after_s)
{
    (void)snprintf(at.nonce, sizeof(at.nonce), "n%u", (unsigned)++at.nonces);
    struct acme_answer given = {.status = status,
                                .body = slice_text(body),
                                .nonce = at.nonce,
                                .location = location,
                                .retry_after_s = after_s};
    acme_on_answer(at.acme, &given, at.now_ms);
}

static void wait_ms(uint64_t ms)
{
    at.now_ms += ms;
    acme_tick(at.acme, at.now_ms);
}

#define DIRECTORY_BODY                                                                             \
    "{\"newNonce\":\"" TOP "nonce\",\"newAccount\":\"" TOP "account\",\"newOrder\":\"" TOP         \
    "order\",\"meta\":{\"website\":\"https://elsewhere.example\"}}"
#define ORDER(status, more)                                                                        \
    "{\"status\":\"" status "\",\"authorizations\":[\"" TOP "authz/1\"],\"finalize\":\"" TOP       \
    "order/1/finalize\"" more "}"
#define AUTHORIZATION(status, challenge)                                                           \
    "{\"status\":\"" status "\",\"challenges\":[{\"type\":\"http-01\",\"url\":\"" TOP              \
    "c/0\",\"token\":\"abc\"}" challenge "]}"
#define ALPN ",{\"type\":\"tls-alpn-01\",\"url\":\"" TOP "c/1\",\"token\":\"tok-en_1\"}"
#define ISSUED ",\"certificate\":\"" TOP "cert/1\""

static void go_to_account(void)
{
    answer(200, DIRECTORY_BODY, NULL, 0);
    CHECK(strcmp(at.url, TOP "nonce") == 0 && !at.post);
    answer(204, "", NULL, 0);
    CHECK(strcmp(at.url, TOP "account") == 0 && at.post);
}

static void go_to_order(void)
{
    go_to_account();
    answer(201, "{\"status\":\"valid\"}", TOP "acct/1", 0);
    CHECK(strcmp(at.url, TOP "order") == 0);
}

static void go_to_authorization(void)
{
    go_to_order();
    answer(201, ORDER("pending", ""), TOP "order/1", 0);
    CHECK(strcmp(at.url, TOP "authz/1") == 0);
}

static void go_to_validation(void)
{
    go_to_authorization();
    answer(200, AUTHORIZATION("pending", ALPN), NULL, 0);
    CHECK(strcmp(at.url, TOP "c/1") == 0 && at.shown);
    answer(200, "{\"status\":\"processing\"}", NULL, 0);
    CHECK(!acme_is_idle(at.acme));
}

static void go_to_finalize(void)
{
    go_to_validation();
    wait_ms(2000);
    CHECK(strcmp(at.url, TOP "authz/1") == 0);
    answer(200, AUTHORIZATION("valid", ALPN), NULL, 0);
    CHECK(strcmp(at.url, TOP "order/1/finalize") == 0 && !at.shown);
}

/* The base64url of a member of the JWS as text. */
static void part(const char *name, char *out, size_t size)
{
    char wanted[32];
    uint8_t bytes[4096];
    (void)snprintf(wanted, sizeof(wanted), "\"%s\":\"", name);
    const char *begin = strstr(at.body, wanted);
    CHECK(begin != NULL);
    begin += strlen(wanted);
    size_t length = strcspn(begin, "\"");
    size_t decoded = length * 3 / 4;
    CHECK(decoded < sizeof(bytes) && decoded < size);
    CHECK(text_from_base64url(slice_from(begin, length), bytes, decoded) == OK);
    (void)snprintf(out, size, "%.*s", (int)decoded, (const char *)bytes);
}

static void from_the_directory_to_the_chain(void)
{
    char text[4096];
    set_up();
    go_to_account();
    part("protected", text, sizeof(text));
    CHECK(strstr(text, "{\"alg\":\"ES256\",\"jwk\":{\"crv\":\"P-256\"") == text);
    CHECK(strstr(text, "\"nonce\":\"n2\",\"url\":\"" TOP "account\"}") != NULL);
    part("payload", text, sizeof(text));
    CHECK(strstr(text, "mailto:root@example.org") != NULL);
    answer(200, "{}", TOP "acct/1", 0);
    part("protected", text, sizeof(text));
    CHECK(strstr(text, "\"kid\":\"" TOP "acct/1\"") != NULL && strstr(text, "jwk") == NULL);
    answer(201, ORDER("pending", ""), TOP "order/1", 0);
    CHECK(strstr(at.body, "\"payload\":\"\"") != NULL); /* POST-as-GET */
    answer(200, AUTHORIZATION("pending", ALPN), NULL, 0);
    answer(200, "{}", NULL, 0);
    wait_ms(2000);
    answer(200, AUTHORIZATION("valid", ALPN), NULL, 0);
    part("payload", text, sizeof(text));
    CHECK(strncmp(text, "{\"csr\":\"MI", 10) == 0);
    answer(200, ORDER("processing", ""), TOP "order/1", 3);
    wait_ms(2999);
    CHECK(strcmp(at.url, TOP "order/1/finalize") == 0);
    wait_ms(1);
    CHECK(strcmp(at.url, TOP "order/1") == 0);
    answer(200, ORDER("valid", ISSUED), NULL, 0);
    CHECK(strcmp(at.url, TOP "cert/1") == 0);
    answer(200, "chain", NULL, 0);
    CHECK(at.kept == 1 && acme_is_idle(at.acme) && acme_failures(at.acme) == 0);
    CHECK(acme_next_ms(at.acme) == UINT64_MAX);
    tear_down();
}

static void a_bad_nonce_is_replaced_a_few_times(void)
{
    static const char bad[] = "{\"type\":\"urn:ietf:params:acme:error:badNonce\"}";
    char text[4096];
    set_up();
    go_to_order();
    for (int i = 0; i < 4; i++) {
        answer(400, bad, NULL, 0);
        CHECK(strcmp(at.url, TOP "order") == 0);
        part("protected", text, sizeof(text));
        CHECK(strstr(text, at.nonce) != NULL);
    }
    answer(400, bad, NULL, 0);
    CHECK(acme_is_idle(at.acme) && acme_failures(at.acme) == 1);
    tear_down();
}

static void a_limit_of_the_authority_is_kept(void)
{
    set_up();
    go_to_order();
    answer(429, "{\"type\":\"urn:ietf:params:acme:error:rateLimited\",\"detail\":\"too many\"}",
           NULL, 7200);
    CHECK(acme_is_idle(at.acme));
    CHECK(acme_retry_ms(at.acme) == at.now_ms + 7200000);
    uint32_t count = at.count;
    at.now_ms += 7199999;
    acme_begin(at.acme, at.now_ms);
    CHECK(at.count == count);
    at.now_ms++;
    acme_begin(at.acme, at.now_ms);
    CHECK(at.count == count + 1);
    answer(503, "", NULL, 4000000000u); /* at most a week */
    CHECK(acme_retry_ms(at.acme) == at.now_ms + 604800000);
    tear_down();
}

static void waits_grow_with_each_failure(void)
{
    set_up();
    for (uint32_t i = 0; i < 20; i++) {
        uint64_t wanted = i < 8 ? (uint64_t)RETRY_MS << i : 86400000;
        wanted = wanted > 86400000 ? 86400000 : wanted;
        acme_on_answer(at.acme, NULL, at.now_ms);
        CHECK(acme_retry_ms(at.acme) == at.now_ms + wanted);
        at.now_ms = acme_retry_ms(at.acme);
        acme_begin(at.acme, at.now_ms);
        CHECK(!acme_is_idle(at.acme));
    }
    at.refuse = true;
    acme_on_answer(at.acme, NULL, at.now_ms);
    at.now_ms = acme_retry_ms(at.acme);
    acme_begin(at.acme, at.now_ms);
    CHECK(acme_is_idle(at.acme));
    tear_down();
}

static void what_does_not_end_is_given_up(void)
{
    set_up();
    go_to_finalize();
    answer(200, ORDER("processing", ""), NULL, 0);
    int polls = 0;
    for (; !acme_is_idle(at.acme) && polls < 100; polls++) {
        wait_ms(60000);
        answer(200, ORDER("processing", ""), NULL, 100000);
    }
    CHECK(polls < 100 && at.kept == 0);
    tear_down();
}

static void invalid_and_revoked_end_the_try(void)
{
    static const char *const bad[] = {
        AUTHORIZATION("invalid", ",{\"type\":\"tls-alpn-01\",\"url\":\"" TOP
                                 "c/1\",\"token\":\"t\",\"error\":{\"type\":\"x\"}}"),
        AUTHORIZATION("revoked", ALPN), AUTHORIZATION("expired", ALPN),
        AUTHORIZATION("deactivated", ALPN), AUTHORIZATION("unheard-of", ALPN)};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        set_up();
        go_to_validation();
        wait_ms(2000);
        answer(200, bad[i], NULL, 0);
        CHECK(acme_is_idle(at.acme) && !at.shown && acme_failures(at.acme) == 1);
        tear_down();
    }
    set_up();
    go_to_finalize();
    answer(200, ORDER("invalid", ",\"error\":{\"detail\":\"no\"}"), NULL, 0);
    CHECK(acme_is_idle(at.acme));
    tear_down();
}

static void orders_that_are_further_than_thought(void)
{
    set_up();
    go_to_order();
    answer(201, ORDER("ready", ""), TOP "order/1", 0);
    CHECK(strcmp(at.url, TOP "order/1/finalize") == 0);
    answer(200, ORDER("ready", ""), NULL, 0);
    wait_ms(2000);
    CHECK(strcmp(at.url, TOP "order/1") == 0);
    answer(200, ORDER("pending", ""), NULL, 0);
    CHECK(acme_is_idle(at.acme));
    tear_down();
    set_up();
    go_to_order();
    answer(201, ORDER("valid", ISSUED), TOP "order/1", 0);
    CHECK(acme_is_idle(at.acme) && at.kept == 0);
    tear_down();
    set_up();
    go_to_authorization();
    answer(200, AUTHORIZATION("valid", ""), NULL, 0); /* from the order before */
    CHECK(strcmp(at.url, TOP "order/1/finalize") == 0 && !at.shown);
    at.useless = true;
    answer(200, ORDER("valid", ISSUED), NULL, 0);
    answer(200, "something", NULL, 0);
    CHECK(acme_is_idle(at.acme) && acme_failures(at.acme) == 1);
    tear_down();
}

static void answers_that_are_wrong_end_the_try(void)
{
    static const char *const directories[] = {
        "",
        "[]",
        "{}",
        "not json",
        "{\"newNonce\":1,\"newAccount\":2,\"newOrder\":3}",
        "{\"newNonce\":\"https://elsewhere.example/n\",\"newAccount\":\"" TOP
        "a\",\"newOrder\":\"" TOP "o\"}",
        "{\"newNonce\":\"" TOP "n\",\"newAccount\":\"" TOP "a\",\"newOrder\":\"" TOP "o\\\"x\"}"};
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        set_up();
        answer(200, directories[i], NULL, 0);
        CHECK(acme_is_idle(at.acme));
        tear_down();
    }
    set_up();
    go_to_account();
    answer(201, "{}", "https://acme.example.evil.example/acct/1", 0);
    CHECK(acme_is_idle(at.acme));
    tear_down();
    set_up();
    go_to_order();
    answer(201, ORDER("pending", ""), NULL, 0);
    CHECK(acme_is_idle(at.acme));
    tear_down();
    set_up();
    go_to_authorization();
    answer(200, AUTHORIZATION("pending", ""), NULL, 0); /* only http-01 */
    CHECK(acme_is_idle(at.acme) && !at.shown);
    struct acme_answer late = {.status = 200, .body = SLICE("{}")};
    acme_on_answer(at.acme, &late, at.now_ms); /* nobody waits for it */
    CHECK(acme_is_idle(at.acme) && acme_failures(at.acme) == 1);
    tear_down();
}

static void without_a_nonce_nothing_is_signed(void)
{
    struct acme_answer given = {.status = 204, .body = SLICE(""), .nonce = "two words"};
    set_up();
    answer(200, DIRECTORY_BODY, NULL, 0);
    at.nonce[0] = '\0';
    tear_down();
    set_up();
    struct acme_answer first = {.status = 200, .body = SLICE(DIRECTORY_BODY)};
    acme_on_answer(at.acme, &first, at.now_ms);
    acme_on_answer(at.acme, &given, at.now_ms);
    CHECK(acme_is_idle(at.acme) && at.count == 2);
    tear_down();
}

UNIT(from_the_directory_to_the_chain, a_bad_nonce_is_replaced_a_few_times,
     a_limit_of_the_authority_is_kept, waits_grow_with_each_failure, what_does_not_end_is_given_up,
     invalid_and_revoked_end_the_try, orders_that_are_further_than_thought,
     answers_that_are_wrong_end_the_try, without_a_nonce_nothing_is_signed)
