/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dtls.h"

#include "base/counter.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/slots.h"
#include "base/wheel.h"
#include "crypto/hmac.h"
#include "crypto/random.h"
#include "net/giveway.h"
#include "net/loop_internal.h"
#include "net/tls_internal.h"

enum {
    MTU = 1200, /* of handshake records: what each path of IPv4 and IPv6 lets pass */
    OVERHEAD = 48,
    COOKIE_SIZE = 16,
    COOKIE_EPOCH_MS = 60000, /* a cookie holds for one to two of these */
    KEY_SIZE = 32,
    RANDOM_SIZE = 32,
    SEALED_SIZE_MIN = 24, /* nonce and tag of GCM */
    /* Of a record with the beginning of a ClientHello, RFC 6347 sections 4.1 and 4.2.2. */
    AT_EPOCH = 3,
    AT_SIZE = 11,
    AT_MESSAGE = 13,
    AT_LENGTH = 14,
    AT_FRAGMENT = 19,
    AT_FRAGMENT_LENGTH = 22,
    AT_RANDOM = 27,
    HELLO_SIZE_MIN = AT_RANDOM + RANDOM_SIZE,
    CONTENT_HANDSHAKE = 22,
    CLIENT_HELLO = 1,
};

/* What a BIO reads from and writes to. */
struct end {
    struct dtls *dtls;
    struct udp_socket *socket;
    struct addr remote; /* with `local` the key of the association */
    struct addr local;
    struct slice input; /* the datagram at hand */
};

struct assoc {
    struct end end;
    struct dtls_info info;
    struct giveway_item item;
    SSL *ssl;
    struct source *source;
    struct wheel_timer timer;
    uint64_t began_ms;
    uint64_t heard_ms;
    bool established;
    bool busy;                   /* its records are being read */
    bool dead;                   /* goes when they have been */
    uint8_t random[RANDOM_SIZE]; /* of its ClientHello: a copy of it begins no other one */
};

struct dtls {
    struct loop *loop;
    struct tls_context *context;
    struct dtls_limits limits;
    struct dtls_handler handler;
    struct loop_flush flush;
    uv_timer_t timer;
    struct wheel *wheel;
    struct slots *slots;
    struct map *by_path;
    struct sources *sources; /* of all loops */
    struct giveway all;
    struct hmac_sha256_key cookie_key;
    BIO_ADDR *address; /* OpenSSL wants a place for what we know better */
    SSL *listener;     /* serves all strangers and remembers none; NULL: made when needed */
    struct end stranger;
    bool closing;
};

static struct slice path_key(const struct end *end)
{
    return slice_from(&end->remote, offsetof(struct end, input) - offsetof(struct end, remote));
}

/* ---- the BIO: one datagram in, datagrams out ---- */

static int bio_read(BIO *bio, char *out, size_t size, size_t *count)
{
    struct end *end = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    *count = end->input.size < size ? end->input.size : size;
    if (*count == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    memcpy(out, end->input.data, *count);
    end->input.size = 0;
    return 1;
}

static int bio_write(BIO *bio, const char *data, size_t size, size_t *count)
{
    const struct end *end = BIO_get_data(bio);
    struct udp_message message = {
        .to = end->remote, .local = end->local, .bytes = slice_from(data, size)};

    BIO_clear_retry_flags(bio);
    udp_send_copy(end->socket, &message);
    *count = size;
    return 1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
        return OVERHEAD;
    default:
        return 0;
    }
}

static BIO_METHOD *bio_method;

/* Made once and kept for the life of the program. */
static void make_bio_method(void)
{
    bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "dtls");
    if (bio_method != NULL) {
        (void)BIO_meth_set_read_ex(bio_method, bio_read);
        (void)BIO_meth_set_write_ex(bio_method, bio_write);
        (void)BIO_meth_set_ctrl(bio_method, bio_control);
    }
}

/* ---- cookies: an HMAC over time and path; no table ---- */

static void make_cookie(const struct end *end, uint64_t epoch, uint8_t out[COOKIE_SIZE])
{
    uint8_t mac[HMAC_SHA256_SIZE];
    struct slice pieces[2] = {{(const uint8_t *)&epoch, sizeof epoch}, path_key(end)};

    hmac_sha256(&end->dtls->cookie_key, pieces, 2, mac);
    memcpy(out, mac, COOKIE_SIZE);
}

