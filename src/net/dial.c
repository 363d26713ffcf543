/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dial.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/openssl.h"
#include "net/sockaddr.h"
#include <openssl/x509v3.h>

#define MTU 1200 /* of a DTLS handshake */

struct dial {
    int fd;
    bool datagrams;
    SSL_CTX *context; /* TLS and DTLS only */
    SSL *ssl;
};

uint32_t dial_resolve(const char *host, uint16_t port, struct addr *out, uint32_t count_max)
{
    struct addrinfo wanted = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;
    uint32_t count = 0;

    if (getaddrinfo(host, NULL, &wanted, &all) != 0) {
        return 0;
    }
    for (const struct addrinfo *one = all; one != NULL && count < count_max; one = one->ai_next) {
        struct addr addr = sockaddr_to(one->ai_addr);

        addr.port = port;
        if (addr.family != ADDR_NONE) {
            out[count++] = addr;
        }
    }
    freeaddrinfo(all);
    return count;
}

static uint64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static enum err wait_for(const struct dial *dial, short events, uint64_t end_ms)
{
    for (;;) {
        uint64_t now = now_ms();
        struct pollfd one = {.fd = dial->fd, .events = events};
        int ready = now >= end_ms ? 0 : poll(&one, 1, (int)(end_ms - now));

        if (ready > 0) {
            return OK;
        }
        if (ready == 0) {
            return ERR_TIMEOUT;
        }
        if (errno != EINTR) {
            return ERR_IO;
        }
    }
}

static enum err connect_to(const struct dial *dial, const struct addr *to, uint64_t end_ms)
{
    union sockaddr_any any = {0};
    socklen_t size = sockaddr_from(to, &any);
    int reason = 0;
    enum err err = OK;

    if (connect(dial->fd, &any.head, size) == 0) {
        return OK;
    }
    if (errno != EINPROGRESS) {
        return errno == ECONNREFUSED ? ERR_CLOSED : ERR_IO;
    }
    err = wait_for(dial, POLLOUT, end_ms);
    size = sizeof reason;
    if (err == OK && getsockopt(dial->fd, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 &&
        reason != 0) {
        err = reason == ECONNREFUSED ? ERR_CLOSED : reason == ETIMEDOUT ? ERR_TIMEOUT : ERR_IO;
    }
    return err;
}

/* Waits for bytes; by DTLS also until it is time to say the last words again. */
static enum err wait_input(const struct dial *dial, uint64_t end_ms)
{
    struct timeval left;
    uint64_t again_ms = end_ms;
    enum err err = OK;

    if (dial->datagrams && DTLSv1_get_timeout(dial->ssl, &left) == 1) {
        again_ms = now_ms() + (uint64_t)left.tv_sec * 1000 + (uint64_t)left.tv_usec / 1000 + 1;
    }
    err = wait_for(dial, POLLIN, again_ms < end_ms ? again_ms : end_ms);
    if (err == ERR_TIMEOUT && again_ms < end_ms) {
        return DTLSv1_handle_timeout(dial->ssl) < 0 ? ERR_IO : OK;
    }
    return err;
}

/* Waits for what OpenSSL wants after `result`. */
static enum err wait_tls(struct dial *dial, int result, uint64_t end_ms)
{
    int reason = errno;
    int fault = SSL_get_error(dial->ssl, result);

    if (fault == SSL_ERROR_WANT_READ) {
        return wait_input(dial, end_ms);
    }
    if (fault == SSL_ERROR_SYSCALL && reason == ECONNREFUSED) {
        return ERR_CLOSED;
    }
    if (fault == SSL_ERROR_WANT_WRITE) {
        return wait_for(dial, POLLOUT, end_ms);
    }
    return fault == SSL_ERROR_ZERO_RETURN ? ERR_CLOSED : ERR_IO;
}

static enum err shake_hands(struct dial *dial, const char *host, uint64_t end_ms)
{
    enum err err = OK;
    int result = 0;

    dial->context = SSL_CTX_new(dial->datagrams ? DTLS_client_method() : TLS_client_method());
    if (dial->context == NULL) {
        return ERR_NOMEM;
    }
    (void)SSL_CTX_set_default_verify_paths(dial->context);
    SSL_CTX_set_verify(dial->context, SSL_VERIFY_NONE, NULL);
    dial->ssl = SSL_new(dial->context);
    if (dial->ssl == NULL || SSL_set_fd(dial->ssl, dial->fd) != 1) {
        return ERR_NOMEM;
    }
    if (dial->datagrams) {
        (void)SSL_set_options(dial->ssl, SSL_OP_NO_QUERY_MTU);
        (void)SSL_set_mtu(dial->ssl, MTU);
    }
    if (host != NULL) {
        (void)SSL_set_tlsext_host_name(dial->ssl, host);
    }
    ERR_clear_error();
    while (err == OK && (result = SSL_connect(dial->ssl)) != 1) {
        err = wait_tls(dial, result, end_ms);
    }
    return err;
}

/* To the address `from`, with any port. */
static enum err bind_to(const struct dial *dial, const struct addr *from)
{
    union sockaddr_any any = {0};
    struct addr place = {0};

