/* SPDX-License-Identifier: Apache-2.0 */
/* Clients of OpenSSL on real sockets, and datagrams of people who mean no good. */
#include "net/dtls.h"

#include "base/counter.h"
#include "base/mem.h"
#include "net/sources.h"
#include "net/testcert.h"
#include "net/testpeer.h"

#define PACKET_MAX 2048
#define FLOOD 300
#define CLIENTS_MAX 8

/* What it allocates is made to fail in the first test. */
#define REPLAYED_ELSEWHERE()                                                                       \
    do {                                                                                           \
        if (unit_replaying()) {                                                                    \
            return;                                                                                \
        }                                                                                          \
    } while (0)

static struct {
    struct testcert cert;
    struct tls_context *tls;
    struct loop *loop;
    struct udp *udp;
    struct udp_socket *socket;
    struct dtls *dtls;
    SSL_CTX *client;
    struct dtls_info info; /* of the last datagram */
    uint32_t seen;
    uint32_t closed;
    size_t size;
    uint8_t bytes[PACKET_MAX];
    bool echo;
    bool ends; /* the handler ends it at the first datagram */
    struct sources *sources;
    uint32_t full;
    bool known;
    bool silent;               /* strangers get no answer */
    SSL *clients[CLIENTS_MAX]; /* that are not freed */
    int fds[CLIENTS_MAX];      /* + 1; 0: none */
    bool counting;
    uint64_t allocations; /* of OpenSSL while it is the server's turn */
} fix;

static void *count_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    fix.allocations += fix.counting ? 1 : 0;
    return malloc(size);
}

static void *count_realloc(void *block, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    fix.allocations += fix.counting ? 1 : 0;
    return realloc(block, size);
}

static void count_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    free(block);
}

/* OpenSSL takes them only before its first use. */
__attribute__((constructor)) static void watch_openssl(void)
{
    (void)CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free);
}

/* ---- the server ---- */

static void on_datagram(void *arg, const struct dtls_info *info, struct slice bytes)
{
    (void)arg;
    fix.info = *info;
    fix.seen++;
    fix.size = bytes.size;
    memcpy(fix.bytes, bytes.data, bytes.size < PACKET_MAX ? bytes.size : PACKET_MAX);
    if (fix.echo) {
        dtls_send(fix.dtls, info->conn, SLICE("head"), bytes);
    }
    if (fix.ends) {
        dtls_end(fix.dtls, info->conn);
    }
}

static void on_close(void *arg, const struct dtls_info *info)
{
    (void)arg;
    (void)info;
    fix.closed++;
}

static bool is_known(void *arg, const struct dtls_info *info)
{
    (void)arg;
    (void)info;
    return fix.known;
}

static void on_full(void *arg)
{
    (void)arg;
    fix.full++;
}

static bool may_answer(void *arg, const struct addr *remote)
{
    (void)arg;
    return !fix.silent && addr_is_loopback(remote);
}

static void on_datagrams(void *arg, struct udp_socket *socket, const struct udp_datagram *datagrams,
                         uint32_t count)
{
    (void)arg;
    for (uint32_t i = 0; i < count; i++) {
        dtls_input(fix.dtls, socket, &datagrams[i]);
    }
}

static const struct dtls_limits wide = {
    .count_max = 8, .per_address_max = 4, .handshake_ms = 60000, .stranger_ms = 60000};

static void tear_down(void)
{
    for (int i = 0; i < CLIENTS_MAX; i++) {
        SSL_free(fix.clients[i]);
        if (fix.fds[i] > 0) {
            (void)close(fix.fds[i] - 1);
        }
    }
    dtls_destroy(fix.dtls);
    udp_close(fix.socket);
    udp_destroy(fix.udp);
    if (fix.loop != NULL) {
        loop_drain(fix.loop);
        loop_destroy(fix.loop);
    }
    sources_destroy(fix.sources);
    tls_context_destroy(fix.tls);
    SSL_CTX_free(fix.client);
    testcert_remove(&fix.cert);
    memset(&fix, 0, sizeof(fix));
}