int dtls_make_cookie(SSL *ssl, unsigned char *out, unsigned *size)
{
    const struct end *end = SSL_get_app_data(ssl);

    make_cookie(end, loop_now_ms(end->dtls->loop) / COOKIE_EPOCH_MS, out);
    *size = COOKIE_SIZE;
    return 1;
}

int dtls_check_cookie(SSL *ssl, const unsigned char *cookie, unsigned size)
{
    const struct end *end = SSL_get_app_data(ssl);
    uint64_t epoch = loop_now_ms(end->dtls->loop) / COOKIE_EPOCH_MS;

    for (uint64_t age = 0; size == COOKIE_SIZE && age < 2; age++) {
        uint8_t right[COOKIE_SIZE];

        make_cookie(end, epoch - age, right);
        if (CRYPTO_memcmp(right, cookie, COOKIE_SIZE) == 0) {
            return 1;
        }
    }
    return 0;
}

/* ---- the end of an association ---- */

static void tell_closed(struct assoc *assoc)
{
    struct dtls *dtls = assoc->end.dtls;
    dtls_conn conn = assoc->info.conn;

    if (conn != 0 && slots_remove(dtls->slots, conn) != NULL && !dtls->closing) {
        dtls->handler.on_close(dtls->handler.arg, &assoc->info);
    }
}

static void end_assoc(struct assoc *assoc)
{
    struct dtls *dtls = assoc->end.dtls;

    wheel_stop(&assoc->timer);
    if (map_find(dtls->by_path, path_key(&assoc->end)) == assoc) {
        (void)map_remove(dtls->by_path, path_key(&assoc->end));
    }
    assoc->dead = true;
    tell_closed(assoc);
    if (!assoc->busy) {
        giveway_remove(&dtls->all, &assoc->item);
        sources_leave(dtls->sources, assoc->source);
        SSL_free(assoc->ssl);
        mem_free(assoc);
    }
}

/* ---- time ---- */

static void on_due(struct wheel_timer *timer, uint64_t now_ms);

static void watch(struct assoc *assoc, uint64_t due_ms)
{
    wheel_start(assoc->end.dtls->wheel, &assoc->timer, due_ms, on_due);
}

/* While hands are shaken: when what we sent last is sent again, or when it has lasted too long. */
static void watch_handshake(struct assoc *assoc, uint64_t now_ms)
{
    struct timeval left = {0};
    uint64_t due_ms = assoc->began_ms + assoc->end.dtls->limits.handshake_ms;

    if (DTLSv1_get_timeout(assoc->ssl, &left) == 1) {
        uint64_t again_ms =
            now_ms + (uint64_t)left.tv_sec * 1000 + (uint64_t)left.tv_usec / 1000 + 1;

        due_ms = again_ms < due_ms ? again_ms : due_ms;
    }
    watch(assoc, due_ms);
}

static void on_due(struct wheel_timer *timer, uint64_t now_ms)
{
    struct assoc *assoc = (struct assoc *)((uint8_t *)timer - offsetof(struct assoc, timer));
    const struct dtls *dtls = assoc->end.dtls;
    const struct dtls_limits *limits = &dtls->limits;

    if (!assoc->established) {
        ERR_clear_error();
        if (now_ms - assoc->began_ms >= limits->handshake_ms ||
            DTLSv1_handle_timeout(assoc->ssl) < 0) {
            counter_increment(COUNTER_DTLS_FAILED);
            end_assoc(assoc);
            return;
        }
        watch_handshake(assoc, now_ms);
        return;
    }
    bool known = dtls->handler.is_known(dtls->handler.arg, &assoc->info);
    uint64_t due_ms = (known ? now_ms : assoc->heard_ms) + limits->stranger_ms;
    if (due_ms <= now_ms) {
        counter_increment(COUNTER_DTLS_SILENT);
        end_assoc(assoc);
    } else {
        watch(assoc, due_ms);
    }
}

/* ---- records ---- */

/* Whether the association goes on after a call of OpenSSL that did not succeed. */
static bool goes_on(const struct assoc *assoc, int result)
{
    int fault = SSL_get_error(assoc->ssl, result);

    return fault == SSL_ERROR_WANT_READ || fault == SSL_ERROR_WANT_WRITE;
}