    if (from == NULL || from->family == ADDR_NONE) {
        return OK;
    }
    place = *from;
    place.port = 0;
    socklen_t size = sockaddr_from(&place, &any);
    return bind(dial->fd, &any.head, size) == 0 ? OK : ERR_IO;
}

enum err dial_open(enum dial_kind kind, const struct addr *to, const struct addr *from,
                   const char *host, uint32_t timeout_ms, struct dial **out)
{
    int family = to->family == ADDR_V4 ? AF_INET : AF_INET6;
    bool datagrams = kind == DIAL_UDP || kind == DIAL_DTLS;
    int type = datagrams ? SOCK_DGRAM : SOCK_STREAM;
    uint64_t end_ms = now_ms() + timeout_ms;
    struct dial *dial = mem_alloc(sizeof *dial);
    enum err err = OK;

    *out = NULL;
    if (dial == NULL) {
        return ERR_NOMEM;
    }
    dial->datagrams = datagrams;
    dial->fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    err = dial->fd < 0 ? ERR_IO : bind_to(dial, from);
    err = err == OK ? connect_to(dial, to, end_ms) : err;
    if (err == OK && (kind == DIAL_TLS || kind == DIAL_DTLS)) {
        err = shake_hands(dial, host, end_ms);
    }
    if (err != OK) {
        dial_close(dial);
        return err;
    }
    *out = dial;
    return OK;
}

void dial_close(struct dial *dial)
{
    if (dial == NULL) {
        return;
    }
    SSL_free(dial->ssl);
    SSL_CTX_free(dial->context);
    if (dial->fd >= 0) {
        (void)close(dial->fd);
    }
    mem_free(dial);
}

enum err dial_send(struct dial *dial, struct slice bytes)
{
    uint64_t end_ms = now_ms() + 5000;
    enum err err = OK;

    while (err == OK && bytes.size > 0) {
        size_t sent = 0;

        if (dial->ssl != NULL) {
            ERR_clear_error();
            int result = SSL_write_ex(dial->ssl, bytes.data, bytes.size, &sent);
            err = result == 1 ? OK : wait_tls(dial, result, end_ms);
        } else {
            ssize_t result = send(dial->fd, bytes.data, bytes.size, MSG_NOSIGNAL);
            bool full = result < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);

            sent = result > 0 ? (size_t)result : 0;
            if (full) {
                err = wait_for(dial, POLLOUT, end_ms);
            } else if (result < 0) {
                err = errno == ECONNREFUSED ? ERR_CLOSED : ERR_IO;
            }
        }
        bytes = slice_from(bytes.data + sent, bytes.size - sent);
    }
    return err;
}

static enum err recv_plain(struct dial *dial, uint8_t *out, size_t capacity, size_t *size)
{
    ssize_t got = recv(dial->fd, out, capacity, 0);

    if (got > 0 || (got == 0 && dial->datagrams)) {
        *size = (size_t)got;
        return OK;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return ERR_SHORT;
    }
    return got == 0 || errno == ECONNREFUSED || errno == ECONNRESET ? ERR_CLOSED : ERR_IO;
}

enum err dial_recv(struct dial *dial, uint8_t *out, size_t capacity, uint32_t timeout_ms,
                   size_t *size)
{
    uint64_t end_ms = now_ms() + timeout_ms;
    enum err err = OK;

    *size = 0;
    while (err == OK) {
        if (dial->ssl != NULL) {
            ERR_clear_error();
            int result = SSL_read_ex(dial->ssl, out, capacity, size);
            if (result == 1) {
                return OK;
            }
            err = wait_tls(dial, result, end_ms);
            continue;
        }
        err = recv_plain(dial, out, capacity, size);
        if (err != ERR_SHORT) {
            return err;
        }
        err = wait_for(dial, POLLIN, end_ms);
    }
    return err;
}

/* ---- certificates ---- */

/* A name, or an address as text. */
static bool names(X509 *certificate, const char *host)
{
    struct addr addr;

    if (addr_parse(slice_text(host), &addr) == OK) {
        return X509_check_ip(certificate, addr.ip, addr_ip_size(&addr), 0) == 1;
    }
    return X509_check_host(certificate, host, 0, 0, NULL) == 1;
}

void dial_certificate(struct dial *dial, const char *host, struct dial_certificate *out)
{
    X509 *certificate = SSL_get1_peer_certificate(dial->ssl);
    long result = SSL_get_verify_result(dial->ssl);
    bool named = certificate != NULL && names(certificate, host);

    out->trusted = named && result == X509_V_OK;
    if (result != X509_V_OK) {
        (void)snprintf(out->why, sizeof out->why, "%s", X509_verify_cert_error_string(result));
    } else {
        (void)snprintf(out->why, sizeof out->why, "%s", named ? "" : "it is for another name");
    }
    X509_free(certificate);
}

enum err dial_certificate_file(const char *path, const char *host, int64_t *end_s, bool *names_host)
{
    BIO *file = BIO_new_file(path, "r");
    X509 *certificate = file == NULL ? NULL : PEM_read_bio_X509(file, NULL, NULL, NULL);
    struct tm end = {0};
    enum err err = file == NULL ? ERR_IO : ERR_INVALID;

    if (certificate != NULL && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1) {
        *end_s = (int64_t)timegm(&end);
        *names_host = names(certificate, host);
        err = OK;
    }
    X509_free(certificate);
    BIO_free(file);
    ERR_clear_error();
    return err;
}