static void begin(struct dtls_limits limits)
{
    struct dtls_handler handler = {.on_datagram = on_datagram,
                                   .on_close = on_close,
                                   .is_known = is_known,
                                   .may_answer = may_answer,
                                   .on_full = on_full};
    struct udp_handler datagrams = {.on_datagrams = on_datagrams};
    struct udp_options options = {.local = addr_v4(127, 0, 0, 1, 0)};

    memset(&fix, 0, sizeof(fix));
    unit_finally(tear_down);
    testcert_make(&fix.cert);
    CHECK(tls_context_create(fix.cert.cert_path, fix.cert.key_path, &fix.tls) == OK);
    CHECK(loop_create(&fix.loop) == OK);
    CHECK(udp_create(&(struct udp_params){.loop = fix.loop}, &fix.udp) == OK);
    CHECK(sources_create(limits.count_max, &fix.sources) == OK);
    CHECK(dtls_create(fix.loop, fix.tls, &limits, fix.sources, &handler, &fix.dtls) == OK);
    CHECK(udp_open(fix.udp, &options, &datagrams, &fix.socket) == OK);
    fix.client = SSL_CTX_new(DTLS_client_method());
    CHECK(fix.client != NULL);
    SSL_CTX_set_options(fix.client, SSL_OP_NO_QUERY_MTU);
}

/* The server's turn. */
static void turn(void)
{
    fix.counting = true;
    testpeer_turn(fix.loop);
    fix.counting = false;
}

/* ---- clients ---- */

static int open_client_at(uint16_t port)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(udp_local(fix.socket).port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    CHECK(fd >= 0);
    for (int i = 0; i < CLIENTS_MAX; i++) {
        if (fix.fds[i] == 0) {
            fix.fds[i] = fd + 1;
            break;
        }
    }
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(fd, (struct sockaddr *)&own, sizeof own) == 0);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static int open_client(void)
{
    return open_client_at(0);
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in own = {0};
    socklen_t size = sizeof own;

    CHECK(getsockname(fd, (struct sockaddr *)&own, &size) == 0);
    return ntohs(own.sin_port);
}

/* Its bytes go through memory, so that a test can look at them, keep them and change them. */
static SSL *new_client(void)
{
    SSL *ssl = SSL_new(fix.client);

    CHECK(ssl != NULL);
    for (int i = 0; i < CLIENTS_MAX; i++) {
        if (fix.clients[i] == NULL) {
            fix.clients[i] = ssl;
            break;
        }
    }
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    (void)BIO_set_mem_eof_return(SSL_get_rbio(ssl), -1);
    (void)BIO_set_mem_eof_return(SSL_get_wbio(ssl), -1);
    (void)SSL_set_mtu(ssl, 1200);
    SSL_set_connect_state(ssl);
    return ssl;
}

/* The next record that the client wants to send; 0: none. */
static size_t take_record(SSL *ssl, uint8_t out[PACKET_MAX])
{
    BIO *bio = SSL_get_wbio(ssl);
    size_t size = 0;

    if (BIO_read(bio, out, 13) != 13) {
        return 0;
    }
    size = (size_t)(out[11] << 8 | out[12]);
    CHECK(13 + size <= PACKET_MAX);
    CHECK(BIO_read(bio, out + 13, (int)size) == (int)size);
    return 13 + size;
}

static void send_all(SSL *ssl, int fd)
{
    uint8_t record[PACKET_MAX];
    size_t size = 0;

    while ((size = take_record(ssl, record)) > 0) {
        (void)send(fd, record, size, MSG_NOSIGNAL);
    }
}

/* True: something came. */
static bool receive(SSL *ssl, int fd)
{
    uint8_t bytes[PACKET_MAX];
    ssize_t got = recvfrom(fd, bytes, sizeof bytes, 0, NULL, NULL);

    if (got > 0) {
        (void)BIO_write(SSL_get_rbio(ssl), bytes, (int)got);
    }
    return got > 0;
}

