/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pusher.h"

#include <stdio.h>
#include <time.h>

#include "base/counter.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/pushcrypt.h"
#include "crypto/random.h"
#include "net/fetch.h"
#include "turn/peerfilter.h"

#define SETTING_NAME "key"
#define SENDING_MAX 256
#define TIME_MS 5000
#define ANSWER_MAX 4096
#define TOKEN_S (12 * 3600) /* RFC 8292 section 2: at most 24 hours */
#define HEADER_MAX 3072

struct pusher {
    struct pusher_params params;
    struct portal *portal;
    struct fetcher *fetcher;
    struct p256_key key;
    bool has_key;
};

/* One on its way. */
struct sending {
    struct pusher *pusher;
    struct push to;
};

/* Names of push services are resolved by others: nothing inside the organisation is reached. */
static bool may_connect(void *arg, const struct addr *peer)
{
    static const struct peerfilter nothing_of_ours;
    const struct pusher *pusher = arg;
    return (pusher->params.local && addr_is_loopback(peer)) ||
           peerfilter_allows_address(&nothing_of_ours, peer);
}

static void on_done(void *arg, enum err err, const struct fetch_answer *answer)
{
    struct sending *sending = arg;
    struct pusher *pusher = sending->pusher;
    unsigned status = answer == NULL ? 0 : answer->status;
    if (status == 404 || status == 410) {
        portal_push_gone(pusher->portal, &sending->to.login, sending->to.endpoint);
    }
    if (err != OK || status < 200 || status > 299) {
        counter_increment(COUNTER_PUSHES_FAILED);
        log_warn("a push was not taken", "err=%s status=%u", err_name(err), status);
    }
    mem_wipe(&sending->to, sizeof(sending->to));
    mem_free(sending);
}

/* The body that only this browser can read: which call, or which person. */
static enum err write_body(const struct push_note *note, struct buf *out)
{
    struct p256_key once;
    struct pushcrypt_receiver receiver;
    uint8_t salt[PUSHCRYPT_SALT_SIZE];
    char id[ID_TEXT_SIZE];
    char text[64];
    id_format(&note->call, id);
    /* Names of users have no character that JSON would have to quote. */
    (void)snprintf(text, sizeof(text), "{\"%s\":\"%s\"}", note->person != NULL ? "person" : "call",
                   note->person != NULL ? note->person : id);
    memcpy(receiver.point, note->to->point, sizeof(receiver.point));
    memcpy(receiver.auth, note->to->auth, sizeof(receiver.auth));
    random_bytes(salt, sizeof(salt));
    enum err err = p256_generate(&once);
    err = err == OK ? pushcrypt_encrypt(slice_text(text), &receiver, &once, salt, out) : err;
    mem_wipe(&once, sizeof(once));
    return err;
}

static enum err post(struct pusher *pusher, const struct push_note *note, struct sending *sending,
                     const struct buf *authorization, const struct buf *body)
{
    char ttl[32];
    char topic[ID_TEXT_SIZE + 16];
    char id[ID_TEXT_SIZE];
    char authorize[HEADER_MAX];
    id_format(&note->call, id);
    (void)snprintf(ttl, sizeof(ttl), "TTL: %u", note->ttl_s);
    (void)snprintf(topic, sizeof(topic), "Topic: %s", id); /* the newest replaces those before */
    (void)snprintf(authorize, sizeof(authorize), "Authorization: %.*s", (int)authorization->size,
                   (const char *)authorization->data);
    const char *const headers[] = {ttl,
                                   topic,
                                   authorize,
                                   "Urgency: high",
                                   "Content-Encoding: aes128gcm",
                                   "Content-Type: application/octet-stream",
                                   NULL};
    struct fetch_request request = {
        .method = "POST", .url = sending->to.endpoint, .headers = headers, .body = buf_slice(body)};
    return fetch_start(pusher->fetcher, &request, on_done, sending);
}

