/* SPDX-License-Identifier: Apache-2.0 */
/* The DTLS front, which answers by a real socket of loopback. The bytes say what three clients of
 * OpenSSL and those who mean no good send: whole handshakes, so that the input gets behind the
 * cookie; records cut, changed, repeated, from another's address, and any bytes. Kept at every
 * step: a stranger is sent no more than he sends, there are no more associations than there may
 * be, and none without a cookie. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "fuzz.h"
#include "net/dtls.h"
#include "net/sources.h"
#include "net/openssl.h"
#include "net/testcert.h"

#define CLIENTS 3
#define STRANGER CLIENTS /* its address has no client of OpenSSL: it never brings a cookie */
#define ADDRESSES (CLIENTS + 1)
#define PACKET_MAX 2048
#define RECORD_HEAD 13

struct input {
    const uint8_t *data;
    size_t size;
};

/* Made once: what is the same for all inputs. */
static struct {
    struct testcert cert;
    struct tls_context *tls;
    SSL_CTX *client;
} always;

static struct {
    struct loop *loop;
    struct udp *udp;
    struct udp_socket *socket;
    struct dtls *dtls;
    struct sources *sources;
    SSL *clients[CLIENTS];
    uint8_t last[PACKET_MAX]; /* the record that was sent last, to be sent again */
    size_t last_size;
} fix;

void unit_check_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: %s\n", file, line, condition);
    abort();
}

bool unit_replaying(void)
{
    return false;
}

static uint8_t take(struct input *input)
{
    if (input->size == 0) {
        return 0;
    }
    input->size--;
    return *input->data++;
}

/* ---- the server ---- */

static int fds[ADDRESSES]; /* sockets that hear what the server says */
static struct addr addresses[ADDRESSES];
static dtls_conn conns[ADDRESSES];

static void on_datagram(void *arg, const struct dtls_info *info, struct slice bytes)
{
    (void)arg;
    (void)bytes;
    for (int i = 0; i < ADDRESSES; i++) {
        if (addr_equal(&info->remote, &addresses[i])) {
            ASSERT(i != STRANGER); /* who never had a cookie */
            conns[i] = info->conn;
        }
    }
}

static void on_close(void *arg, const struct dtls_info *info)
{
    (void)arg;
    (void)info;
}

static bool is_known(void *arg, const struct dtls_info *info)
{
    (void)arg;
    (void)info;
    return true;
}

static bool may_answer(void *arg, const struct addr *remote)
{
    (void)arg;
    (void)remote;
    return true;
}

static const struct dtls_limits limits = {
    .count_max = 2, .per_address_max = 2, .handshake_ms = 60000, .stranger_ms = 60000};