static bool handshake(SSL *ssl, int fd)
{
    uint64_t end_ns = testpeer_end_ns();
    bool done = false;

    while (!done && uv_hrtime() < end_ns) {
        done = SSL_do_handshake(ssl) == 1;
        send_all(ssl, fd);
        turn();
        (void)receive(ssl, fd);
    }
    return done;
}

static SSL *connect_client(int fd)
{
    SSL *ssl = new_client();

    CHECK(handshake(ssl, fd));
    return ssl;
}

static void send_text(SSL *ssl, int fd, const char *text)
{
    CHECK(SSL_write(ssl, text, (int)strlen(text)) == (int)strlen(text));
    send_all(ssl, fd);
}

static void turn_until(const uint32_t *number, uint32_t wanted)
{
    uint64_t end_ns = testpeer_end_ns();

    while (*number < wanted && uv_hrtime() < end_ns) {
        turn();
    }
    CHECK(*number == wanted);
}

/* Everything that has been sent has been looked at. */
static void settle(void)
{
    int64_t before = 0;

    do {
        before = counter_value(COUNTER_UDP_RECEIVED);
        for (int i = 0; i < 5; i++) {
            turn();
        }
    } while (counter_value(COUNTER_UDP_RECEIVED) != before);
}

/* What the server says to the client, as text. */
static void expect_text(SSL *ssl, int fd, const char *text)
{
    uint64_t end_ns = testpeer_end_ns();
    char got[PACKET_MAX];
    int size = -1;

    while (size <= 0 && uv_hrtime() < end_ns) {
        turn();
        (void)receive(ssl, fd);
        size = SSL_read(ssl, got, sizeof got);
    }
    CHECK(size == (int)strlen(text) && memcmp(got, text, (size_t)size) == 0);
}

static void close_client(int fd)
{
    for (int i = 0; i < CLIENTS_MAX; i++) {
        fix.fds[i] = fix.fds[i] == fd + 1 ? 0 : fix.fds[i];
    }
    (void)close(fd);
}

/* ---- the plain path ---- */

static void records_pass_both_ways_and_a_good_bye_ends_it(void)
{
    begin(wide);
    int fd = open_client();
    SSL *ssl = connect_client(fd);
    fix.echo = true;
    send_text(ssl, fd, "hello");
    turn_until(&fix.seen, 1);
    CHECK(fix.size == 5 && memcmp(fix.bytes, "hello", 5) == 0);
    CHECK(fix.info.remote.port == port_of(fd) && fix.info.local.port == udp_local(fix.socket).port);
    expect_text(ssl, fd, "headhello");
    CHECK(dtls_count(fix.dtls) == 1);
    (void)SSL_shutdown(ssl);
    send_all(ssl, fd);
    turn_until(&fix.closed, 1);
    CHECK(dtls_count(fix.dtls) == 0);
    tear_down();
}

static void several_records_in_one_datagram_are_several_messages(void)
{
    REPLAYED_ELSEWHERE();
    uint8_t both[2 * PACKET_MAX];
    begin(wide);
    int fd = open_client();
    SSL *ssl = connect_client(fd);
    CHECK(SSL_write(ssl, "one", 3) == 3 && SSL_write(ssl, "second", 6) == 6);
    size_t size = take_record(ssl, both);
    size += take_record(ssl, both + size);
    CHECK(send(fd, both, size, 0) == (ssize_t)size);
    turn_until(&fix.seen, 2);
    CHECK(fix.size == 6);
    tear_down();
}