static bool shake_hands(struct assoc *assoc)
{
    struct dtls *dtls = assoc->end.dtls;
    uint64_t now_ms = loop_now_ms(dtls->loop);

    ERR_clear_error();
    int result = SSL_accept(assoc->ssl);
    if (result == 1) {
        assoc->established = true;
        assoc->heard_ms = now_ms;
        counter_increment(COUNTER_DTLS_ACCEPTED);
        watch(assoc, now_ms + dtls->limits.stranger_ms);
        return true;
    }
    if (!goes_on(assoc, result)) {
        counter_increment(COUNTER_DTLS_FAILED);
        return false;
    }
    watch_handshake(assoc, now_ms);
    return true;
}

static bool read_records(struct assoc *assoc)
{
    struct dtls *dtls = assoc->end.dtls;
    uint8_t *plain = loop_plain_buffer(dtls->loop);

    while (!assoc->dead) {
        size_t size = 0;

        ERR_clear_error();
        int result = SSL_read_ex(assoc->ssl, plain, LOOP_PLAIN_SIZE, &size);
        if (result != 1) {
            return goes_on(assoc, result);
        }
        assoc->heard_ms = loop_now_ms(dtls->loop);
        dtls->handler.on_datagram(dtls->handler.arg, &assoc->info, slice_from(plain, size));
    }
    return true;
}

/* Whether the bytes are whole records, and those with keys long enough to be real: at a shorter one
 * OpenSSL gives the association up, and anybody can send that. */
static bool are_records(struct slice bytes)
{
    size_t at = 0;

    while (at + AT_MESSAGE <= bytes.size) {
        const uint8_t *record = bytes.data + at;
        size_t size = (size_t)(record[AT_SIZE] << 8 | record[AT_SIZE + 1]);
        bool sealed = (record[AT_EPOCH] | record[AT_EPOCH + 1]) != 0;

        if (sealed && size < SEALED_SIZE_MIN) {
            return false;
        }
        at += AT_MESSAGE + size;
    }
    return at == bytes.size;
}

static void feed(struct assoc *assoc, struct udp_socket *socket, struct slice bytes)
{
    bool lives = true;

    assoc->end.socket = socket;
    assoc->end.input = bytes;
    assoc->busy = true;
    if (!assoc->established) {
        lives = shake_hands(assoc);
    }
    if (lives && assoc->established) {
        lives = read_records(assoc);
    }
    assoc->busy = false;
    if (!lives || assoc->dead) {
        end_assoc(assoc);
    }
}

/* ---- strangers ---- */

static SSL *make_listener(struct dtls *dtls)
{
    SSL *ssl = tls_open_datagrams(dtls->context);
    BIO *bio = ssl == NULL ? NULL : BIO_new(bio_method);

    if (bio == NULL || SSL_set_app_data(ssl, &dtls->stranger) != 1) {
        (void)BIO_free(bio);
        SSL_free(ssl);
        return NULL;
    }
    BIO_set_init(bio, 1);
    BIO_set_data(bio, &dtls->stranger);
    SSL_set_bio(ssl, bio, bio); /* takes the reference */
    (void)SSL_set_mtu(ssl, MTU);
    SSL_set_accept_state(ssl);
    return ssl;
}

static struct assoc *of_item(const struct giveway_item *item)
{
    return (struct assoc *)((uintptr_t)item - offsetof(struct assoc, item));
}

static bool gives_way(const struct giveway_item *item)
{
    const struct assoc *assoc = of_item(item);
    const struct dtls *dtls = assoc->end.dtls;

    return !assoc->busy && !dtls->handler.is_known(dtls->handler.arg, &assoc->info);
}

static void displace(struct giveway_item *item)
{
    counter_increment(COUNTER_DTLS_DISPLACED);
    end_assoc(of_item(item));
}

static const struct giveway_rules rules = {gives_way, displace};

bool dtls_make_room(struct dtls *dtls)
{
    return giveway_make_room(&dtls->all);
}