/* What the server has sent to the address; the client of OpenSSL gets it, too. */
static size_t receive(int index)
{
    uint8_t bytes[PACKET_MAX];
    size_t all = 0;
    ssize_t got = 0;

    (void)uv_run(loop_uv(fix.loop), UV_RUN_NOWAIT);
    while ((got = recv(fds[index], bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        all += (size_t)got;
        if (index < CLIENTS) {
            (void)BIO_write(SSL_get_rbio(fix.clients[index]), bytes, (int)got);
        }
    }
    return all;
}

/* Gives the front one datagram, in a block of exactly its size. */
static void give(int from, const uint8_t *bytes, size_t size)
{
    uint8_t *exact = size == 0 ? NULL : malloc(size);

    if (exact == NULL) {
        return; /* nothing has no first byte, so it does not come here */
    }
    memcpy(exact, bytes, size);
    exact[0] = (uint8_t)(20 + (exact[0] + 24) % 44); /* one of DTLS stays what it is, RFC 7983 */
    struct udp_datagram datagram = {
        .from = addresses[from], .local = udp_local(fix.socket), .bytes = slice_from(exact, size)};
    dtls_input(fix.dtls, fix.socket, &datagram);
    free(exact);
    size_t answered = receive(from);
    ASSERT(from != STRANGER || answered <= size);
    ASSERT(dtls_count(fix.dtls) <= limits.count_max);
}

/* ---- clients ---- */

static void restart(int index)
{
    SSL_free(fix.clients[index]);
    SSL *ssl = SSL_new(always.client);
    ASSERT(ssl != NULL);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    (void)BIO_set_mem_eof_return(SSL_get_rbio(ssl), -1);
    (void)BIO_set_mem_eof_return(SSL_get_wbio(ssl), -1);
    (void)SSL_set_mtu(ssl, 1200);
    SSL_set_connect_state(ssl);
    fix.clients[index] = ssl;
}

/* Sends what the client wants to say, a record a datagram. */
static void send_all(int index)
{
    BIO *bio = SSL_get_wbio(fix.clients[index]);
    uint8_t record[PACKET_MAX];

    while (BIO_read(bio, record, RECORD_HEAD) == RECORD_HEAD) {
        size_t size = (size_t)(record[11] << 8 | record[12]);
        ASSERT(RECORD_HEAD + size <= sizeof record);
        ASSERT(size == 0 || BIO_read(bio, record + RECORD_HEAD, (int)size) == (int)size);
        memcpy(fix.last, record, RECORD_HEAD + size);
        fix.last_size = RECORD_HEAD + size;
        give(index, record, RECORD_HEAD + size);
    }
}

/* So many flights of a handshake; four are a whole one. */
static void shake_hands(int index, int flights)
{
    for (int i = 0; i < flights; i++) {
        ERR_clear_error();
        (void)SSL_do_handshake(fix.clients[index]);
        send_all(index);
    }
}

static void say(int index, struct input *input)
{
    uint8_t text[256] = {0};
    int size = 1 + take(input) % 255;

    ERR_clear_error();
    if (SSL_is_init_finished(fix.clients[index])) {
        (void)SSL_write(fix.clients[index], text, size);
        send_all(index);
    }
}

/* The last record again, cut and with one byte changed as the input says. */
static void repeat(int from, struct input *input)
{
    uint8_t bytes[PACKET_MAX];
    size_t size = fix.last_size;
    uint8_t at = take(input);
    uint8_t change = take(input);
    uint8_t cut = take(input);

    memcpy(bytes, fix.last, size);
    if (at < size) {
        bytes[at] ^= change;
    }
    give(from, bytes, size > cut ? size - cut : 0);
}

static void give_any(int from, struct input *input)
{
    size_t size = (size_t)take(input) * 2;

    size = size < input->size ? size : input->size;
    give(from, input->data, size);
    input->data += size;
    input->size -= size;
}

static void step(struct input *input)
{
    uint8_t what = take(input);
    int from = what >> 4 & 3;
    int index = from % CLIENTS;

    switch (what & 7) {
    case 0:
        shake_hands(index, 4);
        break;
    case 1:
        shake_hands(index, 1);
        break;
    case 2:
        say(index, input);
        break;
    case 3:
        give_any(from, input);
        break;
    case 4:
        repeat(from, input);
        break;
    case 5:
        restart(index);
        break;
    case 6:
        dtls_send(fix.dtls, conns[index], SLICE("head"), SLICE("to a client"));
        (void)receive(index);
        break;
    default:
        dtls_end(fix.dtls, conns[index]);
        (void)receive(index);
        break;
    }
}

/* ---- one input ---- */

static void make_always(void)
{
    if (always.tls == NULL) {
        testcert_make(&always.cert);
        ASSERT(tls_context_create(always.cert.cert_path, always.cert.key_path, &always.tls) == OK);
        testcert_remove(&always.cert);
        always.client = SSL_CTX_new(DTLS_client_method());
        ASSERT(always.client != NULL);
        SSL_CTX_set_options(always.client, SSL_OP_NO_QUERY_MTU);
    }
}

static void open_addresses(void)
{
    for (int i = 0; i < ADDRESSES; i++) {
        struct sockaddr_in own = {.sin_family = AF_INET};
        socklen_t size = sizeof own;

        own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        fds[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        ASSERT(bind(fds[i], (struct sockaddr *)&own, sizeof own) == 0);
        ASSERT(getsockname(fds[i], (struct sockaddr *)&own, &size) == 0);
        addresses[i] = addr_v4(127, 0, 0, 1, ntohs(own.sin_port));
        conns[i] = 0;
    }
}

static void ignore_datagrams(void *arg, struct udp_socket *socket,
                             const struct udp_datagram *datagrams, uint32_t count)
{
    (void)arg;
    (void)socket;
    (void)datagrams;
    (void)count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {.data = data, .size = size};
    const struct dtls_handler handler = {.on_datagram = on_datagram,
                                         .on_close = on_close,
                                         .is_known = is_known,
                                         .may_answer = may_answer};
    const struct udp_handler datagrams = {.on_datagrams = ignore_datagrams};
    const struct udp_options options = {.local = addr_v4(127, 0, 0, 1, 0)};

    make_always();
    memset(&fix, 0, sizeof fix);
    open_addresses();
    ASSERT(loop_create(&fix.loop) == OK);
    ASSERT(udp_create(&(struct udp_params){.loop = fix.loop}, &fix.udp) == OK);
    ASSERT(udp_open(fix.udp, &options, &datagrams, &fix.socket) == OK);
    ASSERT(sources_create(limits.count_max, &fix.sources) == OK);
    ASSERT(dtls_create(fix.loop, always.tls, &limits, fix.sources, &handler, &fix.dtls) == OK);
    for (int i = 0; i < CLIENTS; i++) {
        restart(i);
    }
    while (input.size > 0) {
        step(&input);
    }
    for (int i = 0; i < CLIENTS; i++) {
        SSL_free(fix.clients[i]);
    }
    dtls_destroy(fix.dtls);
    udp_close(fix.socket);
    udp_destroy(fix.udp);
    loop_drain(fix.loop);
    loop_destroy(fix.loop);
    sources_destroy(fix.sources);
    for (int i = 0; i < ADDRESSES; i++) {
        (void)close(fds[i]);
    }
    return 0;
}