static void the_server_can_end_it_inside_a_datagram(void)
{
    begin(wide);
    int fd = open_client();
    SSL *ssl = connect_client(fd);
    fix.ends = true;
    send_text(ssl, fd, "last");
    turn_until(&fix.closed, 1);
    settle();
    (void)receive(ssl, fd);
    char byte = 0;
    CHECK(SSL_read(ssl, &byte, 1) <= 0);
    CHECK((SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0);
    CHECK(dtls_count(fix.dtls) == 0);
    tear_down();
}

static void nothing_is_allocated_for_a_datagram(void)
{
    REPLAYED_ELSEWHERE();
    begin(wide);
    int fd = open_client();
    SSL *ssl = connect_client(fd);
    fix.echo = true;
    send_text(ssl, fd, "first");
    turn_until(&fix.seen, 1);
    fix.allocations = 0;
    uint64_t before = mem_count();
    for (uint32_t i = 0; i < 200; i++) {
        send_text(ssl, fd, "a packet of sound, more or less");
        turn_until(&fix.seen, 2 + i);
    }
    CHECK(mem_count() == before);
    CHECK(fix.allocations == 0);
    tear_down();
}

static void what_does_not_go_into_a_record_is_dropped(void)
{
    REPLAYED_ELSEWHERE();
    static uint8_t large[16384];
    begin(wide);
    int fd = open_client();
    SSL *ssl = connect_client(fd);
    send_text(ssl, fd, "who");
    turn_until(&fix.seen, 1);
    int64_t before = counter_value(COUNTER_DTLS_DROPPED);
    dtls_send(fix.dtls, fix.info.conn, SLICE("head"), slice_from(large, sizeof large));
    CHECK(counter_value(COUNTER_DTLS_DROPPED) == before + 1);
    dtls_send(fix.dtls, fix.info.conn + 1, SLICE("head"), SLICE("to nobody"));
    dtls_send(fix.dtls, fix.info.conn, (struct slice){0}, SLICE("fits"));
    expect_text(ssl, fd, "fits");
    tear_down();
}

static void a_new_certificate_is_for_new_clients(void)
{
    begin(wide);
    int old_fd = open_client();
    SSL *old = connect_client(old_fd);
    testcert_write(&fix.cert, "second", true);
    CHECK(tls_context_reload(fix.tls) == OK);
    int fd = open_client();
    SSL *ssl = connect_client(fd);
    char name[32] = "";
    X509 *peer = SSL_get1_peer_certificate(ssl);
    (void)X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, name, sizeof name);
    X509_free(peer);
    CHECK(strcmp(name, "second") == 0);
    send_text(old, old_fd, "still here");
    turn_until(&fix.seen, 1);
    tear_down();
}

/* ---- strangers ---- */

/* The first words of a client. */
static size_t make_hello(SSL *ssl, uint8_t out[PACKET_MAX])
{
    (void)SSL_do_handshake(ssl);
    return take_record(ssl, out);
}

static ssize_t answer_to(int fd, const uint8_t *bytes, size_t size, uint8_t *out)
{
    CHECK(send(fd, bytes, size, 0) == (ssize_t)size);
    settle();
    return recvfrom(fd, out, PACKET_MAX, 0, NULL, NULL);
}

static void a_stranger_costs_no_memory_and_gets_less_than_he_sends(void)
{
    REPLAYED_ELSEWHERE();
    uint8_t hello[PACKET_MAX];
    uint8_t answer[PACKET_MAX];
    begin(wide);
    SSL *ssl = new_client();
    size_t size = make_hello(ssl, hello);
    int fd = open_client();
    CHECK(answer_to(fd, hello, size, answer) > 0);
    uint64_t before = mem_count();
    for (int i = 0; i < FLOOD; i++) {
        int other = open_client();
        ssize_t got = answer_to(other, hello, size, answer);
        CHECK(got > 0 && (size_t)got < size && (size_t)got <= 44);
        CHECK(recvfrom(other, answer, PACKET_MAX, 0, NULL, NULL) < 0); /* and no more than one */
        close_client(other);
    }
    CHECK(mem_count() == before);
    CHECK(dtls_count(fix.dtls) == 0);
    fix.silent = true; /* the budget of the prefix is used up */
    CHECK(answer_to(fd, hello, size, answer) < 0);
    tear_down();
}