/* The listener, who has taken the hello with the cookie, becomes the association. */
static void begin_assoc(struct dtls *dtls, const uint8_t *random)
{
    struct assoc *assoc = mem_alloc(sizeof *assoc);
    uint64_t now_ms = loop_now_ms(dtls->loop);
    enum err err = OK;

    if (assoc == NULL) {
        counter_increment(COUNTER_DTLS_REFUSED);
        return;
    }
    assoc->end = dtls->stranger;
    assoc->began_ms = now_ms;
    memcpy(assoc->random, random, RANDOM_SIZE);
    assoc->info.remote = assoc->end.remote;
    assoc->info.local = assoc->end.local;
    err = giveway_enter(&dtls->all, dtls->sources, &assoc->end.remote, dtls->limits.per_address_max,
                        &assoc->source);
    giveway_add(&dtls->all, &assoc->item);
    if (err == ERR_BUSY && dtls->handler.on_full != NULL) {
        dtls->handler.on_full(dtls->handler.arg); /* the client will ask again */
    }
    err = err == OK ? map_add(dtls->by_path, path_key(&assoc->end), assoc) : err;
    err = err == OK ? slots_add(dtls->slots, assoc, &assoc->info.conn) : err;
    if (err != OK) {
        counter_increment(COUNTER_DTLS_REFUSED);
        end_assoc(assoc);
        return;
    }
    assoc->ssl = dtls->listener;
    dtls->listener = NULL;
    BIO_set_data(SSL_get_rbio(assoc->ssl), &assoc->end);
    (void)SSL_set_app_data(assoc->ssl, &assoc->end);
    feed(assoc, assoc->end.socket, (struct slice){0});
}

/* A whole ClientHello before any keys; others of a stranger's datagrams are nothing. */
static bool is_hello(struct slice bytes)
{
    const uint8_t *data = bytes.data;
    static const uint8_t zero[3];

    return bytes.size >= HELLO_SIZE_MIN && data[0] == CONTENT_HANDSHAKE &&
           memcmp(data + AT_EPOCH, zero, 2) == 0 && data[AT_MESSAGE] == CLIENT_HELLO &&
           memcmp(data + AT_FRAGMENT, zero, 3) == 0 &&
           memcmp(data + AT_LENGTH, data + AT_FRAGMENT_LENGTH, 3) == 0;
}

static void hear_stranger(struct dtls *dtls, const struct end *end, struct assoc *old)
{
    const uint8_t *random = end->input.data + AT_RANDOM;

    if (!dtls->handler.may_answer(dtls->handler.arg, &end->remote)) {
        return;
    }
    if (dtls->listener != NULL && !tls_is_current(dtls->context, dtls->listener)) {
        SSL_free(dtls->listener);
        dtls->listener = NULL;
    }
    if (dtls->listener == NULL) {
        dtls->listener = make_listener(dtls);
    }
    if (dtls->listener == NULL) {
        counter_increment(COUNTER_DTLS_REFUSED);
        return;
    }
    dtls->stranger = *end;
    ERR_clear_error();
    counter_increment(COUNTER_DTLS_HELLOS);
    if (DTLSv1_listen(dtls->listener, dtls->address) != 1) {
        return;
    }
    /* RFC 6347 section 4.2.8: the client at this address has begun anew. */
    if (old != NULL) {
        end_assoc(old);
    }
    begin_assoc(dtls, random);
    /* One that nobody took has state of that client. */
    SSL_free(dtls->listener);
    dtls->listener = NULL;
}

void dtls_input(struct dtls *dtls, struct udp_socket *socket, const struct udp_datagram *datagram)
{
    struct end end = {.dtls = dtls,
                      .socket = socket,
                      .remote = datagram->from,
                      .local = datagram->local,
                      .input = datagram->bytes};
    struct assoc *assoc = map_find(dtls->by_path, path_key(&end));
    bool hello = is_hello(end.input);

    if (hello &&
        (assoc == NULL || memcmp(assoc->random, end.input.data + AT_RANDOM, RANDOM_SIZE) != 0)) {
        hear_stranger(dtls, &end, assoc);
    } else if (assoc != NULL && are_records(end.input)) {
        feed(assoc, socket, end.input);
    } else {
        counter_increment(COUNTER_DTLS_STRAY);
    }
}

/* ---- the handler's side ---- */