static void send(void *ctx, const struct push_note *note)
{
    struct pusher *pusher = ctx;
    if (pusher->fetcher == NULL) {
        return; /* the server is ending */
    }
    struct buf body;
    struct buf authorization;
    struct sending *sending = mem_alloc(sizeof(*sending));
    enum err err = sending == NULL ? ERR_NOMEM : OK;
    buf_init(&body, 4096);
    buf_init(&authorization, HEADER_MAX - 16);
    if (err == OK) {
        sending->pusher = pusher;
        sending->to = *note->to;
        err = write_body(note, &body);
    }
    if (err == OK) {
        err = pushcrypt_authorize(&pusher->key, push_origin(slice_text(note->to->endpoint)),
                                  slice_text(pusher->params.contact), (int64_t)time(NULL) + TOKEN_S,
                                  &authorization);
    }
    err = err == OK ? post(pusher, note, sending, &authorization, &body) : err;
    if (err != OK) {
        counter_increment(COUNTER_PUSHES_FAILED);
        log_warn("a push cannot be sent", "err=%s", err_name(err));
        mem_free(sending);
    }
    buf_fini(&body);
    buf_fini(&authorization);
}

MUST_USE enum err pusher_create(const struct pusher_params *params, struct pusher **out)
{
    struct pusher *pusher = mem_alloc(sizeof(*pusher));
    *out = NULL;
    if (pusher == NULL) {
        return ERR_NOMEM;
    }
    pusher->params = *params;
    struct fetcher_params fetcher = {.loop = params->loop,
                                     .count_max = SENDING_MAX,
                                     .time_ms = TIME_MS,
                                     .answer_bytes_max = ANSWER_MAX,
                                     .plain = params->local,
                                     .may_connect = may_connect,
                                     .arg = pusher};
    enum err err = fetcher_create(&fetcher, &pusher->fetcher);
    if (err != OK) {
        mem_free(pusher);
        return err;
    }
    *out = pusher;
    return OK;
}

void pusher_stop(struct pusher *pusher)
{
    if (pusher != NULL) {
        struct fetcher *fetcher = pusher->fetcher;
        pusher->fetcher = NULL;
        fetcher_destroy(fetcher);
    }
}

void pusher_destroy(struct pusher *pusher)
{
    if (pusher != NULL) {
        ASSERT(pusher->fetcher == NULL);
        mem_wipe(pusher, sizeof(*pusher));
        mem_free(pusher);
    }
}

void pusher_set_portal(struct pusher *pusher, struct portal *portal)
{
    pusher->portal = portal;
}

bool pusher_restore(struct pusher *pusher, const struct change *change)
{
    uint8_t secret[P256_SECRET_SIZE];
    if (change->kind != CHANGE_SETTING_PUT || strcmp(change->setting.owner, PUSHER_OWNER) != 0) {
        return false;
    }
    struct slice text = slice_text(secret_reveal(&change->setting.value));
    pusher->has_key = text_from_base64url(text, secret, sizeof(secret)) == OK &&
                      p256_load(secret, &pusher->key) == OK;
    mem_wipe(secret, sizeof(secret));
    return true;
}

MUST_USE enum err pusher_make_key(struct pusher *pusher, struct change *out, bool *made)
{
    char text[TEXT_BASE64URL_SIZE(P256_SECRET_SIZE) + 1];
    *made = !pusher->has_key;
    if (pusher->has_key) {
        return OK;
    }
    enum err err = p256_generate(&pusher->key);
    if (err != OK) {
        return err;
    }
    pusher->has_key = true;
    *out = (struct change){.kind = CHANGE_SETTING_PUT};
    (void)snprintf(out->setting.owner, sizeof(out->setting.owner), "%s", PUSHER_OWNER);
    (void)snprintf(out->setting.name, sizeof(out->setting.name), "%s", SETTING_NAME);
    text_base64url(slice_from(pusher->key.secret, P256_SECRET_SIZE), text);
    err = secret_set(&out->setting.value, slice_text(text));
    mem_wipe(text, sizeof(text));
    return err;
}

_Static_assert(TEXT_BASE64URL_SIZE(P256_POINT_SIZE) < PUSHER_POINT_TEXT_SIZE, "a point fits");

void pusher_key_text(const struct pusher *pusher, char out[PUSHER_POINT_TEXT_SIZE])
{
    text_base64url(slice_from(pusher->key.point, P256_POINT_SIZE), out);
}

struct port_push pusher_port(struct pusher *pusher)
{
    return (struct port_push){.ctx = pusher, .send = send};
}