static void what_is_no_whole_hello_of_a_stranger_is_ignored(void)
{
    REPLAYED_ELSEWHERE();
    uint8_t hello[PACKET_MAX];
    uint8_t bytes[PACKET_MAX];
    uint8_t answer[PACKET_MAX];
    begin(wide);
    SSL *ssl = new_client();
    size_t size = make_hello(ssl, hello);
    int fd = open_client();
    for (size_t cut = 1; cut < size; cut++) {
        CHECK(answer_to(fd, hello, cut, answer) < 0);
    }
    static const struct {
        size_t at;
        uint8_t value;
    } changes[] = {{0, 20}, {0, 21}, {0, 23}, {4, 1}, {13, 2}, {13, 16}, {21, 1}, {24, 7}, {16, 9}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        memcpy(bytes, hello, size);
        bytes[changes[i].at] = changes[i].value;
        CHECK(answer_to(fd, bytes, size, answer) < 0);
    }
    CHECK(dtls_count(fix.dtls) == 0);
    CHECK(answer_to(fd, hello, size, answer) > 0);
    tear_down();
}

/* A hello with each byte changed in turn: some are answered, none costs or breaks anything. */
static void changed_hellos_do_no_harm(void)
{
    REPLAYED_ELSEWHERE();
    uint8_t hello[PACKET_MAX];
    uint8_t answer[PACKET_MAX];
    begin(wide);
    SSL *ssl = new_client();
    size_t size = make_hello(ssl, hello);
    int fd = open_client();
    for (size_t at = 0; at < size; at++) {
        static const uint8_t masks[] = {0x01, 0x80, 0xff};
        for (size_t i = 0; i < sizeof masks; i++) {
            hello[at] ^= masks[i];
            ssize_t got = answer_to(fd, hello, size, answer);
            CHECK(got < (ssize_t)size);
            hello[at] ^= masks[i];
        }
    }
    CHECK(dtls_count(fix.dtls) == 0);
    (void)connect_client(open_client());
    tear_down();
}

/* The hello with the cookie, as somebody on the way sees it. */
static size_t make_cookie_hello(SSL *ssl, int fd, uint8_t out[PACKET_MAX])
{
    uint64_t end_ns = testpeer_end_ns();
    size_t size = 0;

    (void)SSL_do_handshake(ssl);
    send_all(ssl, fd);
    while (size == 0 && uv_hrtime() < end_ns) {
        turn();
        (void)receive(ssl, fd);
        (void)SSL_do_handshake(ssl);
        size = take_record(ssl, out);
    }
    CHECK(size > 0);
    return size;
}

static void a_cookie_is_of_one_address(void)
{
    REPLAYED_ELSEWHERE();
    uint8_t hello[PACKET_MAX];
    uint8_t answer[PACKET_MAX];
    begin(wide);
    int fd = open_client();
    int other = open_client();
    SSL *ssl = new_client();
    size_t size = make_cookie_hello(ssl, fd, hello);
    ssize_t got = answer_to(other, hello, size, answer);
    CHECK(got > 0 && got <= 44); /* another cookie */
    CHECK(dtls_count(fix.dtls) == 0);
    got = answer_to(fd, hello, size, answer);
    CHECK(got > 44); /* ServerHello and so on */
    CHECK(dtls_count(fix.dtls) == 1);
    tear_down();
}

static void a_copy_of_the_hello_begins_nothing_and_ends_nothing(void)
{
    uint8_t hello[PACKET_MAX];
    begin(wide);
    int fd = open_client();
    SSL *ssl = new_client();
    size_t size = make_cookie_hello(ssl, fd, hello);
    CHECK(send(fd, hello, size, 0) == (ssize_t)size);
    CHECK(handshake(ssl, fd));
    for (int i = 0; i < 5; i++) {
        CHECK(send(fd, hello, size, 0) == (ssize_t)size);
    }
    settle();
    CHECK(fix.closed == 0 && dtls_count(fix.dtls) == 1);
    send_text(ssl, fd, "still here");
    turn_until(&fix.seen, 1);
    tear_down();
}