void dtls_send(struct dtls *dtls, dtls_conn conn, struct slice head, struct slice body)
{
    struct assoc *assoc = slots_find(dtls->slots, conn);
    uint8_t *record = loop_record_buffer(dtls->loop);
    size_t sent = 0;

    if (assoc == NULL || assoc->dead || !assoc->established) {
        return;
    }
    if (head.size + body.size > LOOP_RECORD_SIZE) {
        counter_increment(COUNTER_DTLS_DROPPED);
        return;
    }
    if (head.size > 0) {
        memcpy(record, head.data, head.size);
    }
    memcpy(record + head.size, body.data, body.size);
    ERR_clear_error();
    if (SSL_write_ex(assoc->ssl, record, head.size + body.size, &sent) != 1) {
        counter_increment(COUNTER_DTLS_DROPPED);
    }
}

void dtls_end(struct dtls *dtls, dtls_conn conn)
{
    struct assoc *assoc = slots_find(dtls->slots, conn);

    if (assoc == NULL || assoc->dead) {
        return;
    }
    if (assoc->established) {
        ERR_clear_error();
        (void)SSL_shutdown(assoc->ssl);
    }
    end_assoc(assoc);
}

uint32_t dtls_count(const struct dtls *dtls)
{
    return slots_count(dtls->slots);
}

/* ---- life ---- */

static void on_timer(uv_timer_t *timer)
{
    struct dtls *dtls = timer->data;

    wheel_tick(dtls->wheel, loop_now_ms(dtls->loop));
}

static void on_flush(void *arg)
{
    struct dtls *dtls = arg;
    uint64_t now_ms = loop_now_ms(dtls->loop);
    uint64_t next_ms = wheel_next_ms(dtls->wheel);

    if (next_ms == UINT64_MAX) {
        (void)uv_timer_stop(&dtls->timer);
    } else {
        (void)uv_timer_start(&dtls->timer, on_timer, next_ms > now_ms ? next_ms - now_ms : 1, 0);
    }
}

static void free_all(struct dtls *dtls)
{
    SSL_free(dtls->listener);
    BIO_ADDR_free(dtls->address);
    wheel_destroy(dtls->wheel);
    slots_destroy(dtls->slots);
    map_destroy(dtls->by_path);
    mem_wipe(dtls, sizeof *dtls);
    mem_free(dtls);
}

static void on_timer_closed(uv_handle_t *handle)
{
    free_all(handle->data);
}

enum err dtls_create(struct loop *loop, struct tls_context *context,
                     const struct dtls_limits *limits, struct sources *sources,
                     const struct dtls_handler *handler, struct dtls **out)
{
    static uv_once_t once = UV_ONCE_INIT;
    struct dtls *dtls = mem_alloc(sizeof *dtls);
    uint8_t key[KEY_SIZE];

    *out = NULL;
    if (dtls == NULL) {
        return ERR_NOMEM;
    }
    dtls->loop = loop;
    dtls->context = context;
    dtls->limits = *limits;
    dtls->sources = sources;
    dtls->handler = *handler;
    giveway_init(&dtls->all, &rules);
    dtls->flush = (struct loop_flush){.on_flush = on_flush, .arg = dtls};
    dtls->address = BIO_ADDR_new();
    uv_once(&once, make_bio_method);
    if (dtls->address == NULL || bio_method == NULL ||
        wheel_create(loop_now_ms(loop), &dtls->wheel) != OK ||
        slots_create(limits->count_max, &dtls->slots) != OK ||
        map_create(limits->count_max, &dtls->by_path) != OK) {
        free_all(dtls);
        return ERR_NOMEM;
    }
    random_bytes(key, sizeof key);
    hmac_sha256_prepare(slice_from(key, sizeof key), &dtls->cookie_key);
    mem_wipe(key, sizeof key);
    (void)uv_timer_init(loop_uv(loop), &dtls->timer);
    dtls->timer.data = dtls;
    loop_add_flush(loop, &dtls->flush);
    *out = dtls;
    return OK;
}

void dtls_destroy(struct dtls *dtls)
{
    uint32_t cursor = 0;
    struct assoc *assoc = NULL;

    if (dtls == NULL) {
        return;
    }
    dtls->closing = true;
    while ((assoc = slots_next(dtls->slots, &cursor)) != NULL) {
        end_assoc(assoc);
    }
    loop_remove_flush(dtls->loop, &dtls->flush);
    uv_close((uv_handle_t *)&dtls->timer, on_timer_closed);
}