/* RFC 6347 section 4.2.8. */
static void a_client_that_begins_anew_replaces_itself(void)
{
    uint8_t hello[PACKET_MAX];
    uint8_t answer[PACKET_MAX];
    begin(wide);
    int fd = open_client();
    uint16_t port = port_of(fd);
    (void)connect_client(fd);
    close_client(fd);
    fd = open_client_at(port);
    SSL *ssl = new_client();
    size_t size = make_hello(ssl, hello);
    CHECK(answer_to(fd, hello, size, answer) > 0);
    CHECK(fix.closed == 0); /* anybody can say hello from there: only the cookie proves it */
    (void)BIO_write(SSL_get_rbio(ssl), answer, 44);
    CHECK(handshake(ssl, fd));
    CHECK(fix.closed == 1 && dtls_count(fix.dtls) == 1);
    send_text(ssl, fd, "anew");
    turn_until(&fix.seen, 1);
    tear_down();
}

/* ---- after the handshake ---- */

static void replays_forgeries_and_garbage_are_ignored(void)
{
    REPLAYED_ELSEWHERE();
    uint8_t record[PACKET_MAX];
    uint8_t bytes[PACKET_MAX];
    begin(wide);
    int fd = open_client();
    SSL *ssl = connect_client(fd);
    CHECK(SSL_write(ssl, "once", 4) == 4);
    size_t size = take_record(ssl, record);
    for (int i = 0; i < 10; i++) {
        CHECK(send(fd, record, size, 0) == (ssize_t)size);
    }
    turn_until(&fix.seen, 1);
    settle();
    CHECK(fix.seen == 1);
    CHECK(SSL_write(ssl, "right", 5) == 5);
    size = take_record(ssl, record);
    for (size_t at = 0; at < size; at++) {
        memcpy(bytes, record, size);
        bytes[at] ^= 0x10;
        CHECK(send(fd, bytes, size, 0) == (ssize_t)size);
        settle();
        CHECK(send(fd, record, at == 0 ? 1 : at, 0) > 0); /* and cut off there */
        settle();
    }
    /* An alert and a change of keys that nobody has signed. */
    static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
    static const uint8_t change[] = {20, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 1};
    CHECK(send(fd, alert, sizeof alert, 0) > 0 && send(fd, change, sizeof change, 0) > 0);
    settle();
    CHECK(fix.seen == 1 && fix.closed == 0);
    CHECK(send(fd, record, size, 0) == (ssize_t)size);
    turn_until(&fix.seen, 2);
    CHECK(memcmp(fix.bytes, "right", 5) == 0);
    tear_down();
}

static void records_of_nobody_are_counted(void)
{
    static const uint8_t record[] = {23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 7};
    begin(wide);
    int fd = open_client();
    int64_t before = counter_value(COUNTER_DTLS_STRAY);
    uint8_t answer[PACKET_MAX];
    CHECK(answer_to(fd, record, sizeof record, answer) < 0);
    CHECK(counter_value(COUNTER_DTLS_STRAY) == before + 1);
    tear_down();
}

/* ---- limits ---- */

static void an_address_has_a_limit(void)
{
    REPLAYED_ELSEWHERE();
    SSL *clients[4];
    int fds[4];
    uint8_t hello[PACKET_MAX];
    uint8_t answer[PACKET_MAX];
    begin(wide);
    for (int i = 0; i < 4; i++) {
        fds[i] = open_client();
        clients[i] = connect_client(fds[i]);
    }
    int fd = open_client();
    SSL *ssl = new_client();
    int64_t before = counter_value(COUNTER_DTLS_REFUSED);
    size_t size = make_cookie_hello(ssl, fd, hello);
    CHECK(answer_to(fd, hello, size, answer) < 0);
    CHECK(counter_value(COUNTER_DTLS_REFUSED) == before + 1);
    CHECK(dtls_count(fix.dtls) == 4);
    for (int i = 0; i < 4; i++) {
        send_text(clients[i], fds[i], "mine");
        turn_until(&fix.seen, (uint32_t)i + 1);
    }
    tear_down();
}

static void strangers_give_way_and_users_stay(void)
{
    REPLAYED_ELSEWHERE();
    struct dtls_limits limits = wide;
    uint8_t hello[PACKET_MAX];
    uint8_t answer[PACKET_MAX];
    limits.count_max = 2;
    begin(limits);
    for (int i = 0; i < 3; i++) {
        (void)connect_client(open_client());
    }
    CHECK(fix.closed == 1 && fix.full == 0 && dtls_count(fix.dtls) == 2);
    fix.known = true; /* both have allocations: then there is no room */
    int fd = open_client();
    size_t size = make_cookie_hello(new_client(), fd, hello);
    CHECK(answer_to(fd, hello, size, answer) < 0 && fix.full == 1);
    CHECK(!dtls_make_room(fix.dtls) && dtls_count(fix.dtls) == 2);
    fix.known = false; /* the hello comes again */
    CHECK(answer_to(fd, hello, size, answer) > 0 && fix.closed == 2);
    tear_down();
}

static void turn_until_none_is_left(void)
{
    uint64_t end_ns = testpeer_end_ns();

    while (dtls_count(fix.dtls) > 0 && uv_hrtime() < end_ns) {
        turn();
    }
    CHECK(dtls_count(fix.dtls) == 0);
}

static void half_a_handshake_and_a_silent_stranger_end_in_time(void)
{
    struct dtls_limits limits = wide;
    uint8_t hello[PACKET_MAX];
    uint8_t answer[PACKET_MAX];
    limits.handshake_ms = 300;
    limits.stranger_ms = 300;
    begin(limits);
    int fd = open_client();
    SSL *ssl = new_client();
    int64_t failed = counter_value(COUNTER_DTLS_FAILED);
    int64_t silent = counter_value(COUNTER_DTLS_SILENT);
    size_t size = make_cookie_hello(ssl, fd, hello);
    CHECK(answer_to(fd, hello, size, answer) > 0);
    turn_until_none_is_left();
    CHECK(counter_value(COUNTER_DTLS_FAILED) == failed + 1);
    (void)connect_client(open_client());
    turn_until_none_is_left();
    CHECK(counter_value(COUNTER_DTLS_SILENT) == silent + 1);
    tear_down();
}

static void what_is_lost_in_the_handshake_is_sent_again(void)
{
    REPLAYED_ELSEWHERE();
    uint8_t hello[PACKET_MAX];
    uint8_t lost[PACKET_MAX];
    uint64_t end_ns = testpeer_end_ns();
    begin(wide);
    int fd = open_client();
    SSL *ssl = new_client();
    size_t size = make_cookie_hello(ssl, fd, hello);
    CHECK(answer_to(fd, hello, size, lost) > 0);
    while (recvfrom(fd, lost, sizeof lost, 0, NULL, NULL) > 0) {
    }
    /* The client says nothing: the server's own clock sends it again. */
    while (!receive(ssl, fd) && uv_hrtime() < end_ns) {
        turn();
    }
    CHECK(handshake(ssl, fd));
    tear_down();
}

UNIT(records_pass_both_ways_and_a_good_bye_ends_it,
     several_records_in_one_datagram_are_several_messages, the_server_can_end_it_inside_a_datagram,
     nothing_is_allocated_for_a_datagram, what_does_not_go_into_a_record_is_dropped,
     a_new_certificate_is_for_new_clients, a_stranger_costs_no_memory_and_gets_less_than_he_sends,
     what_is_no_whole_hello_of_a_stranger_is_ignored, changed_hellos_do_no_harm,
     a_cookie_is_of_one_address, a_copy_of_the_hello_begins_nothing_and_ends_nothing,
     a_client_that_begins_anew_replaces_itself, replays_forgeries_and_garbage_are_ignored,
     records_of_nobody_are_counted, an_address_has_a_limit, strangers_give_way_and_users_stay,
     half_a_handshake_and_a_silent_stranger_end_in_time,
     what_is_lost_in_the_handshake_is_sent_again)
